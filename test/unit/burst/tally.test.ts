import fc from 'fast-check';
import type { BurstErrorType, Tally } from '../../../shared/burst/model.ts';
import { Recorder } from '../../../shared/burst/recorder.ts';
import { burstErrorTypes, chainTallies, mergeTallies } from '../../../shared/burst/tally.ts';
import { decodeTally, encodeTally } from '../../../shared/burst/tally-codec.ts';

type Ended = {
  readonly atMs: number;
  readonly latencyMs: number;
  readonly status: number;
  readonly errorType: BurstErrorType | undefined;
};
type Part = {
  readonly ended: readonly Ended[];
  readonly dropped: number;
  readonly startedAt: number;
  readonly aborted: string | undefined;
};

const failureStatuses = [{ from: 400, to: 599 }];
const anyEnded: fc.Arbitrary<Ended> = fc.record({
  atMs: fc.integer({ min: 0, max: 5_000 }),
  latencyMs: fc.integer({ min: 0, max: 2_000_000 }).map((us) => us / 1_000),
  status: fc.constantFrom(0, 200, 302, 404, 503),
  errorType: fc.option(fc.constantFrom(...burstErrorTypes), { nil: undefined, freq: 3 }),
});
const anyPart: fc.Arbitrary<Part> = fc.record({
  ended: fc.array(anyEnded, { maxLength: 60 }),
  dropped: fc.nat(9),
  startedAt: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_060_000 }),
  aborted: fc.option(fc.constantFrom('error ratio 3 %', 'stopped after 1.0 s'), { nil: undefined }),
});

function record(part: Part): Tally {
  const recorder = new Recorder(failureStatuses);
  for (const { atMs, latencyMs, status, errorType } of [...part.ended].sort((a, b) => a.atMs - b.atMs)) {
    recorder.takeUp(atMs, 0.5);
    recorder.end(atMs, latencyMs, latencyMs / 2, status, errorType);
  }
  const { dropped, startedAt, aborted } = part;
  return recorder.tally(0, { dropped, startedAt, ...(aborted === undefined ? {} : { aborted }) });
}

/** All that two tallies say, but for what rounding does to the means of their seconds. */
function expectSame(one: Tally, other: Tally): void {
  const [{ seconds, ...rest }, { seconds: theirs, ...others }] = [encodeTally(one), encodeTally(other)];
  expect(rest).toEqual(others);
  expect(seconds.length).toBe(theirs.length);
  for (const [index, value] of seconds.flat().entries())
    expect(value).toBeCloseTo(theirs.flat()[index] ?? Number.NaN, 4);
}

describe('tallies', () => {
  it('merge in any order', () => {
    fc.assert(
      fc.property(anyPart, anyPart, (one, other) => {
        expectSame(mergeTallies([record(one), record(other)]), mergeTallies([record(other), record(one)]));
      }),
    );
  });

  it('merge in any grouping', () => {
    fc.assert(
      fc.property(fc.tuple(anyPart, anyPart, anyPart), (parts) => {
        const [a, b, c] = parts.map(record) as [Tally, Tally, Tally];
        const whole = mergeTallies([a, b, c]);
        expectSame(mergeTallies([mergeTallies([a, b]), c]), whole);
        expectSame(mergeTallies([a, mergeTallies([b, c])]), whole);
      }),
      { numRuns: 50 },
    );
  });

  it('merge into what one would have counted alone, but for the quantiles of a second', () => {
    fc.assert(
      fc.property(fc.array(anyPart, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = mergeTallies(parts.map(record));
        const alone = record({
          ended: parts.flatMap(({ ended }) => ended),
          dropped: parts.reduce((sum, { dropped }) => sum + dropped, 0),
          startedAt: Math.min(...parts.map(({ startedAt }) => startedAt)),
          aborted: merged.aborted,
        });
        const exact = (tally: Tally) => ({
          ...encodeTally(tally),
          seconds: tally.seconds.map(({ p50Ms, p99Ms, ...counts }) => counts),
        });
        expect(exact(merged)).toEqual(exact(alone));
        for (const [index, second] of merged.seconds.entries())
          expect(second.p99Ms).toBeGreaterThanOrEqual(alone.seconds[index]?.p99Ms ?? 0);
      }),
    );
  });

  it('leave what they were merged from as it was', () => {
    const part = { ended: [{ atMs: 1, latencyMs: 2, status: 200, errorType: undefined }], dropped: 1, startedAt: 5 };
    const tally = record({ ...part, aborted: undefined });
    const before = JSON.stringify(encodeTally(tally));
    mergeTallies([tally, tally]);
    expect(JSON.stringify(encodeTally(tally))).toBe(before);
  });

  it('weigh the p50 of a second by requests, and keep the worst of the rest', () => {
    const second = (requests: number, p50Ms: number, p99Ms: number) =>
      ({ requests, failures: 0, p50Ms, p99Ms, maxMs: p99Ms, intended: requests }) as const;
    const base = record({ ended: [], dropped: 0, startedAt: 0, aborted: undefined });
    const merged = mergeTallies([
      { ...base, seconds: [second(30, 10, 50)] },
      { ...base, seconds: [second(10, 30, 40), second(0, 0, 0)] },
    ]);
    expect(merged.seconds).toEqual([second(40, 15, 50), second(0, 0, 0)]);
  });

  it('are none where there is nothing to merge', () => {
    expect(() => mergeTallies([])).toThrow(new RangeError('there is no tally to merge'));
  });

  it('of runs one after the other follow each other', () => {
    const one = { atMs: 1_500, latencyMs: 10, status: 200, errorType: undefined };
    const first = record({ ended: [one], dropped: 1, startedAt: 10_000, aborted: undefined });
    const second = record({ ended: [one], dropped: 0, startedAt: 13_200, aborted: 'stopped after 1.5 s' });
    const chained = chainTallies([first, second]);
    expect(chained).toMatchObject({ requests: 2, dropped: 1, startedAt: 10_000, durationMs: 4_700 });
    expect(chained.seconds.map(({ requests }) => requests)).toEqual([0, 1, 0, 0, 1]);
    expect(chained.aborted).toBe('stopped after 1.5 s');
  });
});

