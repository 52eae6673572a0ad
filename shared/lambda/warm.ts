/**
 * Makes something at its first use and keeps it as long as the sandbox lives. What could not be made is tried again at
 * the next use.
 */
export function keepWarm<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let kept: Promise<Value> | undefined;
  return () => {
    kept ??= make().catch((error) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
