import { queryText, type SavedQuery, savedQueries } from '../log-queries.ts';
import { insightsUrl, link } from './links.ts';
import { groupsOf, type Scene } from './scene.ts';

/** A saved query in the console's editor, over the logs that it is for. */
export function savedLink(scene: Scene, name: SavedQuery['name']): string {
  const saved = savedQueries.find((query) => query.name === name);
  if (saved === undefined) throw new Error(`there is no saved query ${name}`);
  const groups = groupsOf(scene, saved.of);
  return groups.length === 0 ? '' : link(`Query: ${name}`, insightsUrl(scene.stack, groups, queryText(saved)));
}
