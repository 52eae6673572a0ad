import fc from 'fast-check';
import { Deadlines, Flight } from '../../../shared/http/load-flight.ts';

const clock = { monotonicMs: () => performance.now() };
const newFlight = () => new Flight(undefined as never, { begin: () => {}, done: () => {} });

/** Starts a flight after each of these spans, ends some before their time, and tells when which of them expired. */
function run(starts: readonly { readonly afterMs: number; readonly endsAfterMs: number | null }[], timeoutMs: number) {
  const expired = new Map<Flight, number>();
  const deadlines = new Deadlines(clock, timeoutMs, (flight) => expired.set(flight, performance.now()));
  const flights = starts.map(({ afterMs, endsAfterMs }) => {
    import.meta.jest.advanceTimersByTime(afterMs);
    const flight = newFlight();
    deadlines.add(flight, performance.now());
    if (endsAfterMs !== null) setTimeout(() => deadlines.remove(flight), endsAfterMs);
    return { flight, startedAt: performance.now(), endsAfterMs };
  });
  import.meta.jest.advanceTimersByTime(2 * timeoutMs);
  return flights.map(({ flight, startedAt, endsAfterMs }) => {
    const at = expired.get(flight);
    return { tookMs: at === undefined ? undefined : at - startedAt, endsAfterMs };
  });
}

describe('the deadlines of many requests', () => {
  beforeEach(() => {
    import.meta.jest.useFakeTimers();
  });
  afterEach(() => {
    import.meta.jest.useRealTimers();
  });

  it('are each kept to 2 ms, but those of requests that ended before', () => {
    const start = fc.record({ afterMs: fc.nat({ max: 30 }), endsAfterMs: fc.option(fc.nat({ max: 80 })) });
    fc.assert(
      fc.property(fc.array(start, { maxLength: 30 }), (starts) => {
        for (const { tookMs, endsAfterMs } of run(starts, 100)) {
          if (endsAfterMs !== null) expect(tookMs).toBeUndefined();
          else expect(Math.abs((tookMs ?? 0) - 101)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('have one timer, and none when they are stopped or all are over', () => {
    const deadlines = new Deadlines(clock, 100, () => {});
    for (let count = 0; count < 50; count += 1) deadlines.add(newFlight(), performance.now());
    expect(import.meta.jest.getTimerCount()).toBe(1);
    import.meta.jest.advanceTimersByTime(101);
    expect(import.meta.jest.getTimerCount()).toBe(0);
    deadlines.add(newFlight(), performance.now());
    deadlines.stop();
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });

  it('are kept where another request is started as soon as one expires', () => {
    const late: number[] = [];
    const deadlines: Deadlines = new Deadlines(clock, 100, (flight) => {
      late.push(performance.now() - flight.deadlineAt);
      deadlines.add(newFlight(), performance.now());
    });
    for (let count = 0; count < 3; count += 1) {
      deadlines.add(newFlight(), performance.now());
      import.meta.jest.advanceTimersByTime(5);
    }
    import.meta.jest.advanceTimersByTime(400);
    deadlines.stop();
    expect(late.length).toBeGreaterThanOrEqual(9);
    expect(Math.max(...late)).toBeLessThanOrEqual(2);
  });

  it('go on for a request that is started when another expires', () => {
    const expired: Flight[] = [];
    const next = newFlight();
    const deadlines: Deadlines = new Deadlines(clock, 100, (flight) => {
      expired.push(flight);
      if (flight !== next) deadlines.add(next, performance.now());
    });
    const first = newFlight();
    deadlines.add(first, performance.now());
    import.meta.jest.advanceTimersByTime(202);
    expect(expired).toEqual([first, next]);
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });
});
