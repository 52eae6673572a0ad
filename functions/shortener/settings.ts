export type Settings = {
  readonly table: string;
  /** `token`: everything under /links and /faults needs the bearer token. `open`: nothing does. */
  readonly writes: 'token' | 'open';
  /** Name of the SSM parameter that holds the token. */
  readonly tokenParameter: string;
  readonly areFaultsOn: boolean;
  /** Origins whose pages may call the API, or `*` for all. */
  readonly corsOrigins: readonly string[] | '*';
  /** Requests a second that one caller may send to /links and /faults; 0 for no bound. */
  readonly apiPerSecond: number;
  /** Codes without a link that one caller may ask for in a second; 0 for no bound. */
  readonly missesPerSecond: number;
};

/** What a person who clicks stays below, and a script that guesses does not. */
const usualApiPerSecond = 20;
const usualMissesPerSecond = 5;

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
    corsOrigins: readOrigins(env['CORS_ORIGINS'] ?? ''),
    apiPerSecond: readRate(env, 'THROTTLE_API_PER_SECOND', usualApiPerSecond),
    missesPerSecond: readRate(env, 'THROTTLE_MISSES_PER_SECOND', usualMissesPerSecond),
  };
}

function readOrigins(text: string): readonly string[] | '*' {
  const origins = text.split(',').flatMap((origin) => origin.trim() || []);
  if (origins.length === 1 && origins[0] === '*') return '*';
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong === undefined) return origins;
  throw new SettingsError(`set CORS_ORIGINS to * or to origins such as https://example.com with commas, not ${wrong}`);
}

function readRate(env: Readonly<Record<string, string | undefined>>, name: string, usual: number): number {
  const rate = Number(env[name] || usual);
  if (rate >= 0 && rate <= 10_000) return rate;
  throw new SettingsError(`set ${name} to a number from 0 to 10000`);
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
