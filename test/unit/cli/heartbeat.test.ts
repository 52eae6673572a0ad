import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { heartbeatToken } from '../../../shared/app/heartbeat/token.ts';
import { createIo } from './io.ts';

const base = 'https://abc123.execute-api.eu-west-1.amazonaws.com';
const key = 'a key of many characters';
const text = `version: 1
service: api
monitors:
  web: { type: http, request: { url: https://a.example/ } }
  backup: { type: heartbeat, period: 1d, grace: 1h }
  import: { type: heartbeat, period: 15m, grace: 5m }
`;
const url = `${base}/heartbeats/backup/${heartbeatToken(key, 'backup')}`;

let folder = '';
let ssm: Server;
let value: string | undefined;
let asked: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-heartbeat-'));
  writeFileSync(join(folder, 'monitors.yml'), text);
  [value, asked] = [key, []];
  ssm = createServer((request, response) => {
    asked.push(String(request.headers['x-amz-target']));
    request.resume();
    response.statusCode = value === undefined ? 400 : 200;
    response.end(
      JSON.stringify(value === undefined ? { __type: 'ParameterNotFound' } : { Parameter: { Value: value } }),
    );
  });
  await new Promise<void>((resolve) => ssm.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  ssm.closeAllConnections();
  await new Promise((resolve) => ssm.close(resolve));
  rmSync(folder, { recursive: true });
});

const endpoint = () => `http://127.0.0.1:${(ssm.address() as AddressInfo).port}`;

/** A running local mode, which this very process is. */
function playLocalMode(): void {
  mkdirSync(join(folder, '.burnwatch'));
  const said = { pid: process.pid, outputs: { StatusUrl: 'http://127.0.0.1:4001' }, awsEndpoint: endpoint() };
  writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify(said));
}

async function heartbeat(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { io, written } = createIo({ cwd: folder, env });
  return { code: await run(['heartbeat', ...argv], io), ...written };
}

describe('burnwatch heartbeat, with a local mode', () => {
  beforeEach(playLocalMode);

  it('prints the URL with its token, how a job calls it, and that it is a secret', async () => {
    const local = `http://127.0.0.1:4001/heartbeats/backup/${heartbeatToken(key, 'backup')}`;
    expect(await heartbeat(['backup'])).toEqual({
      code: 0,
      stderr: `Using the running local mode (${join(folder, '.burnwatch', 'local.json')})
Whoever knows this URL can call for backup: keep it like a password.
`,
      stdout: `${local}

# Call it every 24 h: 1 h after that it is overdue. In a crontab:
0 3 * * * /path/to/job; curl -fsS -m 10 --retry 5 -o /dev/null ${local}/$?

# In a script that also says when it begins:
curl -fsS -m 10 --retry 5 -o /dev/null ${local}/start
/path/to/job
curl -fsS -m 10 --retry 5 -o /dev/null ${local}/$?
`,
    });
    expect(asked).toEqual(['AmazonSSM.GetParameter']);
  });

  it('prints one JSON object, and nothing else, for scripts', async () => {
    const { stdout } = await heartbeat(['import', '--json']);
    const token = heartbeatToken(key, 'import');
    expect(JSON.parse(stdout)).toEqual({
      monitor: 'import',
      url: `http://127.0.0.1:4001/heartbeats/import/${token}`,
    });
  });

  it.each([
    ['1h', '0 * * * *'],
    ['6h', '0 */6 * * *'],
    ['15m', '*/15 * * * *'],
    ['1m', '* * * * *'],
    ['7m', '* * * * *'],
    ['7d', '0 3 * * 0'],
  ])('shows for a period of %s the schedule %s', async (period, cron) => {
    writeFileSync(join(folder, 'monitors.yml'), text.replace('period: 1d', `period: ${period}`));
    expect((await heartbeat(['backup'])).stdout).toContain(`\n${cron} /path/to/job; curl`);
  });

  it.each([
    [undefined, 'there is no key for heartbeats in the SSM parameter /burnwatch/heartbeat-key: aws ssm put-parameter'],
    ['short', 'the key for heartbeats in the SSM parameter /burnwatch/heartbeat-key has 5 characters, fewer than 16'],
  ])('says what to do about the key %p', async (wrong, message) => {
    value = wrong;
    expect(await heartbeat(['backup'])).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('burnwatch heartbeat', () => {
  const keys = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const before = keys.map((name) => process.env[name]);
  /** The SDK reads its own environment; this is all of AWS that it may see. */
  beforeEach(() => {
    for (const name of keys) process.env[name] = name === 'AWS_ENDPOINT_URL' ? endpoint() : 'eu-west-1';
  });
  afterEach(() => {
    for (const [index, name] of keys.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  });

  it.each([
    ['--url', ['--url', `${base}/`], {}],
    ['--output', ['--output', `StatusUrl=${base}`], {}],
    ['its environment', [], { OUTPUT_StatusUrl: base }],
  ])('takes the address of the stack from %s', async (_, argv, env) => {
    expect((await heartbeat(['backup', ...argv], env)).stdout.split('\n')[0]).toBe(url);
  });

  it('never opens another stack with the key of a local mode', async () => {
    playLocalMode();
    const nobodyListens = 'http://127.0.0.1:1';
    process.env['AWS_ENDPOINT_URL'] = nobodyListens;
    const { code, stderr } = await heartbeat(['backup', '--url', base]);
    expect([code, asked]).toEqual([2, []]);
    expect(stderr).toContain('the SSM parameter /burnwatch/heartbeat-key cannot be read: AWS did not answer');
  });

  it.each([
    [[], 'which heartbeat? there are backup, import'],
    [['bakup'], 'no heartbeat is called "bakup"; did you mean "backup"?'],
    [['zzzzzzzz'], 'no heartbeat is called "zzzzzzzz"; there are backup, import'],
    [['web'], 'web is a monitor of type http, which nobody calls; there are backup, import'],
    [['backup'], 'where heartbeats are called is not known: name it with --url, as npx serverless info'],
    [['backup', '--url', 'abc123'], '--url takes the address of a stack, such as https://abc123'],
    [['backup', '--url', `${base}/?a=b`], '--url takes the address of a stack'],
    [['backup', '--output', 'ShortenerUrl=x'], '--output takes StatusUrl=URL here, got "ShortenerUrl=x"'],
    [['backup', 'import'], 'does not take "import"'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await heartbeat(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`burnwatch heartbeat: ${message}`);
  });

  it('says so where no monitor is a heartbeat', async () => {
    writeFileSync(join(folder, 'monitors.yml'), text.replace(/ {2}(backup|import).*\n/g, ''));
    expect((await heartbeat(['web'])).stderr).toContain('which nobody calls; no monitor is one');
  });
});
