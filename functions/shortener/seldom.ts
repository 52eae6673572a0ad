const spanMs = 1_000;

/** Whether a thing may be said now, epoch ms: it is said once a second, however often it happens. A clock that was put back says it. */
export function createSeldom(now: () => number): () => boolean {
  let saidAt = Number.NEGATIVE_INFINITY;
  return () => {
    const at = now();
    if (at >= saidAt && at - saidAt < spanMs) return false;
    saidAt = at;
    return true;
  };
}
