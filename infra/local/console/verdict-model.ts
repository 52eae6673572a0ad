import type { MonitorView } from '../../../shared/app/overview/model.ts';
import type { ConsoleState } from './state.ts';
import { plural, spanText } from './words.ts';

/** The answer to "are we up?": what it looks like, a headline, a sentence, and the monitors it is about. */
export type Verdict = {
  readonly state: Exclude<MonitorView['state'], 'blocked'> | 'ringing' | 'recovering' | 'unmet' | 'overspent';
  readonly headline: string;
  readonly detail: string;
  readonly monitors: readonly string[];
};

/**
 * Trouble first: failing, then what could not be judged, then slow. An alarm of CloudWatch may ring while every monitor passes. An
 * open incident outlives its failures, a burst that did not hold has one until its next run that does, and a budget that is used
 * up is not well either. `now` is epoch ms.
 */
export function verdictOf(state: ConsoleState, now: number): Verdict {
  const { monitors } = state;
  if (monitors.length === 0) return plain('waiting', 'Nothing to watch yet', 'monitors.yml has no monitors.');
  return troubleOf(state, now) ?? calmOf(state, now);
}

function troubleOf({ monitors, incidents }: ConsoleState, now: number): Verdict | null {
  const total = monitors.length;
  const failing = idsIn(monitors, 'failed');
  if (failing.length > 0) {
    const detail = `${lastingText(monitors, now)}${incidentsText(openCount(incidents))}`;
    return about('failed', 'failing', failing, total, detail);
  }
  const unjudged = [...idsIn(monitors, 'unknown'), ...idsIn(monitors, 'blocked')];
  const unjudgedDetail = 'Neither good nor bad: it lowers the coverage, not the budget.';
  if (unjudged.length > 0) return about('unknown', 'not being judged', unjudged, total, unjudgedDetail);
  const degraded = idsIn(monitors, 'degraded');
  if (degraded.length > 0) return about('degraded', 'degraded', degraded, total, 'It works, but not as it should.');
  return null;
}

function calmOf({ monitors, incidents, slos, faults, alarms }: ConsoleState, now: number): Verdict {
  const passing = idsIn(monitors, 'passed').length;
  const open = openCount(incidents);
  if (passing === 0) return waitingFor(monitors);
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  if (ringing.length > 0) {
    const headline = ringing.length === 1 ? `The alarm ${ringing[0]?.name} rings` : `${ringing.length} alarms ring`;
    return plain('ringing', headline, `${passingText(monitors)}. The inbox says what an alarm watches, and why.`);
  }
  const unmet = unmetBursts(incidents);
  if (unmet.length > 0) {
    const headline = `${unmet.length === 1 ? unmet[0] : `${unmet.length} bursts`} did not hold`;
    return plain('unmet', headline, `${passingText(monitors)}. A burst is well again with its next run that holds.`);
  }
  if (open > 0) {
    const closes =
      open === 1 ? 'It closes when the last of its alerts resolves.' : 'They close when their alerts resolve.';
    return plain('recovering', 'Nothing fails now', `${incidentsText(open)} ${closes}`);
  }
  const isOverspent = slos.some((slo) => slo.budgetLeftRatio <= 0);
  if (isOverspent) return plain('overspent', 'A budget is used up', `${passingText(monitors)} now.`);
  if (faults !== null && faults.until > now)
    return plain('passed', 'All was well', 'The shortener is broken now: the next probe finds out.');
  return plain('passed', 'All is well', `${passingText(monitors)}.`);
}

function plain(state: Verdict['state'], headline: string, detail: string): Verdict {
  return { state, headline, detail, monitors: [] };
}

function about(state: Verdict['state'], word: string, ids: readonly string[], total: number, detail: string): Verdict {
  const headline = ids.length === 1 ? `${ids[0]} is ${word}` : `${ids.length} of ${total} monitors are ${word}`;
  return { state, headline, detail, monitors: ids };
}

function idsIn(monitors: readonly MonitorView[], state: MonitorView['state']): readonly string[] {
  return monitors.filter((monitor) => monitor.state === state).map((monitor) => monitor.id);
}

/** The bursts that everything is about which is open. */
function unmetBursts(incidents: ConsoleState['incidents']): readonly string[] {
  const open = incidents.filter((incident) => incident.closedAt === null);
  return open.some(({ monitors }) => monitors.length > 0) ? [] : [...new Set(open.flatMap(({ bursts }) => bursts))];
}

function openCount(incidents: ConsoleState['incidents']): number {
  return incidents.filter((incident) => incident.closedAt === null).length;
}

function waitingFor(monitors: readonly MonitorView[]): Verdict {
  return monitors.every(isHeartbeat)
    ? plain('waiting', 'Waiting for the first call', '“npx burnwatch heartbeat” tells where each job is to call.')
    : plain('waiting', 'Waiting for the first probe', 'The next tick brings it.');
}

const isHeartbeat = ({ type }: MonitorView): boolean => type === 'heartbeat';

/** Of monitors that pass or wait. */
function passingText(monitors: readonly MonitorView[]): string {
  const total = monitors.length;
  if (total === 1) return 'The one monitor passes';
  const waiting = monitors.filter(({ state }) => state !== 'passed');
  if (waiting.length === 0) return `All ${total} monitors pass`;
  const event = waiting.every(isHeartbeat) ? 'call' : waiting.some(isHeartbeat) ? 'probe or call' : 'probe';
  const others = waiting.length === 1 ? 'the other waits for its' : 'the others wait for their';
  return `${total - waiting.length} of ${total} monitors pass, ${others} first ${event}`;
}

/** For how long the oldest failure has lasted. */
function lastingText(monitors: readonly MonitorView[], now: number): string {
  const starts = monitors.flatMap(({ state, since }) => (state === 'failed' && since !== undefined ? [since] : []));
  return starts.length === 0 ? '' : `For ${spanText(now - Math.min(...starts))} now. `;
}

function incidentsText(open: number): string {
  return open === 0 ? 'No alert has fired yet.' : `${plural(open, 'incident')} open.`;
}

/**
 * When the next probe is due, epoch ms: with the next tick of local mode, or before it, where a monitor is probed more often
 * than that.
 */
export function nextProbeAt({ monitors, tickMs, nextTickAt }: ConsoleState, now: number): number {
  const between = monitors
    .filter(({ intervalMs }) => intervalMs < tickMs)
    .map(({ intervalMs }) => (Math.floor(now / intervalMs) + 1) * intervalMs);
  return Math.min(nextTickAt, ...between);
}
