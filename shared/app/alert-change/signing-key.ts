/** Shorter keys could be guessed, and with them everything that they sign. */
const shortestKey = 16;

/**
 * A key as it was read, which signs, and those before it, under which what was signed is still taken: while a key is changed both
 * stand in the parameter, the one that signs on the first line. A sentence says why it cannot be used.
 */
export type SigningKey = { readonly key: string; readonly older: readonly string[] } | { readonly problem: string };

/** The key in an SSM parameter; `what` is what it is for, such as `heartbeats`. */
export function readSigningKey(value: string | undefined, parameter: string, what: string): SigningKey {
  const [first = '', ...older] = linesOf(value);
  const key = [first, ...older].find((line) => line.length < shortestKey) ?? first;
  if (key.length >= shortestKey) return { key, older };
  const found =
    key === ''
      ? `there is no key for ${what} in the SSM parameter ${parameter}`
      : `the key for ${what} in the SSM parameter ${parameter} has ${key.length} characters, fewer than ${shortestKey}`;
  return { problem: `${found}: ${howToMake(parameter)}` };
}

/** The lines of a parameter: without the line break that it may have been stored with. */
export function linesOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function howToMake(parameter: string): string {
  return `aws ssm put-parameter --name ${parameter} --type SecureString --overwrite --value "$(openssl rand -hex 32)"`;
}