describe('a tally that is kept', () => {
  it('is read back as it was, after JSON', () => {
    fc.assert(
      fc.property(anyPart, (part) => {
        const tally = record(part);
        const encoded = encodeTally(tally);
        const read = decodeTally(JSON.parse(JSON.stringify(encoded)));
        expect({ ...read, ...encodeTally(read) }).toEqual({ ...tally, ...encoded });
        for (const name of ['latency', 'serviceTime', 'startLag'] as const)
          expect([read[name].sumMs, read[name].quantile(0.9)]).toEqual([tally[name].sumMs, tally[name].quantile(0.9)]);
      }),
      { numRuns: 40 },
    );
  });

  it('is small: a run of 13 minutes takes less than 100 kB', () => {
    const ended = Array.from({ length: 8_000 }, (_, k) => {
      const latencyMs = 10 + ((k * 7_919) % 100_000) / 37;
      return { atMs: k * 97, latencyMs, status: 200, errorType: undefined };
    });
    const tally = record({ ended, dropped: 0, startedAt: 1_700_000_000_000, aborted: undefined });
    expect(tally.seconds.length).toBeGreaterThan(770);
    expect(JSON.stringify(encodeTally(tally)).length).toBeLessThan(100_000);
  });

  const requests = [200, 200, 503].map((status, k) => ({ atMs: k, latencyMs: 3, status, errorType: undefined }));
  const failed = { atMs: 3, latencyMs: 4, status: 0, errorType: 'timeout' as const };
  const good = encodeTally(record({ ended: [...requests, failed], dropped: 2, startedAt: 7, aborted: 'so' }));
  const other = encodeTally(record({ ended: requests, dropped: 2, startedAt: 7, aborted: undefined }));

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'it is no object'],
    ['a list', [good], 'it is no object'],
    ['text', JSON.stringify(good), 'it is no object'],
    ['a version that never was', { ...good, version: 0 }, 'its version is not 1'],
    ['half a request', { ...good, requests: 3.5 }, 'its requests is no whole number'],
    ['a negative count', { ...good, dropped: -1 }, 'its dropped is no number from 0 on'],
    ['a count as text', { ...good, failures: '2' }, 'its failures is no number from 0 on'],
    ['no duration', { ...good, durationMs: null }, 'its durationMs is no number from 0 on'],
    ['a status that is none', { ...good, statusCodes: { '20': 2 } }, 'its statusCodes count what there is not'],
    ['an error that is none', { ...good, errors: { oops: 1 } }, 'its errors count what there is not'],
    ['the prototype', { ...good, errors: JSON.parse('{"__proto__": 1}') }, 'its errors count what there is not'],
    ['counts that are a list', { ...good, statusCodes: [] }, 'its statusCodes are no counts'],
    ['no base64', { ...good, latency: '*' }, 'its latency is no base64'],
    ['a huge histogram', { ...good, latency: 'A'.repeat(50_000) }, 'its latency is no base64'],
    ['bytes that are no histogram', { ...good, startLag: 'AAAA' }, 'its startLag is no histogram'],
    ['more failures than requests', { ...good, failures: 5 }, 'it has more failures than requests'],
    ['more errors than failures', { ...good, errors: { timeout: 3 } }, 'it has more errors than failures'],
    ['more answers than requests', { ...good, statusCodes: { 200: 4 } }, 'it has more answers than requests'],
    ['the histogram of others', { ...good, latency: other.latency }, 'its histograms do not hold its requests'],
    ['starts that were not', { ...good, startLag: other.latency }, 'its start lag does not hold its starts'],
    [
      'endless seconds',
      { ...good, seconds: Array(5_000).fill([0, 0, 0, 0, 0, 0]) },
      'its seconds are no list, or too long',
    ],
    ['short seconds', { ...good, seconds: [[1, 2]] }, 'a second of it is not six numbers'],
    ['seconds that are not', { ...good, seconds: [[0, 0, null, 0, 0, 0]] }, 'a second of it is not six numbers'],
    ['half a second', { ...good, seconds: [[0.5, 0, 0, 0, 0, 0]] }, 'a second of it counts in parts'],
    ['a long story', { ...good, aborted: 'x'.repeat(2_000) }, 'its reason to end early is no short text'],
  ])('is refused where it is %s', (_, encoded, why) => {
    expect(() => decodeTally(encoded)).toThrow(
      expect.objectContaining({
        code: 'BURN_TALLY_CORRUPT',
        message: `what was kept of a burst cannot be read: ${why}`,
      }),
    );
  });

  it('of a later release is told from one that cannot be read', () => {
    expect(() => decodeTally({ ...good, version: 2 })).toThrow(
      expect.objectContaining({ code: 'BURN_FORMAT_NEWER', message: expect.stringContaining('a tally has format 2') }),
    );
  });

  it('is refused with that code, or as one of a later release, whatever it is', () => {
    const keys = Object.keys(good);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.anything(), (key, value) => {
        try {
          decodeTally({ ...good, [key]: value });
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^BURN_(TALLY_CORRUPT|FORMAT_NEWER)$/) });
        }
      }),
      { numRuns: 150 },
    );
  });
});
