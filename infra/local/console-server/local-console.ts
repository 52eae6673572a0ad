import { join } from 'node:path';
import type { BurstWatch } from '../burst-watch.ts';
import type { Cleanup } from '../cleanup.ts';
import type { Assets } from '../console/assets.ts';
import type { Addresses, ConsoleState, DeliveryView, MailAbout } from '../console/state.ts';
import { createDrill } from '../drill.ts';
import type { LocalAws } from '../local-aws.ts';
import type { Player } from '../player.ts';
import type { Handle } from '../server.ts';
import type { Origins } from '../stack.ts';
import { createConsoleEvents } from './events.ts';
import { createConsole } from './server.ts';
import { createStateReader } from './state.ts';

export type LocalConsole = {
  readonly handle: Handle;
  /** How everything stands now. */
  read(): Promise<ConsoleState>;
  /** Something changed: pages that are open are told. */
  changed(): void;
};

export type LocalConsoleDeps = {
  readonly assets: Assets;
  readonly origins: Origins;
  readonly addresses: Addresses;
  readonly aws: LocalAws;
  readonly player: Player;
  readonly bursts: BurstWatch;
  problems(): readonly string[];
  pace(): { readonly tickMs: number; readonly nextTickAt: number };
  onError(error: unknown): void;
};

/** The inbox keeps more than a page can use. */
const shownMails = 500;

export function openLocalConsole(deps: LocalConsoleDeps, cleanup: Cleanup): LocalConsole {
  const { aws, player, bursts, origins } = deps;
  const drill = createDrill(player.functions, origins.shortener);
  const facts = async () => ({
    faults: await drill.read(),
    inbox: aws.mails.mails(shownMails).map(({ id, subject, text, at, to, about, delivery }) => ({
      ...{ id, subject, text, at, to },
      ...(about ? { about: JSON.parse(about) as MailAbout } : {}),
      ...(delivery ? { delivery: JSON.parse(delivery) as DeliveryView } : {}),
    })),
    alarms: aws.alarms.status().map(({ name, state, since }) => ({ name, state, since })),
    addresses: deps.addresses,
    configErrors: deps.problems(),
    ...deps.pace(),
  });
  const state = createStateReader(() => player.stack().config, origins, facts, bursts.runs, Date.now);
  cleanup.add(state.close);
  const events = createConsoleEvents(state.readAnew, deps.onError);
  cleanup.add(events.close);
  bursts.listen((run) => {
    events.push('run', run);
    if (run.points.length === 0 || run.end !== undefined) events.changed();
  });
  const handle = createConsole({
    assets: deps.assets,
    readState: state.readAnew,
    functions: player.functions,
    bursts,
    drill,
    dashboards: {
      dashboards: () => player.stack().dashboards,
      functions: () => player.stack().functions,
      metrics: aws.metrics,
      logs: join(deps.addresses.data, 'logs'),
    },
    details: state.details,
    actions: { config: () => player.stack().config, alerts: state.alerts, now: Date.now },
    follow: events.follow,
    onChange: events.changed,
    monitors: () => player.stack().config.monitors.map(({ id }) => id),
    burstIds: () => player.stack().config.bursts.map(({ id }) => id),
  });
  return { handle, read: state.readAnew, changed: events.changed };
}
