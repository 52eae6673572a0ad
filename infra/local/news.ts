import type { BurstRunView, BurstView } from '../../shared/app/overview/model.ts';
import type { BurstSummary } from '../../shared/burst/model.ts';
import { renderQuantity } from '../../shared/burst/quantity.ts';
import { count } from '../cli/terminal.ts';
import type { ConsoleState } from './console/state.ts';
import type { Mark, Terminal } from './terminal.ts';

/**
 * Says on the terminal what changed since the last look: one line per monitor that is in another state, and one per run of a burst.
 */
export function createNews(terminal: Terminal) {
  const seen = new Map<string, string>();
  const newest = new Map<string, number>();
  return (state: ConsoleState): void => {
    for (const burst of state.bursts) for (const run of freshRuns(newest, burst)) tellRun(terminal, burst.id, run);
    for (const { id, state: now, message, errorType } of state.monitors) {
      const before = seen.get(id);
      seen.set(id, now);
      if (before === now || now === 'waiting') continue;
      if (before === undefined && now === 'passed') continue;
      const reason = message ?? errorType;
      terminal.line(markOf(now), `${id} ${now}${reason === undefined || now === 'passed' ? '' : `: ${reason}`}`);
    }
  };
}

/** Those that came since the last look, oldest first; none at the first look at a burst. */
function freshRuns(newest: Map<string, number>, { id, runs }: BurstView): readonly BurstRunView[] {
  const before = newest.get(id);
  newest.set(id, Math.max(before ?? 0, ...runs.map(({ runAt }) => runAt)));
  return before === undefined ? [] : runs.filter(({ runAt }) => runAt > before).toReversed();
}

function tellRun(terminal: Terminal, id: string, { outcome, reasons, summary }: BurstRunView): void {
  const why = reasons.join('; ');
  if (summary === undefined) terminal.line('note', `burst ${id} was not sent: ${why}`);
  else if (outcome === 'passed') terminal.line('good', `burst ${id} passed: ${cameText(summary)}`);
  else terminal.line('bad', `burst ${id} failed: ${why}`);
}

function cameText({ requests, latencyMs, throughputPerSecond, breakingPoint }: BurstSummary): string {
  if (breakingPoint) return `sustains ${renderQuantity('rate', breakingPoint.sustainedPerSecond)}`;
  const rate = renderQuantity('rate', throughputPerSecond);
  return `${count(requests, 'request')}, ${rate}, p99 ${renderQuantity('span', latencyMs.p99)}`;
}

function markOf(state: string): Mark {
  if (state === 'passed') return 'good';
  return state === 'failed' ? 'bad' : 'note';
}
