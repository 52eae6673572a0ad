import fc from 'fast-check';
import { encodeTick } from '../../../shared/ledger/codec.ts';
import type { TickOutcome } from '../../../shared/ledger/model.ts';
import { judgeLatency, latencyLimits } from '../../../shared/slo/latency.ts';
import { anOutcome, anSlo } from '../../support/budget-examples.ts';
import { anyOutcome } from '../../support/ledger-arbitraries.ts';

const limit = { monitor: 'api', key: 77, belowMs: 300 };
const probe = (change: Partial<TickOutcome>): TickOutcome => ({ ...anOutcome(1), latencyMs: 12, ...change });

describe('a probe as a latency judges it', () => {
  it.each([
    ['faster', {}, 'passed'],
    ['faster by a hair', { latencyMs: 299.999 }, 'passed'],
    ['as slow as the limit', { latencyMs: 300 }, 'failed'],
    ['slower', { latencyMs: 4_000 }, 'failed'],
    ['degraded, and faster', { outcome: 'degraded', latencyMs: 250 }, 'degraded'],
    ['degraded, and slower', { outcome: 'degraded', latencyMs: 301 }, 'failed'],
    ['failed, however fast', { outcome: 'failed', latencyMs: 3 }, 'failed'],
    ['failed while the monitor was short of CPU', { outcome: 'failed', isContaminated: true }, 'failed'],
    ['measured while the monitor was short of CPU', { isContaminated: true }, 'unknown'],
    ['blocked', { outcome: 'blocked' }, 'blocked'],
    ['our own fault', { outcome: 'unknown' }, 'unknown'],
  ] as const)('%s', (_, change, expected) => {
    expect(judgeLatency(probe(change), limit)).toMatchObject({ monitorKey: 77, outcome: expected });
  });

  it('that was not measured is unknown', () => {
    expect(judgeLatency(anOutcome(1, 'passed'), limit).outcome).toBe('unknown');
  });

  it('is never better than the probe, and no worse for being faster', () => {
    const order = ['failed', 'degraded', 'passed'];
    fc.assert(
      fc.property(anyOutcome(), fc.integer({ min: 1, max: 5_000 }), fc.nat(5_000), (outcome, belowMs, latencyMs) => {
        const judged = (ms: number) => judgeLatency({ ...outcome, latencyMs: ms }, { ...limit, belowMs });
        const [slow, fast] = [judged(latencyMs), judged(latencyMs / 2)];
        expect(order.indexOf(slow.outcome)).toBeLessThanOrEqual(order.indexOf(fast.outcome));
        if (order.includes(slow.outcome))
          expect(order.indexOf(slow.outcome)).toBeLessThanOrEqual(order.indexOf(outcome.outcome));
        expect(slow.isMaintenance).toBe(outcome.isMaintenance);
      }),
    );
  });
});

describe('what SLOs ask of latencies', () => {
  const keys = { api: 77, web: 78 };
  const indicator = { kind: 'latency', monitors: ['api', 'web'], isDegradedBad: false, belowMs: 300, keys } as const;

  it('is told by the monitors of a shard', () => {
    const slos = [anSlo, { ...anSlo, id: 'fast', indicator }];
    expect(latencyLimits(slos, (monitor) => monitor === 'web')).toEqual([{ monitor: 'web', key: 78, belowMs: 300 }]);
  });

  // A write unit of DynamoDB is 1 KB; keys, names, the id and the expiry of a row take about 120 bytes.
  it('lets a row of twenty monitors with four of them each stay within one write unit', () => {
    const outcomes = Array.from({ length: 20 }, (_, monitor) => [
      probe({ monitorKey: monitor }),
      ...Array.from({ length: 4 }, (_each, slo) => judgeLatency(probe({}), { ...limit, key: 1_000 * monitor + slo })),
    ]).flat();
    expect(encodeTick(outcomes).length).toBe(801);
    expect(encodeTick(outcomes).length + 120).toBeLessThan(1_024);
  });
});
