import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { buildResources } from '../../../infra/resources.ts';
import { emptyAlertState, type Incident } from '../../../shared/alert/model.ts';
import { createAlarmMemory } from '../../../shared/aws/alarm-memory.ts';
import { createAlertStore } from '../../../shared/aws/alert-store.ts';
import { createBurstStore } from '../../../shared/aws/burst-store.ts';
import { createVerdictReader, createVerdictWriter } from '../../../shared/aws/burst-verdicts.ts';
import { createCountedStore } from '../../../shared/aws/counted-store.ts';
import { createDrillStore } from '../../../shared/aws/drill-store.ts';
import { createHeartbeatReader, createHeartbeatStore } from '../../../shared/aws/heartbeat-store.ts';
import { createLedgerStore } from '../../../shared/aws/ledger-store.ts';
import { createMetricsReaders } from '../../../shared/aws/metrics-readers.ts';
import { createNotifyStore } from '../../../shared/aws/notify-store.ts';
import { createRunCountsReader } from '../../../shared/aws/run-counts.ts';
import { unsentOf } from '../../../shared/burst/verdict.ts';
import type { Config } from '../../../shared/config/model.ts';
import { foldDay, foldHour } from '../../../shared/ledger/fold.ts';
import { dayStart, hourStart } from '../../../shared/ledger/keys.ts';
import { aBurst, aSummary } from '../../support/burst.ts';
import { aSlack } from '../../support/channels.ts';
import { aTally } from '../../support/memory-bursts.ts';
import { aConfig, aHeartbeat, aSlo } from './configs.ts';

const at = Date.parse('2026-03-02T10:59:00Z');
const location = 'eu-west-1';
const overMetrics = {
  ...aSlo('errors'),
  indicator: {
    kind: 'cloudwatch' as const,
    namespace: 'AWS/ApiGateway',
    dimensions: { ApiId: [{ output: 'ApiId' }] },
    counts: { bad: '5xx', total: 'Count' },
  },
};
const overBursts = { ...aSlo('answers'), indicator: { kind: 'bursts' as const, bursts: ['redirects'] } };
const incident: Incident = { id: 'i1', openedAt: at, closedAt: at, severity: 'page', monitors: [], alerts: [] };

const drill = { id: 'd', startedAt: at, untilAt: at, notify: ['chat'], isScheduled: true };
const refused = { kind: 'fired', outcome: 'refused', evaluatedAt: at, at, problem: 'busy' } as const;

/** A client that sends nothing, refuses every conditional write, and notes `<action> <partition>` of what it is asked. */
function recordingClient(asked: Set<string>): DynamoDBClient {
  const client = new DynamoDBClient({ region: location });
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      const input = JSON.parse(JSON.stringify(args.input));
      const pk: string = (input.Key ?? input.Item)?.pk.S ?? input.ExpressionAttributeValues[':pk'].S;
      asked.add(`dynamodb:${String(context['commandName']).replace(/Command$/, '')} ${pk.replace(/#.*/, '#*')}`);
      if (input.ConditionExpression)
        throw new ConditionalCheckFailedException({ message: 'there is one', $metadata: {} });
      return { response: {}, output: { $metadata: {} } as never };
    },
    { step: 'initialize' },
  );
  return client;
}

async function askedBy(run: (client: DynamoDBClient) => Promise<unknown>): Promise<string[]> {
  const asked = new Set<string>();
  await run(recordingClient(asked));
  return [...asked].toSorted();
}

/** `<action> <partition>` of everything that a role may do with the ledger. */
function allowed(id: string, change: Partial<Config> = {}, areMetricsOn = false): string[] {
  const options = { isShortenerOn: true, areFaultsOn: false, isRetained: false, logRetentionDays: 30 };
  const template = buildResources(aConfig({ monitors: [aHeartbeat()], ...change }), {
    stage: 'dev',
    region: location,
    areMetricsOn,
    ...options,
  });
  const [policy] = JSON.parse(JSON.stringify(template.Resources[id]?.Properties['Policies']));
  return policy.PolicyDocument.Statement.filter((statement: object) =>
    JSON.stringify(statement).includes('LedgerTable'),
  )
    .flatMap((statement: { Action: string[]; Condition?: Record<string, Record<string, string[]>> }) => {
      const partitions = statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['everything'];
      return statement.Action.flatMap((action) => partitions.map((partition) => `${action} ${partition}`));
    })
    .toSorted();
}

