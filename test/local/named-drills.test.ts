import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  calmWithinMs,
  type Direction,
  type DrillName,
  drillNamed,
  drillNames,
  type HurtMonitors,
  type MovingMetric,
  movingMetrics,
} from '../../infra/cli/drill/named-drills.ts';
import { run } from '../../infra/cli/main.ts';
import { type PresetName, presets } from '../../shared/config/parse/alarm-presets.ts';
import { createIo } from '../unit/cli/io.ts';
import { endAll, type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';
import { type Look, openLook } from './named-drills-look.ts';
import { ringSlowly } from './slow-alarms.ts';

/** What an alert is about, by what hurts it. */
const monitorsOf: Readonly<Record<HurtMonitors, readonly string[]>> = {
  all: ['front', 'alive', 'health', 'bounded'],
  readiness: ['health'],
  bounded: ['bounded'],
};

// The limits that are not those of the presets keep one drill from the alarm of another: a tenth of errors is below 18 %, what
// needs the database is a fifth, and a busy CPU on a busy machine is no delay of 1.5 s. Latency is bounded by a timeout, because a
// latency that is measured on a busy machine is not judged.
const config = `version: 1
service: drilled
channels: { oncall: { type: email, to: oncall@example.com } }
defaults: { retry: { limit: 1, delay: 100ms } }
monitors:
  front:
    type: http
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    assertions: [status == 302]
    alerts: [{ for: { failures: 3, of: 3 }, recover: { successes: 2 }, notify: [oncall] }]
  alive:
    type: http
    request: { url: "\${output:ShortenerUrl}/health/liveness" }
    alerts: [{ for: { failures: 3, of: 3 }, recover: { successes: 2 }, notify: [oncall] }]
  health:
    type: http
    request: { url: "\${output:ShortenerUrl}/health/readiness" }
    alerts: [{ for: { failures: 3, of: 3 }, recover: { successes: 2 }, notify: [oncall] }]
  bounded:
    type: http
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    timeout: 1800ms
    retry: { limit: 0 }
    assertions: [status == 302]
    alerts: [{ for: { failures: 3, of: 3 }, recover: { successes: 2 }, notify: [oncall] }]
alarms:
  error-ratio: { preset: errorRatio, above: 18%, notify: [oncall] }
  error-rate: { preset: errorRate, notify: [oncall] }
  errors-per-minute: { preset: errorsPerMinute, notify: [oncall] }
  latency: { preset: latency, above: 1500ms, notify: [oncall] }
  function-errors: { preset: functionErrors, function: shortener, notify: [oncall] }
  function-throttles: { preset: functionThrottles, function: shortener, notify: [oncall] }
  function-duration: { preset: functionDuration, function: shortener, notify: [oncall] }
  table-throttles: { preset: tableThrottles, table: links, notify: [oncall] }
  failed-notifications: { preset: failedNotifications, notify: [oncall] }
`;

const folder = temporaryFolder();
const data = join(folder.path, '.burnwatch');
const file = join(folder.path, 'monitors.yml');
let local: Running;
let look: Look;
const traffic = { stop: new AbortController(), written: { stdout: '', stderr: '' }, ended: Promise.resolve(0) };

beforeAll(async () => {
  writeFileSync(file, config);
  local = await startLocalMode(data, '--config', file, '--interval', '1s');
  look = openLook(local, 'drilled');
  const { io, written } = createIo({ cwd: folder.path, signal: traffic.stop.signal });
  traffic.written = written;
  traffic.ended = run(['traffic', '--rate', '40/s', '--for', '5m', '--wave', 'off', '--json'], io);
  await look.calm(60_000);
}, 150_000);
afterAll(async () => {
  traffic.stop.abort();
  await traffic.ended.catch(() => {});
  look?.close();
  await endAll(local);
  folder.remove();
}, 60_000);

/** A drill whose test failed is not that of the next one. */
afterEach(async () => {
  await fetch(`${local.shortener}/faults`, { method: 'DELETE', signal: AbortSignal.timeout(20_000) });
  await look.calm(40_000);
}, 60_000);

/** Looks on until what moves is exactly what is expected; the last that was seen, where it does not come. */
async function seeMoves(metrics: Readonly<Partial<Record<MovingMetric, Direction>>>, withinMs: number) {
  const expected = movingMetrics.flatMap((metric) => (metrics[metric] ? [`${metric} ${metrics[metric]}`] : []));
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look.moved();
    const isSame = seen.toSorted().join() === expected.toSorted().join();
    if (isSame || Date.now() > deadline) return { seen: seen.toSorted(), expected: expected.toSorted() };
    await pause(250);
  }
}

