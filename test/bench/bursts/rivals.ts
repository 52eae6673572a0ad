import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a load generator says of its run; latencies in ms, NaN where it does not say. */
export type Said = {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type Rival = {
  readonly name: string;
  /** Closed loop: so many connections that are kept alive, for so many seconds; with `ratePerSecond` no faster than that. */
  command(url: string, connections: number, seconds: number, ratePerSecond?: number): readonly string[];
  read(stdout: string): Said;
};

export const burnwatch: Rival = {
  name: 'burnwatch',
  command: (url, connections, seconds, rate) => [
    process.execPath,
    join(import.meta.dirname, '../../../infra/cli/burnwatch.js'),
    ...['burst', '--url', url, '--for', `${seconds}s`, '--json'],
    ...(rate === undefined ? ['--concurrency', String(connections)] : ['--rate', String(rate)]),
  ],
  read: (stdout) => {
    const { requests, durationMs, latencyMs } = JSON.parse(stdout);
    return { requests, seconds: durationMs / 1_000, p50Ms: latencyMs.p50, p99Ms: latencyMs.p99 };
  },
};

const wrk: Rival = {
  name: 'wrk',
  command: (url, connections, seconds) => ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url],
  read: (stdout) => {
    const [, requests, span] = /(\d+) requests in ([\d.]+m?s)/.exec(stdout) ?? [];
    const quantile = (percent: string) => msOf(new RegExp(`${percent}%\\s+([\\d.]+(?:us|ms|s))`).exec(stdout)?.[1]);
    return { requests: Number(requests), seconds: msOf(span) / 1_000, p50Ms: quantile('50'), p99Ms: quantile('99') };
  },
};

const hey: Rival = {
  name: 'hey',
  command: (url, connections, seconds, rate) => [
    ...['hey', '-c', String(connections), '-z', `${seconds}s`],
    // Its limit is one of each worker.
    ...(rate === undefined ? [] : ['-q', String(Math.round(rate / connections))]),
    url,
  ],
  read: (stdout) => {
    const requests = [...stdout.matchAll(/\[\d+\]\s+(\d+) responses/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    const seconds = Number(/Total:\s+([\d.]+) secs/.exec(stdout)?.[1]);
    const quantile = (percent: string) =>
      1_000 * Number(new RegExp(`${percent}%+ in ([\\d.]+) secs`).exec(stdout)?.[1]);
    return { requests, seconds, p50Ms: quantile('50'), p99Ms: quantile('99') };
  },
};

const ab: Rival = {
  name: 'ab',
  command: (url, connections, seconds) => [
    ...['ab', '-q', '-k', '-c', String(connections), '-t', String(seconds), '-n', '5000000'],
    url,
  ],
  read: (stdout) => {
    const quantile = (percent: string) => Number(new RegExp(`^\\s+${percent}%\\s+(\\d+)`, 'm').exec(stdout)?.[1]);
    return {
      requests: Number(/Complete requests:\s+(\d+)/.exec(stdout)?.[1]),
      seconds: Number(/Time taken for tests:\s+([\d.]+)/.exec(stdout)?.[1]),
      p50Ms: quantile('50'),
      p99Ms: quantile('99'),
    };
  },
};

const autocannonVersion = '9.0.0';

function autocannon(file: string): Rival {
  return {
    name: 'autocannon',
    command: (url, connections, seconds, rate) => [
      ...[process.execPath, file, '--json', '-c', String(connections), '-d', String(seconds)],
      ...(rate === undefined ? [] : ['-R', String(rate)]),
      url,
    ],
    read: (stdout) => {
      const { requests, duration, latency } = JSON.parse(stdout);
      return { requests: requests.total, seconds: duration, p50Ms: latency.p50, p99Ms: latency.p99 };
    },
  };
}

/** Those that are there, and the names of those that are not. autocannon is fetched by npm when it is not at hand. */
export function findRivals(): { readonly rivals: readonly Rival[]; readonly missing: readonly string[] } {
  const installed = [wrk, hey, ab].filter(({ name }) => spawnSync('which', [name]).status === 0);
  const file = spawnSync(
    'npx',
    ['--yes', `--package=autocannon@${autocannonVersion}`, '-c', 'realpath "$(command -v autocannon)"'],
    { encoding: 'utf8', timeout: 120_000 },
  );
  const path = file.status === 0 ? file.stdout.trim() : '';
  const rivals = path === '' ? installed : [...installed, autocannon(path)];
  const names = rivals.map(({ name }) => name);
  return { rivals, missing: ['wrk', 'hey', 'ab', 'autocannon'].filter((name) => !names.includes(name)) };
}

/** `1.23ms`, `456us`, `7.8s` in ms; NaN for anything else. */
function msOf(text: string | undefined): number {
  const [, number, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text ?? '') ?? [];
  return Number(number) * ({ us: 0.001, ms: 1, s: 1_000 }[unit] ?? Number.NaN);
}
