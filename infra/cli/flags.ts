import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BurnwatchError } from '../../shared/config/model.ts';
import { didYouMean } from '../../shared/config/suggest.ts';
import { codeOf } from './node-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Result<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>>;

/**
 * Reads the arguments of a command: `--name value`, `--name=value`, and the rest as positionals. Throws BURN_USAGE
 * for what is not in `options`, with the option that was probably meant, for positionals beyond `most`, and for a stage or a region
 * that cannot be one: both are parts of names and addresses, and AWS would say so in words of its own.
 */
export function readFlags<const T extends Options>(argv: readonly string[], options: T, most = 0): Result<T> {
  const flags = parse(argv, options);
  checkPlace(flags.values);
  const extra = flags.positionals[most];
  if (extra === undefined) return flags;
  throw new BurnwatchError('BURN_USAGE', `does not take ${JSON.stringify(extra)}: see --help`);
}

const places = {
  stage: { pattern: /^[\w-]{1,64}$/, message: 'must be letters, digits and dashes, such as prod' },
  region: { pattern: /^[a-z0-9-]{1,32}$/, message: 'must be a region of AWS, such as eu-west-1' },
} as const;

function checkPlace(values: Readonly<Record<string, unknown>>): void {
  for (const [name, { pattern, message }] of Object.entries(places)) {
    const value = values[name];
    if (typeof value !== 'string' || pattern.test(value)) continue;
    throw new BurnwatchError('BURN_USAGE', `--${name} ${message}, got ${JSON.stringify(value.slice(0, 80))}`);
  }
}

function parse<const T extends Options>(argv: readonly string[], options: T): Result<T> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new BurnwatchError('BURN_USAGE', explainFlags(argv, options, cause), { cause });
  }
}

/**
 * Why `parseArgs` refused, as what follows the name of a command: `has no option "--jsn"; did you mean "--json"?`. Where
 * nothing better can be said it ends in `help`, which says where to look.
 */
export function explainFlags(argv: readonly string[], options: Options, cause: unknown, help = 'see --help'): string {
  const [sentence = ''] = String((cause as Error).message).split(/\.\s|\n/);
  const option = /'(?:-\w, )?(--[\w-]+)/.exec(sentence)?.[1];
  switch (codeOf(cause)) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return explainUnknown(argv, options, help);
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return `does not take ${JSON.stringify(/'(.*)'/s.exec(sentence)?.[1] ?? '')}: ${help}`;
    default:
      return explainValue(argv, option, /does not take/.test(sentence), help);
  }
}

/** `parseArgs` takes -5 for an option that is not there, and so for no value. */
function explainValue(argv: readonly string[], option: string | undefined, hasValue: boolean, help: string): string {
  const negative = argv.find((value, index) => argv[index - 1] === option && /^-[\d.]/.test(value));
  if (negative !== undefined) return `${option} must not be negative, got ${JSON.stringify(negative)}: ${help}`;
  return `${option} ${hasValue ? 'takes no value' : 'needs a value'}: ${help}`;
}

function explainUnknown(argv: readonly string[], options: Options, help: string): string {
  const long = Object.keys(options);
  const known = [...long, ...Object.values(options).flatMap(({ short }) => (short === undefined ? [] : [short]))];
  const unknown = argv.find((arg) => /^-/.test(arg) && !known.includes(nameOf(arg))) ?? '';
  const candidates = long.map((name) => `--${name}`);
  const hint = didYouMean(`--${nameOf(unknown)}`, candidates) || `: ${help}`;
  return `has no option ${JSON.stringify(unknown.split('=')[0])}${hint}`;
}

function nameOf(arg: string): string {
  return arg.replace(/^--?/, '').split('=')[0] ?? '';
}
