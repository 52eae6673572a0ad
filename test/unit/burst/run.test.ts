import type { Progress, Send, Slot, Tally } from '../../../shared/burst/model.ts';
import { type RunLoadDeps, type RunLoadInput, runLoad } from '../../../shared/burst/run.ts';
import { createSchedule, shardOf } from '../../../shared/burst/schedule.ts';
import type { Stage } from '../../../shared/config/model.ts';
import { type SimulatedTime, simulateTime } from '../../support/simulated-load.ts';

const hold = (perSecond: number, durationMs: number): Stage => ({
  fromPerSecond: perSecond,
  toPerSecond: perSecond,
  durationMs,
});
const open = (...stages: Stage[]) => ({ model: 'open', stages }) as const;
const limits = { concurrency: 100, requests: 1_000_000, durationMs: 600_000 };
const failureStatuses = [{ from: 400, to: 599 }];
const never = new AbortController().signal;

type Run = { readonly tally: Tally; readonly overAtMs: number };

/** Runs a load against a simulated target, which gets the slot, the number of the start, and the time to answer by. */
async function run(
  input: Partial<RunLoadInput> & Pick<RunLoadInput, 'load'>,
  target: (slot: Slot, start: number, time: SimulatedTime) => void,
  deps: Partial<RunLoadDeps> = {},
  time: SimulatedTime = simulateTime(),
): Promise<Run> {
  const beginMs = time.clock.monotonicMs();
  const send: Send = (slot, start) => target(slot, start, time);
  const whole = { limits, timeoutMs: 5_000, failureStatuses, ...input };
  const tally = await time.until(runLoad(whole, { clock: time.clock, send, canSpin: false, signal: never, ...deps }));
  return { tally, overAtMs: time.clock.monotonicMs() - beginMs };
}

/** Answers after so many ms. */
const answer =
  (ms: number | ((start: number) => number), status: number | ((start: number) => number) = 200) =>
  (slot: Slot, start: number, time: SimulatedTime): void => {
    slot.begin();
    const afterMs = typeof ms === 'number' ? ms : ms(start);
    time.after(afterMs, () => slot.done(typeof status === 'number' ? status : status(start)));
  };

