import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readSigningKey, type SigningKey } from '../alert-change/signing-key.ts';

/** Six bits each: 132 bits of the 256 that HMAC-SHA256 has. */
const tokenCharacters = 22;

/** The token in the address of a heartbeat: HMAC-SHA256 of its id under the key, in base64url, cut to 22 characters. */
export function heartbeatToken(key: string, id: string): string {
  return createHmac('sha256', key).update(id).digest('base64url').slice(0, tokenCharacters);
}

/** Compares digests in constant time, so that neither the length nor the beginning of the token can be measured. */
export function isHeartbeatToken(given: string, key: string, id: string): boolean {
  return timingSafeEqual(digest(given), digest(heartbeatToken(key, id)));
}

export function readHeartbeatKey(value: string | undefined, parameter: string): SigningKey {
  return readSigningKey(value, parameter, 'heartbeats');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
