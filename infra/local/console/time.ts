import { element, setAttribute, setText } from './dom.ts';
import { roughSpanText } from './words.ts';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** An instant in the reader's zone: the clock's time today, with the day on any other. */
export function instantText(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return (isToday ? clock : day).format(at);
}

const minuteClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** As `instantText`, to the minute. */
export function minuteText(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return (isToday ? minuteClock : day).format(at);
}

/** The same in UTC, whole. */
function utcText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** An element for one instant; hovering tells it in UTC. */
export function timeElement(className = ''): HTMLTimeElement {
  return element('time', { class: className === '' ? null : className });
}

/** Shows an instant, and with `hasAge` how long ago it was. */
export function setTime(node: HTMLTimeElement, at: number, now: number, hasAge = false): void {
  setAttribute(node, 'datetime', new Date(at).toISOString());
  setAttribute(node, 'title', utcText(at));
  setText(node, hasAge ? `${instantText(at, now)} (${roughSpanText(Math.max(0, now - at))})` : instantText(at, now));
}
