import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../infra/cli/command.ts';
import { run as runMain } from '../../infra/cli/main.ts';
import type { BurstSummary } from '../../shared/burst/model.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let origin: string;
let answer: Answer;
/** Requests that the server has read, whatever became of them. */
let seen: IncomingMessage[];

const fine: Answer = (_, response) => response.end('fine');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-burst-'));
  answer = fine;
  seen = [];
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

type Written = { code: number; stdout: string; stderr: string };

async function run(argv: readonly string[], changes: Partial<Io> = {}): Promise<Written> {
  const written = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: (text) => {
      written.stdout += text;
    },
    stderr: (text) => {
      written.stderr += text;
    },
    stdin: new PassThrough(),
    isInteractive: false,
    isTerminal: false,
    hasColors: false,
    columns: 80,
    progressColumns: 0,
    env: {},
    cwd: folder,
    signal: new AbortController().signal,
    ...changes,
  };
  return { code: await runMain(['burst', ...argv], io), ...written };
}

/** What `--json` wrote, which must be one line. */
function parse({ stdout }: Written): BurstSummary {
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  return JSON.parse(stdout);
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/**
 * Every request is a success or a failure, all of them are accounted for, and the server saw so many; what was cut off it may
 * see a moment later.
 */
async function expectTrueCounts(summary: BurstSummary): Promise<void> {
  const { requests, failures, statusCodes, errors } = summary;
  expect(sum(statusCodes) + sum(errors)).toBe(requests);
  const failing = Object.entries(statusCodes).filter(([status]) => Number(status) >= 400);
  expect(sum(Object.fromEntries(failing)) + sum(errors)).toBe(failures);
  for (let turn = 0; turn < 50 && seen.length < requests; turn += 1) await new Promise((done) => setTimeout(done, 10));
  expect(seen.length).toBe(requests);
}

const open = (...more: string[]) => ['--url', `${origin}/demo?q=1`, '--rate', '100', '--for', '1s', ...more];

describe('a burst to a URL', () => {
  it('passes, exits 0, and says with --json in one line exactly what the contract names', async () => {
    const written = await run(open('--threshold', 'errorRatio < 1%', '--threshold', 'dropped == 0', '--json'));
    const summary = parse(written);
    expect([written.code, written.stderr]).toEqual([0, '']);
    await expectTrueCounts(summary);
    const distribution = Object.fromEntries(
      ['p50', 'p75', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'].map((key) => [key, expect.any(Number)]),
    );
    expect(summary).toEqual({
      burst: `${origin}/demo`,
      model: 'open',
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      durationMs: expect.any(Number),
      requests: 100,
      failures: 0,
      dropped: 0,
      errorRatio: 0,
      throughputPerSecond: expect.any(Number),
      latencyMs: distribution,
      serviceTimeMs: distribution,
      startLagMs: distribution,
      statusCodes: { 200: 100 },
      errors: {},
      generatorSaturated: expect.any(Boolean),
      thresholds: [
        { threshold: 'errorRatio < 1%', passed: true, actual: 0 },
        { threshold: 'dropped == 0', passed: true, actual: 0 },
      ],
    });
    expect(new Set(seen.map(({ url }) => url))).toEqual(new Set(['/demo?q=1']));
  });

  it('sends as many requests as ab -c 10 -n 1000 would, over as many connections', async () => {
    const sockets = new Set<unknown>();
    answer = (request, response) => {
      sockets.add(request.socket);
      fine(request, response);
    };
    const summary = parse(await run(['--url', origin, '-c', '10', '-n', '1000', '--json']));
    expect([summary.model, summary.requests, summary.dropped]).toEqual(['closed', 1_000, 0]);
    expect(sockets.size).toBeLessThanOrEqual(10);
    await expectTrueCounts(summary);
  });

  it('goes on for a time, as wrk does', async () => {
    const summary = parse(await run(['--url', origin, '--concurrency', '5', '--for', '500ms', '--json']));
    expect(summary.requests).toBeGreaterThan(5);
    expect(summary.durationMs).toBeGreaterThanOrEqual(450);
    expect(summary.durationMs).toBeLessThan(5_000);
    await expectTrueCounts(summary);
  });

  it('sends what it was told to: method, headers and a body from a file', async () => {
    writeFileSync(join(folder, 'body.json'), '{"url":"https://example.com/"}');
    const bodies: string[] = [];
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(`${request.method} ${request.headers['x-token']} ${body}`);
        response.writeHead(201).end();
      });
    };
    const argv = ['--url', origin, '-c', '1', '-n', '3', '--header', 'X-Token: canary-7f3a', '--body', '@body.json'];
    const { stdout, code } = await run(argv);
    expect([code, bodies]).toEqual([0, Array(3).fill('POST canary-7f3a {"url":"https://example.com/"}')]);
    expect(stdout).toContain('closed model: 1 at once, 3 requests');
    expect(stdout).not.toContain('7f3a');
  });

  it('fails, exits 1, where a threshold does not hold', async () => {
    answer = (_, response) => response.writeHead(seen.length % 2 === 0 ? 503 : 200).end();
    const { code, stdout } = await run(['--url', origin, '-c', '2', '-n', '100', '--threshold', 'errorRatio < 1%']);
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toBe('failed: error ratio 50 %, wanted < 1 %');
    expect(stdout).toContain('\n✗ errorRatio < 1%    50 %\n');
  });

  it('is ended by what it was told to look out for, exits 3, and still counts what the server saw', async () => {
    answer = (_, response) => response.writeHead(503).end();
    const argv = ['--url', origin, '--rate', '100', '--for', '20s', '--abort-if', 'errorRatio > 10% after 300ms'];
    const written = await run([...argv, '--json']);
    const summary = parse(written);
    expect(written.code).toBe(3);
    expect(summary.aborted).toMatch(/^error ratio 100 % after \d\.\d s, above 10 %$/);
    expect(summary.requests + summary.dropped).toBe(2_000);
    expect(summary.dropped).toBeGreaterThan(1_000);
    await expectTrueCounts(summary);
  });

  it('counts what it never got an answer to as a failure, in words', async () => {
    answer = () => {};
    const { code, stdout } = await run(['--url', origin, '--rate', '20', '--for', '500ms', '--timeout', '300ms']);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('unjudged: 10 of 10 requests failed, and no threshold says how many may');
    expect(stdout).toMatch(/\ntimeout +10 +100 % {2}no whole answer within 300 ms\n/);
    expect(seen).toHaveLength(10);
  });

  it('follows redirects only where it is told to', async () => {
    answer = (request, response) =>
      request.url === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.end();
    const argv = ['--url', `${origin}/a`, '-c', '1', '-n', '4', '--json'];
    expect(parse(await run(argv)).statusCodes).toEqual({ 302: 4 });
    expect(parse(await run([...argv, '--follow-redirects'])).statusCodes).toEqual({ 200: 4 });
  });

  it('searches the rate that the target sustains', async () => {
    const argv = ['--url', origin, '--breaking-point', '--from', '20', '--to', '40', '--hold', '1s'];
    const { code, stdout } = await run([...argv, '--threshold', 'errorRatio < 1%']);
    expect(stdout).toMatch(/\nASKED {2}REACHED {2}.*\n *20\/s /);
    // On a machine that is busy with other things it is the generator that cannot go on.
    if (/saturated/i.test(stdout)) return;
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'passed: sustains 40/s: the highest rate of the search, which broke nothing',
    ]);
    expect(stdout).toMatch(/\n *20\/s .* ✓\n *40\/s .* ✓\n/);
  }, 20_000);

  it('writes its report where it was told to, for a browser that has nothing else', async () => {
    const { stdout, stderr, code } = await run(open('--report', 'burst.html', '--header', 'x-token: canary-7f3a'));
    expect([code, stderr]).toEqual([0, 'The report is in burst.html\n']);
    expect(stdout).toMatch(/^passed: no request failed\n/);
    const page = readFileSync(join(folder, 'burst.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain(`GET ${origin}/demo</code>`);
    expect(page).toContain('header x-token');
    expect(page).not.toMatch(/7f3a|q=1/);
  });

  it('shows how it goes on a terminal, and leaves nothing of that behind', async () => {
    const argv = ['--url', origin, '--rate', '50', '--for', '2200ms', '--json'];
    const { stderr, stdout } = await run(argv, { progressColumns: 100 });
    const lines = stderr.split('\r\u001b[K');
    expect(lines.at(-1)).toBe('');
    expect(lines[2]).toMatch(
      /^1 s\/2\.2 s {2}.* {2}\d+\/110 sent {2}0 failed {2}p99 [\d.]+ [mµ]?s {2}\d+ under way {2}0 waiting$/,
    );
    expect(stderr).not.toContain('\n');
    expect(stdout).toMatch(/^\{/);
  });
});

describe('a burst that cannot be', () => {
  const config = `version: 1
service: demo
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  health: { type: http, request: { url: "\${output:ShortenerUrl}/health" } }
bursts:
  redirects: { request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }, concurrency: 2, requests: 10 }
  cautious:
    request: { url: "\${output:ShortenerUrl}/demo" }
    concurrency: 2
    requests: 10
    requireBudget: { left: 50%, slos: [availability] }
slos:
  availability: { indicator: { monitors: [health] }, objective: 99%, window: 30d, alerts: [{ severity: page, budget: 2%, long: 1h, minBadEvents: 3, notify: [oncall] }] }
`;
  beforeEach(() => writeFileSync(join(folder, 'monitors.yml'), config));

  const url = (...more: string[]) => ['--url', origin, ...more];
  it.each<[() => string[], string]>([
    [() => [], 'needs the name of a burst in monitors.yml, or --url URL: see --help'],
    [() => url('--rate', '0', '--for', '1s'), '--rate must be above 0, got "0"'],
    [() => url('--rate', '10'), '--rate 10 has no end: add --for 10s'],
    [() => url('--rate', '10', '--ramp', '5s'), '--rate 10 has no end: add --for 10s'],
    [() => url('--rate', '1000000000', '--for', '1s'), '--rate must be at most 50,000/s, got 1000000000/s'],
    [
      () => url('--rate', '50000', '--for', '10m'),
      '--rate would send 30,000,000 requests: a burst sends at most 2,000,000',
    ],
    [() => url('--rate', '10', '--for', '1d'), '--for would take 1d: a run takes at most 13m'],
    [
      () => url('-c', '10', '-n', '1000000000'),
      '--requests would send 1,000,000,000 requests: a burst sends at most 2,000,000',
    ],
    [() => url('-c', '801', '-n', '1000'), '--concurrency must be at most 800, got 801'],
    [
      () => url('--breaking-point'),
      "--breaking-point needs a threshold that breaks, such as --threshold 'p99 < 300ms'",
    ],
    [() => url('-c', '1', '-n', '1', '--timeout', '10m'), '--timeout must be between 100ms and 1m, got 10m'],
    [
      () => url('-c', '1', '-n', '1', '--report', 'no/r.html'),
      '--report no/r.html cannot be written: there is no such folder',
    ],
    [() => url('-c', '1', '-n', '1', '--report', '.'), '--report . cannot be written: it is a folder'],
    [() => ['redirect'], 'no burst is called "redirect"; did you mean "redirects"?'],
    [() => ['xyz'], 'no burst is called "xyz"; there are redirects, cautious'],
    [() => ['redirects', '--config', 'no.yml'], 'there is no file no.yml: check --config FILE'],
  ])('is refused in one line, and nothing is sent (%#)', async (argv, line) => {
    expect(await run(argv())).toEqual({ code: 2, stdout: '', stderr: `burnwatch burst: ${line}\n` });
    expect(seen).toEqual([]);
  });

  it('names every error of the configuration, and sends nothing', async () => {
    writeFileSync(join(folder, 'bad.yml'), config.replace('concurrency: 2', 'concurrency: 0'));
    const { code, stdout, stderr } = await run([
      'redirects',
      '--config',
      'bad.yml',
      '--output',
      `ShortenerUrl=${origin}`,
    ]);
    expect([code, stdout, seen]).toEqual([2, '', []]);
    expect(stderr).toMatch(/^error bad\.yml:7:\d+ bursts\.redirects\.concurrency: .*\n1 error in bad\.yml\n$/);
  });

  it('never goes to an address that hands out credentials', async () => {
    const { code, stdout, stderr } = await run(['--url', 'http://169.254.169.254/', '-c', '1', '-n', '1']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^burnwatch burst: .*169\.254\.169\.254 is a metadata or runtime address, which is never allowed\n$/,
    );
  });

  it('is refused while local mode knows of too little budget', async () => {
    const slo = { id: 'availability', monitors: ['health'], budgetLeftRatio: 0.2, goodEvents: 9, badEvents: 1 };
    answer = (_, response) => response.end(JSON.stringify({ slos: [slo], incidents: [] }));
    mkdirSync(join(folder, '.burnwatch'));
    const local = { outputs: { ShortenerUrl: origin }, console: origin, pid: process.pid };
    writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify(local));
    const { code, stdout, stderr } = await run(['cautious']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `Using the running local mode (${join(folder, '.burnwatch', 'local.json')}): ShortenerUrl=${origin}\n` +
        'burnwatch burst: cautious is not sent: the SLO availability has 20 % of its error budget left, and 50 % are required\n',
    );
    expect(seen.map((request) => request.url)).toEqual(['/api/state']);
  });

  it('is sent where nobody knows the budget, which is said', async () => {
    const { code, stdout, stderr } = await run(['cautious', '--output', `ShortenerUrl=${origin}`]);
    expect([code, seen.length]).toEqual([0, 10]);
    expect(stdout).toMatch(/^passed: no request failed\ncautious: GET \$\{output:ShortenerUrl\}\/demo\n/);
    expect(stderr).toBe('requireBudget is not checked: no local mode runs here that would know the error budgets\n');
  });
});

