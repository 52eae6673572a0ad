import { createHash } from 'node:crypto';
import type { Incident, Transition } from '../alert/model.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import {
  type BurnRule,
  type Burst,
  type BurstAlert,
  type Config,
  type Monitor,
  type MonitorAlert,
  monitorIdsOf,
  type Slo,
} from '../config/model.ts';
import { monitorsOf } from '../slo/indicator.ts';
import { subjectsOf } from './alert-subject.ts';
import { renderCommand, renderTarget } from './command.ts';
import { countCommand, describeIndicator } from './indicator-text.ts';
import { renderSent } from './load-text.ts';
import type {
  Dependency,
  IncidentItem,
  Notice,
  NoticeItem,
  QuietTicket,
  SeenFrom,
  SloStanding,
  SpentBudget,
} from './model.ts';
import { type Outputs, quoteLightly } from './shell.ts';

export type Failure = { readonly statusCode?: number; readonly message: string };

/** What notices are made of, beside their transitions: looked up, never computed here. */
export type NoticeContext = {
  readonly config: Config;
  readonly environment: string;
  /** What is told did not happen. */
  readonly isTest?: boolean;
  /** Epoch ms. */
  readonly now: number;
  /** Open incidents by id, as in the alerts' state; one that is not there (any more) is closed. */
  readonly incidents: Readonly<Record<string, Pick<Incident, 'openedAt' | 'closedAt'> & Partial<Incident>>>;
  /** What incidents that are over took of the budgets, by their id. */
  readonly spent?: ReadonlyMap<string, readonly SpentBudget[]>;
  /** Alerts that fire and are held back by a page, with the instants at which they fired. */
  readonly quiet?: ReadonlyMap<string, number>;
  /** Where an incident is acknowledged that is told of at an instant. */
  readonly acknowledgeUrl?: (incidentId: string, at: number) => string | undefined;
  /** By SLO id. */
  readonly standings: ReadonlyMap<string, SloStanding>;
  /** What the newest failed probe said, by monitor id; redacted. */
  readonly failures: ReadonlyMap<string, Failure>;
  /** Which locations saw it, by monitor id; where several look. */
  readonly seen?: ReadonlyMap<string, SeenFrom>;
  /** The newest runs of bursts, in any order. */
  readonly verdicts: readonly BurstVerdict[];
  /** The earliest instant at which a burn alert can resolve, by rule id. */
  readonly resolvesAt: ReadonlyMap<string, number>;
  /** By alert id: when the failures began, without a break, that it fired for; as far back as anyone knows. */
  readonly failingSince: ReadonlyMap<string, number>;
  /** By monitor id: what it depends on, where that was down while it began to fail and has come up since. */
  readonly dependencies: ReadonlyMap<string, Dependency>;
  /** The value of an output of this very stack. */
  readonly outputs: Outputs;
  readonly links: Notice['links'];
};

/**
 * Makes transitions into notices: one for each batch, incident and set of channels that see the same of it, so that
 * what fires together is one message. The id is drawn from the transitions and the channels: it stays the same as long
 * as a batch is sent, and acknowledged, as a whole. Transitions without channels bring no notice.
 */
export function buildNotices(transitions: readonly Transition[], context: NoticeContext): Notice[] {
  const notices = new Map<string, { channels: string[]; seen: readonly Transition[] }>();
  for (const group of Map.groupBy(transitions, ({ batch, incidentId }) => `${batch} ${incidentId}`).values()) {
    for (const channel of [...new Set(group.flatMap((each) => each.notify))].sort()) {
      const seen = group.filter((each) => each.notify.includes(channel));
      const key = seen.map((each) => each.id).join(' ');
      const notice = notices.get(key);
      if (notice) notice.channels.push(channel);
      else notices.set(key, { channels: [channel], seen });
    }
  }
  const whole = [...notices.values()].map(({ channels, seen }) => noticeOf(seen, channels, context));
  return [...whole, ...whole.flatMap((notice) => restOf(notice, context))];
}

/** As many transitions as one message carries for machines; with text and JSON together SNS takes 256 KB. */
export const mostTransitions = 50;

/**
 * What one message has no room for, in further ones, for channels that keep account of every alert. People, and what pages them, are
 * told how many more there are.
 */
function restOf(notice: Notice, { config }: NoticeContext): readonly Notice[] {
  const isAccount = (id: string) =>
    config.channels.some(
      (channel) => channel.id === id && (channel.type === 'webhook' || channel.type === 'alertmanager'),
    );
  const channels = notice.channels.filter(isAccount);
  const rest = channels.length === 0 ? [] : notice.items.slice(mostTransitions);
  return Array.from({ length: Math.ceil(rest.length / mostTransitions) }, (_, index) => {
    const items = rest.slice(index * mostTransitions, (index + 1) * mostTransitions);
    const id = idOf([...items.map(({ transition }) => transition.id).sort(), ...channels]);
    return { ...notice, id, channels, items, whole: [] };
  });
}

