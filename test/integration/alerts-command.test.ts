import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../infra/cli/main.ts';
import type { AlertState, Observation } from '../../shared/alert/model.ts';
import { stepAlerts } from '../../shared/alert/step.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { createIo } from '../unit/cli/io.ts';

const config = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: https://a.example/ }, alerts: [{ notify: [oncall] }] }
  web: { type: http, request: { url: https://b.example/ }, alerts: [{ notify: [oncall] }] }
bursts:
  load: { request: { url: https://a.example/ }, stages: [{ hold: 1/s, for: 10s }], thresholds: [p99 < 1s], alerts: [{ notify: [oncall] }] }
slos:
  availability: { indicator: { monitors: [api] }, objective: 99%, window: 30d, alerts: [{ severity: page, budget: 10%, long: 1d, notify: [oncall] }] }
`;
const startedAt = Date.now() - 4 * 60_000;

let folder = '';
let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-alerts-'));
  writeFileSync(join(folder, 'monitors.yml'), config);
  db = await startDynamoDb('shop-local-ledger');
  mkdirSync(join(folder, '.burnwatch'));
  const local = { pid: process.pid, outputs: {}, awsEndpoint: db.endpoint };
  writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify(local));
});
afterEach(async () => {
  await db.stop();
  rmSync(folder, { recursive: true });
});

const alerts = () => createAlertStore(db.client, 'shop-local-ledger');
const state = async (): Promise<AlertState> => (await alerts().load()).state;

async function burnwatch(...argv: string[]) {
  const { io, written } = createIo({ cwd: folder, env: { USER: 'ann' } });
  const code = await run(argv, io);
  const using = `Using the running local mode (${join(folder, '.burnwatch', 'local.json')})\n`;
  return { code, stdout: written.stdout, stderr: written.stderr.replace(using, '') };
}

const seen = (alertId: string, condition: Observation['condition'], monitor: string): Observation => ({
  alertId,
  severity: 'page',
  notify: ['oncall'],
  monitors: [monitor],
  condition,
  resolveDelayMs: 0,
  rememberResolvedMs: 0,
  facts: { kind: 'coverage', lastJudgedAt: 0 },
});

/** An evaluation that sees this. */
async function evaluate(at: number, ...observations: readonly Observation[]): Promise<void> {
  const step = stepAlerts(await state(), observations, at);
  await alerts().save(step.state, step.entries, 'evaluate');
  for (const entry of step.entries) if (entry.kind === 'incident') await alerts().saveIncident(entry.incident);
  await alerts().acknowledge(step.entries.map(({ id }) => id));
}
const down = (at = startedAt) => evaluate(at, seen('monitor/api/0', 'met', 'api'), seen('monitor/web/0', 'met', 'web'));
const mended = () =>
  evaluate(startedAt + 60_000, seen('monitor/api/0', 'clear', 'api'), seen('monitor/web/0', 'met', 'web'));

describe('burnwatch incidents', () => {
  it('says that nothing is wrong', async () => {
    expect(await burnwatch('incidents')).toEqual({
      code: 0,
      stdout: 'Nothing is wrong, and nothing was lately.\n',
      stderr: '',
    });
  });

  it('lists what is open before what is over, in columns that align', async () => {
    await down();
    await mended();
    const { code, stdout } = await burnwatch('incidents');
    const lines = stdout.split('\n');
    expect([code, lines.length]).toEqual([0, 6]);
    const [head = '', first = '', second = ''] = lines;
    expect(head).toMatch(/^incident {6}state {2}severity {2}since {20}lasted {2}acknowledged {2}what$/);
    expect(first).toMatch(/^[0-9a-f]{12} {2}open {3}page {6}\S+ \S+ UTC {2}4 min {3}nobody {8}web failing$/);
    expect(second).toMatch(/^[0-9a-f]{12} {2}over {3}page {6}\S+ \S+ UTC {2}1 min {3}- {13}api failing$/);
    expect(lines[4]).toBe(`Say that you are at it: npx burnwatch ack ${first.slice(0, 12)}`);
  });

  it('is one JSON object for machines', async () => {
    await down();
    await mended();
    const { stdout, stderr } = await burnwatch('incidents', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      incidents: [
        {
          state: 'open',
          openedAt: startedAt,
          severity: 'page',
          told: ['oncall'],
          alerts: [{ alertId: 'monitor/web/0' }],
        },
        { state: 'closed', closedAt: startedAt + 60_000 },
      ],
      silences: [],
    });
  });
});

describe('what burnwatch incidents lists as pending', () => {
  const failedTick = async () => {
    const read = parseConfig(config, { file: 'monitors.yml', env: {} });
    if (!read.ok) throw new Error(read.errors.join());
    const at = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
    const outcomes = read.config.monitors.map(({ id, key }) => ({
      ...{ monitorKey: key, latencyMs: 5, isMaintenance: false, isRetried: false, isContaminated: false },
      ...(id === 'api'
        ? { outcome: 'failed' as const, errorType: 'timeout' as const }
        : { outcome: 'passed' as const }),
    }));
    const tick = { location: 'us-east-1', at, shard: 's00', outcomes, details: [] };
    await createLedgerStore(db.client, 'shop-local-ledger').saveTick(tick, 'writer');
  };

  it('is what has failed and does not fire yet, with how far it is', async () => {
    await failedTick();
    const { stdout } = await burnwatch('incidents');
    expect(stdout).toMatch(/^pending {2}severity {2}why\napi {6}- {9}1 of 3 failures in the last 3 probes\s*\n/);
    expect(stdout).toContain('Nothing has fired lately.');
    const json = await burnwatch('incidents', '--json');
    expect(JSON.parse(json.stdout).pending).toEqual([
      { id: 'monitor/api/0', name: 'api', kind: 'monitor', why: '1 of 3 failures in the last 3 probes' },
    ]);
  });
});

describe('burnwatch ack', () => {
  it('takes the one that is open, by whoever is logged in, once', async () => {
    await down();
    await mended();
    const [id = ''] = Object.keys((await state()).incidents);
    expect(await burnwatch('ack', '--note', 'on\nit')).toEqual({
      code: 0,
      stdout: `You are at incident ${id}, as ann: everyone who was told is told within a minute.\n`,
      stderr: '',
    });
    expect((await state()).incidents[id]?.acknowledged).toMatchObject({ by: 'ann', note: 'on it' });
    const again = await burnwatch('ack', id.slice(0, 5), '--by', 'bob');
    expect(again.stdout).toMatch(`Incident ${id} is acknowledged already, by ann at `);
    const { outbox } = await alerts().load();
    expect(outbox.map((entry) => entry.kind === 'transition' && entry.transition.kind)).toEqual(['acknowledged']);
  });

  it('says which there are, where it is not clear which is meant', async () => {
    expect(await burnwatch('ack')).toMatchObject({ code: 2, stderr: 'burnwatch ack: which incident? none is open\n' });
    await down();
    const ids = Object.keys((await state()).incidents);
    const asked = await burnwatch('ack');
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    for (const id of ids) expect(asked.stderr).toContain(id);
    expect((await burnwatch('ack', 'nonsense')).stderr).toContain('no open incident is called "nonsense"');
    expect((await burnwatch('ack', 'ffffffffffff')).stderr).toContain('there is no incident ffffffffffff');
    expect(Object.values((await state()).incidents).some(({ acknowledged }) => acknowledged)).toBe(false);
  });

  it('says of one that is over that there is nothing to do', async () => {
    await down();
    const [id = ''] = Object.values((await state()).incidents).flatMap((each) =>
      each.monitors.includes('api') ? [each.id] : [],
    );
    await mended();
    expect(await burnwatch('ack', id)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(`^Incident ${id} is over since .* UTC: there is nothing to do.\n$`),
    });
  });
});

describe('burnwatch silence', () => {
  it.each([
    ['api', ['monitor/api/', 'coverage/api']],
    ['availability', ['slo/availability/']],
    ['load', ['burst/load/']],
    ['slo/availability/page-1d', ['slo/availability/page-1d']],
    ['coverage/web', ['coverage/web']],
  ])('%s keeps quiet: %j', async (name, expected) => {
    const { code, stdout } = await burnwatch('silence', name, '--for', '2h', '--reason', 'provider outage', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ alerts: expected, by: 'ann', reason: 'provider outage' });
    const [silence] = Object.values((await state()).silences ?? {});
    expect([silence?.alerts, (silence?.untilAt ?? 0) - (silence?.fromAt ?? 0)]).toEqual([expected, 7_200_000]);
  });

  it('says until when, and which SLO goes on to tell', async () => {
    const { stdout, stderr } = await burnwatch('silence', 'api', '--for', '90m', '--reason', 'deploy', '--by', 'bob');
    expect(stdout).toMatch(/^Silence [0-9a-f]{8}: monitor api, coverage\/api until .* UTC \(1 h 30 min\)\.\n$/);
    expect(stderr).toBe(
      'The SLO availability over it still tells: npx burnwatch silence availability keeps that quiet, too.\n',
    );
  });

  it('is listed while it holds, and ends when it is told to', async () => {
    expect((await burnwatch('silence', '--list')).stdout).toBe('Nothing is silenced.\n');
    await burnwatch('silence', 'web', '--for', '2h', '--reason', 'deploy\u001b[31m');
    const listed = (await burnwatch('silence', '--list')).stdout;
    expect(listed).toMatch(
      /^silence {3}until .*\n[0-9a-f]{8} {2}.* UTC {2}2 h {3}ann {2}monitor web, coverage\/web {2}deploy \[31m\n$/,
    );
    expect((await burnwatch('incidents')).stdout).toContain('1 silence in force: npx burnwatch silence --list\n');
    const id = listed.split('\n')[1]?.slice(0, 8) ?? '';
    expect(await burnwatch('silence', '--end', id)).toMatchObject({
      code: 0,
      stdout: `Silence ${id} has ended: what still fires is told within a minute.\n`,
    });
    expect(await burnwatch('silence', '--end', id)).toMatchObject({
      code: 2,
      stderr: `burnwatch silence: there is no silence "${id}" that holds: see npx burnwatch silence --list\n`,
    });
    expect((await burnwatch('silence', '--list', '--json')).stdout).toBe('{"silences":[]}\n');
  });

  it.each([
    [['web'], 'why? Say it with --reason TEXT'],
    [['web', '--reason', 'x'], 'for how long? Say it with --for, such as --for 2h'],
    [['web', '--reason', 'x', '--for', 'ever'], '--for must be a whole number with a unit'],
    [['web', '--reason', 'x', '--for', '10s'], '--for must be between 1m and 31d, got 10s'],
    [['wab', '--reason', 'x', '--for', '1h'], 'no monitor, SLO, burst or alert is called "wab"; did you mean "web"?'],
    [[], 'what? Name a monitor, an SLO, a burst or an alert, or take --list or --end ID'],
    [['web', '--list'], 'takes a name, --list or --end ID, one of them'],
  ])('refuses %j', async (argv, sentence) => {
    const { code, stderr, stdout } = await burnwatch('silence', ...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`burnwatch silence: ${sentence}`);
    expect((await state()).version).toBe(0);
  });

  it('are at most fifty', async () => {
    const { state: before } = await alerts().load();
    const silence = { alerts: ['a'], fromAt: 1, untilAt: Date.now() + 1e9, by: 'x', reason: 'y' };
    const silences = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`s${i}`, { ...silence, id: `s${i}` }]));
    await alerts().save({ ...before, version: 1, silences }, [], 'w');
    const { code, stderr } = await burnwatch('silence', 'web', '--for', '1h', '--reason', 'x');
    expect([code, stderr]).toEqual([
      2,
      'burnwatch silence: there are 50 silences already, as many as there may be: end one first\n',
    ]);
  });
});

it.each(['incidents', 'ack', 'silence'])('burnwatch %s needs a stack that runs', async (name) => {
  rmSync(join(folder, '.burnwatch'), { recursive: true });
  const argv = name === 'silence' ? ['--list'] : [];
  expect(await burnwatch(name, ...argv)).toMatchObject({ code: 2, stdout: '' });
});
