import fc from 'fast-check';
import { refreshCounted } from '../../../shared/app/counted/counted.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { standingOf } from '../../../shared/app/standing.ts';
import type { Config, Slo } from '../../../shared/config/model.ts';
import { emptyHistory } from '../../../shared/ledger/history.ts';
import { fakeMetrics, memoryCounted } from '../../support/fake-metrics.ts';
import { configOf, monitored } from '../../support/monitored.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startAt = Date.parse('2026-03-02T10:00:00Z');
const head = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: https://example.com/ } }
slos:
`;
const errors = `  errors:
    indicator: { cloudwatch: { namespace: AWS/ApiGateway, dimensions: { ApiId: "\${output:ApiId}" }, bad: 5xx, total: Count } }
    objective: 99.9%
    window: 30d
    alerts: [{ severity: page, budget: 2%, long: 1h, notify: [oncall] }]
`;
const config = configOf(head + errors);

/** A service whose gateway counts: `traffic` are the requests of each minute, and the bad ones among them. */
function setUp(from: Config = config, counted = memoryCounted()) {
  const at = { now: startAt };
  const metrics = fakeMetrics(() => at.now);
  const outputs = new Map([['ApiId', 'abc']]);
  const sources = {
    readMetrics: metrics.readMetrics,
    store: counted.store,
    outputs: (name: string) => outputs.get(name),
  };
  const shop = monitored(from, startAt, {
    counted: { loadRunCounts: async () => [], metrics: { ...sources, isSaving: true } },
  });
  const traffic = (minuteAt: number, total: number, bad = 0, delayMs?: number) => {
    metrics.put('Count', minuteAt, total, delayMs);
    metrics.put('5xx', minuteAt, bad, delayMs);
  };
  /** So many minutes of so much traffic, each evaluated at its end. */
  const minutes = async (count: number, total: number, bad = 0, delayMs?: number) => {
    for (let minute = 0; minute < count; minute += 1) {
      traffic(shop.world.at, total, bad, delayMs);
      at.now = shop.world.at + minuteMs;
      await shop.run(1);
    }
  };
  const history = (fromAt: number, total: number, bad = 0) => {
    for (let minuteAt = fromAt; minuteAt < startAt; minuteAt += minuteMs) traffic(minuteAt, total, bad);
  };
  const standing = async (memory = createMemory()) => {
    const all = { loadRunCounts: async () => [], metrics: sources };
    const known = await refreshCounted(memory.counted, from.slos, all, () => {}, shop.world.at);
    const nothing = { monitors: [], maintenance: [], history: emptyHistory(), counted: known };
    return standingOf(from.slos[0] as Slo, nothing, shop.world.at);
  };
  const subjects = () => shop.sent.splice(0).map(({ minute, message }) => `${minute} ${message.subject}`);
  return { ...shop, metrics, counted, outputs, traffic, minutes, history, standing, subjects };
}
const asked = ({ queries }: ReturnType<typeof fakeMetrics>) =>
  queries
    .splice(0)
    .map(({ name, span }) => `${name} ${(span.toAt - span.fromAt) / minuteMs}/${span.periodMs / minuteMs}`);

describe('an SLO over metrics', () => {
  it('burns by what others count, and calms down when they do', async () => {
    const { minutes, subjects } = setUp();
    await minutes(60, 100);
    expect(subjects()).toEqual([]);
    await minutes(5, 100, 50);
    await minutes(30, 100);
    expect(subjects()).toEqual([
      expect.stringMatching(/^62 \[PAGE\] errors burns 1[67](\.\d)?x/),
      // Five minutes until the short window is empty, and five of calm.
      '74 Resolved: errors budget burn after 12 min (shop dev)',
    ]);
  });

  it('tells what it is about: the metrics, in a message of its own incident', async () => {
    const { minutes, sent, alerts } = setUp();
    await minutes(30, 100);
    await minutes(3, 100, 50);
    const { text, json } = sent[0]?.message ?? { text: '', json: {} };
    expect(text).toContain('5xx of Count in AWS/ApiGateway (ApiId $ApiId)');
    expect(json).toMatchObject({ transitions: [{ about: 'burn', monitors: [], slo: 'errors' }] });
    expect(Object.values(alerts.state().incidents)).toMatchObject([{ monitors: [] }]);
  });

  it('reads bad events each minute, totals while there are bad ones, and both once for each hour', async () => {
    const { minutes, metrics } = setUp();
    await minutes(1, 100);
    // The month at first: by the hour, and the last day by the minute.
    expect(asked(metrics)).toEqual(['5xx 41700/60', 'Count 41700/60', '5xx 1440/1', 'Count 1440/1', '5xx 61/1']);
    await minutes(13, 100);
    expect(new Set(asked(metrics))).toEqual(new Set(['5xx 11/1']));
    // A quarter of an hour after its end an hour is read for good.
    await minutes(1, 100);
    expect(asked(metrics)).toEqual(['5xx 60/1', 'Count 60/1', '5xx 11/1']);
    await minutes(1, 100, 1);
    await minutes(1, 100);
    expect(asked(metrics)).toEqual(['5xx 11/1', 'Count 16/1', '5xx 11/1', 'Count 11/1']);
    // Until it has left the longest window, an hour and a minute after.
    await minutes(61, 100);
    const names = asked(metrics).map((text) => text.split(' ')[0]);
    expect(names.filter((name) => name === '5xx')).toHaveLength(62);
    // Sixty times in all, and once for the hour that closed meanwhile.
    expect(names.filter((name) => name === 'Count')).toHaveLength(59);
    await minutes(5, 100);
    expect(new Set(asked(metrics))).toEqual(new Set(['5xx 11/1']));
  });

  it('knows the month at once, as exactly as CloudWatch still does, and a cold start pays for it once', async () => {
    const { minutes, history, standing, counted, metrics } = setUp();
    history(startAt - 31 * dayMs, 10, 0);
    for (let hour = 1; hour <= 24; hour += 1) metrics.put('5xx', startAt - hour * 30 * hourMs, 3);
    await minutes(1, 10);
    const { budget } = (await standing()) as { budget: { good: number; bad: number; expected: number } };
    // Its first hour is known as a sum, and of the last one bad events alone.
    expect(budget.bad).toBe(23 * 3);
    expect(budget.expected).toBeGreaterThan((30 * 1_440 - 122) * 10);
    expect(budget.expected).toBeLessThanOrEqual(30 * 1_440 * 10);
    asked(metrics);
    expect(counted.days.size).toBe(29);
    expect(counted.hours.size).toBe(24);
    const again = (await standing()) as { budget: object };
    expect(again.budget).toEqual(budget);
    // What is left of the first day, in which the window begins, and the newest minutes.
    expect(asked(metrics)).toEqual([
      expect.stringMatching(/^5xx \d+\/60$/),
      expect.stringMatching(/^Count \d+\/60$/),
      '5xx 61/1',
    ]);
  });

  it('says the same warm and cold, hour after hour', async () => {
    const { minutes, standing, world } = setUp();
    for (let hour = 0; hour < 30; hour += 1) {
      await minutes(59, 7 + hour, hour % 7 === 3 ? 2 : 0);
      await minutes(1, 1_000, 1);
    }
    const warm = (await standing(world.memory)) as { budget: object; burnRate: number };
    const cold = (await standing()) as { budget: object; burnRate: number };
    expect(cold).toMatchObject({ budget: warm.budget, burnRate: warm.burnRate });
  });

  it('takes what comes late by up to ten minutes, and at the latest when the hour is read for good', async () => {
    const { minutes, standing, world, subjects } = setUp();
    await minutes(20, 100, 0);
    await minutes(3, 100, 90, 4 * minuteMs);
    expect(subjects()).toEqual([]);
    await minutes(2, 100, 0);
    expect(subjects()).toEqual([expect.stringMatching(/^24 \[PAGE\] errors burns/)]);
    await minutes(5, 100, 1, 9 * minuteMs);
    await minutes(12, 100, 0);
    expect(await standing(world.memory)).toMatchObject({ budget: { bad: 275 } });
    await minutes(3, 100, 1, 14 * minuteMs);
    await minutes(30, 100, 0);
    expect(await standing(world.memory)).toMatchObject({ budget: { bad: 278 } });
  });

  it('without traffic is idle: nothing burns, and nothing is unknown', async () => {
    const { minutes, standing, subjects, published } = setUp();
    await minutes(30, 0);
    expect(await standing()).toMatchObject({ budget: { expected: 0, leftPpm: 1_000_000 }, burnRate: 0 });
    expect([subjects(), published]).toEqual([[], []]);
  });

  it('believes bad events whose total is late', async () => {
    const { metrics, minutes, standing, world } = setUp();
    await minutes(5, 100);
    metrics.put('5xx', world.at, 40);
    await minutes(2, 0);
    expect(await standing(world.memory)).toMatchObject({ budget: { good: 500, bad: 40, expected: 540 } });
  });

  it('remembers single minutes no longer than it must', async () => {
    const { minutes, world } = setUp();
    await minutes(4 * 60, 10, 1);
    const state = world.memory.counted.metrics.get('errors');
    expect(state?.open.part.size).toBeLessThanOrEqual(75);
    expect(state?.open.total.size).toBeLessThanOrEqual(75);
    expect(state?.unsaved.size).toBe(0);
  });

  it('publishes its burn rate and what is left, as any other SLO', async () => {
    const { minutes, published } = setUp();
    await minutes(10, 100);
    await minutes(2, 100, 50);
    expect(published.map(({ name, dimensions }) => `${name} ${dimensions['Slo']}`)).toEqual([
      'BurnRate errors',
      'ErrorBudgetLeft errors',
      'BurnRate errors',
      'ErrorBudgetLeft errors',
    ]);
  });
});

describe('whatever is counted, and however late it comes', () => {
  it('ten minutes at most: in the end it is all there, once, warm and cold', async () => {
    const anyMinute = fc.record({ total: fc.nat(50), bad: fc.nat(20), delay: fc.nat(9), isDown: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(anyMinute, { minLength: 1, maxLength: 150 }), async (all) => {
        const { metrics, minutes, standing, world } = setUp();
        let [good, bad] = [0, 0];
        for (const each of all) {
          metrics.state.failure = each.isDown && each.delay > 4 ? 'throttled' : undefined;
          const failed = Math.min(each.bad, each.total);
          [good, bad] = [good + each.total - failed, bad + failed];
          await minutes(1, each.total, failed, each.delay * minuteMs);
        }
        metrics.state.failure = undefined;
        // Until the hour of the last of them is read for good.
        await minutes(76, 0);
        for (const memory of [world.memory, createMemory()])
          expect(await standing(memory)).toMatchObject({ budget: { good, bad, expected: good + bad } });
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe('an SLO whose metric counts what is good', () => {
  const good = configOf(`${head}${errors.replace('bad: 5xx, total: Count', 'good: Fine, total: Count')}`);

  it('needs both each minute, and counts the rest as bad', async () => {
    const { minutes, metrics, subjects, standing } = setUp(good);
    const serve = async (count: number, fine: number) => {
      for (let minute = 0; minute < count; minute += 1) {
        metrics.put('Fine', startAt + (served + minute) * minuteMs, fine);
        await minutes(1, 100);
      }
      served += count;
    };
    let served = 0;
    await serve(30, 100);
    asked(metrics);
    await serve(1, 100);
    expect(asked(metrics)).toEqual(['Fine 11/1', 'Count 11/1']);
    await serve(3, 60);
    expect(subjects()).toEqual([expect.stringContaining('[PAGE] errors burns')]);
    expect(await standing()).toMatchObject({ budget: { bad: 120 } });
  });
});

describe('what cannot be read', () => {
  const two = configOf(`${head}${errors}${errors.replace('errors:', 'other:').replace('AWS/ApiGateway', 'Shop')}`);

  it('leaves its SLO unknown, with a warning: what fires goes on, and the others are judged', async () => {
    const { minutes, metrics, subjects, warnings, alerts, published } = setUp(two);
    await minutes(30, 100);
    await minutes(3, 100, 50);
    expect(subjects()).toEqual([
      expect.stringContaining('[PAGE] errors burns'),
      expect.stringContaining('[PAGE] other burns'),
    ]);
    metrics.state.failure = 'CloudWatch answered with InternalError for 5xx';
    metrics.state.failing = 'Shop';
    published.length = 0;
    await minutes(40, 100);
    expect(subjects()).toEqual([expect.stringContaining('Resolved: errors')]);
    expect(Object.keys(alerts.state().alerts)).toEqual(['slo/other/page-1h']);
    expect(new Set(warnings)).toEqual(
      new Set(['what the SLO other counts could not be read: nobody knows how it stands']),
    );
    expect(published.some(({ dimensions }) => dimensions['Slo'] === 'other')).toBe(false);
    metrics.state.failure = undefined;
    await minutes(6, 100);
    // It was clear all the while, but nobody saw it: the five minutes of calm begin now.
    expect(subjects()).toEqual([expect.stringMatching(/^79 Resolved: other/)]);
  });

  it('loses nothing that happened meanwhile', async () => {
    const { minutes, metrics, standing, world } = setUp();
    await minutes(10, 100, 1);
    metrics.state.failure = 'throttled';
    await minutes(130, 100, 1);
    metrics.state.failure = undefined;
    await minutes(1, 100, 1);
    expect(await standing(world.memory)).toMatchObject({ budget: { bad: 141 } });
  });

  it('may be an output that is not known, a ledger that refuses, or a reader that breaks', async () => {
    const { outputs, run, warnings, counted, metrics } = setUp();
    outputs.delete('ApiId');
    await run(1);
    expect(warnings.splice(0)).toHaveLength(1);
    outputs.set('ApiId', 'abc');
    const { loadDays } = counted.store;
    counted.store.loadDays = async () => Promise.reject(new Error('the table is gone'));
    await run(1);
    expect(warnings.splice(0)).toHaveLength(1);
    counted.store.loadDays = loadDays;
    counted.store.saveDay = async () => Promise.reject(new Error('throttled'));
    metrics.put('Count', startAt - dayMs, 1);
    await run(1);
    expect(warnings.splice(0)).toEqual(['what was counted of metrics could not be kept: it will be tried again']);
  });

  it('of a function that reads no metrics is what the ledger has, as long as somebody goes on folding', async () => {
    const { minutes, counted, world } = setUp();
    await minutes(80, 100, 1);
    const read = async (at: number) => {
      const metrics = { store: counted.store, outputs: () => 'abc' };
      const sources = { loadRunCounts: async () => [], metrics };
      return refreshCounted(createMemory().counted, config.slos, sources, () => {}, at);
    };
    const known = await read(world.at);
    expect(known.get('errors')?.countBetween(0, startAt - 1, world.at)).toMatchObject({ passed: 5_940, failed: 60 });
    expect((await read(world.at + 3 * hourMs)).size).toBe(0);
  });
});

describe('an SLO that counts something else from now on', () => {
  it('begins anew with what CloudWatch knows of that', async () => {
    const counted = memoryCounted();
    const before = setUp(config, counted);
    await before.minutes(80, 100, 5);
    const other = configOf(`${head}${errors.replace('bad: 5xx', 'bad: 4xx')}`);
    const after = setUp(other, counted);
    after.metrics.put('4xx', startAt - 5 * hourMs, 7);
    await after.minutes(1, 100, 5);
    expect(await after.standing()).toMatchObject({ budget: { bad: 7 } });
  });
});

describe('slices of time over metrics', () => {
  const sliced = configOf(
    `${head}${errors.replace('window: 30d', 'window: 30d\n    budgetingMethod: Timeslices\n    timeSliceTarget: 95%\n    timeSliceWindow: 5m').replace('99.9%', '99%')}`,
  );

  it('are known as far back as CloudWatch has points that short, and from then on for good', async () => {
    const { minutes, history, traffic, standing, metrics } = setUp(sliced);
    history(startAt - 20 * dayMs, 10);
    // Twenty minutes in which every second request failed, eighteen days ago, and twenty of yesterday.
    for (let minute = 0; minute < 20; minute += 1) {
      traffic(startAt - 18 * dayMs + minute * minuteMs, 10, 10);
      traffic(startAt - dayMs + minute * minuteMs, 10, 10);
    }
    await minutes(1, 10);
    expect(asked(metrics).map((text) => text.split('/')[1])).toEqual(['5', '5', '1', '1', '1']);
    const first = (await standing()) as { budget: { bad: number; good: number } };
    expect(first.budget.bad).toBe(8);
    expect(first.budget.good).toBeGreaterThan(20 * 288 - 8 - 26);
  });

  it('fire by slices', async () => {
    const { minutes, subjects } = setUp(sliced);
    await minutes(60, 100);
    await minutes(15, 100, 10);
    expect(subjects()).toEqual([expect.stringMatching(/^(70|71|72|73|74|75) \[PAGE\] errors burns/)]);
  });
});
