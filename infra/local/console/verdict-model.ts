import type { MonitorView } from '../../../shared/app/overview-model.ts';
import type { ConsoleState } from './state.ts';
import { plural, spanText } from './words.ts';

/** The answer to "are we up?": the state it looks like, a headline, a sentence, and the monitors it is about. */
export type Verdict = {
  readonly state: MonitorView['state'];
  readonly headline: string;
  readonly detail: string;
  readonly monitors: readonly string[];
};

/** Trouble first: failing, then what could not be judged, then slow; an open incident outlives its failures. */
export function verdictOf(state: ConsoleState, now: number): Verdict {
  const { monitors } = state;
  const open = state.incidents.filter((incident) => incident.closedAt === null).length;
  if (monitors.length === 0)
    return {
      state: 'waiting',
      headline: 'Nothing to watch yet',
      detail: 'monitors.yml has no monitors.',
      monitors: [],
    };
  const failing = idsIn(monitors, 'failed');
  if (failing.length > 0)
    return trouble('failed', 'failing', failing, monitors.length, `${lastingText(monitors, now)}${openText(open)}`);
  const unjudged = [...idsIn(monitors, 'unknown'), ...idsIn(monitors, 'blocked')];
  if (unjudged.length > 0)
    return trouble(
      'unknown',
      'not being judged',
      unjudged,
      monitors.length,
      'Neither good nor bad: it lowers the coverage, not the budget.',
    );
  const degraded = idsIn(monitors, 'degraded');
  if (degraded.length > 0)
    return trouble('degraded', 'degraded', degraded, monitors.length, 'It works, but not as it should.');
  if (idsIn(monitors, 'waiting').length === monitors.length)
    return {
      state: 'waiting',
      headline: 'Waiting for the first probe',
      detail: 'The next tick brings it.',
      monitors: [],
    };
  if (open > 0)
    return {
      state: 'degraded',
      headline: 'Nothing fails now',
      detail: `${openText(open)} It closes when the last of its alerts resolves.`,
      monitors: [],
    };
  return {
    state: 'passed',
    headline: 'All is well',
    detail: monitors.length === 1 ? 'The one monitor passes.' : `All ${monitors.length} monitors pass.`,
    monitors: [],
  };
}

function idsIn(monitors: readonly MonitorView[], state: MonitorView['state']): readonly string[] {
  return monitors.filter((monitor) => monitor.state === state).map((monitor) => monitor.id);
}

function trouble(
  state: Verdict['state'],
  word: string,
  ids: readonly string[],
  total: number,
  detail: string,
): Verdict {
  const [first] = ids;
  const headline = ids.length === 1 ? `${first} is ${word}` : `${ids.length} of ${total} monitors are ${word}`;
  return { state, headline, detail, monitors: ids };
}

/** For how long the oldest failure has lasted. */
function lastingText(monitors: readonly MonitorView[], now: number): string {
  const starts = monitors.flatMap((monitor) =>
    monitor.state === 'failed' && monitor.since !== undefined ? [monitor.since] : [],
  );
  return starts.length === 0 ? '' : `For ${spanText(now - Math.min(...starts))} now. `;
}

function openText(open: number): string {
  return open === 0 ? 'No alert has fired yet.' : `${plural(open, 'incident')} open.`;
}