describe('an open run', () => {
  it('sends each start when it is due and counts how it ended', async () => {
    const sentAt: number[] = [];
    const { tally } = await run({ load: open(hold(10, 1_000)) }, (slot, start, time) => {
      sentAt[start] = time.clock.monotonicMs() - 5_000;
      answer(20, (k) => (k === 3 ? 503 : 200))(slot, start, time);
    });
    expect(sentAt).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(tally).toMatchObject({
      ...{ requests: 10, failures: 1, dropped: 0, startedAt: 1_700_000_000_000, durationMs: 920 },
      ...{ statusCodes: { 200: 9, 503: 1 }, errors: {} },
    });
    expect(tally.latency.maxMs).toBe(20);
    expect(tally.startLag.maxMs).toBe(0);
    expect(tally.seconds).toEqual([
      { requests: 10, failures: 1, intended: 10, p50Ms: tally.latency.quantile(0.5), p99Ms: 20, maxMs: 20 },
    ]);
    expect(tally.aborted).toBeUndefined();
  });

  it('counts latency from the intended start while a start waits at the cap, and service time from its send', async () => {
    const order: number[] = [];
    const target = (slot: Slot, start: number, time: SimulatedTime) => {
      order.push(start);
      answer((k) => (k === 0 ? 500 : 10))(slot, start, time);
    };
    const { tally } = await run({ load: open(hold(10, 1_000)), limits: { ...limits, concurrency: 1 } }, target);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(tally).toMatchObject({ requests: 10, dropped: 0 });
    expect(tally.latency.sumMs).toBe(500 + 410 + 320 + 230 + 140 + 50 + 4 * 10);
    expect(tally.serviceTime.sumMs).toBe(500 + 9 * 10);
    expect(tally.startLag.maxMs).toBe(0);
  });

  it('drops what still waits at the cap when its stages end', async () => {
    const { tally, overAtMs } = await run(
      { load: open(hold(10, 1_000)), limits: { ...limits, concurrency: 2 } },
      answer(400),
    );
    expect(tally).toMatchObject({ requests: 6, failures: 0, dropped: 4, durationMs: 1_300 });
    expect(tally.startLag.count).toBe(10);
    expect(overAtMs).toBe(1_300);
  });

  it('sends what was due before the end, where there is room, though its own process stood still', async () => {
    const time = simulateTime();
    const sent: number[] = [];
    const frozen = {
      ...time.clock,
      // Timers that should ring from 500 ms on ring at 1,500 ms.
      sleep: (ms: number, signal?: AbortSignal) => {
        const atMs = time.clock.monotonicMs() - 5_000 + ms;
        return time.clock.sleep(atMs > 500 && atMs < 1_500 ? ms + 1_500 - atMs : ms, signal);
      },
    };
    const target = (slot: Slot, start: number) => {
      sent.push(start);
      answer(10)(slot, start, time);
    };
    const { tally } = await run(
      { load: open(hold(10, 1_000)), limits: { ...limits, concurrency: 3 } },
      target,
      { clock: frozen },
      time,
    );
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(tally).toMatchObject({ requests: 9, dropped: 1 });
    expect(tally.startLag.maxMs).toBe(900);
    expect(tally.latency.maxMs).toBe(910);
  });

  it('is over as soon as nothing is left to wait for', async () => {
    const { overAtMs } = await run({ load: open(hold(1, 10_000)) }, answer(5));
    expect(overAtMs).toBe(9_005);
  });

  it('sends nothing where nothing is scheduled', async () => {
    const { tally, overAtMs } = await run({ load: open() }, answer(5));
    expect(tally).toMatchObject({ requests: 0, dropped: 0, durationMs: 0, seconds: [] });
    expect(overAtMs).toBe(0);
  });

  it('sends no more than its limits, whatever is scheduled', async () => {
    const load = open(hold(10, 10_000));
    const few = await run({ load, limits: { ...limits, requests: 7 } }, answer(5));
    expect(few.tally).toMatchObject({ requests: 7, dropped: 93 });
    const short = await run({ load, limits: { ...limits, durationMs: 2_000 } }, answer(5));
    expect(short.tally).toMatchObject({ requests: 20, dropped: 80 });
  });

  it('sends its own part of a schedule that it was given', async () => {
    const load = open(hold(10, 1_000));
    const schedule = shardOf(createSchedule(load.stages), 1, 3);
    const { tally } = await run({ load, schedule }, answer(5));
    expect(tally).toMatchObject({ requests: 3, dropped: 0, durationMs: 705 });
  });

  it('keeps 20,000 starts a second in order and in time by asking the clock', async () => {
    const time = simulateTime({ spinMs: 0.02 });
    let last = -1;
    const target = (slot: Slot, start: number) => {
      if (start !== last + 1) throw new Error(`start ${start} after ${last}`);
      last = start;
      answer(1)(slot, start, time);
    };
    const { tally } = await run({ load: open(hold(20_000, 300)) }, target, { canSpin: true }, time);
    expect(tally).toMatchObject({ requests: 6_000, dropped: 0, failures: 0 });
    expect(tally.startLag.maxMs).toBeLessThanOrEqual(0.05);
  });
});

describe('a closed run', () => {
  it('has so many under way all the time, until enough were sent', async () => {
    let [underWay, most] = [0, 0];
    const target = (slot: Slot, start: number, time: SimulatedTime) => {
      underWay += 1;
      most = Math.max(most, underWay);
      slot.begin();
      time.after(10 + (start % 3), () => {
        underWay -= 1;
        slot.done(200);
      });
    };
    const { tally } = await run({ load: { model: 'closed', concurrency: 5, requests: 101 } }, target);
    expect(most).toBe(5);
    expect(tally).toMatchObject({ requests: 101, failures: 0, dropped: 0 });
    expect(tally.latency.sumMs).toBe(tally.serviceTime.sumMs);
    expect(tally.startLag).toMatchObject({ count: 101, maxMs: 0 });
  });

  it('starts nothing once its time is over, and drops nothing', async () => {
    const load = { model: 'closed', concurrency: 2, requests: 1_000, forMs: 100 } as const;
    const { tally, overAtMs } = await run({ load }, answer(30));
    expect(tally).toMatchObject({ requests: 8, dropped: 0 });
    expect(overAtMs).toBe(120);
  });

  it('drops what its limits leave no time for', async () => {
    const load = { model: 'closed', concurrency: 2, requests: 1_000 } as const;
    const { tally } = await run({ load, limits: { ...limits, durationMs: 100 } }, answer(30));
    expect(tally).toMatchObject({ requests: 8, dropped: 992 });
  });

  it('never has more under way than its limits allow', async () => {
    const load = { model: 'closed', concurrency: 50, forMs: 100 } as const;
    const { tally } = await run({ load, limits: { ...limits, concurrency: 3, requests: 10 } }, answer(30));
    expect(tally).toMatchObject({ requests: 10, dropped: 0 });
  });

  it('counts from the send, which may come later than its turn', async () => {
    const target = (slot: Slot, _start: number, time: SimulatedTime) =>
      time.after(50, () => {
        slot.begin();
        time.after(10, () => slot.done(200));
      });
    const { tally } = await run({ load: { model: 'closed', concurrency: 1, requests: 3 } }, target);
    expect(tally.latency.maxMs).toBe(10);
  });
});

