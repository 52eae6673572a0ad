const longestText = 256;
const mask = '***';
/** Base64 of fewer bytes is a few letters that any word may hold. */
const shortestBase64 = 6;

/**
 * Replaces every secret in a text by `***`: as it is, and as it looks percent-encoded, inside JSON, inside JSON that is
 * text inside JSON, in Base64, and with its bytes read in the other one of UTF-8 and Latin-1 (headers are kept as Latin-1). In one pass with the longest form first, so that a secret which holds another one leaves no
 * rest. Redact before you cut: half a secret is not recognised. Empty secrets are ignored.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf));
  const found = [...forms].filter((form) => text.includes(form)).sort((a, b) => b.length - a.length);
  return found.length === 0 ? text : text.replace(new RegExp(found.map(RegExp.escape).join('|'), 'g'), mask);
}

/** Redacts, takes out control characters, and cuts to 256 characters. */
export function redactShort(text: string, secrets: readonly string[]): string {
  const clean = redact(text, secrets).replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ');
  return clean.length > longestText ? `${clean.slice(0, longestText - 3)}...` : clean;
}

function formsOf(secret: string): readonly string[] {
  // A lone surrogate cannot be encoded, and so cannot be in a URL either.
  const wellFormed = secret.toWellFormed();
  const percent = [encodeURIComponent(wellFormed), encodeURI(wellFormed)];
  const lower = percent.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  const plus = percent.map((form) => form.replaceAll('%20', '+'));
  const inJson = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    ...percent,
    ...lower,
    ...plus,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    ...base64Forms(wellFormed),
  ];
  return [...forms, ...forms.flatMap(misreadForms)];
}

function misreadForms(form: string): readonly string[] {
  const misread = Buffer.from(form, 'utf8').toString('latin1');
  return misread === form ? [] : [misread, Buffer.from(form, 'latin1').toString('utf8')];
}

function base64Forms(secret: string): readonly string[] {
  if (secret.length < shortestBase64) return [];
  const bytes = Buffer.from(secret);
  return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}
