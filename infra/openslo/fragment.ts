import { Document, isCollection, isMap, isScalar, isSeq } from 'yaml';
import type { Imported } from './import.ts';

const longestComment = 100;

/** SLOs as a part of monitors.yml, with what they were called in words above each, and what has to be there besides. */
export function renderFragment({ slos }: Imported, file: string): string {
  const document = new Document({ slos: Object.fromEntries(slos.map(({ id, entry }) => [id, entry])) });
  document.commentBefore = ` From ${oneLine(file)}, by npx burnwatch import openslo.${needsOf(slos)}`;
  const all = document.get('slos', true);
  const comments = new Map(slos.flatMap(({ id, comment }) => (comment === undefined ? [] : [[id, oneLine(comment)]])));
  for (const { key } of isMap(all) ? all.items : []) {
    const comment = isScalar(key) ? comments.get(String(key.value)) : undefined;
    if (isScalar(key) && comment !== undefined) key.commentBefore = ` ${comment}`;
  }
  for (const { value } of isMap(all) ? all.items : []) shorten(value);
  return document.toString({ lineWidth: 0 });
}

/** What fits into a line stands in one: an indicator, a window, each rule. */
function shorten(slo: unknown): void {
  for (const { value } of isMap(slo) ? slo.items : []) {
    for (const part of isSeq(value) ? value.items : [value]) if (isCollection(part)) part.flow = true;
  }
}

/** Channels and monitors are never made up: they are named, so that they can be written. */
function needsOf(slos: Imported['slos']): string {
  const rules = slos.flatMap(({ entry }) => entry.alerts ?? []);
  const channels = new Set(rules.flatMap(({ notify, escalate }) => [...notify, ...(escalate?.notify ?? [])]));
  const indicators = slos.map(({ entry }) => entry.indicator);
  const monitors = new Set(indicators.flatMap((each) => ('monitors' in each ? each.monitors : [])));
  const bursts = new Set(indicators.flatMap((each) => ('bursts' in each ? each.bursts : [])));
  const named = (noun: string, names: ReadonlySet<string>) =>
    names.size === 0 ? [] : [`${noun} ${[...names].join(', ')}`];
  const needs = [
    ...named('the channels', channels),
    ...named('the monitors', monitors),
    ...named('the bursts', bursts),
  ];
  return needs.length === 0 ? '' : `\n It needs ${needs.map(oneLine).join('; ')}.`;
}

/** Without what would end a comment, or move a terminal. */
function oneLine(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return clean.length <= longestComment ? clean : `${clean.slice(0, longestComment - 1)}…`;
}