describe('what is said of a request', () => {
  const three = { load: open(hold(10, 300)) };

  it('is an error where the request has no valid answer, whatever its status', async () => {
    const { tally } = await run(three, (slot, start, time) => {
      slot.begin();
      time.after(5, () => (start === 0 ? slot.done(200) : slot.done(start === 1 ? 503 : 0, 'body')));
    });
    expect(tally).toMatchObject({ requests: 3, failures: 2, statusCodes: { 200: 1 }, errors: { body: 2 } });
  });

  it('is no status of a flow that went well', async () => {
    const { tally } = await run(three, answer(5, 0));
    expect(tally).toMatchObject({ requests: 3, failures: 0, statusCodes: {}, errors: {} });
  });

  it.each([[Number.NaN], [-1], [99], [1_000], [200.5]])('is our own fault with the status %d', async (status) => {
    const { tally } = await run(three, answer(5, status));
    expect(tally).toMatchObject({ requests: 3, failures: 3, statusCodes: {}, errors: { monitor: 3 } });
  });

  it('counts where it was refused before it was sent', async () => {
    const { tally } = await run(three, (slot, _start, time) => time.after(5, () => slot.done(0, 'blocked')));
    expect(tally).toMatchObject({ requests: 3, failures: 3, errors: { blocked: 3 } });
    expect(tally.serviceTime.maxMs).toBe(5);
  });

  it('counts once, however often it is said', async () => {
    const { tally } = await run({ load: open(hold(100, 1_000)) }, (slot, _start, time) => {
      slot.begin();
      slot.begin();
      for (const ms of [5, 5, 6, 25, 70]) time.after(ms, () => slot.done(ms === 5 ? 200 : 500));
    });
    expect(tally).toMatchObject({ requests: 100, failures: 0, statusCodes: { 200: 100 } });
  });

  it('is ignored after the end of the run', async () => {
    const slots: Slot[] = [];
    const { tally } = await run(three, (slot, start, time) => {
      slots.push(slot);
      answer(5)(slot, start, time);
    });
    for (const slot of slots) slot.done(500);
    expect(tally).toMatchObject({ requests: 3, failures: 0 });
  });

  it.each(['open', 'closed'] as const)('is our own fault where sending threw, in the %s model', async (model) => {
    const load = model === 'open' ? three.load : ({ model, concurrency: 2, requests: 3 } as const);
    const { tally } = await run({ load }, () => {
      throw new Error('bad request');
    });
    expect(tally).toMatchObject({ requests: 3, failures: 3, dropped: 0, errors: { monitor: 3 } });
  });

  it('may even be said while it is being sent, by thousands that wait', async () => {
    const target = (slot: Slot, start: number, time: SimulatedTime) => {
      if (start === 0) time.after(950, () => slot.done(200));
      else slot.done(200);
    };
    const input = { load: open(hold(20_000, 1_000)), limits: { ...limits, concurrency: 1 } };
    const { tally } = await run(input, target);
    expect(tally).toMatchObject({ requests: 20_000, failures: 0, dropped: 0 });
  });
});

describe('a sender that never ends a request', () => {
  it('is given a second more than its time-out, and is then our own fault', async () => {
    const { tally, overAtMs } = await run({ load: open(hold(10, 1_000)), timeoutMs: 500 }, (slot) => slot.begin());
    expect(tally).toMatchObject({ requests: 10, failures: 10, dropped: 0, errors: { monitor: 10 } });
    expect(overAtMs).toBeLessThanOrEqual(900 + 500 + 1_000 + 300);
  });

  it('is not blamed where this whole process stood still, and its time-out comes as soon as it can', async () => {
    const time = simulateTime();
    const frozen = {
      ...time.clock,
      sleep: (ms: number, signal?: AbortSignal) => time.clock.sleep(Math.max(ms, 3_000), signal),
    };
    const late = (slot: Slot) => time.after(3_001, () => slot.done(0, 'timeout'));
    const { tally } = await run({ load: open(hold(1, 1_000)), timeoutMs: 500 }, late, { clock: frozen }, time);
    expect(tally).toMatchObject({ requests: 1, errors: { timeout: 1 } });
  });

  it('does not keep others from their turn', async () => {
    const load = { model: 'closed', concurrency: 2, requests: 6 } as const;
    const stuck = (slot: Slot, start: number, time: SimulatedTime) =>
      start < 2 ? undefined : answer(10)(slot, start, time);
    const { tally } = await run({ load, timeoutMs: 500 }, stuck);
    expect(tally).toMatchObject({ requests: 6, failures: 2, statusCodes: { 200: 4 }, errors: { monitor: 2 } });
  });

  it('is not heard any more once it was given up', async () => {
    const slots: Slot[] = [];
    const load = { model: 'closed', concurrency: 1, requests: 1_500 } as const;
    const { tally } = await run({ load, timeoutMs: 500 }, (slot, start, time) => {
      slots[start] = slot;
      if (start > 0) slots[0]?.done(500);
      if (start > 0) answer(1)(slot, start, time);
    });
    expect(tally).toMatchObject({ requests: 1_500, failures: 1, errors: { monitor: 1 } });
  });
});