/** The worst of some transitions first, as far as they tell by themselves: in about the order of a notice. */
export function worstTransitions(transitions: readonly Transition[], most: number): readonly Transition[] {
  const kinds = ['monitor', 'burn', 'burst', 'coverage', 'location', 'path', 'drill', 'incident'];
  if (transitions.length <= most) return transitions;
  return transitions
    .toSorted(
      (a, b) =>
        transitionOrder.indexOf(a.kind) - transitionOrder.indexOf(b.kind) ||
        rank(a.severity) - rank(b.severity) ||
        kinds.indexOf(a.facts.kind) - kinds.indexOf(b.facts.kind) ||
        (a.alertId < b.alertId ? -1 : 1),
    )
    .slice(0, most);
}

function noticeOf(seen: readonly Transition[], channels: readonly string[], context: NoticeContext): Notice {
  const unique = [...new Map(seen.map((each) => [each.id, each])).values()];
  const items = unique.filter((each) => !isWhole(each)).map((each) => itemOf(each, context));
  // It has an incident of its own, which ends with it.
  const drill = unique.map(drillOf).find((id) => id !== undefined);
  return {
    id: idOf([...unique.map((each) => each.id).sort(), ...channels]),
    ...((context.isTest || drill !== undefined) && { isTest: true }),
    ...(drill !== undefined && { drill }),
    service: context.config.service,
    environment: context.environment,
    channels,
    incident: incidentOf(unique, context),
    items: items.sort(worstFirst),
    whole: unique.filter(isWhole).map((each) => wholeOf(each, context)),
    ...(drill === undefined && acknowledgeUrlOf(unique, context)),
    links: context.links,
  };
}

/** The id of the drill that it is of: what follows `drill/` in the id of its alert. */
function drillOf({ facts, alertId }: Transition): string | undefined {
  return facts.kind === 'drill' ? alertId.split('/')[1] : undefined;
}

const isWhole = ({ facts }: Transition): boolean => facts.kind === 'incident';

/** The same each time that the same is sent: it holds for so long after what it is told with. */
function acknowledgeUrlOf(
  seen: readonly Transition[],
  { acknowledgeUrl }: NoticeContext,
): Pick<Notice, 'acknowledgeUrl'> {
  const firing = seen.filter(({ kind }) => kind === 'fired' || kind === 'reminded' || kind === 'escalated');
  const [first] = firing;
  const url = first && acknowledgeUrl?.(first.incidentId, Math.max(...firing.map(({ at }) => at)));
  return url === undefined ? {} : { acknowledgeUrl: url };
}

function wholeOf(transition: Transition, { incidents, spent }: NoticeContext): IncidentItem {
  const { incidentId, kind } = transition;
  const { alerts: members = [], omittedAlerts: omittedMembers = 0 } = incidents[incidentId] ?? {};
  return { transition, members, omittedMembers, spent: (kind === 'closed' && spent?.get(incidentId)) || [] };
}

function incidentOf(seen: readonly Transition[], context: NoticeContext): Notice['incident'] {
  const id = seen[0]?.incidentId ?? '';
  const known = context.incidents[id];
  if (known) return { id, openedAt: known.openedAt, ...(known.closedAt !== undefined && { closedAt: known.closedAt }) };
  const openedAt = Math.min(...seen.map((each) => each.firedAt));
  const isOver = seen.every(({ kind }) => kind === 'resolved' || kind === 'closed');
  return { id, openedAt, ...(isOver && { closedAt: Math.max(...seen.map((each) => each.at)) }) };
}

function itemOf(transition: Transition, context: NoticeContext): NoticeItem {
  const { config } = context;
  const { alertId, facts, isWithdrawn } = transition;
  const drill = drillOf(transition);
  if (drill !== undefined) return { transition, kind: 'drill', drill };
  if (isWithdrawn) return { transition, kind: 'withdrawn' };
  if (facts.kind === 'path') return { transition, kind: 'path', command: drillCommand(context) };
  const subject = subjectsOf(config).get(alertId);
  switch (subject?.kind) {
    case undefined:
      return { transition, kind: 'withdrawn' };
    case 'location':
      return { transition, ...subject };
    case 'coverage':
      return { transition, ...subject, target: renderTarget(subject.monitor, context.outputs) };
    case 'monitor':
      return monitorItem(transition, subject.monitor, subject.alert, context);
    case 'burn':
      return burnItem(transition, subject.slo, subject.rule, context);
    case 'burst':
      return burstItem(transition, subject.burst, subject.alert, context);
    default:
      return subject satisfies never;
  }
}

