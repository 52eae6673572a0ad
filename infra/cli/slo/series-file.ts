import { BurnwatchError } from '../../../shared/config/model.ts';
import { parseSeries } from '../../../shared/slo/parse-series.ts';
import type { Series } from '../../../shared/slo/series.ts';
import type { Io } from '../command.ts';
import { codeOf } from '../node-error.ts';
import { readBytes } from '../read-bytes.ts';

const longestBytes = 32 * 1_048_576;

/** Reads a file of minutes, named relative to the current folder. Throws BURN_SERIES_UNREADABLE or BURN_SERIES_INVALID, one line. */
export async function readSeries(file: string, io: Io): Promise<{ readonly sloId: string; readonly series: Series }> {
  const bytes = await read(file, io);
  if (bytes.byteLength > longestBytes) throw invalid(file, 'must be at most 32 MiB');
  const parsed = parseSeries(decode(file, bytes));
  if (!parsed.ok) throw invalid(file, parsed.message);
  return parsed;
}

async function read(file: string, io: Io): Promise<Uint8Array> {
  try {
    return await readBytes(file, longestBytes, io);
  } catch (cause) {
    const code = codeOf(cause);
    const why =
      code === 'ENOENT'
        ? `there is no file ${file}`
        : code === 'EISDIR'
          ? `${file} is a folder`
          : `${file} cannot be read (${code})`;
    throw new BurnwatchError('BURN_SERIES_UNREADABLE', `${why}: check --series FILE`, { cause });
  }
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(file, 'must be UTF-8 text', cause);
  }
}

function invalid(file: string, message: string, cause?: unknown): BurnwatchError {
  return new BurnwatchError('BURN_SERIES_INVALID', `${file}: ${message}`, { cause });
}
