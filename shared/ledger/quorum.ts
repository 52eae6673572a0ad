import type { Agreement, Outcome, Quorum } from '../config/model.ts';

/** An outcome that says how the target is. */
export type JudgedOutcome = Extract<Outcome, 'passed' | 'degraded' | 'failed'>;

/** What several locations make of one scheduled probe, and why it is unknown where it is. */
export type Verdict = JudgedOutcome | 'tooFew' | 'undecided';

/**
 * One outcome out of those of the fresh locations, which must have judged. It is failed where as many as the quorum asks for saw
 * it fail, degraded where as many saw it fail or be slow, and passed otherwise.
 *
 * A tie, exactly half where a majority is asked for, keeps what was `before`: the newest verdict of all that was judged. Without
 * any, a tie over a failure is `undecided`, and a tie over slowness is passed. `tooFew`: fewer are fresh than `minLocations`, or
 * than the number that the quorum asks for.
 */
export function judgeTogether(
  fresh: readonly JudgedOutcome[],
  { quorum, minLocations }: Agreement,
  before: () => JudgedOutcome | undefined,
): Verdict {
  if (fresh.length < Math.max(1, minLocations, numberIn(quorum))) return 'tooFew';
  const failed = fresh.filter((outcome) => outcome === 'failed').length;
  const worse = fresh.filter((outcome) => outcome !== 'passed').length;
  const isFailed = agree(quorum, failed, fresh.length);
  if (isFailed === true) return 'failed';
  if (isFailed === 'tie') {
    const kept = before();
    if (kept === undefined) return 'undecided';
    if (kept === 'failed') return 'failed';
  }
  const isWorse = agree(quorum, worse, fresh.length);
  const isSlow = isWorse === 'tie' ? (before() ?? 'passed') !== 'passed' : isWorse;
  return isSlow ? 'degraded' : 'passed';
}

/** Whether `count` of `fresh` locations, of which there is one at least, are as many as a quorum asks for. */
function agree(quorum: Quorum, count: number, fresh: number): boolean | 'tie' {
  if (quorum === 'majority') return 2 * count === fresh ? 'tie' : 2 * count > fresh;
  if (quorum === 'any') return count > 0;
  if (quorum === 'all') return count === fresh;
  if ('count' in quorum) return count >= quorum.count;
  return count > 0 && count * 1_000_000 >= fresh * quorum.sharePpm;
}

function numberIn(quorum: Quorum): number {
  return typeof quorum === 'object' && 'count' in quorum ? quorum.count : 0;
}
