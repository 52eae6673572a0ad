import { type EntryKey, entryOf } from '../../../shared/metrics/entries.ts';
import type { FunctionName } from '../model.ts';
import { insightsUrl, link } from './links.ts';
import type { Content, LogProperties } from './model.ts';
import { groupsOf, type Scene } from './scene.ts';

/** A field of a log line, quoted, since its name holds dots. */
export function field(key: EntryKey): string {
  const { logKey } = entryOf(key);
  if (logKey === undefined) throw new Error(`${key} is in no log line`);
  return quoted(logKey);
}

/** A field that is no measurement, and so in no catalogue. */
export const quoted = (name: string): string => `\`${name}\``;

/** What a query of Logs Insights finds in the logs of functions: a line of the query each. */
export function logs(
  scene: Scene,
  title: string,
  functions: readonly FunctionName[],
  query: readonly string[],
  view: LogProperties['view'] = 'table',
): Content {
  const sources = groupsOf(scene, functions).map((group) => `SOURCE '${group}'`);
  return {
    type: 'log',
    properties: { title, region: scene.stack.region, view, query: [...sources, ...query].join('\n| ') },
  };
}

/** The same query in the console's editor, to be changed there. */
export function logLink(
  scene: Scene,
  label: string,
  functions: readonly FunctionName[],
  query: readonly string[],
): string {
  return link(label, insightsUrl(scene.stack, groupsOf(scene, functions), query.join('\n| ')));
}
