import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../infra/cli/command.ts';
import { run } from '../../infra/cli/main.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { location, usualIncident, writePast } from '../support/slo-scene.ts';
import { createIo } from '../unit/cli/io.ts';

const yaml = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: https://a.example/ } }
slos:
  availability:
    indicator: { monitors: [api] }
    objective: 99.9%
    window: 30d
    notify: [oncall]
  strict:
    indicator: { monitors: [api] }
    objective: 99.99%
    window: 30d
    alerts: [{ severity: page, budget: 20%, long: 1h, minBadEvents: 1, notify: [oncall] }]
`;
const table = 'shop-prod-ledger';
const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
const before = { ...process.env };

let db: Awaited<ReturnType<typeof startDynamoDb>>;
let folder = '';
/** Eight hours, with a failure every 47 minutes: nine of them. */
beforeAll(async () => {
  Object.assign(process.env, keys);
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-slo-'));
  writeFileSync(join(folder, 'monitors.yml'), yaml);
  const parsed = parseConfig(yaml, { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error('the configuration is wrong');
  db = await startDynamoDb(table);
  await writePast(createLedgerStore(db.client, table), { config: parsed.config, days: 1 / 3, now: Date.now() });
  await createAlertStore(db.client, table).saveIncident({ ...usualIncident, openedAt: Date.now() - 3_600_000 });
}, 60_000);
afterAll(async () => {
  await db.stop();
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(keys)) delete process.env[name];
  Object.assign(process.env, before);
});

async function call(argv: readonly string[], world: Partial<Io> = {}) {
  const { io, written } = createIo({ cwd: folder, env: { AWS_ENDPOINT_URL: db.endpoint }, ...world });
  return { code: await run(argv, io), ...written };
}
const where = ['--stage', 'prod', '--region', location];

describe('burnwatch slo, asked of a stack', () => {
  it('lists every SLO as JSON, with nothing else on standard output', async () => {
    const { code, stdout } = await call(['slo', ...where, '--json']);
    expect([code, stdout.split('\n').length]).toEqual([0, 2]);
    const { slos, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ service: 'shop', environment: 'prod', at: expect.any(Number), unknown: [] });
    expect(slos.map(({ id, badEvents }: { id: string; badEvents: number }) => [id, badEvents])).toEqual([
      ['availability', 9],
      ['strict', 9],
    ]);
    expect(slos[0]).toMatchObject({
      forecast: { kind: 'burning', bad: 8, judged: 360 },
      isWarmingUp: true,
      indicator: 'probes',
    });
    expect(slos[1]).toMatchObject({ forecast: { kind: 'spent' } });
  });

  it('lists them for people', async () => {
    const { code, stdout } = await call(['slo', ...where]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^SLO .*\nstrict +99\.99% of 30d +░{10} +−\d+ %.* spent, back in .*\navailability +99\.9% of 30d +█/,
    );
  });

  it('shows one, with where its budget went', async () => {
    const { code, stdout } = await call(['slo', 'show', 'availability', ...where, '--json']);
    expect(code).toBe(0);
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({ id: 'availability', spending: { bad: 9, byReason: [{ name: 'timeout', bad: 9 }] } });
    expect(shown.incidents).toEqual([expect.objectContaining({ id: usualIncident.id })]);
    const people = await call(['slo', 'show', 'availability', ...where]);
    expect(people.stdout).toContain('WHERE IT WENT');
  });

  it.each([
    [
      ['slo', 'show', ...where],
      'burnwatch slo show: which SLO? slo show <id> names one; there are availability, strict\n',
    ],
    [
      ['slo', 'show', 'availabilty', ...where],
      'burnwatch slo show: no SLO is called "availabilty"; did you mean "availability"?\n',
    ],
    [['slo', '--stag', 'prod'], 'burnwatch slo: has no option "--stag"; did you mean "--stage"?\n'],
    [
      ['slo'],
      "burnwatch slo: there is no table shop-local-ledger in us-east-1: was local deployed there, by this service's name? Name another with --stage and --region\n",
    ],
  ])('%j says what is wrong', async (argv, stderr) => {
    expect(await call(argv)).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(stderr) });
  });
});

describe('an SLO over metrics that nobody can read', () => {
  const gateway = `  gateway:
    indicator: { cloudwatch: { namespace: AWS/ApiGateway, dimensions: { ApiId: "\${output:ApiId}" }, bad: 5xx, total: Count } }
    objective: 99%
    window: 28d
    notify: [oncall]
