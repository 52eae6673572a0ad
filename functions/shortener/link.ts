import type { JsonObject } from './body.ts';
import { isCode, isReserved } from './code.ts';
import { parseInstant } from './instant.ts';
import { type InputError, invalidInput, type Problem } from './problem.ts';
import { findUrlFault } from './url.ts';

/** A short link. Instants are epoch ms. */
export type Link = {
  readonly code: string;
  /** As it was given, byte for byte. */
  readonly url: string;
  readonly createdAt: number;
  /** From this instant on the link is gone; without it the link stays. */
  readonly expiresAt?: number;
  /** While it is, nobody is led to its URL; its code stays taken. */
  readonly isDisabled: boolean;
  /** GETs that were redirected; docs/shortener.md says how far it may be from the truth. */
  readonly clicks: number;
};

export type NewLink = { readonly url: string; readonly code?: string; readonly expiresAt?: number };

/** Whether a link is gone at `now`: DynamoDB's TTL takes up to two days, so the code looks too. */
export function isExpired({ expiresAt }: Pick<Link, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** The new link in a JSON object, or everything that is wrong with it. */
export function parseNewLink(
  input: JsonObject,
  ownHosts: readonly string[],
  now: number,
): { readonly value: NewLink } | Problem {
  const { url, code, expiresAt } = input;
  const errors = [
    ...unknownKeys(input, ['url', 'code', 'expiresAt']),
    ...at('url', url === undefined ? missingUrl : findUrlFault(url, ownHosts)),
    ...at('code', code === undefined ? undefined : findCodeFault(code)),
    ...at('expiresAt', expiresAt === undefined ? undefined : findExpiryFault(expiresAt, now)),
  ];
  if (errors.length > 0) return invalidInput(errors);
  const expiry = expiresAt === undefined ? undefined : parseInstant(String(expiresAt));
  return {
    value: {
      url: String(url),
      ...(code !== undefined && { code: String(code) }),
      ...(expiry !== undefined && { expiresAt: expiry }),
    },
  };
}

/** Whether a link is to be disabled, as a JSON object says it, or everything that is wrong with it. */
export function parseLinkChange(input: JsonObject): { readonly isDisabled: boolean } | Problem {
  const { disabled } = input;
  const errors = [
    ...unknownKeys(input, ['disabled']),
    ...at('disabled', typeof disabled === 'boolean' ? undefined : notBoolean),
  ];
  return typeof disabled === 'boolean' && errors.length === 0 ? { isDisabled: disabled } : invalidInput(errors);
}

/** At most this many unknown keys are listed: enough to mend a request by. */
const mostUnknownKeys = 10;

/** One error for each key of `input` that is not in `known`. */
export function unknownKeys(input: JsonObject, known: readonly string[]): readonly InputError[] {
  return Object.keys(input)
    .filter((key) => !known.includes(key))
    .slice(0, mostUnknownKeys)
    .map((key) => ({
      pointer: `#/${pointerSegment(key)}`,
      code: 'unknown-field',
      detail: `${JSON.stringify(key.slice(0, 64))} is not a field here; there are ${known.join(', ')}`,
    }));
}

/** A link as the API shows it, with instants in RFC 3339. */
export function renderLink(link: Link, origin: string): JsonObject {
  return {
    code: link.code,
    url: link.url,
    shortUrl: `${origin}/${link.code}`,
    createdAt: new Date(link.createdAt).toISOString(),
    ...(link.expiresAt !== undefined && { expiresAt: new Date(link.expiresAt).toISOString() }),
    disabled: link.isDisabled,
    clicks: link.clicks,
  };
}

const notBoolean = { code: 'disabled-type', detail: 'disabled must be true or false' };
const missingUrl = { code: 'url-missing', detail: 'url is needed' };

function at(field: string, fault: { code: string; detail: string } | undefined): readonly InputError[] {
  return fault ? [{ pointer: `#/${field}`, ...fault }] : [];
}

function findCodeFault(code: unknown): { code: string; detail: string } | undefined {
  if (typeof code !== 'string' || !isCode(code)) {
    return { code: 'code-shape', detail: 'code must be 4 to 64 letters and digits' };
  }
  return isReserved(code) ? { code: 'code-reserved', detail: 'code must not be a reserved word' } : undefined;
}

function findExpiryFault(expiresAt: unknown, now: number): { code: string; detail: string } | undefined {
  const instant = typeof expiresAt === 'string' ? parseInstant(expiresAt) : undefined;
  if (instant === undefined) {
    return { code: 'expiry-shape', detail: 'expiresAt must be RFC 3339, such as 2030-01-31T12:00:00Z' };
  }
  return instant <= now ? { code: 'expiry-past', detail: 'expiresAt must be in the future' } : undefined;
}

/** RFC 6901 §3 and §6: escaped for a pointer, then for a URI fragment; cut, since the key is anyone's. */
function pointerSegment(key: string): string {
  return encodeURIComponent(key.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'));
}
