import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bundle, entryPoints, writeRuntimeConfig } from '../../../infra/build.ts';
import { aConfig, aMonitor, aSlo } from './configs.ts';

const files: Record<string, string> = {
  'functions/small.ts': `import { word } from '../shared/word.ts';
    export const handler = async () => (await import('../shared/late.ts')).late(word);`,
  'functions/folder/index.ts': `export { part as handler } from './part.ts';`,
  'functions/folder/part.ts': 'export const part = 1;',
  'functions/README.md': 'not a function',
  'shared/word.ts': `export const word: string = 'early';`,
  'shared/late.ts': `export const late = (word: string) => word + ' and late';`,
};
const folders: string[] = [];
function aRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'burnwatch-build-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  return root;
}
const digests = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')])
    .toSorted();
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('bundling', () => {
  it('finds functions that are a file and functions that are a folder', () => {
    expect(entryPoints(aRoot())).toEqual([
      { name: 'folder', file: 'functions/folder/index.ts' },
      { name: 'small', file: 'functions/small.ts' },
    ]);
  });

  it('keeps what is imported lazily out of the entry, and measures both', async () => {
    const root = aRoot();
    const bundles = await bundle(root, join(root, 'dist'));
    const small = bundles.find(({ name }) => name === 'small');
    expect(small?.entryBytes).toBeGreaterThan(0);
    expect(small?.totalBytes).toBeGreaterThan(small?.entryBytes ?? 0);
    const entry = readFileSync(join(root, 'dist/small/index.js'), 'utf8');
    expect(entry).toContain('early');
    expect(entry).not.toContain('and late');
    expect(JSON.parse(readFileSync(join(root, 'dist/small/package.json'), 'utf8'))).toEqual({ type: 'module' });
  });

  it('gives the same bytes wherever the sources lie', async () => {
    const [one, two] = [aRoot(), aRoot()];
    await bundle(one, join(one, 'dist'));
    await bundle(two, join(two, 'dist'));
    expect(digests(join(one, 'dist'))).toEqual(digests(join(two, 'dist')));
  });

  it('replaces a bundle and leaves what else lies in its folder alone', async () => {
    const root = aRoot();
    mkdirSync(join(root, 'dist/small'), { recursive: true });
    writeFileSync(join(root, 'dist/small/stale.js'), '');
    writeFileSync(join(root, 'dist/mine.txt'), '');
    await bundle(root, join(root, 'dist'));
    expect(existsSync(join(root, 'dist/small/stale.js'))).toBe(false);
    expect(existsSync(join(root, 'dist/mine.txt'))).toBe(true);
  });
});

describe('the runtime configuration', () => {
  const outdir = () => join(aRoot(), 'dist');
  const read = (folder: string, path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const nightly = { startMinute: 120, durationMs: 1, every: ['sunday'], timezone: 'UTC', reason: 'backup' } as const;

  it('gives the probe its shards and evaluate the whole', () => {
    const folder = outdir();
    const config = aConfig({ maintenance: [{ ...nightly, monitors: ['shortener-health'] }] });
    writeRuntimeConfig(config, folder);
    expect(read(folder, 'evaluate/config.json')).toEqual(config);
    expect(read(folder, 'probe/shards/s00.json')).toEqual({
      service: 'shortener',
      shard: 's00',
      monitors: config.monitors,
      maintenance: config.maintenance,
    });
  });

  it('gives each shard only the maintenance of its own monitors', () => {
    const folder = outdir();
    const monitors = Array.from({ length: 21 }, (_, key) => aMonitor({ id: `m${key}`, key }));
    writeRuntimeConfig(aConfig({ monitors, slos: [], maintenance: [{ ...nightly, monitors: ['m3'] }] }), folder);
    const shards = ['s00', 's01'].map((id) => read(folder, `probe/shards/${id}.json`));
    for (const shard of shards) {
      const isHome = shard.monitors.some((monitor: { id: string }) => monitor.id === 'm3');
      expect(shard.maintenance).toEqual(isHome ? [{ ...nightly, monitors: ['m3'] }] : []);
    }
  });

  it('gives each shard what SLOs ask of the latencies of its own monitors', () => {
    const folder = outdir();
    const monitors = Array.from({ length: 21 }, (_, key) => aMonitor({ id: `m${key}`, key }));
    const indicator = { kind: 'latency', monitors: ['m3', 'm4'], isDegradedBad: false, belowMs: 300 } as const;
    const slo = { ...aSlo('fast'), indicator: { ...indicator, keys: { m3: 103, m4: 104 } } };
    writeRuntimeConfig(aConfig({ monitors, slos: [slo], maintenance: [] }), folder);
    for (const id of ['s00', 's01']) {
      const shard = read(folder, `probe/shards/${id}.json`);
      const own = new Set(shard.monitors.map((monitor: { id: string }) => monitor.id));
      const limits = [3, 4]
        .filter((key) => own.has(`m${key}`))
        .map((key) => ({ monitor: `m${key}`, key: 100 + key, belowMs: 300 }));
      expect(shard.latencies ?? []).toEqual(limits);
    }
  });

  it('gives monitors with sub-minute intervals shards that say how much time an invocation covers', () => {
    const folder = outdir();
    const monitors = [aMonitor({ id: 'calm', key: 1 }), aMonitor({ id: 'fast', key: 2, intervalMs: 10_000 })];
    const config = aConfig({ monitors, slos: [] });
    writeRuntimeConfig(config, folder);
    expect(read(folder, 'probe/shards/f00.json')).toMatchObject({
      shard: 'f00',
      monitors: [{ id: 'fast' }],
      spanMs: 60_000,
    });
    expect(read(folder, 'probe/shards/s00.json')).not.toHaveProperty('spanMs');
    writeRuntimeConfig(config, folder, 10_000);
    expect(readdirSync(join(folder, 'probe/shards'))).toEqual(['s00.json']);
  });

  it('takes away the shards of a larger fleet before it', () => {
    const folder = outdir();
    const monitors = Array.from({ length: 41 }, (_, key) => aMonitor({ id: `m${key}`, key }));
    writeRuntimeConfig(aConfig({ monitors, slos: [] }), folder);
    expect(readdirSync(join(folder, 'probe/shards')).toSorted()).toEqual(['s00.json', 's01.json', 's02.json']);
    writeRuntimeConfig(aConfig(), folder);
    expect(readdirSync(join(folder, 'probe/shards'))).toEqual(['s00.json']);
  });
});
