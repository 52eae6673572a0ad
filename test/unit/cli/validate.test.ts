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
      stdout: `valid monitors.yml (shortener) holds 1 monitor, 1 SLO, 1 channel

MONITOR           TYPE  INTERVAL  ASSERTIONS    ALERTS           TARGET
shortener-health  http  every 1m  2 assertions  3 of 5 → oncall  GET \${output:ShortenerUrl}/health/readiness

SLO                     OBJECTIVE     BURN RULES                             MONITORS
shortener-availability  99.9% of 30d  page 2%/1h, page 5%/6h, ticket 10%/3d  shortener-health
`,
    });
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
      'valid ./other.yml (shortener) holds 1 monitor, 1 SLO, 1 channel',
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

  it('refuses bytes that are not UTF-8 and files beyond 1 MiB', async () => {
    const latin = await validate({ 'monitors.yml': Buffer.from('service: caf\xe9\n', 'latin1') });
    expect(latin.stderr).toContain('monitors.yml:1:13: the file must be UTF-8 text');
    const large = await validate({ 'monitors.yml': '#'.repeat(3_000_000) });
    expect(large.stderr).toContain('monitors.yml:1:1: the file must be at most 1 MiB');
  });
});