describe('a burst of monitors.yml', () => {
  const config = `version: 1
service: demo
monitors:
  health: { type: http, request: { url: "\${output:ShortenerUrl}/health" } }
  follow:
    type: flow
    interval: 5m
    steps:
      - { id: create, request: { url: "\${output:ShortenerUrl}/create" }, assertions: [status == 200], extract: { code: { source: header, path: x-code } } }
      - { id: follow, request: { url: "\${output:ShortenerUrl}/\${vars.code}" }, assertions: [status == 200] }
bursts:
  redirects:
    request: { url: "\${output:ShortenerUrl}/\${data.code}", headers: { x-token: "\${ssm:/burnwatch/token}" } }
    data: [{ code: abc }, { code: def }]
    stages: [{ hold: 40/s, for: 500ms }]
    thresholds: [errorRatio < 1%]
  flows: { mix: [{ flow: follow }], concurrency: 2, requests: 6, thresholds: [failures == 0] }
  elsewhere: { request: { url: "\${output:Other}/" }, concurrency: 1, requests: 1 }
`;
  const parameters = { Parameter: { Value: 'canary-7f3a' } };
  beforeEach(() => {
    writeFileSync(join(folder, 'monitors.yml'), config);
    mkdirSync(join(folder, '.burnwatch'));
    const local = { outputs: { ShortenerUrl: origin }, awsEndpoint: origin, pid: process.pid };
    writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify(local));
    answer = (request, response) => {
      const isParameter = request.headers['x-amz-target'] === 'AmazonSSM.GetParameter';
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.setHeader('x-code', 'xyz');
      response.end(isParameter ? JSON.stringify(parameters) : '{}');
    };
  });
  const loads = () => seen.filter(({ headers }) => headers['x-amz-target'] === undefined);

  it('takes its outputs and secrets from the running local mode, and its rows in turn', async () => {
    const { code, stdout, stderr } = await run(['redirects', '--threshold', 'requests == 20', '--json']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Using the running local mode .*\n$/)]);
    const summary: BurstSummary = JSON.parse(stdout);
    expect([summary.burst, summary.requests]).toEqual(['redirects', 20]);
    expect(summary.thresholds.map(({ threshold }) => threshold)).toEqual(['errorRatio < 1%', 'requests == 20']);
    expect(loads().map(({ url }) => url)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? '/def' : '/abc')),
    );
    expect(new Set(loads().map(({ headers }) => headers['x-token']))).toEqual(new Set(['canary-7f3a']));
    expect(stdout + stderr).not.toContain('7f3a');
  });

  it('sends flows as its units', async () => {
    const { code, stdout } = await run(['flows']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^passed: its threshold held\nflows: flow follow\nclosed model: 2 at once, 6 requests\n/);
    expect(loads()).toHaveLength(12);
  });

  it('refuses where an output is not known, and sends nothing', async () => {
    const { code, stdout, stderr } = await run(['elsewhere']);
    expect([code, stdout, seen]).toEqual([2, '', []]);
    expect(stderr.split('\n').at(-2)).toMatch(
      /^burnwatch burst: .*the output Other is not known: set OUTPUT_Other, or name it with --output Other=URL/,
    );
  });
});

describe('Ctrl-C', () => {
  const bin = fileURLToPath(new URL('../../infra/cli/burnwatch.js', import.meta.url));

  it('ends the load, prints what was measured, and exits 130', async () => {
    const argv = ['burst', '--url', origin, '--rate', '100', '--for', '60s', '--json'];
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, env: {}, timeout: 30_000 });
    const written: Written = { code: -1, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      written.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      written.stderr += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    answer = (request, response) => {
      fine(request, response);
      if (seen.length === 30) child.kill('SIGINT');
    };
    expect([await ended, written.stderr]).toEqual([130, '']);
    const summary = parse(written);
    expect(summary.aborted).toMatch(/^ended by hand after [\d.]+ m?s$/);
    expect(summary.requests).toBeGreaterThanOrEqual(30);
    expect(summary.requests + summary.dropped).toBe(6_000);
    await expectTrueCounts(summary);
  }, 30_000);
});
