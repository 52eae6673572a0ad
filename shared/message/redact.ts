const placeholder = '[redacted]';

/**
 * Replaces every secret in a text by `[redacted]`, also where it is percent-encoded, JSON-escaped or in Base64. The
 * last gate before a text leaves us: what makes the text should not have put a secret there. Works on the whole text at
 * once: redact before you cut, because half a secret is not recognised. Empty secrets are ignored.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))].filter((form) =>
    text.includes(form),
  );
  if (forms.length === 0) return text;
  // Longest first, in one pass: a secret inside another must not leave the rest of it, nor match the placeholder.
  const pattern = forms.sort((a, b) => b.length - a.length).map(escapeRegExp);
  return text.replace(new RegExp(pattern.join('|'), 'g'), placeholder);
}

/** The ways in which a secret may be written. */
function formsOf(secret: string): string[] {
  const wellFormed = secret.toWellFormed();
  const percent = encodeURIComponent(wellFormed);
  const base64 = Buffer.from(wellFormed).toString('base64');
  const lower = percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const forms = [secret, percent, lower, percent.replaceAll('%20', '+'), JSON.stringify(secret).slice(1, -1)];
  // Base64 of a few bytes is a few letters that any word may hold.
  return wellFormed.length < 6
    ? forms
    : [...forms, base64.replace(/=+$/, ''), Buffer.from(wellFormed).toString('base64url')];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