`;
  beforeAll(() => writeFileSync(join(folder, 'metrics.yml'), yaml + gateway));

  it.each([
    [[], 'what the SLO gateway counts could not be read: nobody knows how it stands ('],
    [['--output', 'ApiId=abc'], 'what the SLO gateway counts could not be read: nobody knows how it stands ('],
  ])('is unknown, with %j, and the others are shown all the same', async (outputs, warning) => {
    const argv = ['slo', '--config', 'metrics.yml', ...where, ...outputs, '--json'];
    const { code, stdout, stderr } = await call(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      slos: [{ id: 'availability' }, { id: 'strict' }],
      unknown: ['gateway'],
    });
    expect(stderr).toContain(warning);
  });

  it('lets nothing go', async () => {
    const argv = ['gate', '--slo', 'gateway', '--min-budget', '0%', '--config', 'metrics.yml', ...where];
    const { code, stdout, stderr } = await call(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('burnwatch gate: cannot tell: what the SLO counts could not be read\n');
  });
});

describe('burnwatch gate', () => {
  const gate = (...argv: string[]) => call(['gate', ...argv, ...where]);

  it.each([
    [['--slo', 'availability', '--min-budget', '10%'], 0, 'go: availability has 79 % of its error budget left\n'],
    [['--slo', 'availability', '--min-budget', '79.1%'], 0, 'go: availability has 79 % of its error budget left\n'],
    [
      ['--slo', 'availability', '--min-budget', '80%'],
      1,
      'stop: availability has 79 % of its error budget left, and at least 80 % is wanted\n',
    ],
    [
      ['--slo', 'availability', '--min-budget', '10%', '--max-burn', '40'],
      0,
      'go: availability has 79 % of its error budget left and burns 33x over the last hour\n',
    ],
    [
      ['--slo', 'availability', '--min-budget', '10%', '--max-burn', '1'],
      1,
      'stop: availability has 79 % of its error budget left and burns 33x over the last hour: at most 1x is wanted\n',
    ],
    [
      ['--slo', 'strict', '--min-budget', '0%'],
      1,
      'stop: strict has −109 % of its error budget left, and at least 0 % is wanted\n',
    ],
  ])('%j', async (argv, code, stdout) => {
    expect(await gate(...argv)).toEqual({ code, stdout, stderr: '' });
  });

  it('tells machines, too, with the same exit codes', async () => {
    const { code, stdout } = await gate('--slo', 'availability', '--min-budget', '80%', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      decision: 'stop',
      slo: 'availability',
      reason: 'availability has 79 % of its error budget left, and at least 80 % is wanted',
      budgetLeftRatio: 0.791666,
      burnRate: expect.any(Number),
      at: expect.any(Number),
    });
  });

  it.each([
    [
      'no such SLO',
      ['--slo', 'availabilty'],
      where,
      {},
      'no SLO is called "availabilty"; did you mean "availability"?',
    ],
    ['no SLO named', [], where, {}, 'which SLO? --slo ID names one; there are availability, strict'],
    ['no such stack', ['--slo', 'strict'], ['--stage', 'dev'], {}, 'there is no table shop-dev-ledger in us-east-1'],
    [
      'nobody who answers',
      ['--slo', 'strict'],
      where,
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      `DynamoDB in ${location} did not answer (ECONNREFUSED): try again`,
    ],
    ['no local mode', ['--slo', 'strict'], [], { AWS_ENDPOINT_URL: undefined }, 'no local mode runs here'],
    ['no configuration', ['--slo', 'strict', '--config', 'no.yml'], where, {}, 'there is no file no.yml'],
  ])('cannot tell with %s', async (_, argv, stack, env, reason) => {
    const all = ['gate', ...argv, '--min-budget', '10%', ...stack];
    const world = { env: { AWS_ENDPOINT_URL: db.endpoint, ...env } };
    const { code, stdout, stderr } = await call(all, world);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^burnwatch gate: cannot tell: .*\n$/);
    expect(stderr).toContain(reason);
    const json = await call([...all, '--json'], world);
    expect([json.code, JSON.parse(json.stdout).decision]).toEqual([2, 'unknown']);
  });

  it('cannot tell while nobody looks', async () => {
    const later = Date.now() + 61 * 60_000;
    const clock = import.meta.jest.spyOn(Date, 'now').mockReturnValue(later);
    try {
      const { code, stderr } = await gate('--slo', 'availability', '--min-budget', '10%');
      expect([code, stderr]).toEqual([
        2,
        'burnwatch gate: cannot tell: nothing of availability was judged in the last 1 h\n',
      ]);
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    [['--slo', 'strict'], 'how much of the budget must be left? --min-budget 10% says so'],
    [['--slo', 'strict', '--min-budget', '10'], '--min-budget must be a percentage such as 99.9%, got "10"'],
    [
      ['--slo', 'strict', '--min-budget', '10%', '--max-burn', 'fast'],
      '--max-burn must be a burn rate such as 1 or 14.4, got "fast"',
    ],
  ])('%j is bad usage', async (argv, message) => {
    expect(await gate(...argv)).toEqual({ code: 2, stdout: '', stderr: `burnwatch gate: ${message}\n` });
  });
});
