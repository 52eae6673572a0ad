import { probeDatums, sumDatums } from '../../../shared/metrics/datums.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';

const at = Date.parse('2026-03-02T10:00:00Z');
const identity = { service: 'shop', environment: 'dev' };
const passed: ProbeResult = {
  monitor: 'api',
  outcome: 'passed',
  attempts: 1,
  latencyMs: 12.5,
  phases: { resolveMs: 1, connectMs: 1, tlsMs: 0, processingMs: 10, transferMs: 0.5 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};
const told = (results: readonly ProbeResult[]) =>
  probeDatums(results, identity, at).map((datum) => [datum.name, 'value' in datum ? datum.value : datum]);

describe('what a probe publishes', () => {
  it.each<[string, Partial<ProbeResult>, unknown[]]>([
    ['its latency when it passed', {}, [['ProbeLatency', 12.5]]],
    ['nothing of a marked sample that passed', { isContaminated: true }, []],
    [
      'the failure and not the latency of a marked sample that failed',
      { outcome: 'failed', isContaminated: true },
      [['ProbeFailures', 1]],
    ],
    [
      'both when it failed',
      { outcome: 'failed' },
      [
        ['ProbeLatency', 12.5],
        ['ProbeFailures', 1],
      ],
    ],
    ['that it could not be judged', { outcome: 'unknown' }, [['ProbeUnjudged', 1]]],
    ['no latency where nothing was sent, as of a heartbeat', { attempts: 0, latencyMs: 0 }, []],
    ['a heartbeat that fails', { attempts: 0, latencyMs: 0, outcome: 'failed' }, [['ProbeFailures', 1]]],
    ['nothing of a judgement that repeats one', { attempts: 0, outcome: 'failed', isRepeat: true }, []],
  ])('is %s', (_, change, expected) => {
    expect(told([{ ...passed, ...change }])).toEqual(expected);
  });
});

describe('the ticks of a minute as one', () => {
  const results = (latencies: readonly number[], outcome: 'passed' | 'failed' = 'passed') =>
    latencies.flatMap((latencyMs, index) =>
      probeDatums([{ ...passed, latencyMs, outcome }], identity, at + index * 5_000),
    );
  const valuesOf = (datum: Datum | undefined) =>
    datum !== undefined && 'values' in datum ? [datum.values, datum.counts] : datum;

  it('hold every distinct latency with how often it occurred', () => {
    const [datum, ...others] = sumDatums(results([12, 14, 12, 12]), at);
    expect(datum).toMatchObject({ name: 'ProbeLatency', unit: 'Milliseconds', at });
    expect(valuesOf(datum)).toEqual([
      [12, 14],
      [3, 1],
    ]);
    expect(others).toEqual([]);
  });

  it('add failures up', () => {
    const failures = sumDatums(results([5, 5, 5], 'failed'), at).find(({ name }) => name === 'ProbeFailures');
    expect(failures).toMatchObject({ value: 3, unit: 'Count', at });
  });

  it('keep monitors apart', () => {
    const other = probeDatums([{ ...passed, monitor: 'web', latencyMs: 90 }], identity, at);
    const summed = sumDatums([...results([12, 14]), ...other], at);
    expect(summed.map((datum) => [datum.dimensions['Monitor'], valuesOf(datum)])).toEqual([
      [
        'api',
        [
          [12, 14],
          [1, 1],
        ],
      ],
      ['web', [[90], [1]]],
    ]);
  });

  it('take another datum after 150 values, the most that CloudWatch takes in one', () => {
    const summed = sumDatums(results(Array.from({ length: 301 }, (_, index) => index)), at);
    expect(summed.map((datum) => 'values' in datum && datum.values.length)).toEqual([150, 150, 1]);
  });

  it('lose and invent nothing', () => {
    const latencies = Array.from({ length: 500 }, (_, index) => (index * 7919) % 211);
    const summed = sumDatums(sumDatums(results(latencies), at), at);
    const pairs = summed.flatMap((datum) =>
      'values' in datum ? datum.values.map((value, index) => [value, datum.counts[index] ?? 0] as const) : [],
    );
    expect(pairs.reduce((sum, [, count]) => sum + count, 0)).toBe(500);
    expect(pairs.reduce((sum, [value, count]) => sum + value * count, 0)).toBe(latencies.reduce((a, b) => a + b, 0));
  });

  it('of which none was measured are nothing', () => {
    expect(sumDatums([], at)).toEqual([]);
  });
});
