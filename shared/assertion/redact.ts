const longestText = 256;
const mask = '***';

/**
 * Replaces every secret in a text by `***`: as it is, and as it looks inside a URL or inside JSON. The longest go first,
 * so that a secret which holds another one leaves no rest.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, ...percentEncoded(secret), ...jsonEscaped(secret)]);
  const unique = [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length);
  return unique.reduce((left, form) => left.replaceAll(form, mask), text);
}

/** Redacts, takes out control characters, and cuts to 256 characters. */
export function redactShort(text: string, secrets: readonly string[]): string {
  const clean = redact(text, secrets).replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ');
  return clean.length > longestText ? `${clean.slice(0, longestText - 3)}...` : clean;
}

function percentEncoded(secret: string): string[] {
  // A lone surrogate cannot be encoded, and so cannot be in a URL either.
  return secret.isWellFormed() ? [encodeURIComponent(secret), encodeURI(secret)] : [];
}

/** As text inside JSON, and inside JSON that is text inside JSON. */
function jsonEscaped(secret: string): string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}
