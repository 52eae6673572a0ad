const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const generatedLength = 8;
/** The largest multiple of 62 that a byte can hold: bytes from there on would favour the first letters. */
const unbiased = 248;

/**
 * Names that have, or may get, a meaning of their own as the first segment of a path. A custom code must not be one of
 * them, whatever its case, and none of them is ever looked up as a code.
 */
export const reservedCodes: ReadonlySet<string> = new Set(
  `about ack account admin alerts api apple asset assets auth bulk burnwatch callback config console contact dashboard data
   debug demo docs error errors events favicon fault faults feed file files graphql head health healthz heartbeat
   heartbeats help home hook hooks image images inbox incident incidents index info internal legal link links livez
   login logout manifest metric metrics monitor monitors news null oauth openapi options page pages ping postmortem
   preview privacy prod public ready readyz report robots root schema search security server settings shorten signin
   signup sitemap slos static stats status support swagger system terms test token tokens undefined user users version
   webhook webhooks wellknown favicon.ico robots.txt sitemap.xml`.split(/\s+/),
);

/** Whether `text` has the shape of a code: 4 to 64 letters and digits. Codes are case-sensitive. */
export function isCode(text: string): boolean {
  return /^[0-9A-Za-z]{4,64}$/.test(text);
}

export function isReserved(text: string): boolean {
  return reservedCodes.has(text.toLowerCase());
}

/**
 * Eight base62 characters, about 47.6 bits, each letter equally likely: bytes of 248 and above are thrown away instead
 * of wrapped around. `randomBytes(n)` must be a CSPRNG: codes of 5 or 6 characters were found by scanning
 * (https://arxiv.org/abs/1604.02734), guessable ones would be too.
 */
export function generateCode(randomBytes: (size: number) => Uint8Array): string {
  let code = '';
  while (code.length < generatedLength) {
    for (const byte of randomBytes(2 * generatedLength)) {
      if (byte < unbiased && code.length < generatedLength) code += alphabet[byte % 62];
    }
  }
  return isReserved(code) ? generateCode(randomBytes) : code;
}
