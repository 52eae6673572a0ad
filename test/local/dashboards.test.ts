import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  DashboardBody,
  DashboardList,
  LogAnswer,
  MetricAnswer,
} from '../../infra/local/console/dashboard-model.ts';
import { metricInput } from '../../infra/local/console/widget-queries.ts';
import { isExpression, type MetricRow } from '../../infra/template/dashboards/model.ts';
import { catalogue } from '../../shared/metrics/entries.ts';
import type { Entry } from '../../shared/metrics/entry.ts';
import { faultsOf } from '../support/dashboard-schema.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

/** The shipped configuration, for a short while: traffic, a burst, and a fault that slows down and fails what is asked. */
const folder = temporaryFolder();
let local: Running;
let list: DashboardList = [];
const bodies = new Map<string, DashboardBody>();

beforeAll(async () => {
  local = await startLocalMode(folder.path, '--interval', '1s');
  list = (await get('/api/dashboards')) as DashboardList;
  for (const { id } of list) bodies.set(id, (await get(`/api/dashboards?id=${id}`)) as DashboardBody);
  await local.until(({ monitors }) => monitors[0]?.state === 'passed', 20_000);
  await traffic();
  await post('/api/faults', { errorRatio: 1, latencyMs: 900, for: '5m' });
  await post('/api/bursts', { burst: 'redirects' });
  await local.until(({ liveRuns }) => liveRuns.some(({ end }) => end !== undefined), 40_000);
  await local.until(({ slos }) => (slos[0]?.burnRate ?? 0) > 1, 30_000);
  await fetch(`${local.console}/api/faults`, { method: 'DELETE' });
}, 120_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
}, 20_000);

async function get(path: string): Promise<unknown> {
  return (await fetch(`${local.console}${path}`)).json();
}
async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const answer = await fetch(`${local.console}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
/** What is not there is asked for twice: the second time the cache knows. */
async function traffic(): Promise<void> {
  for (const path of ['demo', 'demo', 'nowhere', 'nowhere', 'health/liveness'])
    await fetch(`${local.shortener}/${path}`, { redirect: 'manual' });
}
const hour = () => ({ fromAt: Date.now() - 3_600_000, toAt: Date.now() });
const rowsOf = (id: string): readonly MetricRow[] =>
  (bodies.get(id)?.widgets ?? []).flatMap((widget) => (widget.type === 'metric' ? widget.properties.metrics : []));
const deployed = () => list.filter(({ isDeployed }) => isDeployed).map(({ id }) => id);

/** What the deployed dashboards name, and CloudWatch has nothing of; but for what AWS alone publishes. */
async function silentMetrics(): Promise<readonly string[]> {
  const rows = deployed()
    .flatMap(rowsOf)
    .filter((row) => !isExpression(row) && ![...onlyOnAws, ...mayBeCalm].includes(`${row[0]} ${row[1]}`));
  const series = [...new Map(rows.map((row) => [JSON.stringify(row.slice(0, -1)), row])).values()];
  expect(series.length).toBeGreaterThan(10);
  const found = await Promise.all(series.map(async (row) => ((await sampled(row)) ? [] : [`${row[0]} ${row[1]}`])));
  return found.flat().sort();
}

async function sampled(row: MetricRow): Promise<boolean> {
  const properties = { title: '', region: '', view: 'timeSeries' as const, period: 60, stat: 'SampleCount' };
  const metrics = [[...row.slice(0, -1), {}] as unknown as MetricRow];
  const [answer] = await post<MetricAnswer>('/api/metrics', metricInput({ ...properties, metrics }, hour()));
  return (answer?.values.length ?? 0) > 0;
}

const entries: readonly Entry[] = Object.values(catalogue);
const onlyOnAws = entries.flatMap(({ cloudwatch }) =>
  cloudwatch?.isOnlyOnAws === true ? [`${cloudwatch.namespace} ${cloudwatch.name}`] : [],
);

/** Nothing of the shipped configuration is blocked, and our own fault is a busy machine's. */
const mayBeCalm = ['Burnwatch ProbeUnjudged'];

describe('the dashboards of local mode', () => {
  it('are those of the template, which CloudWatch takes', () => {
    expect(deployed()).toEqual(['overview', 'slos', 'application']);
    for (const body of bodies.values()) expect(faultsOf(body)).toEqual([]);
  });

  it('that are deployed name no metric that running code does not publish', async () => {
    const deadline = Date.now() + 90_000;
    let silent = await silentMetrics();
    // Sub-minute monitors tell their metrics once a minute, and a busy second of requests with the next one.
    while (silent.length > 0 && Date.now() < deadline) {
      await pause(1_500);
      await traffic();
      silent = await silentMetrics();
    }
    expect(silent).toEqual([]);
  }, 120_000);

  it('have in each widget something that the local CloudWatch can answer', async () => {
    for (const { id } of list)
      for (const widget of bodies.get(id)?.widgets ?? [])
        if (widget.type === 'metric')
          expect(Array.isArray(await post('/api/metrics', metricInput(widget.properties, hour())))).toBe(true);
  }, 30_000);

  it('ask the logs for keys that functions write, and find lines', async () => {
    const logs = [...bodies.values()].flatMap(({ widgets }) =>
      widgets.flatMap((widget) => (widget.type === 'log' ? [widget.properties] : [])),
    );
    expect(logs.length).toBeGreaterThan(8);
    const written = readdirSync(join(local.data, 'logs'))
      .map((name) => readFileSync(join(local.data, 'logs', name), 'utf8'))
      .join('');
    for (const { title, query } of logs) {
      const { rows } = await post<LogAnswer>('/api/logs', { query, ...hour() });
      expect([title, rows.length > 0]).toEqual([title, true]);
      for (const [, key = ''] of query.matchAll(/`([^`]+)`/g))
        expect([key, written.includes(`"${key}":`)]).toEqual([key, true]);
    }
  }, 30_000);

  it.each([
    ['/api/metrics', {}, 'MissingParameter'],
    [
      '/api/metrics',
      { MetricDataQueries: [{ Id: 'a', Expression: 'SEARCH("x")' }], StartTime: 0, EndTime: 60 },
      'SEARCH',
    ],
    ['/api/logs', { query: 1 }, 'must have'],
    ['/api/logs', { query: 'fields x', fromAt: 0, toAt: 1, more: 1 }, 'nothing else'],
    ['/api/logs', { query: 'delete everything', fromAt: 0, toAt: 1 }, 'is not known here'],
  ])('refuse what cannot be answered: %s %j', async (path, body, why) => {
    await expect(post(path, body)).rejects.toThrow(why);
  });

  it('know no other names', async () => {
    expect(await get('/api/dashboards?id=../secret')).toMatchObject({ status: 404 });
  });
});