it('the probe may do with the ledger exactly what saving a tick and reading heartbeats do', async () => {
  const tick = { location, at, shard: 's00', outcomes: [], details: [] };
  const asked = await askedBy(async (client) => {
    await createLedgerStore(client, 'ledger').saveTick(tick, 'request-1');
    await createHeartbeatReader(client, 'ledger')(7);
  });
  expect(asked).toEqual(['dynamodb:GetItem tick#*', 'dynamodb:PutItem tick#*', 'dynamodb:Query heartbeat']);
  expect(allowed('ProbeRole')).toEqual(asked);
});

it('the function that takes calls may do with the ledger exactly what remembering them does', async () => {
  const asked = await askedBy(async (client) => {
    const store = createHeartbeatStore(client, 'ledger');
    await store.load(7);
    await store.save({ id: 'backup', key: 7, periodMs: 1, graceMs: 1 }, { succeededAt: at }, 0);
  });
  expect(asked).toEqual(['dynamodb:GetItem heartbeat', 'dynamodb:UpdateItem heartbeat']);
  expect(allowed('StatusRole')).toEqual(asked);
});

it('the function that answers /metrics may do with the ledger exactly what telling of everything does', async () => {
  const config = aConfig({ bursts: [aBurst()], slos: [aSlo('availability'), overBursts, overMetrics] });
  const place = { table: 'ledger', environment: 'dev', location, outputs: () => 'abc', functions: ['probe'] };
  const asked = await askedBy(async (client) => {
    await createMetricsReaders(client, { ...place, packaged: { config, routes: [], caches: [] } }).loadOverview(at);
    await createBurstStore(client, 'ledger').loadRuns('redirects', at, 1); // of runs that there are
  });
  expect(allowed('StatusRole', config, true)).toEqual(asked);
});

it('the function that takes acknowledgements may do with the ledger exactly what taking them does', async () => {
  const asked = await askedBy(async (client) => {
    const alerts = createAlertStore(client, 'ledger');
    await alerts.load();
    await alerts.save({ ...emptyAlertState, version: 1 }, [], 'writer');
    await alerts.loadIncidents(1);
  });
  expect(asked).toEqual(['dynamodb:GetItem alerts', 'dynamodb:Query incidents', 'dynamodb:UpdateItem alerts']);
  expect(allowed('StatusRole', { monitors: [], acknowledge: 'link' })).toEqual(asked);
});

it('the evaluation may do with the ledger exactly what judging, folding, archiving and drills do', async () => {
  const asked = await askedBy(async (client) => {
    const ledger = createLedgerStore(client, 'ledger');
    await ledger.loadTicks(location, at, at);
    await ledger.loadHours(location, at, at);
    await ledger.loadDays(location, at, at);
    await ledger.saveHour(foldHour(location, at, []));
    await ledger.saveDay(foldDay(location, at, []));
    const alerts = createAlertStore(client, 'ledger');
    await alerts.load();
    await alerts.save({ ...emptyAlertState, version: 1 }, [], 'writer');
    await alerts.acknowledge(['t1']);
    await alerts.saveIncident(incident);
    const drills = createDrillStore(client, 'ledger', () => at);
    await drills.save(drill);
    await drills.loadSince(at);
    await drills.saveNote(drill.id, refused).catch(() => {});
    await createNotifyStore(client, 'ledger', () => at).load('m1');
  });
  expect(asked).toHaveLength(12);
  expect(allowed('EvaluateRole')).toEqual(asked);
  expect(allowed('EvaluateRole', { bursts: [aBurst({ alerts: [] })] })).toEqual(asked);
  const more = await askedBy((client) => createVerdictReader(client, 'ledger')());
  expect(more).toEqual(['dynamodb:Query burst-verdict']);
  expect(allowed('EvaluateRole', { bursts: [aBurst()] })).toEqual([...asked, ...more].toSorted());
  const counts = await askedBy((client) => createRunCountsReader(client, 'ledger')('redirects', at, at));
  expect(counts).toEqual(['dynamodb:Query burst-count#*']);
  expect(allowed('EvaluateRole', { slos: [overBursts] })).toEqual([...asked, ...counts].toSorted());
  const folded = await askedBy(async (client) => {
    const store = createCountedStore(client, 'ledger');
    await Promise.all([store.loadHours('a', at, at), store.loadDays('a', at, at)]);
    await store.saveHour('a', { hourAt: hourStart(at), counts: [] });
    await store.saveDay('a', { dayAt: dayStart(at), counts: [] });
  });
  expect(folded).toEqual(['dynamodb:PutItem metric#*', 'dynamodb:Query metric#*']);
  expect(allowed('EvaluateRole', { slos: [overMetrics] })).toEqual([...asked, ...folded].toSorted());
});

