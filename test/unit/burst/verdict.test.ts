import fc from 'fast-check';
import type { BreakingPoint, BurstSummary, ComparedQuantity } from '../../../shared/burst/model.ts';
import { newestJudged, unsentOf, verdictOf, withVerdict } from '../../../shared/burst/verdict.ts';
import { aSummary, aVerdict, dayMs, ranAt } from '../../support/burst.ts';

const missed = (threshold: string, actual: number) => ({ threshold, passed: false, actual });
const worse = (quantity: 'p50' | 'p95' | 'errorRatio' | 'sustained', baseline: number, actual: number) => {
  const changeRatio = baseline === 0 ? 0 : actual / baseline - 1;
  return { quantity, baseline, actual, changeRatio, pValue: 0.0001, verdict: 'worse' } as const;
};
const compared = (...quantities: ComparedQuantity[]): Partial<BurstSummary> => ({
  comparison: { verdict: 'worse', baseline: 5, quantities },
});
const step = { throughputPerSecond: 1, errorRatio: 0, p50Ms: 1, p99Ms: 1, dropped: 0, generatorSaturated: false };
const search = (sustainedPerSecond: number, more: Partial<BreakingPoint> = {}): Partial<BurstSummary> => ({
  model: 'breakingPoint',
  breakingPoint: {
    sustainedPerSecond,
    brokenPerSecond: 50,
    broken: missed('p99 < 300ms', 412),
    end: sustainedPerSecond === 0 ? 'lowest' : 'found',
    curve: [{ ...step, ratePerSecond: 50, passed: false }],
    ...more,
  },
});

