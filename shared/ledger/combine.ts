import type { Agreement } from '../config/model.ts';
import type { FailureDetail, Sights, Tick, TickOutcome } from './model.ts';
import { type JudgedOutcome, judgeTogether, type Verdict } from './quorum.ts';

/** Several locations that probe the same: home first. */
export type Panel = {
  readonly locations: readonly [home: string, ...others: string[]];
  /** What they judge together, by its key in the ledger. Of everything else home's word alone counts. */
  readonly series: ReadonlyMap<number, Agreement & { readonly intervalMs: number }>;
};

/** What one location found in one tick. */
type Sight = { readonly at: number; readonly outcome: TickOutcome; readonly detail?: FailureDetail };
/** By location, in the order of the panel. */
type Line = readonly (Sight | undefined)[];
/** By its key in the ledger: the newest judged outcome of each location. */
export type LastSeen = ReadonlyMap<number, Line>;

/**
 * One tick for each second in which any location has a row, as if home had probed alone: its outcomes are the verdicts of all.
 * `rows` may come in any order and twice; those of a second come from every location that has any. `lastSeen` is what was seen
 * before the first of them, `before` the newest judged verdict before it.
 *
 * A location is fresh with its newest judged outcome if that is younger than two intervals, and under maintenance if and only if
 * this tick is: home's row says so, or else the first that there is. One that is silent, or could not judge, is not fresh.
 */
export function combine(
  panel: Panel,
  rows: readonly Tick[],
  lastSeen: LastSeen,
  before: (key: number) => JudgedOutcome | undefined,
): readonly Tick[] {
  const seen = new Map(lastSeen);
  const judged = new Map<number, JudgedOutcome>();
  const sightsOf = rememberSights(panel);
  return bySecond(panel, rows).map(([at, lines]): Tick => {
    const outcomes: TickOutcome[] = [];
    const details: FailureDetail[] = [];
    const sights = new Map<number, Sights>();
    for (const [key, line] of lines) {
      const agreement = panel.series.get(key);
      if (agreement === undefined) {
        const own = line[0];
        if (own !== undefined) outcomes.push(own.outcome);
        if (own?.detail !== undefined) details.push(own.detail);
        continue;
      }
      seen.set(key, newest(seen.get(key), line));
      const isMaintenance = line.find((sight) => sight !== undefined)?.outcome.isMaintenance === true;
      const fresh = freshOf(seen.get(key) ?? [], { at, isMaintenance, spanMs: 2 * agreement.intervalMs });
      const votes = fresh.flatMap((sight) => (sight === undefined ? [] : [sight.outcome.outcome as JudgedOutcome]));
      const verdict = judgeTogether(votes, agreement, () => judged.get(key) ?? before(key));
      if (verdict !== 'tooFew' && verdict !== 'undecided' && !isMaintenance) judged.set(key, verdict);
      const told = { key, verdict, fresh, line, at, isMaintenance };
      outcomes.push(outcomeOf(told));
      const detail = detailOf(told);
      if (detail !== undefined) details.push(detail);
      sights.set(key, sightsOf(fresh));
    }
    return { location: panel.locations[0], at, shard: verdictShard, outcomes, details, sights };
  });
}

/** What stands in the place of a shard where a tick is the verdict of several locations. */
const verdictShard = 'verdict';

/** What was seen last before an instant, once `rows` are known too. */
export function lookOn(panel: Panel, rows: readonly Tick[], lastSeen: LastSeen, untilAt: number): LastSeen {
  const seen = new Map(lastSeen);
  const early = rows.filter(({ at }) => at < untilAt);
  for (const [, lines] of bySecond(panel, early))
    for (const [key, line] of lines) if (panel.series.has(key)) seen.set(key, newest(seen.get(key), line));
  return seen;
}

/** The seconds of the rows, the oldest first, with what each location found. Of several rows for one the smallest shard counts. */
function bySecond(
  { locations }: Panel,
  rows: readonly Tick[],
): readonly (readonly [at: number, lines: ReadonlyMap<number, Line>])[] {
  const seconds = new Map<number, Map<number, (Sight | undefined)[]>>();
  for (const row of rows.toSorted((a, b) => a.at - b.at || (a.shard < b.shard ? -1 : 1))) {
    const place = locations.indexOf(row.location);
    if (place < 0) continue;
    const lines = seconds.get(row.at) ?? new Map<number, (Sight | undefined)[]>();
    seconds.set(row.at, lines);
    for (const outcome of row.outcomes) {
      const line = lines.get(outcome.monitorKey) ?? locations.map(() => undefined);
      lines.set(outcome.monitorKey, line);
      line[place] ??= sightOf(row, outcome);
    }
  }
  return [...seconds];
}

