import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { caches, hotRoutes } from '../functions/shortener/telemetry.ts';
import { packageBursts } from '../shared/app/burst/package.ts';
import type { MetricsPackage } from '../shared/app/exposition/package.ts';
import { heartbeatsOf } from '../shared/app/heartbeat/heartbeat.ts';
import { packageChannels } from '../shared/app/notify/model.ts';
import type { Config, Maintenance } from '../shared/config/model.ts';
import { latencyLimits } from '../shared/slo/latency.ts';
import { renderNotices, shippedIn } from './notices.ts';
import { defaultRegionOf, monitorsAt } from './template/locations.ts';
import { minuteMs, type Shard, shardsOf } from './template/shards.ts';

/** One function's bundle: `<outdir>/<name>/index.js` and the chunks that it loads. Sizes are bytes of JavaScript. */
export type Bundle = {
  readonly name: string;
  /** What is loaded before the handler can run: the entry and its static imports. */
  readonly entryBytes: number;
  /** Everything, with what is loaded at first use. */
  readonly totalBytes: number;
  readonly metafile: Metafile;
};

type EntryPoint = { readonly name: string; readonly file: string };

/**
 * Bundles each function of `<root>/functions` into `<outdir>/<name>/`; what it imports with `import()` lands in chunks
 * beside its entry, the licences of the packages in it in `licenses.txt`. The same sources give the same bytes wherever they
 * lie. Throws esbuild's error, which names file and line, when one does not compile.
 */
export async function bundle(root: string, outdir: string = join(root, 'dist')): Promise<readonly Bundle[]> {
  return Promise.all(entryPoints(root).map((entry) => bundleOne(root, outdir, entry)));
}

/** The functions: `functions/<name>.ts`, or `functions/<name>/index.ts` where a function is a folder. */
export function entryPoints(root: string): readonly EntryPoint[] {
  return readdirSync(join(root, 'functions'), { withFileTypes: true })
    .flatMap((entry): EntryPoint[] => {
      if (entry.isFile() && entry.name.endsWith('.ts'))
        return [{ name: entry.name.slice(0, -'.ts'.length), file: `functions/${entry.name}` }];
      const file = `functions/${entry.name}/index.ts`;
      return entry.isDirectory() && existsSync(join(root, file)) ? [{ name: entry.name, file }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function bundleOne(root: string, outdir: string, { name, file }: EntryPoint): Promise<Bundle> {
  const folder = join(outdir, name);
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: file, out: 'index' }],
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  const shipped = shippedIn(metafile, root);
  if (shipped.length > 0) writeFileSync(join(folder, 'licenses.txt'), renderNotices(shipped));
  const page = join(root, dirname(file), 'page');
  if (existsSync(page)) await bundlePage(page, join(folder, 'page'));
  return { name, ...measure(metafile), metafile };
}

/** The web page of a function, beside its bundle: `page/app.ts` for browsers, its styles and its HTML as it is. */
export async function bundlePage(source: string, outdir: string): Promise<void> {
  await build({
    entryPoints: ['app.ts', 'app.css'].map((name) => join(source, name)),
    outdir,
    bundle: true,
    platform: 'browser',
    tsconfigRaw: {}, // a bundle's sources may lie where the project's own settings do not
    target: 'es2024',
    format: 'esm',
    minify: true,
    legalComments: 'none',
  });
  copyFileSync(join(source, 'index.html'), join(outdir, 'index.html'));
}

function measure({ outputs }: Metafile): { entryBytes: number; totalBytes: number } {
  const scripts = Object.keys(outputs).filter((path) => path.endsWith('.js'));
  const entries = scripts.filter((path) => outputs[path]?.entryPoint && path.endsWith('/index.js'));
  const eager = new Set(entries);
  for (const path of eager)
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external) eager.add(imported);
  const bytes = (paths: Iterable<string>) => [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  return { entryBytes: bytes(eager), totalBytes: bytes(scripts) };
}

/**
 * Writes the parsed configuration where the bundles read it: `<outdir>/probe/shards/<shard>.json` with each shard's
 * monitors, `<outdir>/status/heartbeats.json` with its heartbeats and `metrics.json` with what `/metrics` tells of, `<outdir>/burst/bursts.json` with its bursts,
 * `<outdir>/notify/channels.json` with its channels, `<outdir>/evaluate/config.json` whole. Nothing but parsed configuration gets there, so a secret stays the path of its parameter. Each file is replaced in one step, so a running
 * function reads the old one or the new one. `tickMs` is how often schedules tick, `region`
 * where the stack is: home where it is not said.
 */
export function writeRuntimeConfig(
  config: Config,
  outdir: string,
  tickMs: number = minuteMs,
  region: string = defaultRegionOf(config),
): void {
  const folder = join(outdir, 'probe', 'shards');
  const shards = shardsOf(monitorsAt(config, region), tickMs);
  for (const shard of shards) replaceJson(folder, `${shard.id}.json`, shardConfig(config, shard));
  const names = new Set(shards.map((shard) => `${shard.id}.json`));
  if (existsSync(folder))
    for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(join(folder, name), { force: true });
  replaceJson(join(outdir, 'status'), 'heartbeats.json', heartbeatsOf(config));
  const exposed: MetricsPackage = { config, routes: hotRoutes, caches };
  replaceJson(join(outdir, 'status'), 'metrics.json', exposed);
  replaceJson(join(outdir, 'burst'), 'bursts.json', packageBursts(config));
  replaceJson(join(outdir, 'notify'), 'channels.json', packageChannels(config));
  replaceJson(join(outdir, 'evaluate'), 'config.json', config);
}

function shardConfig({ service, maintenance, slos }: Config, { id, monitors, ...span }: Shard) {
  const ids = new Set(monitors.map((monitor) => monitor.id));
  const own = maintenance
    .map((entry): Maintenance => ({ ...entry, monitors: entry.monitors.filter((monitor) => ids.has(monitor)) }))
    .filter((entry) => entry.monitors.length > 0);
  const latencies = latencyLimits(slos, (monitor) => ids.has(monitor));
  return { service, shard: id, monitors, maintenance: own, ...(latencies.length > 0 ? { latencies } : {}), ...span };
}

function replaceJson(folder: string, name: string, value: unknown): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${name}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(value)}\n`);
  renameSync(draft, join(folder, name));
}