function monitorItem(
  transition: Transition,
  monitor: Monitor,
  alert: MonitorAlert,
  context: NoticeContext,
): NoticeItem {
  const failure = context.failures.get(monitor.id);
  const seen = context.seen?.get(monitor.id);
  const dependency = context.dependencies.get(monitor.id);
  const failingSinceAt = context.failingSince.get(alert.id);
  const slos = context.config.slos.filter((slo) => monitorIdsOf(slo).includes(monitor.id));
  return {
    transition,
    kind: 'monitor',
    monitor,
    target: renderTarget(monitor, context.outputs),
    ...commandOf(monitor, context),
    ...(dependency && { dependency }),
    ...(failingSinceAt !== undefined && { failingSinceAt }),
    ...(alert.runbook !== undefined && { runbook: alert.runbook }),
    ...(failure && { failure }),
    ...(seen && { seen }),
    slos: slos.flatMap(({ id }) => context.standings.get(id) ?? []),
  };
}

function burnItem(transition: Transition, slo: Slo, rule: BurnRule, context: NoticeContext): NoticeItem {
  const monitor = context.config.monitors.find(({ id }) => monitorIdsOf(slo).includes(id) && context.failures.has(id));
  const failure = monitor && context.failures.get(monitor.id);
  const seen = monitor && context.seen?.get(monitor.id);
  const standing = context.standings.get(slo.id);
  const resolvesAt = context.resolvesAt.get(rule.id);
  const isPlain = slo.indicator.kind === 'probes' && slo.slices === undefined;
  const command = countCommand(slo, context.outputs, transition.at - rule.longMs, transition.at);
  // A slow probe leaves no message behind: its target is asked once more by hand.
  const [slow] = slo.indicator.kind === 'latency' ? monitorsOf(slo, context.config.monitors) : [];
  return {
    transition,
    kind: 'burn',
    slo,
    rule,
    ...(isPlain ? {} : { counts: describeIndicator(slo, context.outputs) }),
    ...(command !== undefined && { command }),
    ...(slow && commandOf(slow, context)),
    ...(standing && { standing }),
    ...(rule.runbook !== undefined && { runbook: rule.runbook }),
    ...(monitor &&
      failure && {
        failure: { ...failure, monitor, ...commandOf(monitor, context), ...(seen && { seen }) },
      }),
    ...(resolvesAt !== undefined && resolvesAt > context.now && { resolvesAt }),
    also: transition.kind === 'resolved' || rule.severity === 'ticket' ? [] : quietTickets(slo, context),
  };
}

function quietTickets(slo: Slo, { quiet }: NoticeContext): readonly QuietTicket[] {
  return [...(quiet ?? [])].flatMap(([alertId, firedAt]) => {
    const rule = slo.alerts.find(({ id }) => id === alertId);
    return rule === undefined ? [] : [{ rule, firedAt }];
  });
}

function burstItem(transition: Transition, burst: Burst, alert: BurstAlert, context: NoticeContext): NoticeItem {
  const { facts } = transition;
  const runs = context.verdicts.filter((each) => each.burst === burst.id).toSorted((a, b) => b.runAt - a.runAt);
  const run = runs.find(({ runAt }) => facts.kind === 'burst' && facts.runAt === runAt);
  const event = JSON.stringify({ burst: burst.id, record: true });
  return {
    transition,
    kind: 'burst',
    burst,
    sent: renderSent(burst, context.outputs),
    runs,
    again: `npx serverless invoke -f burst --stage ${quoteLightly([context.environment])} -d '${event}'`,
    ...(run && { run }),
    ...(alert.runbook !== undefined && { runbook: alert.runbook }),
  };
}

function commandOf(monitor: Monitor, { outputs }: NoticeContext): { readonly command?: string } {
  const command = renderCommand(monitor, outputs);
  return command === undefined ? {} : { command };
}

const drillCommand = ({ environment }: NoticeContext) => `npx burnwatch drill --stage ${quoteLightly([environment])}`;

const kindOrder: readonly NoticeItem['kind'][] = [
  'monitor',
  'burn',
  'burst',
  'coverage',
  'location',
  'path',
  'withdrawn',
  'drill',
];

const transitionOrder: readonly Transition['kind'][] = ['fired', 'escalated', 'reminded', 'resolved'];

/** What fired before what goes on and what resolved, pages before tickets, what fails before what burns and what broke under load, the fastest rule first. */
function worstFirst(a: NoticeItem, b: NoticeItem): number {
  return (
    transitionOrder.indexOf(a.transition.kind) - transitionOrder.indexOf(b.transition.kind) ||
    rank(a.transition.severity) - rank(b.transition.severity) ||
    kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
    longOf(a) - longOf(b) ||
    (a.transition.alertId < b.transition.alertId ? -1 : 1)
  );
}

function rank(severity: Transition['severity']): number {
  return severity === 'page' ? 0 : 1;
}

function longOf(item: NoticeItem): number {
  return item.kind === 'burn' ? item.rule.longMs : 0;
}

function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
