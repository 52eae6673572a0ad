import { beganText, burstNewsText, unkeptNews } from './burst-words.ts';
import type { ConsoleState } from './state.ts';
import { monitorWords, plural } from './words.ts';

/** More changes at once are a number, not a sermon. */
const mostChanges = 3;

/** What has changed between two states, in words for those who hear the page; empty when nothing that matters did. */
export function newsBetween(before: ConsoleState, after: ConsoleState): string {
  return [monitorNews, burstNews, mailNews, configNews]
    .map((news) => news(before, after))
    .filter((part) => part !== '')
    .join(' ');
}

function monitorNews(before: ConsoleState, after: ConsoleState): string {
  const known = new Map(before.monitors.map((monitor) => [monitor.id, monitor.state]));
  const changed = after.monitors.filter((monitor) => known.has(monitor.id) && known.get(monitor.id) !== monitor.state);
  if (changed.length > mostChanges) return `${changed.length} monitors changed.`;
  return changed.map((monitor) => `${monitor.id}: ${monitorWords[monitor.state].toLowerCase()}.`).join(' ');
}

/** Runs that began, runs that were not sent, and what came of those that were. */
function burstNews(before: ConsoleState, after: ConsoleState): string {
  const known = new Map(before.liveRuns.map((run) => [run.id, run.end]));
  const began = after.liveRuns.filter((run) => run.end === undefined && !known.has(run.id)).map(beganText);
  const unkept = after.liveRuns.filter(
    (run) => run.end !== undefined && known.has(run.id) && known.get(run.id) === undefined,
  );
  const newest = new Map(before.bursts.map(({ id, runs }) => [id, runs[0]?.runAt ?? 0]));
  const kept = after.bursts.filter(
    ({ id, runs }) => (runs[0]?.runAt ?? 0) > (newest.get(id) ?? Number.POSITIVE_INFINITY),
  );
  const news = [...began, ...unkept.map(unkeptNews), ...kept.map(burstNewsText)].filter((text) => text !== '');
  return news.length > mostChanges ? `News of ${plural(news.length, 'burst')}.` : news.join(' ');
}

function mailNews(before: ConsoleState, after: ConsoleState): string {
  const known = new Set(before.inbox.map((message) => message.id));
  const fresh = after.inbox.filter((message) => !known.has(message.id));
  if (fresh.length > mostChanges) return `${fresh.length} messages in the inbox.`;
  return fresh.map((message) => `New message: ${message.subject}.`).join(' ');
}

function configNews(before: ConsoleState, after: ConsoleState): string {
  if (before.configErrors.length === after.configErrors.length) return '';
  return after.configErrors.length === 0
    ? 'monitors.yml is taken.'
    : `monitors.yml has ${plural(after.configErrors.length, 'error')}.`;
}
