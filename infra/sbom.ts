import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bundle } from './build.ts';
import { shippedIn } from './notices.ts';

const run = promisify(execFile);

/** What we read and change of npm's CycloneDX document; all else is passed on as it is. */
export type Component = {
  readonly name: string;
  readonly version: string;
  readonly 'bom-ref': string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
};
export type Sbom = {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};

/**
 * What is deployed, as a CycloneDX document: of all that npm knows from the lockfile the packages whose code is in one of `bundles`,
 * and in which (`burnwatch:functions`). `npm sbom --omit dev` alone would leave out what both we and our tools use.
 */
export async function sbomOf(bundles: readonly Bundle[], root: string): Promise<Sbom> {
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
  return select(await readAll(root), carriersOf(bundles, root), name);
}

/** The functions that carry each package, by `name@version`. */
function carriersOf(bundles: readonly Bundle[], root: string): ReadonlyMap<string, readonly string[]> {
  const pairs = bundles.flatMap(({ name: carrier, metafile }) =>
    shippedIn(metafile, root).map(({ name, version }) => ({ carrier, key: `${name}@${version}` })),
  );
  const groups = Map.groupBy(pairs, ({ key }) => key);
  return new Map([...groups].map(([key, those]) => [key, those.map(({ carrier }) => carrier)]));
}

async function readAll(root: string): Promise<Sbom> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { stdout } = await run('npm', args, { cwd: root, maxBuffer: 2 ** 26, timeout: 120_000 });
  return JSON.parse(stdout);
}

/** npm names the whole after the folder that it lies in: `name` takes its place. */
function select(all: Sbom, carriers: ReadonlyMap<string, readonly string[]>, name: string): Sbom {
  const { component } = all.metadata;
  const components = all.components.flatMap((each) => {
    const functions = carriers.get(`${each.name}@${each.version}`);
    if (functions === undefined) return [];
    const carried = { name: 'burnwatch:functions', value: functions.join(',') };
    return [{ ...each, properties: [...(each.properties ?? []).filter(isNoGuess), carried] }];
  });
  const kept = new Set([component, ...components].map((each) => each['bom-ref']));
  return {
    ...all,
    metadata: { ...all.metadata, component: { ...component, name } },
    components,
    dependencies: all.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
  };
}

/** npm marks as for development what our tools use as well. */
const isNoGuess = ({ name }: { readonly name: string }): boolean => name !== 'cdx:npm:package:development';
