import { createHash } from 'node:crypto';

/** The first `digits` hex digits of SHA-256 over the parts: the same parts give the same id, everywhere and always. */
export function stableId(parts: readonly (string | number)[], digits: number): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits);
}
