/** What this browser remembers of its reader: that the hint was seen, and which messages were read. */
const prefix = 'burnwatch.';

/** null where nothing is remembered, or where the browser keeps nothing for this page. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(prefix + key);
  } catch {
    // A browser that forbids storage forgets at every visit, and all else works.
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(prefix + key, value);
  } catch {
    // As above, and the same when its room is full.
  }
}

/** A remembered set of ids; anything that is not a list of strings counts as none. */
export function recallIds(key: string): Set<string> {
  try {
    const value: unknown = JSON.parse(recall(key) ?? '[]');
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []);
  } catch {
    // Somebody else's text under our name: start afresh.
    return new Set();
  }
}