it('only an evaluation of an SLO over metrics may ask CloudWatch for some', () => {
  const policies = (id: string, change: Partial<Config> = {}) => {
    const options = { isShortenerOn: true, areFaultsOn: false, isRetained: false, logRetentionDays: 30 };
    const template = buildResources(aConfig(change), { stage: 'dev', region: location, ...options });
    return JSON.stringify(template.Resources[id]?.Properties['Policies']);
  };
  expect(policies('EvaluateRole', { slos: [overMetrics] })).toContain('"cloudwatch:GetMetricData"');
  expect(policies('EvaluateRole', { slos: [overBursts] })).not.toContain('GetMetricData');
  expect(policies('ProbeRole', { slos: [overMetrics] })).not.toContain('GetMetricData');
});

it('the function that sends bursts may do with the ledger exactly what keeping runs does, and reading budgets where one is required', async () => {
  const run = { burst: 'redirects', runAt: at };
  const asked = await askedBy(async (client) => {
    const store = createBurstStore(client, 'ledger');
    const refused = () => {}; // every conditional write is
    await store.claim(run, 0, 'request-1');
    await store.occupy('redirects', at, at, 'request-1');
    await store.savePart(run, 0, { state: 'void', reason: '' }, 'request-1').catch(refused);
    await store.loadParts(run);
    await store.saveRun({ ...run, state: 'sent', summary: aSummary(), tally: aTally() }, 'request-1');
    await store.loadRuns('redirects', at, 1);
    await createVerdictWriter(client, 'ledger')(unsentOf('redirects', at, 'void', '')).catch(refused);
  });
  expect(asked).toHaveLength(11);
  expect(allowed('BurstRole', { bursts: [aBurst()] })).toEqual(asked);
  const reading = await askedBy(async (client) => {
    const ledger = createLedgerStore(client, 'ledger');
    await Promise.all([ledger.loadTicks(location, at, at), ledger.loadHours(location, at, at)]);
    await ledger.loadDays(location, at, at);
    await createAlertStore(client, 'ledger').load();
  });
  const requireBudget = { leftPpm: 1, slos: ['shortener-availability'] };
  expect(allowed('BurstRole', { bursts: [aBurst({ requireBudget })] })).toEqual([...asked, ...reading].toSorted());
  const over = { leftPpm: 1, slos: [overBursts.id] };
  expect(allowed('BurstRole', { bursts: [aBurst({ requireBudget: over })], slos: [overBursts] })).toEqual(
    [...asked, ...reading, 'dynamodb:Query burst-count#*'].toSorted(),
  );
  const metrics = { leftPpm: 1, slos: [overMetrics.id] };
  expect(allowed('BurstRole', { bursts: [aBurst({ requireBudget: metrics })], slos: [overMetrics] })).toEqual(
    [...asked, ...reading, 'dynamodb:Query metric#*'].toSorted(),
  );
});

it('the function that sends to channels may do with the ledger exactly what remembering does', async () => {
  const asked = await askedBy(async (client) => {
    const store = createNotifyStore(client, 'ledger', () => at);
    await store.load('m1');
    await store.saveRefused('m1', 'chat', { invocationId: 'request-1', problem: '', mend: '' });
    await store.saveTold('m1', 'chat');
    await store.countFailure('m1', 'chat', 'it answered 500');
    await store.claimReport('chat', 'm1', at);
    await store.saveReport('chat', 'm1', at);
    const alarms = createAlarmMemory(client, 'ledger', () => at);
    await alarms.load('shop-dev-a');
    await alarms.save('shop-dev-a', { firedAt: at });
  });
  expect(asked).toEqual(['dynamodb:PutItem notify', 'dynamodb:Query notify', 'dynamodb:UpdateItem notify']);
  expect(allowed('NotifyRole', { channels: [aSlack()] })).toEqual(asked);
});
