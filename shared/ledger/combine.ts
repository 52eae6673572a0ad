import type { Agreement } from '../config/model.ts';
import type { FailureDetail, Sights, Tick, TickOutcome } from './model.ts';
import { type JudgedOutcome, judgeTogether, type Verdict } from './quorum.ts';

/** Several locations that probe the same: home first. */
export type Panel = {
  readonly locations: readonly [home: string, ...others: string[]];
  /** What they judge together, by its key in the ledger. Of everything else home's word alone counts. */
  readonly series: ReadonlyMap<number, Series>;
};
type Series = Agreement & { readonly intervalMs: number };

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
  const memory: Memory = { seen: new Map(lastSeen), judged: new Map(), before, sightsOf: rememberSights(panel) };
  return bySecond(panel, rows).map(([at, lines]): Tick => {
    const told = { outcomes: [] as TickOutcome[], details: [] as FailureDetail[], sights: new Map<number, Sights>() };
    for (const [key, line] of lines) {
      const series = panel.series.get(key);
      const { outcome, detail, sights } = series === undefined ? ownOf(line) : judge({ key, line, at }, series, memory);
      if (outcome !== undefined) told.outcomes.push(outcome);
      if (detail !== undefined) told.details.push(detail);
      if (sights !== undefined) told.sights.set(key, sights);
    }
    return { location: panel.locations[0], at, shard: verdictShard, ...told };
  });
}

/** What goes on from one second to the next. */
type Memory = {
  readonly seen: Map<number, Line>;
  readonly judged: Map<number, JudgedOutcome>;
  readonly before: (key: number) => JudgedOutcome | undefined;
  readonly sightsOf: (fresh: Line) => Sights;
};
type Judgement = {
  readonly outcome: TickOutcome | undefined;
  readonly detail: FailureDetail | undefined;
  readonly sights?: Sights;
};

/** What home found, where nobody else is asked. */
function ownOf([own]: Line): Judgement {
  return { outcome: own?.outcome, detail: own?.detail };
}

type Asked = { readonly key: number; readonly line: Line; readonly at: number };

function judge({ key, line, at }: Asked, series: Series, { seen, judged, before, sightsOf }: Memory): Judgement {
  const known = newest(seen.get(key), line);
  seen.set(key, known);
  const isMaintenance = line.find((sight) => sight !== undefined)?.outcome.isMaintenance === true;
  const fresh = freshOf(known, { at, isMaintenance, spanMs: 2 * series.intervalMs });
  const verdict = judgeTogether(outcomesOf(fresh), series, () => judged.get(key) ?? before(key));
  if (verdict !== 'tooFew' && verdict !== 'undecided' && !isMaintenance) judged.set(key, verdict);
  const told = { key, verdict, fresh, line, at, isMaintenance };
  return { outcome: outcomeOf(told), detail: detailOf(told), sights: sightsOf(fresh) };
}

function outcomesOf(fresh: Line): readonly JudgedOutcome[] {
  const found: JudgedOutcome[] = [];
  for (const sight of fresh) if (sight !== undefined) found.push(sight.outcome.outcome as JudgedOutcome);
  return found;
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
  if (details.length === 0) return { at, outcome };
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
  const times = { trusted: [] as number[], others: [] as number[] };
  let [measured, trusted] = [0, 0];
  // Thousands of monitors are judged in each evaluation: nothing is made for each that can be spared.
  for (const sight of fresh) {
    if (sight?.at !== at || (sight.outcome.outcome === 'failed') !== (verdict === 'failed')) continue;
    const { latencyMs, isContaminated } = sight.outcome;
    measured += 1;
    if (!isContaminated) trusted += 1;
    if (latencyMs !== undefined) times[isContaminated ? 'others' : 'trusted'].push(latencyMs);
  }
  const latencyMs = lowerMedian(trusted > 0 ? times.trusted : times.others);
  return { ...(latencyMs === undefined ? {} : { latencyMs }), isContaminated: measured > 0 && trusted === 0 };
}

/** Undefined of nothing. */
function lowerMedian(values: number[]): number | undefined {
  return values.sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1];
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
  const known = new Map<number, Sights>();
  return (fresh) => {
    const code = fresh.reduce((sum, sight) => 3 * sum + kindOf(sight), 0);
    const found = known.get(code);
    if (found !== undefined) return found;
    const those = (kind: number) => locations.filter((_, place) => kindOf(fresh[place]) === kind);
    const sights = { silent: those(0), failed: those(1), good: those(2) };
    known.set(code, sights);
    return sights;
  };
}

/** 0 of a silent one, 1 of one that saw it fail, 2 of any other. */
function kindOf(sight: Sight | undefined): number {
  if (sight === undefined) return 0;
  return sight.outcome.outcome === 'failed' ? 1 : 2;
}
