import type { ConsoleState } from './state.ts';
import { monitorWords, plural } from './words.ts';

/** More changes at once are a number, not a sermon. */
const mostChanges = 3;

/** What has changed between two states, in words for those who hear the page; empty when nothing that matters did. */
export function newsBetween(before: ConsoleState, after: ConsoleState): string {
  return [monitorNews(before, after), mailNews(before, after), configNews(before, after)]
    .filter((part) => part !== '')
    .join(' ');
}

function monitorNews(before: ConsoleState, after: ConsoleState): string {
  const known = new Map(before.monitors.map((monitor) => [monitor.id, monitor.state]));
  const changed = after.monitors.filter((monitor) => known.has(monitor.id) && known.get(monitor.id) !== monitor.state);
  if (changed.length > mostChanges) return `${changed.length} monitors changed.`;
  return changed.map((monitor) => `${monitor.id}: ${monitorWords[monitor.state].toLowerCase()}.`).join(' ');
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
