import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BurnwatchError } from '../../shared/config/model.ts';
import { didYouMean } from '../../shared/config/parse/suggest.ts';
import { codeOf } from './node-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Result<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>>;

/**
 * Reads the arguments of a command: `--name value`, `--name=value`, and the rest as positionals. Throws BURN_USAGE
 * for what is not in `options`, with the option that was probably meant, and for positionals beyond `most`.
 */
export function readFlags<const T extends Options>(argv: readonly string[], options: T, most = 0): Result<T> {
  const flags = parse(argv, options);
  const extra = flags.positionals[most];
  if (extra === undefined) return flags;
  throw new BurnwatchError('BURN_USAGE', `does not take ${JSON.stringify(extra)}: see --help`);
}

function parse<const T extends Options>(argv: readonly string[], options: T): Result<T> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new BurnwatchError('BURN_USAGE', explain(argv, Object.keys(options), cause), { cause });
  }
}

function explain(argv: readonly string[], names: readonly string[], cause: unknown): string {
  const unknown = argv.find((arg) => /^-/.test(arg) && !names.includes(nameOf(arg)));
  if (codeOf(cause) === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && unknown !== undefined) {
    const candidates = names.map((name) => `--${name}`);
    return `has no option ${JSON.stringify(`${unknown.split('=')[0]}`)}${didYouMean(`--${nameOf(unknown)}`, candidates)}`;
  }
  const [sentence = ''] = String((cause as Error).message).split(/\.\s|\n/);
  return `${sentence.replace(/\.$/, '')}: see --help`;
}

function nameOf(arg: string): string {
  return arg.replace(/^--?/, '').split('=')[0] ?? '';
}
