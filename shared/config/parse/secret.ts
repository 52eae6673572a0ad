const words = 'authentication|auth|jwt|bearer|passphrase|pwd|pass|sig|session|sessionid|sid';
const secretWord = new RegExp(`(^|-)(${words})s?($|-)`);
const secretPart =
  /(token|secret|passw|credential|cookie|signature|authoriz|session-?id|(api|access|private|subscription|functions|auth|client|license|secret)-?key)/;

/**
 * Whether what goes by this name is probably a secret: the name of a header or of a query parameter, in any case,
 * `x-api-key`, `apiKey` and `api_key` alike. Rather one too many: a secret in the bundle is worse than a parameter.
 */
export function isSecretName(name: string): boolean {
  const dashed = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return secretWord.test(dashed) || secretPart.test(dashed);
}