describe('a run that is ended early', () => {
  const load = open(hold(100, 10_000));

  it('by an error ratio: says so, cuts off what is under way and drops the rest', async () => {
    const abortIf = { afterMs: 2_000, errorRatioPpm: 100_000 };
    const { tally, overAtMs } = await run(
      { load, abortIf },
      answer(100, (k) => (k % 2 === 0 ? 200 : 500)),
    );
    expect(overAtMs).toBe(2_000);
    expect(tally).toMatchObject({
      ...{ requests: 200, dropped: 800, durationMs: 2_000 },
      ...{ aborted: 'error ratio 50 % after 2.0 s, above 10 %', errors: { aborted: 10 } },
      ...{ failures: 95 + 10, statusCodes: { 200: 95, 500: 95 } },
    });
    expect(tally.latency.count).toBe(200);
  });

  it('goes on while the ratio is at its limit', async () => {
    const abortIf = { afterMs: 0, errorRatioPpm: 500_000 };
    const { tally } = await run(
      { load, abortIf },
      answer(100, (k) => (k % 2 === 0 ? 200 : 500)),
    );
    expect(tally).toMatchObject({ requests: 1_000, dropped: 0 });
    expect(tally.aborted).toBeUndefined();
  });

  it('by the statuses that it names, with errors, and by no others', async () => {
    const abortIf = { afterMs: 1_000, errorRatioPpm: 100_000, statuses: [{ from: 500, to: 599 }] };
    const calm = await run({ load, abortIf }, answer(1, 404));
    expect(calm.tally).toMatchObject({ requests: 1_000, failures: 1_000 });
    const broken = await run(
      { load, abortIf },
      answer(1, (k) => (k < 50 ? 404 : 503)),
    );
    expect(broken.tally.aborted).toMatch(/^error ratio 50[.\d]* % after 1\.0 s, above 10 %$/);
  });

  it('by a single answer with a status that it names, where it names no ratio', async () => {
    const abortIf = { afterMs: 1_000, statuses: [{ from: 503, to: 503 }] };
    const { tally, overAtMs } = await run(
      { load, abortIf },
      answer(1, (k) => (k === 150 ? 503 : 500)),
    );
    expect(tally).toMatchObject({ requests: 151, aborted: 'an answer with status 503 after 1.5 s' });
    expect(overAtMs).toBe(1_501);
  });

  it('by the latency of more than one request in a hundred', async () => {
    const abortIf = { afterMs: 1_000, latencyMs: 300 };
    const { tally } = await run(
      { load, abortIf },
      answer((k) => (k % 20 === 0 ? 400 : 10)),
    );
    expect(tally.aborted).toBe('p99 400 ms after 1.0 s, above 300 ms');
    const calm = await run(
      { load, abortIf },
      answer((k) => (k % 100 === 99 ? 400 : 10)),
    );
    expect(calm.tally.aborted).toBeUndefined();
  });

  it('by the latency of a target that answers nothing at all, long before its time-outs', async () => {
    const abortIf = { afterMs: 500, latencyMs: 1_000 };
    const { tally, overAtMs } = await run({ load, abortIf }, (slot) => slot.begin());
    expect(overAtMs).toBe(1_100);
    expect(tally).toMatchObject({ requests: 100, dropped: 900, errors: { aborted: 100 } });
    expect(tally.aborted).toBe('p99 1.09 s after 1.1 s, above 1 s');
  });

  it('with what has not left yet: dropped, unless its connection has been waited for too long', async () => {
    const controller = new AbortController();
    const time = simulateTime();
    time.after(734, () => controller.abort());
    const connecting = (slot: Slot, start: number) => {
      slot.isUnsent = start >= 60;
      slot.begin();
    };
    const { tally } = await run({ load }, connecting, { signal: controller.signal }, time);
    expect(tally).toMatchObject({ requests: 64, dropped: 936, errors: { aborted: 64 } });
  });

  it('from outside, at once', async () => {
    const controller = new AbortController();
    const time = simulateTime();
    time.after(1_234, () => controller.abort());
    const { tally, overAtMs } = await run({ load }, answer(100), { signal: controller.signal }, time);
    expect(overAtMs).toBe(1_234);
    expect(tally).toMatchObject({ requests: 124, dropped: 876, failures: 10, errors: { aborted: 10 } });
    expect(tally.aborted).toBe('stopped after 1.2 s');
  });

  it('from outside with a reason: gives it', async () => {
    const controller = new AbortController();
    controller.abort('the function is out of time');
    const { tally } = await run({ load }, answer(100), { signal: controller.signal });
    expect(tally).toMatchObject({ requests: 0, dropped: 1_000, aborted: 'the function is out of time', durationMs: 0 });
  });

  it('drops in the closed model what was not sent of its requests', async () => {
    const abortIf = { afterMs: 0, errorRatioPpm: 0 };
    const closed = { model: 'closed', concurrency: 2, requests: 10 } as const;
    const { tally } = await run(
      { load: closed, abortIf },
      answer(10, (k) => (k === 3 ? 500 : 200)),
    );
    expect(tally).toMatchObject({ requests: 5, failures: 2, dropped: 5, errors: { aborted: 1 } });
  });
});

