import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A link is good for so long after the message that it came with. */
export const linkHoldsMs = 7 * 86_400_000;

/** What the path of a link says, whoever wrote it. */
export type AcknowledgePath = { readonly incidentId: string; readonly expiresAt: number; readonly signature: string };

/** No path of ours is longer, and none that is needs to be looked at. */
const longestPath = 120;
const pattern = /^\/ack\/([0-9a-f]{12})\/([1-9][0-9]{12,14})\.([A-Za-z0-9_-]{43})$/;

/** `/ack/<incident>/<expiresAt>.<signature>`, without a slash before it; `base` is where the stack answers. */
export function acknowledgeUrl(base: string, key: string, incidentId: string, at: number): string {
  const expiresAt = at + linkHoldsMs;
  return `${base.replace(/\/+$/, '')}/ack/${incidentId}/${expiresAt}.${signatureOf(key, incidentId, expiresAt)}`;
}

/** Reads the path of a link; undefined for anything else. */
export function parseAcknowledgePath(path: string): AcknowledgePath | undefined {
  const [, incidentId, expiresAt, signature] = (path.length <= longestPath && pattern.exec(path)) || [];
  if (incidentId === undefined || expiresAt === undefined || signature === undefined) return undefined;
  return { incidentId, expiresAt: Number(expiresAt), signature };
}

/** Whether we signed it. Compares digests in constant time, so that nothing of a signature can be measured. */
export function isSigned({ incidentId, expiresAt, signature }: AcknowledgePath, key: string): boolean {
  return timingSafeEqual(digest(signature), digest(signatureOf(key, incidentId, expiresAt)));
}

/** HMAC-SHA256 under the key, in base64url. */
function signatureOf(key: string, incidentId: string, expiresAt: number): string {
  return createHmac('sha256', key).update(`acknowledge ${incidentId} ${expiresAt}`).digest('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
