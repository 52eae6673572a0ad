/** All values at a JSONPath (RFC 9535), in document order; or why they cannot be told. */
export type Select = (path: string, value: unknown) => Selected;
export type Selected = { readonly values: readonly unknown[] } | { readonly problem: string };

/** A path that searches visits each value of a document, which costs 2 µs and 150 bytes a value. */
const mostValues = 50_000;

/**
 * What finds values in this document; the engine weighs as much as all the rest of this room, and is loaded at first use.
 * Paths that search are refused a document of more than 50,000 values. Never throws.
 */
export async function loadSelect(text: string): Promise<Select> {
  const { query } = await import('json-p3');
  let isLarge: boolean | undefined;
  return (path, value) => {
    if (searches(path)) {
      isLarge ??= hasMoreValues(text, mostValues);
      if (isLarge) return { problem: `the body has more than ${mostValues} values, too many for this path` };
    }
    try {
      return { values: query(path, value as Parameters<typeof query>[1]).values() };
    } catch {
      // The path was checked when the configuration was parsed: what is left is a document that is too deep for it.
      return { problem: 'the body is nested too deeply for this path' };
    }
  };
}

/** Whether a path may find more than one value. */
function searches(path: string): boolean {
  return /[*?:,]|\.\./.test(path.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ''));
}

const [quote, backslash, comma, bracket, brace] = [34, 92, 44, 91, 123];

/** Every value but the first follows a comma, or a bracket that opens. */
function hasMoreValues(text: string, limit: number): boolean {
  let count = 1;
  let isText = false;
  for (let at = 0; at < text.length && count <= limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) isText = !isText;
    else if (isText) at += code === backslash ? 1 : 0;
    else if (code === comma || code === bracket || code === brace) count += 1;
  }
  return count > limit;
}
