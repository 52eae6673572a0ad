import type { AbortIf, StatusRange } from '../../../shared/config/model.ts';
import { parseDuration, parsePercent, parseStatusRange } from '../../../shared/config/parse/units.ts';
import { usage } from './flags.ts';

/** What ends a run early, as far as flags say it. */
export type AbortAsked = Partial<AbortIf>;

const examples = `"errorRatio > 10%", "latency > 2s" or "status 5xx", each with "after 5s" behind it where that is meant`;
/** As in monitors.yml. */
const standardAfterMs = 2_000;
const longestLatencyMs = 60_000;

/**
 * Reads what `--abort-if` was given, all of it together: `errorRatio > 10%`, `latency > 2s` (its p99), `status 5xx`, and behind
 * any of them `after 5s`. Nothing where there is none. Throws BURN_USAGE for what is not understood or said twice.
 */
export function readAbort(typed: readonly string[]): AbortAsked | undefined {
  if (typed.length === 0) return undefined;
  const all = typed.flatMap(readCondition);
  for (const [index, [key]] of all.entries()) {
    const isSaid = all
      .slice(0, index)
      .some(([other, value]) => other === key && key !== 'statuses' && value !== undefined);
    if (isSaid) throw usage(`--abort-if says ${words[key]} twice: keep one`);
  }
  const statuses = all.flatMap(([key, value]) => (key === 'statuses' ? (value as StatusRange[]) : []));
  return { ...Object.fromEntries(all), ...(statuses.length === 0 ? {} : { statuses }) };
}

const words = { errorRatioPpm: 'errorRatio', latencyMs: 'latency', statuses: 'status', afterMs: 'after' } as const;
type Part = readonly [keyof typeof words, number | readonly StatusRange[]];

function readCondition(typed: string): readonly Part[] {
  const [, name = '', limit = '', after] =
    /^\s*(errorRatio|latency|status)\s*(?:>\s*)?(.+?)(?:\s+after\s+(\S+))?\s*$/.exec(typed) ?? [];
  const part = readPart(name, limit);
  if (part === undefined)
    throw usage(`--abort-if must look like ${examples}, got ${JSON.stringify(typed.slice(0, 200))}`);
  if (after === undefined) return [part];
  const span = parseDuration(after);
  if (!span.ok) throw usage(`--abort-if ${span.message} behind "after", got ${JSON.stringify(after)}`);
  return [part, ['afterMs', span.value]];
}

function readPart(name: string, limit: string): Part | undefined {
  if (name === 'errorRatio') {
    const ratio = parsePercent(limit);
    return ratio.ok && ratio.value < 1_000_000 ? ['errorRatioPpm', ratio.value] : undefined;
  }
  if (name === 'latency') {
    const span = parseDuration(limit);
    return span.ok && span.value > 0 && span.value <= longestLatencyMs ? ['latencyMs', span.value] : undefined;
  }
  const ranges = name === 'status' ? limit.split(/\s*,\s*/).map(parseStatusRange) : [];
  const values = ranges.flatMap((range) => (range.ok ? [range.value] : []));
  return values.length > 0 && values.length === ranges.length ? ['statuses', values] : undefined;
}

/** What a burst's own conditions become with these: what is asked for here takes the place of the same there. */
export function mergeAbort(own: AbortIf | undefined, asked: AbortAsked | undefined): AbortIf | undefined {
  if (asked === undefined) return own;
  return { afterMs: standardAfterMs, ...own, ...asked };
}