type Span = { readonly name: DrillName; readonly fromAt: number; readonly endAt: number };
const spans: Span[] = [];
/** Long enough for five periods of alarms and what is late of them. */
const leastMs = 6_500;

/** Starts a drill by the command line, and answers what mends it: Ctrl-C, nothing, or nobody since the command is dead. */
function begin(name: DrillName): { end(): Promise<number | undefined> } {
  const argv = ['drill', name, ...(name === 'errors' ? ['10%'] : [])];
  if (name === 'errors') {
    const entry = join(root, 'infra/cli/burnwatch.js');
    const child = spawn(process.execPath, [entry, ...argv, '--for', '8s', '--url', local.shortener], {
      stdio: 'ignore',
    });
    return {
      end: async () => {
        child.kill('SIGKILL');
        await look.untilMended(30_000);
        return undefined;
      },
    };
  }
  const isShort = name === 'cache-cold';
  const stop = new AbortController();
  const { io } = createIo({ cwd: folder.path, signal: stop.signal });
  const ended = run([...argv, '--for', isShort ? '8s' : '60s', '--json'], io);
  return {
    end: () => {
      if (!isShort) stop.abort();
      return ended;
    },
  };
}

// What moves is told from noise: where other tests take the CPU, a drill gets a second chance, and says what the first one saw.
import.meta.jest.retryTimes(1, { logErrorsBeforeRetry: true });

describe('Of a named drill, with callers and monitors,', () => {
  it.each(drillNames)(
    '%s moves exactly the metrics and alerts that its table says, and all is calm after it',
    async (name) => {
      const { metrics, hurts } = drillNamed(name);
      const fromAt = Date.now();
      const drill = begin(name);
      await look.untilBroken(30_000);
      const monitors = [...new Set(hurts.flatMap((each) => monitorsOf[each]))].toSorted();
      const { seen, expected } = await seeMoves(metrics, 40_000);
      expect(seen).toEqual(expected);
      if (monitors.length > 0) await look.untilFired(fromAt, monitors.length, 40_000);
      await pause(Math.max(0, fromAt + leastMs - Date.now()));
      expect([undefined, 0]).toContain(await drill.end());
      const endAt = Date.now();
      expect(await look.fired(fromAt)).toEqual(monitors);
      await look.calm(40_000);
      expect(await look.fired(fromAt)).toEqual(monitors);
      spans.push({ name, fromAt, endAt });
    },
    150_000,
  );

  it('exactly the alarms of its table ring, when a second of what was recorded is played as a minute, and all end', async () => {
    expect(spans.map(({ name }) => name)).toEqual(drillNames);
    await pause(2_000); // the second of AWS’s own metrics that is still gathered
    const first = spans[0]?.fromAt ?? 0;
    const changes = ringSlowly(join(data, 'cloudwatch.db'), file, local, first - 6_000, Date.now() - 2_000);
    const rang = (presetOf: (name: string) => boolean) =>
      Object.keys(presets).filter((preset) => presetOf(`drilled-local-${kebab(preset)}`));
    for (const [index, { name, fromAt, endAt }] of spans.entries()) {
      const nextAt = secondOf(spans[index + 1]?.fromAt ?? Date.now());
      const own = changes.filter(({ at, to }) => to === 'ALARM' && at >= secondOf(fromAt) && at < nextAt);
      const expected: readonly PresetName[] = drillNamed(name).alarms;
      const seen = rang((alarm) => own.some((change) => change.alarm.startsWith(alarm)));
      expect([name, seen.toSorted()]).toEqual([name, expected.toSorted()]);
      for (const { alarm, at } of own) {
        const over = changes.find((change) => change.alarm === alarm && change.to === 'OK' && change.at > at);
        expect([name, alarm, over !== undefined && over.at - endAt < calmWithinMs / 60]).toEqual([name, alarm, true]);
      }
    }
  }, 60_000);

  it('the callers got answers of every kind, and every link of theirs is deleted', async () => {
    traffic.stop.abort();
    expect(await traffic.ended).toBe(0);
    const told = JSON.parse(traffic.written.stdout);
    expect(told).toMatchObject({ leftLinks: 0, aborted: 'ended by hand' });
    expect(Object.keys(told.statuses)).toEqual(
      expect.arrayContaining(['200', '201', '302', '400', '404', '405', '422', '503']),
    );
    const { links } = (await (await fetch(`${local.shortener}/links?limit=100`)).json()) as { links: unknown[] };
    expect(links).toEqual([]);
  }, 60_000);
});

const secondOf = (at: number): number => Math.floor(at / 1_000) * 1_000;
const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
