import { JSONPathEnvironment } from 'json-p3';

/** Whether `path` is a well-formed JSONPath (RFC 9535). */
export function isJsonPath(path: string): boolean {
  try {
    new JSONPathEnvironment().compile(path);
    return true;
  } catch {
    // The library's own message names positions of its tokens; the caller says what was expected.
    return false;
  }
}
