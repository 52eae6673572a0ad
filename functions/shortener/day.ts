const dayMs = 86_400_000;

/** The number of the UTC day since 1970 that an instant lies in. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** A day as RFC 3339 writes it, such as 2030-01-31. */
export function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