describe('the progress of a run', () => {
  it('is told once a second', async () => {
    const told: Progress[] = [];
    const input = { load: open(hold(100, 3_500)), limits: { ...limits, concurrency: 1 } };
    await run(
      input,
      answer((k) => (k === 149 ? 3_000 : 1)),
      { onProgress: (progress) => told.push(progress) },
    );
    expect(told.map(({ requests, underWay, waiting }) => ({ requests, underWay, waiting }))).toEqual([
      { requests: 100, underWay: 0, waiting: 0 },
      { requests: 150, underWay: 1, waiting: 50 },
      { requests: 150, underWay: 1, waiting: 150 },
      { requests: 150, underWay: 1, waiting: 0 },
    ]);
    expect(told[0]).toEqual({
      ...{ elapsedMs: 1_000, durationMs: 3_500, scheduled: 350, failures: 0, requests: 100, underWay: 0, waiting: 0 },
      lastSecond: { requests: 100, failures: 0, p50Ms: 1, p99Ms: 1, maxMs: 1, intended: 100 },
    });
    expect(told[2]?.lastSecond).toEqual({ requests: 0, failures: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, intended: 100 });
  });

  it('ends the run with what it throws, which is ours', async () => {
    const onProgress = () => {
      throw new Error('no terminal');
    };
    await expect(run({ load: open(hold(10, 5_000)) }, answer(1), { onProgress })).rejects.toThrow('no terminal');
  });
});

describe('the truth', () => {
  it('of a target that stands still for a second at 2,000/s is in the quantiles, to 1 %', async () => {
    const serviceMs = 0.8;
    const [frozenMs, thawedMs] = [5_000, 6_000];
    const target = (slot: Slot, _start: number, time: SimulatedTime) => {
      slot.begin();
      const atMs = time.clock.monotonicMs() - 5_000;
      const isFrozen = atMs >= frozenMs - serviceMs && atMs < thawedMs;
      time.after(isFrozen ? thawedMs - atMs + serviceMs : serviceMs, () => slot.done(200));
    };
    const input = { load: open(hold(2_000, 10_000)), limits: { ...limits, concurrency: 800 } };
    const { tally } = await run(input, target, { canSpin: true }, simulateTime({ spinMs: 0.1 }));
    const truth = Array.from({ length: 20_000 }, (_, k) => {
      const atMs = k / 2;
      const isFrozen = atMs >= frozenMs - serviceMs && atMs < thawedMs;
      return isFrozen ? thawedMs - atMs + serviceMs : serviceMs;
    }).sort((a, b) => a - b);
    const trueP99 = truth[Math.ceil(0.99 * truth.length) - 1] ?? 0;
    expect(trueP99).toBeGreaterThan(890);
    expect(Math.abs(tally.latency.quantile(0.99) / trueP99 - 1)).toBeLessThan(0.01);
    expect(Math.abs(tally.latency.quantile(0.5) - serviceMs)).toBeLessThan(0.15);
    expect(tally.requests).toBe(20_000);
  });
});
