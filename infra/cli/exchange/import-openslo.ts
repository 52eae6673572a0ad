import { BurnwatchError } from '../../../shared/config/model.ts';
import { renderFragment } from '../../openslo/fragment.ts';
import { importOpenSlo } from '../../openslo/import.ts';
import { longestBytes, readOpenSlo } from '../../openslo/read.ts';
import type { Command, Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { codeOf } from '../node-error.ts';
import { readBytes } from '../read-bytes.ts';
import { count, paint } from '../terminal.ts';

const help = `
npx burnwatch import openslo FILE [--monitors a,b]

Prints the SLOs of a file of OpenSLO v1 as a part of monitors.yml, to be put into it by hand. What could not be carried
over is told on standard error, a line each: nothing is made up. FILE may hold several documents, or lists of objects;
what an SLO refers to must be in it, too.

  --monitors a,b    the probes of these monitors, for SLOs whose events nobody here can count (Prometheus, …); without
                    it they are left out

An alert condition of OpenSLO has one window and a threshold: it becomes a rule over that window, with the share of the
budget that the threshold stands for and the short window that follows here. Channels and monitors are named, not made.

Exit codes: 0 every SLO was carried over, 1 some were left out, 2 the file is not valid OpenSLO v1, or bad usage.

Examples:
  npx burnwatch import openslo slos.yaml > imported.yml
  npx burnwatch import openslo slos.yaml --monitors shortener-health
`;

/** OpenSLO v1 as a part of monitors.yml. */
export const importOpenSloCommand: Command = {
  name: 'import openslo',
  summary: 'take SLOs over from OpenSLO',
  help,
  run: async (argv, io) => {
    const { values, positionals } = readFlags(argv, { monitors: { type: 'string' } }, 1);
    const [file] = positionals;
    if (file === undefined) throw new BurnwatchError('BURN_USAGE', 'which file? import openslo FILE names one');
    const { objects, errors } = readOpenSlo(await readText(file, io), file);
    for (const error of errors) io.stderr(`${paint('error', 'red', io)} ${clean(error)}\n`);
    if (errors.length > 0) return 2;
    const imported = importOpenSlo(objects, namesOf(values.monitors));
    for (const note of imported.notes) io.stderr(`${paint('note', 'yellow', io)} ${clean(note)}\n`);
    const { slos, left } = imported;
    io.stderr(`${count(slos.length, 'SLO')} carried over${left.length > 0 ? `, left out: ${left.join(', ')}` : ''}\n`);
    if (slos.length > 0) io.stdout(renderFragment(imported, file));
    return left.length === 0 ? 0 : 1;
  },
};

function namesOf(typed: string | undefined): readonly string[] {
  if (typed === undefined) return [];
  const names = typed.split(',').map((name) => name.trim());
  if (names.every((name) => /^[a-z0-9-]{1,64}$/.test(name))) return names;
  throw new BurnwatchError(
    'BURN_USAGE',
    `--monitors takes names with commas between them, got ${JSON.stringify(typed.slice(0, 80))}`,
  );
}

async function readText(file: string, io: Io): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(file, longestBytes, io));
  } catch (cause) {
    const code = codeOf(cause);
    const why =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
        ? `${file} must be UTF-8 text`
        : code === 'ENOENT'
          ? `there is no file ${file}`
          : code === 'EISDIR'
            ? `${file} is a folder`
            : `${file} cannot be read (${code})`;
    throw new BurnwatchError('BURN_OPENSLO_UNREADABLE', why, { cause });
  }
}

/** What a file says may hold what moves a terminal. */
const clean = (text: string): string => text.replaceAll(/\p{Cc}/gu, '�');
