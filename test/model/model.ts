import type { BurnRule, Config, Monitor, MonitorAlert, Outcome, Slo } from '../../shared/config/model.ts';
import { plannedMinutes } from './scene.ts';
import { minuteMs, type Row } from './world.ts';

/*
 * What docs/alerts.md, docs/error-budgets.md and the table of monitors.yml promise, worked out from a plain list of the rows that were
 * written. Slow, without memory of its own making, and written without a look at the code that it is held against.
 */

type Seen = { readonly at: number; readonly outcome: Outcome; readonly isPlanned: boolean };

/** What is remembered of alerts between two evaluations. */
export type Memory = {
  readonly firing: ReadonlyMap<string, { readonly firedAt: number; readonly clearSince?: number }>;
  readonly resolvedAt: ReadonlyMap<string, number>;
};
/** What an evaluation must do to alerts. */
export type Verdict = {
  readonly fires: ReadonlySet<string>;
  readonly resolves: ReadonlySet<string>;
  /** What fires, is clear, and has to stay so for a while. */
  readonly clear: ReadonlySet<string>;
};
export type Counts = {
  readonly good: number;
  readonly bad: number;
  readonly unjudged: number;
  readonly maintenance: number;
  readonly expected: number;
  readonly missing: number;
};

const lateMs = 3 * minuteMs;

export function judge(config: Config, rows: readonly Row[], memory: Memory, now: number): Verdict {
  const past = rows.filter(({ at }) => at <= now);
  const [fires, resolves, clear] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const take = (id: string, sees: 'met' | 'clear' | 'neither', delayMs: number): void => {
    const known = memory.firing.get(id);
    if (known === undefined && sees === 'met') fires.add(id);
    if (known === undefined || sees !== 'clear') return;
    if (now - (known.clearSince ?? now) >= delayMs) resolves.add(id);
    else clear.add(id);
  };
  for (const monitor of config.monitors) {
    const mine = seenOf(monitor.id, past);
    for (const alert of monitor.alerts) take(alert.id, judgeMonitor(monitor, alert, mine, memory, now), 0);
    take(`coverage/${monitor.id}`, judgeCoverage(monitor, mine, now), 0);
  }
  for (const slo of config.slos)
    for (const rule of slo.alerts) take(rule.id, judgeBurn(slo, rule, past, now), Math.max(5 * minuteMs, rule.shortMs));
  return { fires, resolves, clear };
}

/** Of (now − window, now]. */
export function countsOf(slo: Slo, rows: readonly Row[], windowMs: number, now: number): Counts {
  const monitors = slo.indicator.kind === 'probes' ? slo.indicator.monitors : [];
  const minutes = Array.from({ length: windowMs / minuteMs }, (_, ago) => minuteOf(now) - ago);
  const counts = { good: 0, bad: 0, unjudged: 0, maintenance: 0, expected: 0, missing: 0 };
  for (const id of monitors) {
    const mine = new Map(seenOf(id, rows).map((each) => [minuteOf(each.at), each]));
    for (const minute of minutes) {
      const seen = mine.get(minute);
      if (isPlanned(id, minute * minuteMs)) counts.maintenance += seen === undefined ? 0 : 1;
      else {
        counts.expected += 1;
        counts[kindOf(seen)] += 1;
      }
    }
  }
  return counts;
}

function kindOf(seen: Seen | undefined): 'missing' | 'unjudged' | 'bad' | 'good' {
  if (seen === undefined) return 'missing';
  if (!isJudged(seen)) return 'unjudged';
  return seen.outcome === 'failed' ? 'bad' : 'good';
}

/** m of the last n; a gap takes up room. Failures from before its resolution, or older than a tick may still be, do not count. */
function judgeMonitor(
  monitor: Monitor,
  alert: MonitorAlert,
  seen: readonly Seen[],
  { firing, resolvedAt }: Memory,
  now: number,
): 'met' | 'clear' | 'neither' {
  const oldest = now - Math.max(alert.of, alert.recoverSuccesses) * monitor.intervalMs - lateMs;
  const judged = seen.filter((each) => isJudged(each) && each.at > oldest && each.at > (resolvedAt.get(alert.id) ?? 0));
  const firedAt = firing.get(alert.id)?.firedAt;
  if (firedAt !== undefined) {
    const last = judged.slice(-alert.recoverSuccesses);
    const hasRecovered = last.every(({ outcome, at }) => outcome !== 'failed' && at >= firedAt);
    return last.length === alert.recoverSuccesses && hasRecovered ? 'clear' : 'neither';
  }
  const counted = judged.filter((each) => !each.isPlanned);
  const newest = counted.at(-1)?.at ?? 0;
  const failures = counted.filter(
    ({ at, outcome }) => outcome === 'failed' && at > newest - alert.of * monitor.intervalMs,
  );
  return failures.length >= alert.failures ? 'met' : 'neither';
}

function judgeCoverage({ intervalMs }: Monitor, seen: readonly Seen[], now: number): 'met' | 'clear' | 'neither' {
  const since = seen.findLast(isJudged)?.at ?? seen[0]?.at;
  if (since === undefined) return 'neither';
  return now - since > Math.max(3 * intervalMs, 5 * minuteMs) ? 'met' : 'clear';
}

function judgeBurn(slo: Slo, rule: BurnRule, rows: readonly Row[], now: number): 'met' | 'clear' | 'neither' {
  const recent = countsOf(slo, rows, Math.max(rule.shortMs, 3 * minuteMs), now);
  if (recent.good + recent.bad === 0 && recent.expected > 0) return 'neither';
  const [long, short] = [rule.longMs, rule.shortMs].map((windowMs) => countsOf(slo, rows, windowMs, now));
  if (long === undefined || short === undefined) return 'neither';
  // bad ÷ expected ÷ (1 − objective) against budget × window ÷ long, in whole numbers.
  const pace = ({ bad }: Counts) => bad * 1e6 * (rule.longMs / minuteMs) * 1e6;
  const threshold = ({ expected }: Counts) =>
    rule.budgetPpm * (slo.windowMs / minuteMs) * expected * (1e6 - slo.objectivePpm);
  const isBelow = (counts: Counts) => counts.expected === 0 || pace(counts) * 10 < threshold(counts) * 9;
  if (isBelow(long) || isBelow(short)) return 'clear';
  const isAbove = (counts: Counts) => pace(counts) > threshold(counts);
  return isAbove(long) && isAbove(short) && long.bad >= rule.minBadEvents ? 'met' : 'neither';
}

function seenOf(id: string, rows: readonly Row[]): readonly Seen[] {
  return rows
    .flatMap(({ at, outcomes }) => {
      const outcome = outcomes[id];
      return outcome === undefined ? [] : [{ at, outcome, isPlanned: isPlanned(id, at) }];
    })
    .sort((a, b) => a.at - b.at);
}

const isJudged = ({ outcome }: Seen): boolean => outcome !== 'unknown' && outcome !== 'blocked';
const minuteOf = (at: number): number => Math.floor(at / minuteMs);

function isPlanned(id: string, at: number): boolean {
  const minute = minuteOf(at) % 1_440;
  return id === plannedMinutes.monitor && minute >= plannedMinutes.from && minute < plannedMinutes.to;
}