function sightOf({ at, details }: Tick, outcome: TickOutcome): Sight {
  const detail = details.find(({ monitorKey }) => monitorKey === outcome.monitorKey);
  return detail === undefined ? { at, outcome } : { at, outcome, detail };
}

function newest(known: Line | undefined, line: Line): Line {
  return line.map((sight, place) => (isJudged(sight) ? sight : known?.[place]));
}

function isJudged(sight: Sight | undefined): boolean {
  return sight !== undefined && sight.outcome.outcome !== 'unknown' && sight.outcome.outcome !== 'blocked';
}

type Moment = { readonly at: number; readonly isMaintenance: boolean; readonly spanMs: number };

function freshOf(seen: Line, { at, isMaintenance, spanMs }: Moment): Line {
  return seen.map((sight) => {
    if (sight === undefined || sight.outcome.isMaintenance !== isMaintenance) return undefined;
    return sight.at <= at && at - sight.at < spanMs ? sight : undefined;
  });
}

type Told = {
  readonly key: number;
  readonly verdict: Verdict;
  readonly fresh: Line;
  readonly line: Line;
  readonly at: number;
  readonly isMaintenance: boolean;
};

function outcomeOf(told: Told): TickOutcome {
  const { key, verdict, isMaintenance } = told;
  const speaker = speakerOf(told);
  const { errorType, isRetried = false } = speaker?.outcome ?? {};
  const common = { monitorKey: key, ...(errorType === undefined ? {} : { errorType }), isMaintenance, isRetried };
  if (verdict === 'tooFew' || verdict === 'undecided')
    return { ...common, outcome: isBlocked(told) ? 'blocked' : 'unknown', isContaminated: false };
  return { ...common, outcome: verdict, ...timeOf(told) };
}

/** The first location that says what the verdict says, one that looked in this very second before others. */
function speakerOf({ verdict, fresh, line, at }: Told): Sight | undefined {
  if (verdict === 'tooFew' || verdict === 'undecided')
    return line.find((sight) => sight !== undefined && !isJudged(sight));
  const same = fresh.filter((sight) => sight?.outcome.outcome === verdict);
  return same.find((sight) => sight?.at === at) ?? same.find((sight) => sight !== undefined);
}

const isBlocked = ({ line }: Told): boolean =>
  line.every((sight) => sight === undefined || sight.outcome.outcome === 'blocked');

/**
 * The lower median of what was measured in this second by the locations that are of one mind with the verdict, so that it is
 * above a limit where more than half of them are. What a location measured while it was short of CPU counts where there is nothing else.
 */
function timeOf({ verdict, fresh, at }: Told): Pick<TickOutcome, 'latencyMs' | 'isContaminated'> {
  const isOfOneMind = (sight: Sight | undefined): sight is Sight =>
    sight?.at === at && (sight.outcome.outcome === 'failed') === (verdict === 'failed');
  const measured = fresh.filter(isOfOneMind).map(({ outcome }) => outcome);
  const trusted = measured.filter(({ isContaminated }) => !isContaminated);
  const times = (trusted.length > 0 ? trusted : measured).flatMap(({ latencyMs }) => latencyMs ?? []);
  const latencyMs = times.toSorted((a, b) => a - b)[Math.ceil(times.length / 2) - 1];
  return { ...(latencyMs === undefined ? {} : { latencyMs }), isContaminated: measured.length > 0 && !trusted.length };
}

function detailOf(told: Told): FailureDetail | undefined {
  const { key, verdict, fresh, line } = told;
  if (verdict === 'passed') return undefined;
  const own = speakerOf(told)?.detail;
  if (own !== undefined) return own;
  const count = fresh.filter((sight) => sight !== undefined).length;
  if (verdict === 'tooFew' && count > 0)
    return { monitorKey: key, message: `only ${count} of ${line.length} locations could judge it` };
  if (verdict === 'undecided')
    return { monitorKey: key, message: `its locations do not agree, and nothing was known before` };
  return undefined;
}

/** Who saw what, as one object for all ticks that look alike. */
function rememberSights({ locations }: Panel): (fresh: Line) => Sights {
  const known = new Map<string, Sights>();
  const kindOf = (sight: Sight | undefined): keyof Sights =>
    sight === undefined ? 'silent' : sight.outcome.outcome === 'failed' ? 'failed' : 'good';
  return (fresh) => {
    const kinds = fresh.map(kindOf);
    const found = known.get(kinds.join());
    if (found !== undefined) return found;
    const those = (kind: keyof Sights) => locations.filter((_, place) => kinds[place] === kind);
    const sights = { failed: those('failed'), good: those('good'), silent: those('silent') };
    known.set(kinds.join(), sights);
    return sights;
  };
}
