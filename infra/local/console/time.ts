import { element, setAttribute, setText } from './dom.ts';
import { instantText } from './instants.ts';
import { roughSpanText } from './words.ts';

/** An instant in UTC, whole. */
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
