import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from './io.ts';

const shipped = readFileSync(new URL('../../../monitors.yml', import.meta.url), 'utf8');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-validate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function validate(files: Record<string, string | Buffer>, argv: string[] = [], world = {}) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { io, written } = createIo({ cwd: folder, ...world });
  return { code: await run(['validate', ...argv], io), ...written };
}

describe('burnwatch validate', () => {
  it('says what a valid file holds', async () => {
    expect(await validate({ 'monitors.yml': shipped })).toEqual({
      code: 0,
      stderr: '',
      stdout: `valid monitors.yml (shortener) holds 1 monitor, 1 SLO, 1 channel, 1 burst

MONITOR           TYPE  INTERVAL  ASSERTIONS    ALERTS           TARGET
shortener-health  http  every 1m  2 assertions  3 of 5 → oncall  GET \${output:ShortenerUrl}/health/readiness

SLO                     OBJECTIVE     BURN RULES                             COUNTS
shortener-availability  99.9% of 30d  page 2%/1h, page 5%/6h, ticket 10%/3d  probes of shortener-health

BURST      LOAD                                                  REQUESTS  SCHEDULE           THRESHOLDS                      TARGET
redirects  ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s  2,500     cron(0 3 * * ? *)  p99 < 300ms, errorRatio < 0.1%  GET \${output:ShortenerUrl}/demo
`,
    });
  });

  it('counts locations where there are several', async () => {
    const text = `version: 1
service: api
locations: { home: eu-west-1, also: [us-east-1, ap-southeast-2] }
monitors: { web: { type: http, request: { url: https://a.example/ } } }
`;
    const { code, stdout } = await validate({ 'monitors.yml': text });
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'valid monitors.yml (api) holds 1 monitor, 0 SLOs, 0 channels, 3 locations',
    ]);
  });

  it('shows each type of monitor by its target and its pace, and whom it waits for', async () => {
    const text = `version: 1
service: api
monitors:
  web: { type: http, interval: 30s, timeout: 5s, request: { method: POST, url: "https://a.example/\${random.hex8}?k=\${ssm:/k}" } }
  mail: { type: tcp, dependsOn: [web], request: { host: "\${output:Mail}", port: 25 } }
  cert: { type: tls, request: { host: a.example }, assertions: [certificate.daysRemaining > 21] }
  name: { type: dns, request: { name: a.example, recordType: MX, server: 1.1.1.1 } }
  buy: { type: flow, interval: 5m, dependsOn: [web, mail, cert, name], steps: [{ id: one, request: { url: https://a.example/ } }, { id: two, request: { url: https://a.example/ } }] }
  backup: { type: heartbeat, period: 1d, grace: 1h }
`;
    const { code, stdout, stderr } = await validate({ 'monitors.yml': text });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`valid monitors.yml (api) holds 6 monitors, 0 SLOs, 0 channels

MONITOR  TYPE       INTERVAL        ASSERTIONS    ALERTS  AFTER                       TARGET
web      http       every 30s       1 assertion   –       –                           POST https://a.example/\${random.hex8}?k=\${ssm:/k}
mail     tcp        every 1m        –             –       web                         \${output:Mail}:25
cert     tls        every 1m        1 assertion   –       –                           a.example:443
name     dns        every 1m        1 assertion   –       –                           MX a.example @1.1.1.1
buy      flow       every 5m        2 assertions  –       web, mail, cert and 1 more  one → two
backup   heartbeat  period 1d + 1h  –             –       –                           backup
`);
  });

  it('shows each kind of burst by its load, its number of requests, its schedule and its target', async () => {
    const text = `version: 1
service: api
monitors:
  web: { type: http, request: { url: https://a.example/ } }
  buy: { type: flow, interval: 5m, steps: [{ id: one, request: { url: https://a.example/ } }] }
bursts:
  day:
    schedule: cron(0 3 * * ? *)
    timezone: Europe/Amsterdam
    request: { url: "https://a.example/\${random.hex8}?k=\${ssm:/k}" }
    stages: [{ rampTo: 200/s over 5s }, { hold: 200/s for 10s }]
    thresholds: [p99 < 300ms, errorRatio < 0.1%]
    shards: 2
  long: { request: { url: https://a.example/ }, stages: [{ hold: 1/s for 1s }, { hold: 2/s for 1s }, { hold: 3/s for 1s }, { hold: 4/s for 1s }, { hold: 5/s for 1s }] }
  ab: { schedule: rate(1 hour), mix: [{ weight: 3, request: { url: https://a.example/ } }, { flow: buy }], concurrency: 10, requests: 1000 }
  while: { request: { url: https://a.example/ }, concurrency: 10, for: 10s, limits: { requests: 5000 } }
  most: { request: { url: https://a.example/ }, search: { from: 50/s, to: 400/s }, thresholds: [p99 < 300ms] }
`;
    const { code, stdout } = await validate({ 'monitors.yml': text });
    expect(code).toBe(0);
    expect(stdout).toContain('holds 2 monitors, 0 SLOs, 0 channels, 5 bursts');
    const rows = stdout.slice(stdout.indexOf('BURST')).trimEnd().split('\n');
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ['BURST', 'LOAD', 'REQUESTS', 'SCHEDULE', 'THRESHOLDS', 'TARGET'],
      [
        'day',
        'ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s',
        '2,500',
        'cron(0 3 * * ? *) Europe/Amsterdam, 2 shards',
        'p99 < 300ms, errorRatio < 0.1%',
        'GET https://a.example/${random.hex8}',
      ],
      [
        'long',
        'hold 1/s for 1 s, hold 2/s for 1 s, hold 3/s for 1 s and 2 more',
        '15',
        'by hand',
        '–',
        'GET https://a.example/',
      ],
      ['ab', '10 at once, 1,000 requests', '1,000', 'rate(1 hour)', '–', '75 % GET https://a.example/, 25 % flow buy'],
      [
        'while',
        '10 at once, 5,000 requests, at most for 10 s',
        'up to 5,000',
        'by hand',
        '–',
        'GET https://a.example/',
      ],
      [
        'most',
        'search from 50/s to 400/s, each rate held for 5 s',
        'up to 51,750',
        'by hand',
        'p99 < 300ms',
        'GET https://a.example/',
      ],
    ]);
  });

  it('tells every error of a wrong one on stderr, and answers 2', async () => {
    const text = shipped
      .replace('objective: 99.9%', 'objective: 100%')
      .replace('notify: [oncall]', 'notify: [onccall]');
    const { code, stdout, stderr } = await validate({ 'monitors.yml': text });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(
        /^error monitors\.yml:\d+:\d+ monitors\.shortener-health\.alerts\[0\]\.notify\[0\]: there is no channel "onccall"; did you mean "oncall"\?$/,
      ),
      expect.stringMatching(
        /^error monitors\.yml:\d+:5 slos\.shortener-availability\.objective: must be below 100%, got 100%$/,
      ),
      '2 errors in monitors.yml',
      '',
    ]);
  });

  it('warns on stderr and is fine with it', async () => {
    const { code, stdout, stderr } = await validate({
      'monitors.yml': shipped.replace('minBadEvents: 3', 'minBadEvents: 1'),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^valid /);
    expect(stderr).toMatch(/^warning monitors\.yml:\d+:\d+ slos\.shortener-availability\.alerts\[0\]\.minBadEvents: /);
  });

  it('takes another file, named as it was given', async () => {
    const { code, stdout } = await validate({ 'other.yml': shipped }, ['--config', './other.yml']);
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'valid ./other.yml (shortener) holds 1 monitor, 1 SLO, 1 channel, 1 burst',
    ]);
  });

  it('reads the environment that it is given', async () => {
    const { code, stderr } = await validate({ 'monitors.yml': shipped }, [], { env: { ALERT_EMAIL: 'planted' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /channels\.oncall\.to: must be one e-mail address such as oncall@example\.com, got what \$\{env:ALERT_EMAIL} says\n/,
    );
    expect(stderr).not.toContain('planted');
  });

  it('--json is one object, and nothing else on stdout', async () => {
    const fine = await validate({ 'monitors.yml': shipped }, ['--json']);
    expect([fine.code, fine.stderr]).toEqual([0, '']);
    expect(JSON.parse(fine.stdout)).toMatchObject({
      valid: true,
      file: 'monitors.yml',
      service: 'shortener',
      monitors: [{ id: 'shortener-health' }],
      errors: [],
      warnings: [],
    });
    const wrong = await validate({ 'monitors.yml': 'version: 1\n' }, ['--json']);
    expect([wrong.code, wrong.stderr]).toEqual([2, '']);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      valid: false,
      errors: [{ code: 'BURN_CONFIG_MISSING', path: 'service', line: 1, column: 1 }, { path: 'monitors' }],
    });
  });

  it.each([
    [[], 'there is no file monitors.yml: npx burnwatch init writes one, --config FILE names another'],
    [['--config', 'nope.yml'], 'there is no file nope.yml: check --config FILE'],
    [['--config', '.'], '. is a folder: name a file with --config FILE'],
  ])('%j without a file is one clear line', async (argv, message) => {
    expect(await validate({}, argv)).toEqual({ code: 2, stdout: '', stderr: `burnwatch validate: ${message}\n` });
  });

  it('refuses bytes that are not UTF-8 and files beyond 2 MiB', async () => {
    const latin = await validate({ 'monitors.yml': Buffer.from('service: caf\xe9\n', 'latin1') });
    expect(latin.stderr).toContain('monitors.yml:1:13: the file must be UTF-8 text');
    const large = await validate({ 'monitors.yml': '#'.repeat(3_000_000) });
    expect(large.stderr).toContain('monitors.yml:1:1: the file must be at most 2 MiB');
  });
});

