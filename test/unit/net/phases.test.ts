import fc from 'fast-check';
import { type Phase, startStopwatch } from '../../../shared/net/phases.ts';

describe('the stopwatch', () => {
  it('gives every moment to one phase: they add up to the latency exactly, however often and in which order they come', () => {
    const phase = fc.constantFrom<Phase>('resolve', 'connect', 'tls', 'processing', 'transfer');
    fc.assert(
      fc.property(fc.array(fc.tuple(phase, fc.nat(5_000))), (marks) => {
        let at = 17;
        const stopwatch = startStopwatch({ monotonicMs: () => at });
        for (const [name, ms] of marks) {
          at += ms;
          stopwatch.mark(name);
        }
        at += 99;
        const sum = Object.values(stopwatch.phases()).reduce((total, ms) => total + ms, 0);
        expect(sum).toBe(stopwatch.latencyMs());
        expect(stopwatch.latencyMs()).toBe(marks.reduce((total, [, ms]) => total + ms, 0));
      }),
    );
  });
});
