import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BurnwatchError } from '../../shared/config/model.ts';
import { parseConfig, renderProblem } from '../../shared/config/parse/index.ts';
import { expandText } from '../../shared/config/parse/reference.ts';
import { checkPlace, checkUrl } from '../../shared/config/parse/request.ts';
import { readEmail } from '../../shared/config/parse/values.ts';
import { ask } from './ask.ts';
import type { Command, Io } from './command.ts';
import { defaultFile } from './config-file.ts';
import { renderFirstFile } from './first-file.ts';
import { readFlags } from './flags.ts';
import { codeOf } from './node-error.ts';

const help = `
npx burnwatch init [--url URL] [--email ADDRESS] [--config FILE] [--force]

Writes a small, commented monitors.yml: one monitor, one channel, one SLO. What is not given is asked for.

  --url URL         what to probe
  --email ADDRESS   whom to tell
  --config FILE     another file than ./monitors.yml
  --force           write over a file that is there

Examples:
  npx burnwatch init
  npx burnwatch init --url https://example.com/ --email you@example.com
  npx burnwatch init --config staging.yml --force
`;

export const initCommand: Command = {
  name: 'init',
  summary: 'write a first monitors.yml',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      url: { type: 'string' },
      email: { type: 'string' },
      config: { type: 'string' },
      force: { type: 'boolean' },
    });
    const file = values.config ?? defaultFile;
    const path = resolve(io.cwd, file);
    if (!values.force && existsSync(path))
      throw new BurnwatchError(
        'BURN_FILE_EXISTS',
        `${file} is there already: --force writes over it, --config FILE writes another`,
      );
    const answers = await collect({ '--url': values.url, '--email': values.email }, io);
    if (!answers) return 130;
    await save(path, file, renderChecked(path, file, answers, io), values.force === true);
    const suffix = values.config === undefined ? '' : ` --config ${file}`;
    io.stdout(`Wrote ${file}.\nNext: npx burnwatch validate${suffix}\nThen: npx burnwatch probe${suffix}\n`);
    return 0;
  },
};

type Answers = { readonly url: string; readonly email: string };
type Flags = { readonly '--url': string | undefined; readonly '--email': string | undefined };

/** From the flags, or from whoever sits there. Undefined when that one left. */
async function collect(flags: Flags, io: Io): Promise<Answers | undefined> {
  check('--url', flags['--url'], urlProblem);
  check('--email', flags['--email'], emailProblem);
  const missing = (['--url', '--email'] as const).filter((flag) => flags[flag] === undefined);
  if (missing.length > 0 && !io.isInteractive) {
    throw new BurnwatchError('BURN_USAGE', `needs ${missing.join(' and ')}, because there is no terminal to ask in`);
  }
  const url = flags['--url'] ?? (await ask('What shall be probed? URL: ', urlProblem, io));
  if (url === undefined) return undefined;
  const email = flags['--email'] ?? (await ask('Who is told? E-mail address: ', emailProblem, io));
  return email === undefined ? undefined : { url, email };
}

function check(flag: string, value: string | undefined, problemOf: (value: string) => string | undefined): void {
  const problem = value === undefined ? undefined : problemOf(value);
  if (problem !== undefined) throw new BurnwatchError('BURN_USAGE', `${flag} ${problem}`);
}

/** The rules of the file itself; `${env:…}` is left open. */
function urlProblem(url: string): string | undefined {
  const expansion = expandText(url, {});
  if (!expansion.ok) return expansion.message;
  return (checkPlace(expansion, 'http') ?? checkUrl(expansion))?.message;
}

function emailProblem(email: string): string | undefined {
  const read = readEmail(email);
  return read.ok ? undefined : read.message;
}

/**
 * What is about to be written is read first, by the parser that will read it later. A private address is meant: whoever
 * names it wants it probed.
 */
function renderChecked(path: string, file: string, answers: Answers, io: Io): string {
  const check = `npx burnwatch validate${file === defaultFile ? '' : ` --config ${basename(file)}`}`;
  const render = (allowPrivate: boolean) =>
    renderFirstFile({ ...answers, allowPrivate, schema: schemaPath(path), check });
  const result = parseConfig(render(false), { file, env: io.env });
  const [error] = result.ok ? [] : result.errors;
  if (error) throw new BurnwatchError(error.code, renderProblem(error));
  return render(result.warnings.some(({ code }) => code === 'BURN_CONFIG_ALWAYS_BLOCKED'));
}

/** From the file's folder to the schema that ships with Burnwatch, for the editor. */
function schemaPath(path: string): string {
  const schema = fileURLToPath(new URL('../../shared/config/monitors.schema.json', import.meta.url));
  const steps = relative(dirname(path), schema).split(sep).join('/');
  return steps.startsWith('.') ? steps : `./${steps}`;
}

async function save(path: string, file: string, text: string, isForced: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: isForced ? 'w' : 'wx' });
  } catch (cause) {
    const reason = codeOf(cause) === 'ENOENT' ? `there is no folder ${dirname(file)}` : codeOf(cause);
    throw new BurnwatchError('BURN_FILE_UNWRITABLE', `${file} cannot be written: ${reason}`, { cause });
  }
}
