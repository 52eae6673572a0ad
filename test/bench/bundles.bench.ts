import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Bundle, bundle } from '../../infra/build.ts';

const runs = 20;
const execute = promisify(execFile);

/**
 * Sizes and import times of the functions as they are packaged, beside the default wiring of the same job: each package
 * that is usual for it imported by its name, in one file. Both are measured in turns in this one run, so only the ratio is a claim.
 */
export async function run(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'burnwatch-bench-'));
  try {
    for (const name of ['functions', 'shared']) cpSync(name, join(root, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    console.log('function    entry kB   all kB   default kB   import ms   default ms   ratio');
    for (const ours of await bundle(root, join(root, 'dist'))) console.log(await report(root, ours));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function report(root: string, ours: Bundle): Promise<string> {
  const defaults = await bundleDefaults(root, ours);
  const times = { ours: [] as number[], defaults: [] as number[] };
  for (let i = 0; i < runs; i++) {
    times.ours.push(await importMs(join(root, 'dist', ours.name, 'index.js')));
    times.defaults.push(await importMs(defaults.file));
  }
  const [our, other] = [median(times.ours), median(times.defaults)];
  const cells = [kB(ours.entryBytes), kB(ours.totalBytes), kB(defaults.bytes), our.toFixed(1), other.toFixed(1)];
  const widths = [9, 9, 13, 12, 13];
  const row = cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('');
  return `${ours.name.padEnd(11)}${row}${(our / other).toFixed(2).padStart(8)}`;
}

/** Packages that a function would be wired with, had we not written what it needs of them ourselves. */
const replaced: Readonly<Record<string, readonly string[]>> = { probe: ['undici', 'dns-packet'] };

/** One file in which every package that the function uses is imported by its name. */
async function bundleDefaults(root: string, { name, metafile }: Bundle): Promise<{ file: string; bytes: number }> {
  const used =
    /node_modules\/(@middy\/core|json-p3|re2js|ipaddr\.js|@smithy\/signature-v4|@aws-sdk\/client-(?:cloudwatch|dynamodb|sns|ssm))\//;
  const packages = new Set(Object.keys(metafile.inputs).flatMap((path) => used.exec(path)?.[1] ?? []));
  for (const each of replaced[name] ?? []) packages.add(each);
  const entry = join(root, `${name}.default.ts`);
  const names = [...packages].sort();
  writeFileSync(
    entry,
    [
      ...names.map((each, index) => `import * as p${index} from '${each}';`),
      `export const all = [${names.map((_, index) => `p${index}`).join(', ')}];`,
    ].join('\n'),
  );
  const file = join(root, 'default', name, 'index.js');
  const { metafile: made } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    metafile: true,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  writeFileSync(join(root, 'default', name, 'package.json'), '{"type":"module"}');
  return { file, bytes: Object.values(made.outputs).reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Milliseconds to import a file in a process of its own. */
async function importMs(file: string): Promise<number> {
  const script = `const t = performance.now(); await import('${pathToFileURL(file)}'); console.log(performance.now() - t);`;
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

function kB(bytes: number): string {
  return String(Math.round(bytes / 1_000));
}
