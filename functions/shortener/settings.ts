export type Settings = {
  readonly table: string;
  /** `token`: everything under /links and /faults needs the bearer token. `open`: nothing does. */
  readonly writes: 'token' | 'open';
  /** Name of the SSM parameter that holds the token. */
  readonly tokenParameter: string;
  readonly areFaultsOn: boolean;
};

class SettingsError extends Error {
  readonly code = 'BURN_SHORTENER_SETTINGS';
}

/** The shortener's settings in an environment. What is not said is the safe choice; what is said wrongly is an error. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const table = env['LINKS_TABLE'];
  if (!table) throw new SettingsError('set LINKS_TABLE to the name of the table that holds the links');
  return {
    table,
    writes: choose(env, 'WRITES', ['token', 'open']),
    tokenParameter: env['WRITE_TOKEN_PARAMETER'] || '/burnwatch/write-token',
    areFaultsOn: choose(env, 'FAULTS', ['off', 'on']) === 'on',
  };
}

/** The value of a variable; the first choice when it is not set. */
function choose<Choice extends string>(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const chosen = choices.find((choice) => choice === (env[name] || choices[0]));
  if (chosen === undefined) throw new SettingsError(`set ${name} to ${choices.join(' or ')}`);
  return chosen;
}
