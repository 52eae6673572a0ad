import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { BurnwatchError } from '../shared/config/model.ts';

/** A package whose code is in a bundle. */
export type Shipped = {
  readonly name: string;
  readonly version: string;
  /** As its package.json has it, an SPDX expression: `MIT`, `(MIT OR Apache-2.0)`. */
  readonly licence: string;
  /** Its lines of copyright; where it has none, whom its package.json names as author. Empty where that names nobody. */
  readonly copyright: readonly string[];
  /** The text of its licence without these lines. Empty where the package carries none. */
  readonly text: string;
  /** What it asks to be passed on beside its licence. */
  readonly notice: string;
};

/** The packages that a bundle has code of after everything that nobody asks for was shaken out, by name. */
export function shippedIn({ outputs }: Metafile, root: string): readonly Shipped[] {
  const folders = Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? packageOf(path) : []));
  return [...new Set(folders)]
    .map((folder) => readPackage(resolve(root, folder)))
    .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

function packageOf(path: string): readonly string[] {
  const [folder] = /^.*(^|\/)node_modules\/(@[^/]+\/)?[^/]+/.exec(path) ?? [];
  return folder === undefined ? [] : [folder];
}

const idOf = ({ name, version }: Shipped): string => `${name} ${version}`;

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
};

function readPackage(folder: string): Shipped {
  const { name, version, license = 'unknown', author }: Manifest = JSON.parse(read(join(folder, 'package.json')));
  const files = readdirSync(folder);
  const licences = files.filter((file) => /^(licen[cs]e|copying)/i.test(file)).toSorted();
  const [choice = ''] = license.replaceAll(/[()]/g, '').split(' OR ');
  const file = licences.find((each) => basename(each).toLowerCase().includes(choice.toLowerCase())) ?? licences[0];
  const lines = file === undefined ? [] : read(join(folder, file)).split('\n');
  const own = lines.filter(isCopyright).map((line) => line.trim());
  const called = typeof author === 'string' ? author : author?.name;
  const notice = files.find((each) => /^notice/i.test(each));
  return {
    name,
    version,
    licence: license,
    copyright: own.length > 0 || called === undefined ? own : [`Copyright (c) ${called}`],
    text: lines
      .filter((line) => !isCopyright(line))
      .join('\n')
      .trim(),
    notice: notice === undefined ? '' : read(join(folder, notice)).trim(),
  };
}

const read = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');

/** `Copyright [yyyy] [name of copyright owner]` is how the appendix of Apache-2.0 shows what to write. */
function isCopyright(line: string): boolean {
  return /^\s*(copyright\s+(\(c\)|©|\d{4})|all rights reserved\.?\s*$)/i.test(line);
}

/**
 * What has to go wherever a bundle goes: each package with its version, licence and copyright, and each text once. Apache-2.0 is one
 * text, whoever uses it. A package that carries none is under the shortest of the bundle's with the same licence: longer ones have
 * clauses of their own. The same packages give the same text. Throws BURN_LICENCE_MISSING where there is none.
 */
export function renderNotices(shipped: readonly Shipped[]): string {
  const texts = Map.groupBy(shipped, (each) => textOf(each, shipped));
  return `${[
    'This function carries code of the packages below, each under its licence. The texts follow.',
    shipped.map(renderPackage).join('\n'),
    ...[...texts].map(([text, those]) => `${title(those, shipped)}\n\n${text}`),
    ...shipped.flatMap(({ name, notice }) => (notice === '' ? [] : [`== Notice of ${name}\n\n${notice}`])),
  ].join('\n\n')}\n`;
}

function textOf({ name, licence, text }: Shipped, shipped: readonly Shipped[]): string {
  const same = shipped.filter((other) => other.text !== '' && other.licence === licence).map((other) => other.text);
  const isShared = licence === 'Apache-2.0' || text === '';
  const found = isShared
    ? same.toSorted((a, b) => a.length - b.length)[0]
    : same.find((other) => wordsOf(other) === wordsOf(text));
  if (found !== undefined) return found;
  throw new BurnwatchError(
    'BURN_LICENCE_MISSING',
    `${name} is bundled and carries no text of its licence ${licence}, nor does another package of the bundle: leave it out`,
  );
}

const wordsOf = (text: string): string => text.split(/\s+/).join(' ');

function renderPackage({ name, version, licence, copyright }: Shipped): string {
  return [`${name} ${version}, ${licence}`, ...copyright.map((line) => `  ${line}`)].join('\n');
}

/** Names the packages where others have the same licence in other words. */
function title(those: readonly Shipped[], shipped: readonly Shipped[]): string {
  const licences = [...new Set(those.map(({ licence }) => licence))].join(', ');
  const isOnly = shipped.every((each) => those.includes(each) || !licences.split(', ').includes(each.licence));
  return `== ${licences}${isOnly ? '' : `, of ${those.map(({ name }) => name).join(', ')}`}`;
}
