import type { Config, Monitor } from '../model.ts';
import { readFile } from './file.ts';
import { createLocator, pathAt } from './locate.ts';
import { type Hash, hashName } from './names.ts';
import { findAnchors, toPlain } from './plain.ts';
import { type Fault, type Problem, renderPath } from './problem.ts';
import { warnOfRenames } from './renames.ts';
import { openYaml, type Source } from './yaml.ts';

export { type AdHoc, buildAdHocBurst } from './ad-hoc.ts';
export { codes } from './codes.ts';
export { jsonSchema } from './json-schema.ts';
export { type Problem, renderProblem } from './problem.ts';
export {
  parseDuration,
  parsePercent,
  parseRate,
  parseStatusRange,
  renderDuration,
  renderPercent,
  renderRate,
} from './units.ts';

export type ParseOptions = {
  /** Its name, for the problems. */
  readonly file: string;
  /** Where `${env:…}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Replaces every monitor's interval; what follows from it is derived anew. Whole milliseconds, above 0. */
  readonly intervalMs?: number;
  /** Rules that can never fire, and budgets without an event in them, are warned of and not refused: to see what they would do. */
  readonly isTrial?: boolean;
  /** The monitors of an earlier version of it: what would be forgotten of them is warned of. */
  readonly before?: readonly Monitor[];
  /** From names to keys of the ledger; for tests of collisions. */
  readonly hash?: Hash;
};
export type ParseResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: Problem[] }
  | { readonly ok: false; readonly errors: Problem[]; readonly warnings: Problem[] };

/**
 * Reads monitors.yml: the configuration, or every error that is in it, in the order of the file, each with its place.
 * Bytes are checked to be UTF-8; so is a text, by the replacement characters that a lenient reader leaves. Warnings
 * come either way and never stop anything. Never throws, whatever the file holds.
 */
export function parseConfig(input: string | Uint8Array, options: ParseOptions): ParseResult {
  const { source, lines, faults } = openYaml(input);
  const render = (found: readonly Fault[], offsetOf: (fault: Fault) => number) =>
    found
      .map((fault) => ({ fault, offset: fault.offset ?? offsetOf(fault) }))
      .sort((a, b) => a.offset - b.offset)
      .map(({ fault, offset }) => toProblem(fault, lines.linePos(offset), options.file));
  if (!source) return { ok: false, errors: render(faults, () => 0), warnings: [] };
  const anchors = findAnchors(source);
  const plain = toPlain(source, anchors);
  const { env, hash = hashName, intervalMs, isTrial = false } = options;
  const read = plain.value === undefined ? noFile : readFile(plain.value, { env, hash, intervalMs, isTrial });
  const locate = createLocator(source, anchors);
  const offsetOf = ({ path }: Fault) => locate(path);
  const early = withPaths([...faults, ...plain.faults], source);
  const errors = render([...early, ...withoutEchoes(read.faults, early)], offsetOf);
  const forgotten = options.before && read.config ? warnOfRenames(options.before, read.config.monitors) : [];
  const warnings = render([...read.warnings, ...forgotten], offsetOf);
  if (errors.length > 0 || !read.config) return { ok: false, errors, warnings };
  return { ok: true, config: read.config, warnings };
}

/** An alias without an anchor leaves nothing in its place, which is then of the wrong kind. */
function withoutEchoes(faults: readonly Fault[], early: readonly Fault[]): Fault[] {
  const aliases = early.filter(({ code }) => code === 'BURN_CONFIG_ALIAS').map(({ path }) => renderPath(path));
  return faults.filter(({ path }) => !aliases.includes(renderPath(path)));
}

const noFile = { config: undefined, faults: [], warnings: [] };

/** Faults of syntax know where they are, but not under which keys. */
function withPaths(faults: readonly Fault[], source: Source): Fault[] {
  return faults.map((fault) => (fault.offset === undefined ? fault : { ...fault, path: pathAt(source, fault.offset) }));
}

function toProblem(
  { code, path, message }: Fault,
  { line, col }: { line: number; col: number },
  file: string,
): Problem {
  return { code, file, line: Math.max(line, 1), column: Math.max(col, 1), path: renderPath(path), message };
}
