import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyChanges, readArguments } from '../../../infra/cli/burst/arguments.ts';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { burst, request, thresholdOf } from './burst-sample.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-burst-'));
  writeFileSync(join(folder, 'body.json'), '{"a":"é"}');
  writeFileSync(join(folder, 'picture.png'), Buffer.from([0x89, 0x50, 0xff, 0xfe]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (...argv: readonly string[]) => readArguments(argv, folder);
const url = 'http://127.0.0.1:8080/demo';
const open = ['--url', url, '--rate', '200', '--for', '10s'];

function refusal(argv: readonly string[]): string {
  try {
    read(...argv);
  } catch (error) {
    if (error instanceof BurnwatchError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('the arguments of burst', () => {
  const hold = { fromPerSecond: 200, toPerSecond: 200, durationMs: 10_000 };
  it.each([
    [['--rate', '200', '--for', '10s'], { model: 'open', stages: [hold] }],
    [['--rate=200/s', '--for=10s'], { model: 'open', stages: [hold] }],
    [
      ['--rate', '200', '--ramp', '5s', '--for', '10s'],
      { model: 'open', stages: [{ fromPerSecond: 0, toPerSecond: 200, durationMs: 5_000 }, hold] },
    ],
    [
      ['--rate', '30/m', '--for', '1m'],
      { model: 'open', stages: [{ fromPerSecond: 0.5, toPerSecond: 0.5, durationMs: 60_000 }] },
    ],
    [['-c', '10', '-n', '1000'], { model: 'closed', concurrency: 10, requests: 1_000 }],
    [['--concurrency', '10', '--requests', '1000'], { model: 'closed', concurrency: 10, requests: 1_000 }],
    [['--concurrency', '50', '--for', '10s'], { model: 'closed', concurrency: 50, forMs: 10_000 }],
    [
      ['--breaking-point', '--threshold', 'p99 < 300ms'],
      { model: 'breakingPoint', fromPerSecond: 50, toPerSecond: 5_000, holdMs: 5_000, factor: 2, precisionPpm: 50_000 },
    ],
    [
      ['--breaking-point', '--from', '10', '--to', '100/s', '--hold', '2s', '--threshold', 'p99 < 300ms'],
      { model: 'breakingPoint', fromPerSecond: 10, toPerSecond: 100, holdMs: 2_000, factor: 2, precisionPpm: 50_000 },
    ],
  ])('%j is a load', (argv, load) => {
    expect(read('--url', url, ...argv).asked).toEqual({ request: { ...request, url }, load });
  });

  it('describe a request as curl would send it', () => {
    const sent = read(
      ...open,
      ...['--header', 'Content-Type:  application/json ', '--header', 'x-a: b:c', '--body', '@body.json'],
      '--follow-redirects',
    );
    expect(sent.asked).toMatchObject({
      request: {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-a': 'b:c' },
        body: { kind: 'text', text: '{"a":"é"}' },
        followRedirects: true,
      },
    });
    expect(read(...open, '--body', 'x', '--method', 'put').asked).toMatchObject({ request: { method: 'PUT' } });
  });

  it('name a burst of the configuration', () => {
    expect(read('redirects', '--config', 'a.yml', '--output', 'Url=http://x', '--json', '--report', 'r.html')).toEqual({
      asked: { id: 'redirects', config: 'a.yml', outputs: { Url: 'http://x' } },
      changes: { thresholds: [], freshConnections: false },
      json: true,
      report: 'r.html',
    });
  });

  it.each([
    [['errorRatio > 10%'], { errorRatioPpm: 100_000 }],
    [['errorRatio 10%'], { errorRatioPpm: 100_000 }],
    [['latency > 2s after 500ms'], { latencyMs: 2_000, afterMs: 500 }],
    [
      ['status 5xx, 429'],
      {
        statuses: [
          { from: 500, to: 599 },
          { from: 429, to: 429 },
        ],
      },
    ],
    [
      ['errorRatio > 0.5% after 5s', 'status 503', 'status 504'],
      {
        errorRatioPpm: 5_000,
        afterMs: 5_000,
        statuses: [
          { from: 503, to: 503 },
          { from: 504, to: 504 },
        ],
      },
    ],
  ])('end a run early by %j', (typed, abort) => {
    expect(read(...open, ...typed.flatMap((each) => ['--abort-if', each])).changes.abort).toEqual(abort);
  });

  it('change a burst, adding to its thresholds and taking the place of what ends it early', () => {
    const own = { ...burst, abortIf: { afterMs: 3_000, errorRatioPpm: 1_000, latencyMs: 500 } };
    const { changes } = read(
      ...['redirects', '--threshold', 'dropped == 0', '--abort-if', 'errorRatio > 10%', '--limit-concurrency', '12'],
      ...['--timeout', '2s', '--fresh-connections'],
    );
    expect(applyChanges(own, changes)).toEqual({
      ...own,
      abortIf: { afterMs: 3_000, errorRatioPpm: 100_000, latencyMs: 500 },
      thresholds: [...burst.thresholds, thresholdOf('dropped == 0')],
      limits: { ...burst.limits, concurrency: 12 },
      timeoutMs: 2_000,
      freshConnections: true,
    });
    expect(applyChanges(burst, changes).abortIf).toEqual({ afterMs: 2_000, errorRatioPpm: 100_000 });
    expect(applyChanges(burst, read('redirects').changes)).toEqual(burst);
  });

  const kinds = '--rate 200 --for 10s, --concurrency 10 --requests 1000, or --breaking-point';
  it.each([
    [[], 'needs the name of a burst in monitors.yml, or --url URL: see --help'],
    [['a', 'b'], 'does not take "b": see --help'],
    [['http://a/'], 'takes the name of a burst, got "http://a/": a URL goes behind --url'],
    [['http://me:canary@a/?canary'], 'takes the name of a burst, got "http://a/": a URL goes behind --url'],
    [['a', '--url', url], 'takes the name of a burst or --url, not both: "a" is in the way'],
    [['a', '--rate', '5'], '--rate goes with --url: what a sends is said in its configuration'],
    [['a', '--output', 'x'], '--output takes Name=URL, got "x"'],
    [['--url', url], `--url needs a load: ${kinds}`],
    [['--url', url, '--for', '10s'], `--for needs a load beside it, --rate or --concurrency, such as ${kinds}`],
    [[...open, '--config', 'a.yml'], '--config goes with the name of a burst, not with --url'],
    [[...open, '-c', '10'], '--rate and --concurrency are different loads: keep one of them'],
    [[...open, '--requests', '10'], '--requests does not go with --rate: it belongs to --concurrency'],
    [
      ['--url', url, '-c', '10', '-n', '5', '--ramp', '5s'],
      '--ramp does not go with --concurrency: it belongs to --rate',
    ],
    [
      ['--url', url, '-c', '10', '-n', '5', '--limit-concurrency', '5'],
      '--limit-concurrency does not go with --concurrency: it belongs to --rate or --breaking-point',
    ],
    [['--url', url, '--rate', '200'], '--rate 200 has no end: add --for 10s'],
    [['--url', url, '-c', '10'], '--concurrency 10 has no end: add --requests 1000 or --for 10s'],
    [['--url', url, '--breaking-point', '--from', '50', '--to', '50'], '--to must be above --from, got 50 after 50'],
    [['--url', url, '--rate', '0', '--for', '10s'], '--rate must be above 0, got "0"'],
    [['--url', url, '--rate', '-5', '--for', '10s'], '--rate must not be negative, got "-5": see --help'],
    [['--url', url, '--rate', 'fast', '--for', '10s'], '--rate must be a rate, such as 200, 200/s or 30/m, got "fast"'],
    [
      ['--url', url, '--rate', '5', '--for', '10'],
      '--for must be a whole number with a unit, such as 500ms, 30s, 5m, 1h or 3d, got "10"',
    ],
    [['--url', url, '--rate', '5', '--for', '0s'], '--for must be longer than nothing, got "0s"'],
    [['--url', url, '-c', '1.5', '-n', '5'], '--concurrency must be a whole number from 1 on, got "1.5"'],
    [
      ['--url', 'ftp://x', '-c', '1', '-n', '5'],
      '--url must be an http or https URL such as https://example.com/, got "ftp://x"',
    ],
    [
      ['--url', 'http://me:canary@h:99999/p?canary', '-c', '1', '-n', '5'],
      '--url must be an http or https URL such as https://example.com/, got "http://h:99999/p"',
    ],
    [
      ['--url', 'http://me:x@h/', '-c', '1', '-n', '5'],
      "--url must hold no user and password: send them with --header 'authorization: Basic …'",
    ],
    [[...open, '--method', 'GTE'], '--method "GTE" is not known; did you mean "GET"?'],
    [[...open, '--header', 'x'], "--header must look like 'name: value'"],
    [[...open, '--header', 'a b: c'], '--header "a b": the name of a header must be letters, digits and dashes'],
    [[...open, '--header', 'host\n: c'], '--header "host\\n": the name of a header must be letters, digits and dashes'],
    [
      [...open, '--header', 'content-length: 5'],
      '--header "content-length": is written by Burnwatch itself and cannot be set',
    ],
    [
      [...open, '--header', 'x: a\r\nb: c'],
      '--header "x": must be one line of Latin-1 text, without control characters',
    ],
    [[...open, '--header', 'x: a', '--header', 'X: b'], '--header x is there twice: keep one'],
    [[...open, '--body', '@no.json'], '--body @no.json: there is no such file'],
    [[...open, '--body', '@picture.png'], '--body @picture.png: it is no UTF-8 text'],
    [[...open, '--body', '@.'], '--body @.: it cannot be read (EISDIR)'],
    [[...open, '--threshold', 'p99'], '--threshold must look like "p99 < 300ms" or "errorRatio < 0.1%", got "p99"'],
    [
      [...open, '--abort-if', 'errorRatio > 100%'],
      '--abort-if must look like "errorRatio > 10%", "latency > 2s" or "status 5xx", each with "after 5s" behind it where that is meant, got "errorRatio > 100%"',
    ],
    [[...open, '--abort-if', 'latency > 2s', '--abort-if', 'latency > 3s'], '--abort-if says latency twice: keep one'],
    [[...open, '--limit-concurrency', '0'], '--limit-concurrency must be a whole number from 1 on, got "0"'],
    [[...open, '--jsn'], 'has no option "--jsn"; did you mean "--json"?'],
    [['--url', url, '-c', '5', '-x', '1'], 'has no option "-x": see --help'],
  ])('%j is one line of bad usage', (argv, message) => {
    expect(refusal(argv)).toBe(`BURN_USAGE: ${message}`);
  });
});
