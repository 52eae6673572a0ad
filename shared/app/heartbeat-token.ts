import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Shorter keys could be guessed, and with them the address of every heartbeat. */
const shortestKey = 16;
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

/** A key as it was read: without the line break that it may have been stored with. A sentence says why it cannot be used. */
export type HeartbeatKey = { readonly key: string } | { readonly problem: string };

export function readHeartbeatKey(value: string | undefined, parameter: string): HeartbeatKey {
  const key = value?.trim() ?? '';
  if (key.length >= shortestKey) return { key };
  const found =
    key === ''
      ? `there is no key for heartbeats in the SSM parameter ${parameter}`
      : `the key for heartbeats in the SSM parameter ${parameter} has ${key.length} characters, fewer than ${shortestKey}`;
  return { problem: `${found}: ${howToMake(parameter)}` };
}

function howToMake(parameter: string): string {
  return `aws ssm put-parameter --name ${parameter} --type SecureString --overwrite --value "$(openssl rand -hex 32)"`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
