import type { Observation } from '../../shared/alert/model.ts';
import { stepAlerts } from '../../shared/alert/step.ts';
import { acknowledge } from '../../shared/app/alert-change/acknowledge.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const at = Date.parse('2026-03-02T10:59:00Z');
const failing = (alertId: string): Observation => ({
  alertId,
  severity: 'page',
  notify: ['oncall'],
  monitors: ['api'],
  condition: 'met',
  resolveDelayMs: 0,
  rememberResolvedMs: 0,
  facts: { kind: 'coverage', lastJudgedAt: 0 },
});

let db: Awaited<ReturnType<typeof startDynamoDb>>;
let id = '';
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
  const store = createAlertStore(db.client, table);
  const { state, entries } = stepAlerts((await store.load()).state, [failing('a')], at);
  await store.save(state, entries, 'evaluate');
  [id = ''] = Object.keys(state.incidents);
});
afterEach(() => db.stop());

const byHand = (by: string) =>
  acknowledge(id, { by }, { alerts: createAlertStore(db.client, table), writer: by, now: () => at + 1 });
const kinds = async () =>
  (await createAlertStore(db.client, table).load()).outbox.map((entry) =>
    entry.kind === 'transition' ? entry.transition.kind : entry.kind,
  );

describe('acknowledgements, with the table behind them', () => {
  it('of many at once are one, and all hear whose', async () => {
    const answers = await Promise.all(['ann', 'bob', 'cat', 'dan'].map(byHand));
    expect(answers.map(({ state }) => state).sort()).toEqual(['acknowledged', 'already', 'already', 'already']);
    const names = answers.map((answer) => ('incident' in answer ? answer.incident.acknowledged?.by : undefined));
    expect(new Set(names).size).toBe(1);
    expect((await kinds()).sort()).toEqual(['acknowledged', 'fired']);
  });

  it('are known again when the answer to the write is lost', async () => {
    let writes = 0;
    db.setFault((operation) => (operation === 'UpdateItem' && writes++ === 0 ? 'lose-answer' : 'pass'));
    expect(await byHand('ann')).toMatchObject({ state: 'acknowledged' });
    expect((await kinds()).sort()).toEqual(['acknowledged', 'fired']);
  });

  it('and an evaluation at the same time both count', async () => {
    const store = createAlertStore(db.client, table);
    const evaluate = async () => {
      for (;;) {
        const { state } = await store.load();
        const step = stepAlerts(state, [failing('a'), { ...failing('b'), monitors: ['web'] }], at + 2);
        if (step.state === state || (await store.save(step.state, step.entries, 'evaluate')) === 'saved') return;
      }
    };
    await Promise.all([byHand('ann'), evaluate()]);
    const { state } = await store.load();
    expect([Object.keys(state.alerts).sort(), state.incidents[id]?.acknowledged?.by]).toEqual([['a', 'b'], 'ann']);
    expect((await kinds()).sort()).toEqual(['acknowledged', 'fired', 'fired']);
  });

  it.each(['throttle', 'hang'] as const)('fail visibly while DynamoDB answers with: %s', async (fault) => {
    db.setFault(() => fault);
    await expect(byHand('ann')).rejects.toThrow();
  });
});
