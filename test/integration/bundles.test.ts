import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundle } from '../../infra/build.ts';

describe('the bundles of the functions', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'burnwatch-bundles-'));
  let bundles: readonly Bundle[] = [];
  const probe = () => bundles.find(({ name }) => name === 'probe');
  beforeAll(async () => {
    bundles = await bundle(process.cwd(), outdir);
  }, 60_000);
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it('probe starts with at most 300 kB, and is at most 1 MB with all that it loads later', () => {
    expect(probe()?.entryBytes).toBeLessThanOrEqual(300_000);
    for (const { totalBytes } of bundles) expect(totalBytes).toBeLessThanOrEqual(1_000_000);
  });

  it('probe has no AWS client in what it starts with, so that none spoils what the first tick measures', () => {
    const entry = Object.values(probe()?.metafile.outputs ?? {}).find(
      ({ entryPoint }) => entryPoint === 'functions/probe.ts',
    );
    expect(Object.keys(entry?.inputs ?? {}).filter((path) => path.includes('@aws-sdk'))).toEqual([]);
    expect(Object.keys(probe()?.metafile.inputs ?? {}).some((path) => path.includes('@aws-sdk'))).toBe(true);
  });

  it('burst starts with at most 150 kB: neither AWS, nor what sends, nor what runs a flow is loaded before it is needed', () => {
    const burst = bundles.find(({ name }) => name === 'burst');
    expect(burst?.entryBytes).toBeLessThanOrEqual(150_000);
    const entry = Object.values(burst?.metafile.outputs ?? {}).find(
      ({ entryPoint }) => entryPoint === 'functions/burst.ts',
    );
    const early = Object.keys(entry?.inputs ?? {});
    expect(early.filter((path) => /@aws-sdk|shared\/http\/load-client|shared\/probe\/flow/.test(path))).toEqual([]);
    expect(Object.keys(burst?.metafile.inputs ?? {})).toEqual(
      expect.arrayContaining(['shared/http/load-client.ts', 'shared/probe/flow.ts']),
    );
  });

  it('notify starts with at most 200 kB, and has no AWS client in it', () => {
    const notify = bundles.find(({ name }) => name === 'notify');
    expect(notify?.entryBytes).toBeLessThanOrEqual(200_000);
    const { outputs = {}, inputs = {} } = notify?.metafile ?? {};
    const entry = Object.values(outputs).find(({ entryPoint }) => entryPoint === 'functions/notify.ts');
    expect(Object.keys(entry?.inputs ?? {}).filter((path) => path.includes('@aws-sdk'))).toEqual([]);
    expect(Object.keys(inputs).some((path) => path.includes('@aws-sdk/client-ssm'))).toBe(true);
  });

  it('shortener starts with at most what probe starts with: no AWS client, no page, no QR code, no API description', () => {
    const shortener = bundles.find(({ name }) => name === 'shortener');
    expect(shortener?.entryBytes).toBeLessThanOrEqual(probe()?.entryBytes ?? 0);
    const { outputs = {}, inputs = {} } = shortener?.metafile ?? {};
    const entry = Object.values(outputs).find(({ entryPoint }) => entryPoint === 'functions/shortener/index.ts');
    const late = /@aws-sdk|node_modules\/qr\/|shortener\/(openapi|store)\/|routes\/(assets|draw-code|preview-link)/;
    expect(Object.keys(entry?.inputs ?? {}).filter((path) => late.test(path))).toEqual([]);
    expect(Object.keys(inputs).filter((path) => late.test(path)).length).toBeGreaterThan(8);
    const page = ['index.html', 'app.js', 'app.css'].map((name) => statSync(join(outdir, 'shortener/page', name)).size);
    expect(page.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(30_000);
  });

  it('no function carries a YAML reader or a schema library: the configuration was parsed before', () => {
    const readers = bundles.flatMap(({ metafile }) =>
      Object.keys(metafile.inputs).filter((path) => /node_modules\/(yaml|zod)\/|shared\/config\/parse\//.test(path)),
    );
    expect(readers).toEqual([]);
  });

  it('every function exports its handler', () => {
    for (const { name } of bundles)
      expect(readFileSync(join(outdir, name, 'index.js'), 'utf8')).toMatch(/export\{[^}]*\bas handler\b/);
  });
});
