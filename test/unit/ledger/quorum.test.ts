import fc from 'fast-check';
import type { Quorum } from '../../../shared/config/model.ts';
import { type JudgedOutcome, judgeTogether, type Verdict } from '../../../shared/ledger/quorum.ts';

const words = { P: 'passed', D: 'degraded', F: 'failed' } as const;
const read = (letters: string) => [...letters].map((letter) => words[letter as keyof typeof words]);
const judge = (letters: string, quorum: Quorum, minLocations = 1, before?: JudgedOutcome) =>
  judgeTogether(read(letters), { quorum, minLocations }, () => before);

describe('a majority of the fresh locations', () => {
  it.each<[string, JudgedOutcome | undefined, Verdict]>([
    ['', undefined, 'tooFew'],
    ['', 'failed', 'tooFew'],
    ['F', 'passed', 'failed'],
    ['P', 'failed', 'passed'],
    ['FP', undefined, 'undecided'],
    ['FP', 'passed', 'passed'],
    ['FP', 'degraded', 'degraded'],
    ['FP', 'failed', 'failed'],
    ['FF', 'passed', 'failed'],
    ['FPP', 'failed', 'passed'],
    ['FFP', 'passed', 'failed'],
    ['FFPP', 'passed', 'passed'],
    ['FFPP', 'failed', 'failed'],
    ['FFPPP', 'failed', 'passed'],
    ['FFFPP', 'passed', 'failed'],
    ['DPP', 'degraded', 'passed'],
    ['DDP', 'passed', 'degraded'],
    ['FDP', 'passed', 'degraded'],
    ['FD', 'passed', 'degraded'],
    ['DP', undefined, 'passed'],
    ['DP', 'passed', 'passed'],
    ['DP', 'degraded', 'degraded'],
    ['DP', 'failed', 'degraded'],
  ])('"%s" after %s is %s', (letters, before, verdict) => {
    expect(judge(letters, 'majority', 1, before)).toBe(verdict);
  });
});

describe('other quorums', () => {
  it.each<[string, Quorum, Verdict]>([
    ['FPP', 'any', 'failed'],
    ['PPP', 'any', 'passed'],
    ['DPP', 'any', 'degraded'],
    ['FFP', 'all', 'passed'],
    ['FDD', 'all', 'degraded'],
    ['FFF', 'all', 'failed'],
    ['F', 'all', 'failed'],
    ['FPP', { count: 1 }, 'failed'],
    ['FPP', { count: 2 }, 'passed'],
    ['FFP', { count: 2 }, 'failed'],
    ['FF', { count: 3 }, 'tooFew'],
    ['FP', { sharePpm: 500_000 }, 'failed'],
    ['FPP', { sharePpm: 500_000 }, 'passed'],
    ['FPP', { sharePpm: 333_333 }, 'failed'],
    ['FPP', { sharePpm: 333_334 }, 'passed'],
    ['FFF', { sharePpm: 1_000_000 }, 'failed'],
    ['PPP', { sharePpm: 1 }, 'passed'],
  ])('"%s" by %j is %s', (letters, quorum, verdict) => {
    expect(judge(letters, quorum)).toBe(verdict);
  });

  it('with fewer fresh locations than are asked for nothing is known, however sure they are', () => {
    expect([judge('FF', 'any', 3), judge('PP', 'majority', 3), judge('FFF', 'majority', 3)]).toEqual([
      'tooFew',
      'tooFew',
      'failed',
    ]);
  });
});

describe('laws', () => {
  const votes = fc.array(fc.constantFrom<JudgedOutcome>('passed', 'degraded', 'failed'), {
    minLength: 1,
    maxLength: 7,
  });
  const quorum = fc.oneof(
    fc.constantFrom<Quorum>('majority', 'any', 'all'),
    fc.integer({ min: 1, max: 7 }).map((count) => ({ count })),
    fc.integer({ min: 1, max: 1_000_000 }).map((sharePpm) => ({ sharePpm })),
  );
  const rank: readonly Verdict[] = ['passed', 'degraded', 'failed'];

  it('of one mind, they say what each of them says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<JudgedOutcome>('passed', 'degraded', 'failed'),
        fc.integer({ min: 1, max: 7 }),
        quorum,
        (outcome, count, by) => {
          const verdict = judgeTogether(
            Array.from({ length: count }, () => outcome),
            { quorum: by, minLocations: 1 },
            () => undefined,
          );
          return verdict === (typeof by === 'object' && 'count' in by && by.count > count ? 'tooFew' : outcome);
        },
      ),
    );
  });

  it('a location that sees worse never makes it better', () => {
    fc.assert(
      fc.property(
        votes,
        fc.nat(6),
        quorum,
        fc.constantFrom<JudgedOutcome>('passed', 'degraded', 'failed'),
        (all, at, by, before) => {
          const worse = all.with(at % all.length, 'failed');
          const [first, second] = [all, worse].map((each) =>
            judgeTogether(each, { quorum: by, minLocations: 1 }, () => before),
          );
          return rank.indexOf(second ?? 'passed') >= rank.indexOf(first ?? 'passed');
        },
      ),
    );
  });
});
