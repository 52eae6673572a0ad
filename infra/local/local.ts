import { rmSync, writeFileSync } from 'node:fs';
import { stop as stopEsbuild } from 'esbuild';
import { BurnwatchError, type Config } from '../../shared/config/model.ts';
import { bundle, writeRuntimeConfig } from '../build.ts';
import { createBurstWatch } from './burst-watch.ts';
import { type Cleanup, createCleanup } from './cleanup.ts';
import { loadConfig } from './config.ts';
import { watchConfig } from './config-watch.ts';
import { type Assets, bundleConsole } from './console/assets.ts';
import type { Addresses } from './console/state.ts';
import { type LocalConsole, openLocalConsole } from './console-server/local-console.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { openDoors } from './doors.ts';
import type { Flags } from './flags.ts';
import { type RouteKey, routes } from './gateway/event.ts';
import { createGateway } from './gateway/gateway.ts';
import { openLocalAws } from './local-aws.ts';
import { openLogFiles } from './log/files.ts';
import { openOnward } from './onward.ts';
import { createPlayer, type Player } from './player.ts';
import { createReload } from './reload.ts';
import { startRhythm } from './rhythm.ts';
import { paceOf, type Scheduler } from './scheduler.ts';
import { apiId, type Origins } from './stack.ts';
import type { Terminal } from './terminal.ts';
import { createVendedMetrics } from './vended-metrics.ts';

export type LocalOptions = {
  readonly flags: Flags;
  /** The project's folder. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
};

export type Local = {
  /** Lets what runs end, for a moment, and ends everything. */
  close(): Promise<void>;
};

/** Invocations that are no tick's may end within this time when local mode stops. */
const graceMs = 300;
/** A reload waits this long for the ticks that run. */
const settleMs = 10_000;

/**
 * Starts everything and resolves when it is ready. Throws a BurnwatchError whose message is for a person: LOCAL_… for
 * ports and folders, BURN_… for the configuration, with a line for each problem. What was started by then is ended.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { flags, env, terminal } = options;
  const loaded = loadConfig(flags.config, env, flags.intervalMs);
  if (!loaded.ok) throw new BurnwatchError('BURN_CONFIG_INVALID', loaded.errors.join('\n'));
  for (const warning of loaded.warnings) terminal.line('note', warning);
  const cleanup = createCleanup((error) => terminal.line('bad', `while stopping: ${describe(error)}`));
  try {
    const data = openDataFolder(flags.data, flags.isFresh);
    cleanup.add(() => data.lock.release());
    await run(options, loaded.config, data, cleanup);
    return { close: cleanup.run };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function run(options: LocalOptions, config: Config, data: DataFolder, cleanup: Cleanup): Promise<void> {
  const { flags, root, terminal } = options;
  const started = performance.now();
  const onError = (error: unknown) => terminal.line('bad', describe(error));
  const doors = await openDoors(flags, cleanup, onError);
  const addresses = addressesOf(doors.origins, data);
  const assets = await buildAll(options, data.build, config);

  const logs = openLogFiles(data.logs);
  cleanup.add(logs.close);
  const aws = openLocalAws(
    data,
    cleanup,
    (mails) => {
      terminal.line('mail', mails[0]?.subject ?? '');
      page.changed();
    },
    (functionArn, event) => onward.take(functionArn, event),
  );
  const vended = createVendedMetrics(aws.metrics);
  const bursts = createBurstWatch(Date.now);
  const player = createPlayer(
    {
      ...{ root, origins: doors.origins, data, aws, logs, vended, bursts, intervalMs: flags.intervalMs },
      deliveries: { wrote: (text) => onward.wrote(text) },
    },
    config,
  );
  const onward = openOnward(
    { aws, player, vended, terminal, console: doors.origins.console, onChange: () => page.changed() },
    cleanup,
  );
  cleanup.add(() => player.functions.close(graceMs));
  await player.prepare();

  const problems = { lines: (): readonly string[] => [] };
  const pace = () => ({ tickMs: rhythm?.paceMs ?? player.stack().tickMs, nextTickAt: rhythm?.nextAt ?? 0 });
  let rhythm: Scheduler | undefined;
  const page: LocalConsole = openLocalConsole(
    { assets, origins: doors.origins, addresses, aws, player, bursts, problems: () => problems.lines(), pace, onError },
    cleanup,
  );
  doors.open({
    console: page.handle,
    shortener: apiOf(player, vended.onApiRequest),
    aws: aws.endpoint(() => player.functions, player.stack, onError),
  });
  rhythm = startRhythm({ player, aws, vended, bursts, console: page, terminal }, cleanup);
  problems.lines = watchForEdits(options, player, rhythm, page, cleanup);
  announce(data, addresses, flags, cleanup);
  terminal.ready(addresses, (performance.now() - started) / 1_000);
}

/** The functions' bundles and the page's, side by side; esbuild's own process is gone afterwards. */
async function buildAll({ root, flags }: LocalOptions, folder: string, config: Config): Promise<Assets> {
  rmSync(folder, { recursive: true, force: true });
  try {
    const [assets] = await Promise.all([bundleConsole(), bundle(root, folder)]);
    writeRuntimeConfig(config, folder, paceOf(flags.intervalMs === undefined ? [] : [flags.intervalMs]));
    return assets;
  } finally {
    await stopEsbuild();
  }
}

type OnApiRequest = (
  apiId: string,
  startedAt: number,
  status: number,
  latencyMs: number,
  integrationMs: number,
) => void;

function apiOf(player: Player, onApiRequest: OnApiRequest) {
  const functionOf = (routeKey: RouteKey) => (routeKey === routes.default ? 'shortener' : 'status');
  return createGateway({
    apiId,
    hasRoute: (routeKey) => player.functions.find(functionOf(routeKey)) !== undefined,
    invoke: (routeKey, event) => player.functions.invoke(functionOf(routeKey), event),
    onAnswer: (...answer) => onApiRequest(apiId, ...answer),
  });
}

function watchForEdits(
  { flags, env, terminal }: LocalOptions,
  player: Player,
  rhythm: Scheduler,
  page: LocalConsole,
  cleanup: Cleanup,
): () => readonly string[] {
  const reload = createReload({
    file: flags.config,
    env,
    intervalMs: flags.intervalMs,
    player,
    terminal,
    settle: () => rhythm.settle(settleMs),
    onTaken: () => {
      rhythm.setPace(player.stack().tickMs);
      page.changed();
    },
    onRefused: page.changed,
  });
  const watch = watchConfig(flags.config, () => void reload.run());
  cleanup.add(watch.close);
  return reload.problems;
}

function addressesOf({ console: page, shortener, aws }: Origins, data: DataFolder): Addresses {
  return { console: page, shortener, aws, data: data.path };
}

/** Tells other programs what runs, for as long as it runs. */
function announce(
  data: DataFolder,
  { console: page, shortener, aws }: Addresses,
  { intervalMs }: LocalOptions['flags'],
  cleanup: Cleanup,
): void {
  const local = {
    outputs: { ShortenerUrl: shortener, StatusUrl: shortener, ApiId: apiId },
    awsEndpoint: aws,
    console: page,
    pid: process.pid,
    ...(intervalMs === undefined ? {} : { intervalMs }),
  };
  writeFileSync(data.local, `${JSON.stringify(local, null, 2)}\n`, { mode: 0o600 });
  const remove = () => rmSync(data.local, { force: true });
  process.once('exit', remove); // also when there is no time for more
  cleanup.add(remove);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
