/** Shorter keys could be guessed, and with them everything that they sign. */
const shortestKey = 16;

/** A key as it was read: without the line break that it may have been stored with. A sentence says why it cannot be used. */
export type SigningKey = { readonly key: string } | { readonly problem: string };

/** The key in an SSM parameter; `what` is what it is for, such as `heartbeats`. */
export function readSigningKey(value: string | undefined, parameter: string, what: string): SigningKey {
  const key = value?.trim() ?? '';
  if (key.length >= shortestKey) return { key };
  const found =
    key === ''
      ? `there is no key for ${what} in the SSM parameter ${parameter}`
      : `the key for ${what} in the SSM parameter ${parameter} has ${key.length} characters, fewer than ${shortestKey}`;
  return { problem: `${found}: ${howToMake(parameter)}` };
}

function howToMake(parameter: string): string {
  return `aws ssm put-parameter --name ${parameter} --type SecureString --overwrite --value "$(openssl rand -hex 32)"`;
}
