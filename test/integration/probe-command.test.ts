import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Io } from '../../infra/cli/command.ts';
import { probeCommand } from '../../infra/cli/probe/command.ts';
import { BurnwatchError } from '../../shared/config/model.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const config = `version: 1
service: demo
monitors:
  health:
    type: http
    retry: { limit: 0, delay: 1s }
    request: { url: "\${output:ShortenerUrl}/health" }
    assertions: [status == 200, json $.status == "ok"]
  broken:
    type: http
    retry: { limit: 0, delay: 1s }
    request: { url: "\${output:ShortenerUrl}/broken", headers: { x-token: "\${ssm:/burnwatch/token}" } }
  inside:
    type: http
    request: { url: "\${output:Inside}" }
`;

let folder: string;
let server: RawServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-probe-'));
  writeFileSync(join(folder, 'monitors.yml'), config);
  server = await startRawServer({
    onRequest: (socket, head) => {
      const isParameter = head.includes('AmazonSSM.GetParameter');
      const body = isParameter ? '{"Parameter":{"Value":"canary-7f3a"}}' : '{"status":"ok"}';
      const status = head.startsWith('GET /broken') ? '503 No' : '200 OK';
      socket.end(
        `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    },
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

type Answer = { code: number | string; stdout: string; stderr: string };

async function run(argv: readonly string[], changes: Partial<Io> = {}): Promise<Answer> {
  const answer: Answer = { code: '', stdout: '', stderr: '' };
  const io: Io = {
    stdout: (text) => {
      answer.stdout += text;
    },
    stderr: (text) => {
      answer.stderr += text;
    },
    stdin: new PassThrough(),
    isInteractive: false,
    isTerminal: false,
    hasColors: false,
    columns: 80,
    progressColumns: 0,
    cwd: folder,
    signal: new AbortController().signal,
    ...changes,
    env: { OUTPUT_Inside: 'http://127.0.0.1:1/', ...changes.env },
  };
  try {
    answer.code = await probeCommand.run(argv, io);
  } catch (error) {
    if (!(error instanceof BurnwatchError)) throw error;
    answer.code = `${error.code}: ${error.message}`;
  }
  return answer;
}

/** Without the mark of a sample during which the machine that tests was busy. */
const trusted = (table: string) => table.replaceAll('  times not trusted: this machine was short of CPU\n', '');

const startLocalMode = (pid: number) => {
  mkdirSync(join(folder, '.burnwatch'));
  const outputs = { ShortenerUrl: server.origin };
  writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify({ outputs, awsEndpoint: server.origin, pid }));
};

describe('burnwatch probe', () => {
  it('shows a passed probe as a line with its phases, and exits 0', async () => {
    const { code, stdout, stderr } = await run(['health', '--output', `ShortenerUrl=${server.origin}`]);
    expect([code, stderr]).toEqual([0, '']);
    const [head, row, ...rest] = trusted(stdout).split('\n');
    expect(head).toBe('MONITOR  OUTCOME   STATUS     LATENCY  PHASES');
    expect(row).toMatch(/^health {3}passed {7}200 +\d+\.\d ms {2}[rctpx]{30,48}$/);
    expect(rest).toEqual(['', 'Phases: r resolve  c connect  t tls  p processing  x transfer', '']);
  });

  it('says for each monitor what was wrong, and exits 1', async () => {
    const { code, stdout } = await run([], { env: { OUTPUT_ShortenerUrl: server.origin, AWS_ENDPOINT_URL: 'x' } });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'blocked: 127.0.0.1 is not a public address; set allowPrivate: true on the monitor if it is meant',
    );
  });

  it('writes one object a line with --json and nothing else', async () => {
    startLocalMode(process.pid);
    const { code, stdout, stderr } = await run(['--json']);
    expect(code).toBe(1);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ monitor, outcome, attempts }) => [monitor, outcome, attempts])).toEqual([
      ['health', 'passed', 1],
      ['broken', 'failed', 1],
      ['inside', 'blocked', 0],
    ]);
    const { contaminated: _, ...broken } = rows[1];
    expect(broken).toEqual({
      monitor: 'broken',
      outcome: 'failed',
      errorType: 'assertion',
      message: 'status in 200-299, but found 503',
      attempts: 1,
      statusCode: 503,
      latencyMs: expect.any(Number),
      phases: {
        resolveMs: 0,
        connectMs: expect.any(Number),
        tlsMs: 0,
        processingMs: expect.any(Number),
        transferMs: expect.any(Number),
      },
      assertions: [{ assertion: 'status in 200-299', passed: false, actual: '503', expected: 'in 200-299' }],
    });
    expect(stderr).toBe(
      `Using the running local mode (${join(folder, '.burnwatch', 'local.json')}): ShortenerUrl=${server.origin}\n`,
    );
    const sent = server.received.find((head) => head.startsWith('GET /broken'));
    expect(sent).toContain('x-token: canary-7f3a');
    expect(stdout + stderr).not.toContain('7f3a');
  });

  it('does not use a local mode whose process is gone', async () => {
    // The largest process id of Linux is 2^22.
    startLocalMode(2 ** 22 + 1);
    const { stdout, stderr } = await run(['health']);
    expect(stderr).toBe('No local mode runs here that would say what ShortenerUrl is: npm start starts one\n');
    expect(stdout).toContain(
      'monitor: the output ShortenerUrl is not known: set OUTPUT_ShortenerUrl, or name it with --output ShortenerUrl=URL',
    );
  });

  it('prefers an output that is named over the environment, and that over local mode', async () => {
    startLocalMode(process.pid);
    const env = { OUTPUT_ShortenerUrl: 'http://127.0.0.1:1' };
    expect((await run(['health'], { env })).code).toBe(1);
    expect((await run(['health', '--output', `ShortenerUrl=${server.origin}`], { env })).code).toBe(0);
  });

  it('says when an output was named that no monitor uses', async () => {
    const { code, stderr } = await run(['health', '--output', `ShortenerURL=${server.origin}`]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'No monitor uses the output ShortenerURL; did you mean "ShortenerUrl"?\n' +
        'No local mode runs here that would say what ShortenerUrl is: npm start starts one\n',
    );
  });

  it('uses colours and a progress only where it is told to', async () => {
    const { stdout, stderr } = await run(['inside'], { isTerminal: true, hasColors: true });
    expect(stdout).toContain('\u001b[35mblocked \u001b[0m');
    expect(stderr).toContain('1 of 1 probed');
  });

  it.each([
    [['helth'], 'BURN_USAGE: no monitor is called "helth"; did you mean "health"?'],
    [['xyz'], 'BURN_USAGE: no monitor is called "xyz"; there are health, broken, inside'],
    [['--jsn'], 'BURN_USAGE: has no option "--jsn"; did you mean "--json"?'],
    [['--output', 'x'], 'BURN_USAGE: --output takes Name=URL, got "x"'],
    [['--config', 'no.yml'], 'BURN_CONFIG_UNREADABLE: there is no file no.yml: check --config FILE'],
  ])('refuses %j', async (argv, code) => {
    expect(await run(argv)).toEqual({ code, stdout: '', stderr: '' });
  });

  it('names every error of the configuration, and exits 2', async () => {
    writeFileSync(
      join(folder, 'bad.yml'),
      'version: 1\nservice: demo\nmonitors:\n  a: { type: http, request: { url: "ftp://x" } }\n',
    );
    const { code, stdout, stderr } = await run(['--config', 'bad.yml']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error bad\.yml:4:\d+ monitors\.a\.request\.url: .*\n1 error in bad\.yml\n$/);
  });
});
