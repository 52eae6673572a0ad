import fc from 'fast-check';
import { isInRanges, type Slot, type Tally } from '../../../shared/burst/model.ts';
import { type RunLoadInput, runLoad } from '../../../shared/burst/run.ts';
import { createSchedule } from '../../../shared/burst/schedule.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import type { AbortIf, ErrorType } from '../../../shared/config/model.ts';
import { simulateTime } from '../../support/simulated-load.ts';

/** What a target and whoever sends to it can do with one request. */
type Behaviour =
  | { readonly does: 'answer' | 'answer twice' | 'answer without begin'; readonly ms: number; readonly status: number }
  | { readonly does: 'fail'; readonly ms: number; readonly errorType: ErrorType }
  | { readonly does: 'answer at once'; readonly status: number }
  | { readonly does: 'nothing' }
  | { readonly does: 'throw' };

const ms = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 900 }));
const status = fc.constantFrom(200, 302, 404, 429, 500, 503, 0, 42, Number.NaN);
const errorType = fc.constantFrom<ErrorType>('connect', 'timeout', 'protocol', 'blocked');
const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constant('answer' as const), ms, status }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('answer twice' as const), ms, status }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('answer without begin' as const), ms, status }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('fail' as const), ms, errorType }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('answer at once' as const), status }) },
  { weight: 1, arbitrary: fc.constantFrom<Behaviour>({ does: 'nothing' }, { does: 'throw' }) },
);

const perSecond = fc.integer({ min: 0, max: 400 });
const stage = fc.record({
  fromPerSecond: perSecond,
  toPerSecond: perSecond,
  durationMs: fc.integer({ min: 0, max: 1_200 }),
});
const openLoad = fc.record({ model: fc.constant('open' as const), stages: fc.array(stage, { maxLength: 3 }) });
const closedLoad = fc.record(
  {
    model: fc.constant('closed' as const),
    concurrency: fc.integer({ min: 1, max: 20 }),
    requests: fc.integer({ min: 1, max: 300 }),
    forMs: fc.integer({ min: 1, max: 1_500 }),
  },
  { requiredKeys: ['model', 'concurrency', 'requests'] },
);
const limits = fc.record({
  concurrency: fc.integer({ min: 1, max: 30 }),
  requests: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 200 })),
  durationMs: fc.oneof(fc.constant(600_000), fc.integer({ min: 1, max: 1_500 })),
});
const ranges = fc.constantFrom([{ from: 400, to: 599 }], [{ from: 500, to: 503 }], []);
const abortIf: fc.Arbitrary<AbortIf> = fc.record(
  {
    afterMs: fc.integer({ min: 0, max: 800 }),
    errorRatioPpm: fc.integer({ min: 0, max: 1_000_000 }),
    latencyMs: fc.integer({ min: 1, max: 500 }),
    statuses: ranges,
  },
  { requiredKeys: ['afterMs'] },
);
const anyInput: fc.Arbitrary<RunLoadInput> = fc.record(
  {
    load: fc.oneof(openLoad, closedLoad),
    limits,
    timeoutMs: fc.constant(1_000),
    failureStatuses: ranges,
    abortIf,
  },
  { requiredKeys: ['load', 'limits', 'timeoutMs', 'failureStatuses'] },
);
const graceMs = 1_000;
const tickMs = 100;

describe('whatever a target does', () => {
  it('the counts of a run add up, in time, with never more under way than allowed', async () => {
    const stopAfterMs = fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(anyInput, fc.array(behaviour, { minLength: 1, maxLength: 40 }), stopAfterMs, checkRun),
      { numRuns: 250 },
    );
  }, 60_000);
});