describe('the verdict of a run', () => {
  it('that held everything is passed, with its figures and nothing to say', () => {
    expect(verdictOf(aSummary(), ranAt)).toEqual({
      burst: 'redirects',
      runAt: ranAt,
      outcome: 'passed',
      reasons: [],
      more: 0,
      figures: aVerdict().figures,
    });
  });

  it.each<[string, Partial<BurstSummary>, readonly string[]]>([
    [
      'a latency that was wanted shorter',
      { thresholds: [missed('p99 < 300ms', 412.4)] },
      ['p99 412 ms, wanted < 300 ms'],
    ],
    [
      'one that missed by a hair reads differently from its limit',
      { thresholds: [missed('p99 < 300ms', 300.04)] },
      ['p99 300.04 ms, wanted < 300 ms'],
    ],
    [
      'an error ratio, in percent',
      { thresholds: [missed('errorRatio < 0.1%', 0.0214)] },
      ['error ratio 2.14 %, wanted < 0.1 %'],
    ],
    ['a throughput', { thresholds: [missed('throughput > 190/s', 141.26)] }, ['throughput 141/s, wanted > 190/s']],
    ['a count', { thresholds: [missed('dropped == 0', 12_345)] }, ['dropped 12,345, wanted 0']],
    [
      'a run that was ended early comes first, since it explains the rest',
      {
        aborted: 'error ratio 34.2 % after 2.1 s, above 10 %',
        thresholds: [missed('dropped == 0', 9)],
      },
      ['ended early: error ratio 34.2 % after 2.1 s, above 10 %', 'dropped 9, wanted 0'],
    ],
    [
      'a latency worse than the baseline',
      compared(worse('p95', 298, 411.2)),
      ['p95 411 ms, 38 % above its baseline of 298 ms'],
    ],
    [
      'only what is worse, of what was compared',
      compared({ ...worse('p50', 12, 11), verdict: 'same' }, worse('p95', 298, 411.2)),
      ['p95 411 ms, 38 % above its baseline of 298 ms'],
    ],
    [
      'an error ratio worse than a baseline of none',
      compared(worse('errorRatio', 0, 0.02)),
      ['error ratio 2 %, above its baseline of 0 %'],
    ],
    [
      'a rate that is no longer sustained',
      { ...search(310), ...compared(worse('sustained', 430, 310)) },
      ['sustains 310/s, 28 % below its baseline of 430/s'],
    ],
    ['a search whose first rate broke', search(0), ['not even 50/s held: p99 412 ms, wanted < 300 ms']],
    [
      'a search whose first rate was too much for the generator',
      search(0, { end: 'generator' }),
      ['not even the lowest rate could be sent: it is too much for what sends it'],
    ],
    [
      'a run that sent nothing',
      { requests: 0, thresholds: [missed('p99 < 300ms', 0), missed('throughput > 190/s', 0)] },
      ['no request was sent'],
    ],
    [
      'a threshold of another release as it was typed',
      { thresholds: [missed('p42 < 1', 2)] },
      ['p42 < 1 did not hold'],
    ],
    [
      'shards that did not send',
      { shards: { expected: 4, merged: 3, missing: ['shard 2 came 14 s too late'] } },
      ['only 3 of 4 shards have sent: shard 2 came 14 s too late'],
    ],
  ])('says %s', (_, change, reasons) => {
    expect(verdictOf(aSummary(change), ranAt)).toMatchObject({ outcome: 'failed', reasons, more: 0 });
  });

  it.each<[string, Partial<BurstSummary>]>([
    [
      'a threshold that broke at a rate above what is sustained',
      { ...search(430), thresholds: [missed('p99 < 300ms', 412)] },
    ],
    ['a comparison with too little to tell', { comparison: { verdict: 'unknown', baseline: 0, quantities: [] } }],
    ['shards that all sent', { shards: { expected: 4, merged: 4, missing: [] } }],
    ['a generator that could not keep up', { generatorSaturated: true }],
  ])('is passed with %s', (_, change) => {
    expect(verdictOf(aSummary(change), ranAt).outcome).toBe('passed');
  });

  it('names three reasons, and counts the others', () => {
    const thresholds = ['p50', 'p75', 'p90', 'p95', 'p99'].map((metric) => missed(`${metric} < 1ms`, 2));
    const { reasons, more } = verdictOf(aSummary({ thresholds }), ranAt);
    expect([reasons, more]).toEqual([
      ['p50 2 ms, wanted < 1 ms', 'p75 2 ms, wanted < 1 ms', 'p90 2 ms, wanted < 1 ms'],
      2,
    ]);
  });

  it.each<[string, Partial<BurstSummary>, Readonly<Record<string, number>>]>([
    ['nothing where nothing failed', {}, {}],
    [
      'the three that were most',
      { failures: 66, statusCodes: { '200': 9, '503': 30, '404': 5 }, errors: { timeout: 8, connect: 1, tls: 22 } },
      { '503': 30, tls: 22, timeout: 8 },
    ],
    [
      'no status where others count as failures',
      { failures: 8, statusCodes: { '404': 5 }, errors: { timeout: 8 } },
      { timeout: 8 },
    ],
  ])('says of what failed %s', (_, change, failed) => {
    expect(verdictOf(aSummary(change), ranAt).figures?.failed).toEqual(failed);
  });

  it('keeps what a search found, and that the generator was the bottleneck', () => {
    const { figures } = verdictOf(aSummary({ ...search(430), generatorSaturated: true }), ranAt);
    expect(figures).toMatchObject({ sustainedPerSecond: 430, isGeneratorSaturated: true });
  });

  it('is one short line a reason, whatever a sentence holds', () => {
    const { reasons } = verdictOf(aSummary({ aborted: `a\n  b${'x'.repeat(500)}` }), ranAt);
    expect(reasons[0]).toMatch(/^ended early: a bx+\.\.\.$/);
    expect(reasons[0]).toHaveLength(120);
  });
});

describe('the verdicts that are kept of a burst', () => {
  const at = fc.integer({ min: 0, max: 8 }).map((day) => aVerdict({ runAt: ranAt + day * dayMs }));

  it('are the same in whichever order they came: the newest five', () => {
    fc.assert(
      fc.property(fc.array(at, { maxLength: 12 }), (verdicts) => {
        const kept = verdicts.reduce(withVerdict, [] as ReturnType<typeof withVerdict>);
        const newest = [...new Set(verdicts.map(({ runAt }) => runAt))].sort((a, b) => b - a).slice(0, 5);
        expect(kept.map(({ runAt }) => runAt)).toEqual(newest);
      }),
    );
  });

  it('hold the same run once, as it was said last', () => {
    const late = aVerdict({ reasons: ['p99 412 ms, wanted < 300ms'] });
    expect(withVerdict([aVerdict()], late)).toEqual([late]);
  });

  it('are judged by the newest run that was sent, of this burst alone', () => {
    const failed = aVerdict({ reasons: ['x'] });
    const refused = unsentOf(
      'redirects',
      ranAt + dayMs,
      'refused',
      'availability has 32 % of its budget left, of 50 % that it needs',
    );
    const other = aVerdict({ burst: 'other', runAt: ranAt + 2 * dayMs });
    expect(newestJudged([aVerdict({ runAt: ranAt - dayMs }), failed, refused, other], 'redirects')).toBe(failed);
    expect(newestJudged([refused], 'redirects')).toBeUndefined();
  });
});
