import { type ChildProcess, fork } from 'node:child_process';
import { errorTypes, type Monitor, outcomes } from '../../../shared/config/model.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import { answerTo, startDnsServer } from '../dns-server.ts';
import type { Job, Seen, SeenProbe, Target } from './prober.ts';
import { type HostileRow, mismatches, timeoutOf } from './row.ts';
import { plantedSecret } from './wire.ts';

type NamelessTarget = Omit<Target, 'nameServer'> & Partial<Target>;

/** A process of its own that probes; names that no target's own name server knows do not exist. */
export type ProberProcess = {
  probe(targets: readonly NamelessTarget[]): Promise<Seen>;
  stop(): Promise<void>;
};

export function startProber(): ProberProcess {
  const child = fork(new URL('./prober.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
  });
  const nowhere = startDnsServer({ udp: (query, reply) => reply(answerTo(query, { rcode: nameError })) });
  let id = 0;
  return {
    probe: async (targets) => {
      const nameServer = (await nowhere).address;
      id += 1;
      return ask(child, { id, targets: targets.map((each) => ({ nameServer, ...each })), secret: plantedSecret });
    },
    stop: async () => {
      child.kill();
      await (await nowhere).close();
    },
  };
}

/** NXDOMAIN */
const nameError = 3;

function ask(child: ChildProcess, job: Job): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`the process that probes ended (${code})`));
    const onMessage = (seen: Seen) => {
      if (seen.id !== job.id) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(seen);
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send(job);
  });
}

const slackMs = 100;
const memoryLimit = 32 * 1_024 * 1_024;
const batchSize = 8;

/**
 * Probes every row, some at once, each on a server of its own, and tells of each what it broke. What a busy machine may be
 * the reason of (a time, the memory, a socket that is still there, an unexpected outcome) is not yet a verdict: such a row
 * is probed again alone, and where it costs too much up to three times.
 */
export async function judgeRows(
  prober: ProberProcess,
  rows: readonly HostileRow[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const verdicts = new Map<string, readonly string[]>();
  const sorted = [...rows].sort((a, b) => timeoutOf(a.expected) - timeoutOf(b.expected));
  for (let at = 0; at < sorted.length; at += batchSize) {
    const batch = sorted.slice(at, at + batchSize);
    const together = await judgeBatch(prober, batch);
    for (const [index, row] of batch.entries()) {
      const found = together[index] ?? [];
      const faults = found.filter(isCertain);
      verdicts.set(row.name, found.length === 0 || faults.length > 0 ? faults : await judgeAlone(prober, row));
    }
  }
  return verdicts;
}

/** Memory that is held is held each time; what the garbage collector has not come to yet is not. */
const rounds = 3;

async function judgeAlone(prober: ProberProcess, row: HostileRow): Promise<readonly string[]> {
  let found: readonly string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    found = (await judgeBatch(prober, [row])).flat();
    if (!found.some(isAboutCost)) return found;
  }
  return found;
}

/** What a busy machine cannot be the reason of. */
const isCertain = (broken: string): boolean => certain.test(broken);
const certain =
  /^(threw|warning|unhandled|uncaught|the secret|a text|there is no message|\d+ listeners|the phases|the error type)/;

/** A time or the memory that was too much. */
export const isAboutCost = (broken: string): boolean => /^(took|the memory)/.test(broken);

async function judgeBatch(prober: ProberProcess, rows: readonly HostileRow[]): Promise<readonly (readonly string[])[]> {
  const servers = await Promise.all(rows.map((row) => row.start()));
  try {
    const targets = rows.map((row, index) => targetOf(row, servers[index]?.port ?? 0));
    const seen = await prober.probe(targets);
    return rows.map((row, index) => {
      const probe = seen.probes[index] as SeenProbe;
      const server = servers[index];
      return [
        ...brokenBy(probe, (targets[index] as NamelessTarget).monitor, row.stopAfterMs),
        ...brokenTogether(seen),
        ...(probe.result ? mismatches(probe.result, row.expected) : []),
        ...(server ? (row.check?.(server) ?? []) : []),
      ];
    });
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

function targetOf(row: HostileRow, port: number): NamelessTarget {
  return {
    monitor: row.monitor(port),
    ...(row.nameServer ? { nameServer: `127.0.0.1:${port}` } : {}),
    ...(row.stopAfterMs === undefined ? {} : { stopAfterMs: row.stopAfterMs }),
    ...(row.allowOrigin ? { allowOrigin: `http://127.0.0.1:${port}` } : {}),
  };
}

/** What probes did to their process: memory, and what they left behind. */
export function brokenTogether({ grewBytes, left, troubles }: Seen): readonly string[] {
  return [
    ...(grewBytes < memoryLimit ? [] : [`the memory grew by ${(grewBytes / 1_024 / 1_024).toFixed(1)} MiB`]),
    ...left.map((what) => `left behind: ${what}`),
    ...troubles,
  ];
}

/** Every way in which one probe broke the law that holds whatever a server sends. */
export function brokenBy(probe: SeenProbe, monitor: Monitor, stopAfterMs?: number): readonly string[] {
  const { result, thrown, tookMs, starvedMs, listeners } = probe;
  const limitMs = Math.min(longestMs(monitor), stopAfterMs ?? Infinity) + slackMs;
  return [
    ...(tookMs <= limitMs + starvedMs ? [] : [`took ${tookMs.toFixed(0)} ms, longer than ${limitMs} ms`]),
    ...(listeners === 0 ? [] : [`${listeners} listeners stayed on the signal`]),
    ...(result ? malformed(result) : [`threw ${thrown}`]),
  ];
}

/** All attempts with the delays between them. */
function longestMs({ timeoutMs, retry }: Monitor): number {
  return (retry.limit + 1) * timeoutMs + retry.limit * retry.delayMs;
}

function malformed(result: ProbeResult): readonly string[] {
  const { outcome, errorType, message, phases, latencyMs } = result;
  const needsError = ['failed', 'unknown', 'blocked'].includes(outcome);
  const times = Object.values(phases);
  const sum = times.reduce((all, each) => all + each, 0);
  const texts = [
    ...(message === undefined ? [] : [message]),
    ...result.assertions.flatMap(({ actual }) => actual ?? []),
  ];
  const all = JSON.stringify(result);
  return [
    ...(outcomes.includes(outcome) ? [] : [`the outcome is ${outcome}`]),
    ...(needsError === (errorType !== undefined) ? [] : [`${outcome} with the error type ${errorType}`]),
    ...(errorType === undefined || errorTypes.includes(errorType) ? [] : [`the error type is ${errorType}`]),
    ...(needsError && !message ? ['there is no message'] : []),
    ...(texts.every((text) => text.length <= 256) ? [] : ['a text is longer than 256 characters']),
    ...(texts.every((text) => !/[\p{Cc}\u2028\u2029]/u.test(text)) ? [] : ['a text holds control characters']),
    ...(Math.abs(sum - latencyMs) < 1 && times.every((time) => time >= 0)
      ? []
      : [`the phases add up to ${sum}, not ${latencyMs}`]),
    ...(leaks(all) ? [`the secret is in ${all}`] : []),
  ];
}

/** Any third of the secret, as it is or encoded. */
function leaks(text: string): boolean {
  const forms = [plantedSecret, encodeURIComponent(plantedSecret), Buffer.from(plantedSecret).toString('base64')];
  return forms.some((form) => text.includes(form)) || text.includes('pLanTed') || text.includes('s3cret');
}
