import { readdir, readFile } from 'node:fs/promises';
import { BurnwatchError } from '../config/model.ts';

/**
 * Reads a JSON file that was written beside the bundle when it was packaged. Its shape is the packager's promise.
 * Throws BURN_PACKAGE_INCOMPLETE when it is not there or not JSON.
 */
export async function readPackaged<Content>(file: URL): Promise<Content> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Content;
  } catch (cause) {
    throw new BurnwatchError(
      'BURN_PACKAGE_INCOMPLETE',
      `the package has no readable ${nameOf(file)}; deploy it again`,
      {
        cause,
      },
    );
  }
}

/** The names of the JSON files in a folder beside the bundle, sorted. */
export async function listPackaged(folder: URL): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (cause) {
    throw new BurnwatchError(
      'BURN_PACKAGE_INCOMPLETE',
      `the package has no folder ${nameOf(folder)}; deploy it again`,
      {
        cause,
      },
    );
  }
}

/** The last two parts of a path: enough to find it, without the place where the function lies. */
const nameOf = (file: URL): string => file.pathname.split('/').filter(Boolean).slice(-2).join('/');