describe('burnwatch validate, of a file that was another before', () => {
  const fileOf = (id: string) =>
    `version: 1\nservice: shop\nmonitors:\n  ${id}: { type: http, request: { url: https://shop.example/ } }\n`;
  const path = { env: { PATH: process.env['PATH'] } };
  const commit = (text: string) => {
    writeFileSync(join(folder, 'monitors.yml'), text);
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false'];
    for (const args of [
      ['init', '-q'],
      ['add', 'monitors.yml'],
      [...who, 'commit', '-q', '-m', 'Add'],
    ])
      execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  };
  const forgotten = /^warning monitors\.yml:4:3 monitors\.api-v2: is new, and "api" is gone, .* formerly: api here;/m;

  it('says what a rename forgets since the last commit, and changes nothing by it', async () => {
    commit(fileOf('api'));
    const { code, stderr, stdout } = await validate({ 'monitors.yml': fileOf('api-v2') }, [], path);
    expect(stderr).toMatch(forgotten);
    expect(stderr).toContain('Compared with HEAD; --against');
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'valid monitors.yml (shop) holds 1 monitor, 0 SLOs, 0 channels']);
    const mended = fileOf('api-v2').replace('{ type', '{ formerly: api, type');
    expect(await validate({ 'monitors.yml': mended }, [], path)).toMatchObject({ code: 0, stderr: '' });
  });

  it('or since another file or revision, which --json names', async () => {
    commit(fileOf('api'));
    commit(fileOf('api-v2'));
    expect((await validate({}, [], path)).stderr).toBe('');
    expect((await validate({}, ['--against', 'HEAD~1'], path)).stderr).toMatch(forgotten);
    const files = { 'monitors.yml': fileOf('api-v2'), 'old.yml': fileOf('api') };
    const { stdout } = await validate(files, ['--against', 'old.yml', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: true,
      against: 'old.yml',
      warnings: [{ code: 'BURN_CONFIG_RENAMED', line: 4, path: 'monitors.api-v2' }],
    });
  });

  it.each([
    ['nowhere.yml', 'is neither a file nor a revision of git that has monitors.yml'],
    ['--help', 'is neither a file nor a revision of git that has monitors.yml'],
    ['bad.yml', 'has errors'],
  ])('refuses --against %s', async (against, why) => {
    const files = { 'monitors.yml': fileOf('api'), 'bad.yml': 'version: 2' };
    const { code, stderr, stdout } = await validate(files, [`--against=${against}`], path);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`--against ${against} ${why}, so nothing can be compared with it`);
  });

  it('compares with nothing where there is no git', async () => {
    commit(fileOf('api'));
    expect(await validate({ 'monitors.yml': fileOf('api-v2') }, [], { env: { PATH: folder } })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});