async function checkRun(
  input: RunLoadInput,
  behaviours: readonly Behaviour[],
  stopAfterMs: number | undefined,
): Promise<void> {
  const time = simulateTime();
  const stop = new AbortController();
  if (stopAfterMs !== undefined) time.after(stopAfterMs, () => stop.abort());
  const starts: number[] = [];
  let [underWay, mostUnderWay] = [0, 0];
  const send = (slot: Slot, start: number) => {
    starts.push(start);
    const each = behaviours[start % behaviours.length] as Behaviour;
    if (each.does === 'throw') throw new Error('cannot be sent');
    if (each.does !== 'answer without begin') slot.begin();
    if (each.does === 'answer at once') return slot.done(each.status);
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    if (each.does === 'nothing') {
      // The run gives it up between these two; until then it is under way.
      time.after(input.timeoutMs + graceMs, () => {
        underWay -= 1;
      });
      return;
    }
    time.after(each.ms, () => {
      underWay -= 1;
      if (each.does === 'fail') slot.done(0, each.errorType);
      else slot.done(each.status);
      if (each.does === 'answer twice') slot.done(500);
    });
  };
  const beginMs = time.clock.monotonicMs();
  const deps = { clock: time.clock, send, canSpin: false, signal: stop.signal };
  const tally = await time.until(runLoad(input, deps));
  checkCounts(tally, input, starts);
  const { load } = input;
  const cap = load.model === 'open' ? input.limits.concurrency : Math.min(load.concurrency, input.limits.concurrency);
  expect(mostUnderWay).toBeLessThanOrEqual(cap);
  if (load.model === 'open') {
    const { durationMs } = createSchedule(load.stages);
    const overMs = time.clock.monotonicMs() - beginMs;
    expect(overMs).toBeLessThanOrEqual(durationMs + input.timeoutMs + graceMs + 3 * tickMs);
  }
  if (tally.aborted !== undefined) expect(tally.aborted).toMatch(/ (after \d+\.\d s|above [\d.]+ (%|ms|s))$/);
}

function checkCounts(tally: Tally, { load, failureStatuses, limits }: RunLoadInput, starts: readonly number[]): void {
  const { requests, failures, dropped, latency, serviceTime, startLag, statusCodes, errors, seconds } = tally;
  expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
  expect(requests).toBe(starts.length);
  expect(requests).toBeLessThanOrEqual(limits.requests);
  if (load.model === 'open') expect(requests + dropped).toBe(createSchedule(load.stages).total);
  else expect([0, (load.requests ?? 0) - requests]).toContain(dropped);
  const failing = Object.entries(statusCodes).filter(([status]) => isInRanges(Number(status), failureStatuses));
  expect(sum(failing.map(([, count]) => count)) + sum(Object.values(errors))).toBe(failures);
  expect(sum(Object.values(statusCodes)) + sum(Object.values(errors))).toBeLessThanOrEqual(requests);
  expect([latency.count, serviceTime.count]).toEqual([requests, requests]);
  expect(startLag.count).toBeGreaterThanOrEqual(requests);
  expect(startLag.count).toBeLessThanOrEqual(requests + dropped);
  expect(serviceTime.sumMs).toBeLessThanOrEqual(latency.sumMs + 1e-6);
  expect(sum(seconds.map((second) => second.requests))).toBe(requests);
  expect(sum(seconds.map((second) => second.failures))).toBe(failures);
  expect(sum(seconds.map((second) => second.intended))).toBe(startLag.count);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('a run in real time', () => {
  it.each([[true], [false]])('sends its starts when they are due, spinning: %p', async (canSpin) => {
    const stages = [
      { fromPerSecond: 0, toPerSecond: 400, durationMs: 500 },
      { fromPerSecond: 400, toPerSecond: 400, durationMs: 500 },
    ];
    const send = (slot: Slot) => {
      slot.begin();
      setImmediate(() => slot.done(200));
    };
    const input = {
      load: { model: 'open', stages } as const,
      limits: { concurrency: 100, requests: 1_000, durationMs: 5_000 },
    };
    const deps = { clock: systemClock, send, canSpin, signal: new AbortController().signal };
    const tally = await runLoad({ ...input, timeoutMs: 1_000, failureStatuses: [] }, deps);
    expect(tally).toMatchObject({ requests: 300, failures: 0, dropped: 0 });
    expect(tally.durationMs).toBeGreaterThan(990);
    expect(tally.durationMs).toBeLessThan(3_000);
    // Busy machines hold a process up for tens of ms; most starts are still in time.
    expect(tally.startLag.quantile(0.5)).toBeLessThan(20);
  });
});
