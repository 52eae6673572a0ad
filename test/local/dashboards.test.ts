import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import type {
  DashboardBody,
  DashboardList,
  LogAnswer,
  MetricAnswer,
  WidgetOf,
} from '../../infra/local/console/dashboard-model.ts';
import { metricInput } from '../../infra/local/console/widget-queries.ts';
import { queryText, savedQueries } from '../../infra/template/log-queries.ts';
import { functions } from '../../infra/template/model.ts';
import { dashboardNames } from '../../shared/config/model.ts';
import { type CloudWatchKey, cloudWatchOf, entryKeys, entryOf, isInCloudWatch } from '../../shared/metrics/entries.ts';
import { type CloudWatchName, defaultProfile } from '../../shared/metrics/entry.ts';
import { type ChannelServer, startChannelServer } from '../support/channel-servers.ts';
import { faultsOf } from '../support/dashboard-schema.ts';
import { endAll, type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';
import { type Asked, askedBy, keysIn, readBy, readWritten } from './log-keys.ts';
import {
  drawnBy,
  isOnlyOnAws,
  metricOf,
  onlyOnAws,
  type Published,
  readPublished,
  type Series,
  shapeOf,
  toldLater,
  watchedBy,
} from './published.ts';
import { configOf, type Subject, startSubject } from './watched-whole.ts';

/** One of everything that is drawn, watched or logged, for a short while, and trouble of every kind that has a metric. */
const folder = temporaryFolder();
const data = join(folder.path, 'data');
let [local, hook, subject]: [Running?, ChannelServer?, Subject?] = [];
let list: DashboardList = [];
const bodies = new Map<string, DashboardBody>();
let alarms: readonly MetricAlarm[] = [];
let published: readonly Published[] = [];
let requestId = '';

beforeAll(async () => {
  hook = await startChannelServer('webhook');
  hook.trouble({ status: 404 });
  subject = await startSubject();
  const file = join(folder.path, 'monitors.yml');
  writeFileSync(file, configOf(subject.origin, hook.origin));
  local = await startLocalMode(data, '--config', file, '--interval', '1s');
  list = (await get('/api/dashboards')) as DashboardList;
  for (const { id } of list) bodies.set(id, (await get(`/api/dashboards?id=${id}`)) as DashboardBody);
  alarms = await describeAlarms();
  await traffic();
  await trouble();
  await settle();
}, 150_000);
afterAll(async () => {
  await endAll(local);
  await Promise.all([hook?.close(), subject?.close()]);
  folder.remove();
}, 20_000);

const run = () => local as Running;
async function get(path: string): Promise<unknown> {
  return (await fetch(`${run().console}${path}`)).json();
}
async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const answer = await fetch(`${run().console}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

const aws = () => ({
  endpoint: run().aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
});

async function describeAlarms(): Promise<readonly MetricAlarm[]> {
  const client = new CloudWatchClient(aws());
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({}));
  client.destroy();
  return MetricAlarms;
}

/** What tables and topics there are: of what they publish on AWS alone, it can at least be said whose it is. */
async function ownersOnAws(): Promise<readonly string[]> {
  const [dynamodb, sns] = [new DynamoDBClient(aws()), new SNSClient(aws())];
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  for (const client of [dynamodb, sns]) client.destroy();
  const tables = TableNames.flatMap((name) => [
    `TableName=${name}`,
    ...operations.map((one) => `Operation=${one} TableName=${name}`),
  ]);
  const topics = Topics.map(({ TopicArn }) => `TopicName=${TopicArn?.split(':').at(-1)}`);
  const called = published.flatMap(({ series }) => /^AWS\/(?:Lambda|ApiGateway) \w+ (.*)/.exec(series)?.[1] ?? []);
  return [...tables, ...topics, ...called];
}
const operations = ['GetItem', 'PutItem', 'Query'];

/** What is not there is asked for twice: the second time the cache knows. */
async function traffic(): Promise<void> {
  for (const path of ['demo', 'demo', 'nowhere', 'nowhere', 'health/readiness', 'metrics']) {
    const answer = await fetch(`${run().shortener}/${path}`, { redirect: 'manual' });
    // What fails is told at once, under its own id.
    if (answer.status >= 500) requestId = answer.headers.get('x-request-id') ?? '';
  }
}

/** Slow and failing answers, a database that is down, runs of both bursts, and an alert that its channel refuses. */
async function trouble(): Promise<void> {
  for (const fault of [{ errorRatio: 1, latencyMs: 50 }, { databaseDown: true }]) {
    await post('/api/faults', { ...fault, for: '5m' });
    await traffic();
  }
  await fetch(`${run().console}/api/faults`, { method: 'DELETE' });
  for (const burst of ['steady', 'breaking']) {
    await post('/api/bursts', { burst });
    await run().until(({ liveRuns }) => liveRuns.some((one) => one.burst === burst && one.end !== undefined), 40_000);
  }
  await run().until(({ inbox }) => inbox.some(({ delivery }) => delivery?.state === 'failed'), 40_000);
}

/** A busy second of requests is told with the next one, and metrics are written a moment later. */
async function settle(): Promise<void> {
  const deadline = Date.now() + 60_000;
  published = readPublished(join(data, 'cloudwatch.db'));
  while (silent([...drawn(), ...watched()]).length + untold().length > 0 && Date.now() < deadline) {
    await pause(1_000);
    await traffic();
    published = readPublished(join(data, 'cloudwatch.db'));
  }
}

/** Of these series those of which CloudWatch has nothing; but for what AWS alone publishes. */
function silent(series: readonly Series[]): readonly Series[] {
  const known = new Set([...published, ...toldLater()].map((one) => one.series));
  return [...new Set(series)].filter((one) => !known.has(one) && !isOnlyOnAws(one)).sort();
}

const widgets = <Type extends 'metric' | 'log' | 'alarm'>(type: Type) =>
  [...bodies.values()].flatMap((body) =>
    body.widgets.filter((widget): widget is WidgetOf<Type> => widget.type === type),
  );
const drawn = () => widgets('metric').flatMap(({ properties }) => properties.metrics.flatMap(drawnBy));
const watched = () => alarms.flatMap(watchedBy);

const clouded = entryKeys.filter((key) => entryOf(key).cloudwatch !== undefined) as CloudWatchKey[];
const atDefault = clouded.filter((key) => isInCloudWatch(key, defaultProfile)).map(cloudWatchOf);

/** The entries of which CloudWatch has nothing, in their unit and with their dimensions; but for what AWS alone publishes. */
function untold(): readonly CloudWatchName[] {
  const shapes = new Set([...published, ...toldLater()].map(({ shape }) => shape));
  return atDefault.filter((one) => !(metricOf(one) in onlyOnAws) && !shapes.has(shapeOf(one)));
}

/** The queries of widgets, those that are saved, and those of the runbooks. */
const asked = (): readonly Asked[] => [
  ...widgets('log').map(({ properties: { title, query } }) => ({ where: title, of: readBy(query), query })),
  ...savedQueries.map((saved) => ({ where: saved.name, of: saved.of, query: queryText(saved, requestId) })),
  ...runbooks.flatMap(askedBy),
];
const runbooks = readdirSync(join(root, 'docs/runbooks'));
const allLogs = Object.keys(functions).map((name) => `SOURCE '/aws/lambda/shop-local-${name}'`);
const hour = () => ({ fromAt: Date.now() - 3_600_000, toAt: Date.now() });

describe('the dashboards of local mode', () => {
  it('are those of the template, which CloudWatch takes', () => {
    expect(list.map(({ id, isDeployed }) => [id, isDeployed])).toEqual(dashboardNames.map((name) => [name, true]));
    for (const body of bodies.values()) expect(faultsOf(body)).toEqual([]);
  });

  it('draw no metric that running code does not publish', () => {
    expect(drawn().length).toBeGreaterThan(100);
    expect(silent(drawn())).toEqual([]);
  });

  it('list the alarms that there are', () => {
    const listed = widgets('alarm').flatMap(({ properties }) => properties.alarms.map((arn) => arn.split(':').at(-1)));
    expect(listed.toSorted()).toEqual(alarms.map(({ AlarmName }) => AlarmName).toSorted());
  });

  it('have in each widget something that the local CloudWatch can answer', async () => {
    for (const { properties } of widgets('metric'))
      expect(Array.isArray(await post<MetricAnswer>('/api/metrics', metricInput(properties, hour())))).toBe(true);
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

describe('the alarms of local mode', () => {
  it('watch no metric that running code does not publish', () => {
    expect(alarms.length).toBeGreaterThan(13);
    expect(alarms.filter((alarm) => watchedBy(alarm).length === 0)).toEqual([]);
    expect(silent(watched())).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('says of each metric at the default how it is published, unit and dimensions included', () => {
    expect(untold().map(metricOf)).toEqual([]);
  });

  it('knows all that is published', () => {
    const known = new Set(atDefault.map(shapeOf));
    expect([...new Set(published.map(({ shape }) => shape))].filter((shape) => !known.has(shape))).toEqual([]);
  });

  it('says to be only on AWS what is not published here, and nothing else', () => {
    const marked = atDefault.filter((one) => 'isOnlyOnAws' in one && one.isOnlyOnAws).map(metricOf);
    expect(marked.toSorted()).toEqual(Object.keys(onlyOnAws));
    expect(published.map(({ series }) => series).filter(isOnlyOnAws)).toEqual([]);
  });

  it('is only on AWS for what there is', async () => {
    const owners = await ownersOnAws();
    const named = [...drawn(), ...watched()].filter(isOnlyOnAws);
    expect(named.filter((series) => !owners.includes(series.split(' ').slice(2).join(' ')))).toEqual([]);
  });

  it('names keys that lines have', () => {
    const written = new Set([...readWritten(join(data, 'logs')).values()].flatMap((keys) => [...keys]));
    const keys = entryKeys.flatMap((key) => entryOf(key).logKey ?? []);
    expect(keys.length).toBeGreaterThan(15);
    expect(keys.filter((key) => !written.has(key))).toEqual([]);
  });
});

describe('queries of widgets, of runbooks and those that are saved', () => {
  it('name keys that the functions write whose logs they read', () => {
    const written = readWritten(join(data, 'logs'));
    expect(asked().length).toBeGreaterThan(20);
    const unknown = asked().flatMap(({ where, of, query }) => {
      const isThere = (key: string) => of.some((name) => written.get(name)?.has(key));
      return keysIn(query).flatMap((key) => (isThere(key) ? [] : [`${where}: ${key}`]));
    });
    expect(unknown).toEqual([]);
  });

  it('find lines', async () => {
    const silent: string[] = [];
    for (const { where, query } of asked()) {
      const text = query.startsWith('SOURCE') ? query : [...allLogs, query].join('\n| ');
      const { rows } = await post<LogAnswer>('/api/logs', { query: text, ...hour() });
      if (rows.length === 0) silent.push(where);
    }
    // Nobody is refused by Lambda or DynamoDB here.
    expect(silent).toEqual(['throttling.md']);
  }, 30_000);
});

describe('runbooks', () => {
  it('are there where a dashboard, an alarm or a message names one, and each is named', async () => {
    const { inbox } = await run().state();
    const texts = [
      ...[...bodies.values()].map((body) => JSON.stringify(body)),
      ...alarms.map(({ AlarmDescription }) => AlarmDescription ?? ''),
      ...inbox.map(({ text }) => text),
    ];
    const named = texts.flatMap((text) => [...text.matchAll(/docs\/runbooks\/([\w-]+\.md)/g)].map(([, name]) => name));
    expect([...new Set(named)].toSorted()).toEqual(runbooks.toSorted());
    expect(alarms.filter(({ AlarmDescription = '' }) => !AlarmDescription.includes('docs/runbooks/'))).toEqual([]);
  });

  it.each(runbooks)('%s writes no metric that the catalogue does not know', (name) => {
    const prose = readFileSync(join(root, 'docs/runbooks', name), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    const slanted = [...prose.matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)].map(([, word = '']) => word);
    const joined = [...prose.matchAll(/\b(?:[A-Z][a-z]+){2,}\b/g)].map(([word]) => word);
    const known = new Set<string>([...clouded.map((key) => cloudWatchOf(key).name), ...noMetrics]);
    expect([...slanted, ...joined].filter((word) => !known.has(word))).toEqual([]);
  });
});

/** Metrics stand in italics there, and words like ReadThrottleEvents are taken for metrics wherever they stand; but for these. */
const noMetrics = ['AccessDenied', 'CloudWatch', 'PendingConfirmation', 'ShortenerUrl'];
