import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundle } from '../../infra/build.ts';
import { shippedIn } from '../../infra/notices.ts';
import { type Component, sbomOf } from '../../infra/sbom.ts';

/** They ask for no more than to be named. A package with another one is not bundled before somebody has read it. */
const allowedLicences = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', '(MIT OR Apache-2.0)'];

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

  it.each(['burst', 'evaluate', 'notify', 'probe', 'shortener', 'status'])(
    '%s carries only packages that may be passed on, and says whose they are',
    (name) => {
      const shipped = shippedIn(
        bundles.find((each) => each.name === name)?.metafile ?? { inputs: {}, outputs: {} },
        '.',
      );
      expect(shipped.length).toBeGreaterThan(20);
      expect(shipped.filter(({ licence }) => !allowedLicences.includes(licence))).toEqual([]);
      expect(shipped.filter(({ copyright }) => copyright.length === 0)).toEqual([]);
      const notices = readFileSync(join(outdir, name, 'licenses.txt'), 'utf8');
      for (const { name: called, version, licence, copyright } of shipped)
        expect(notices).toContain(`\n${[`${called} ${version}, ${licence}`, ...copyright].join('\n  ')}\n`);
      expect(notices.match(/TERMS AND CONDITIONS FOR USE/g)).toHaveLength(1);
      expect(notices).toContain('Permission is hereby granted, free of charge');
      expect(notices.length).toBeLessThanOrEqual(25_000);
    },
  );

  it('the SBOM lists the packages that are bundled, each with its licence, its hash and who carries it', async () => {
    const sbom = await sbomOf(bundles, process.cwd());
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      metadata: { component: { name: 'burnwatch', purl: 'pkg:npm/burnwatch@0.1.0' } },
    });
    const listed = sbom.components as readonly Listed[];
    const carried = bundles.flatMap(({ name, metafile }) =>
      shippedIn(metafile, '.').map((each) => `${each.name}@${each.version} ${each.licence} in ${name}`),
    );
    expect(listed.flatMap(rowsOf).toSorted()).toEqual(carried.toSorted());
    expect(listed.filter(({ hashes }) => !hashes?.[0]?.content)).toEqual([]);
    const refs = [sbom.metadata.component['bom-ref'], ...listed.map((each) => each['bom-ref'])];
    const { dependencies } = sbom;
    expect(dependencies.map(({ ref }) => ref).toSorted()).toEqual(refs.toSorted());
    expect(new Set(dependencies.flatMap(({ dependsOn }) => dependsOn))).toEqual(new Set(refs.slice(1)));
  }, 120_000);

  it('the pages carry no package at all', () => {
    const page = 'functions/shortener/page';
    const imports = readdirSync(page)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [...readFileSync(join(page, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from),
      );
    expect(imports.filter((from) => !from?.startsWith('.'))).toEqual([]);
  });
});

type Listed = Component & {
  readonly licenses: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[];
  readonly hashes?: readonly { readonly content: string }[];
};

/** `name@version licence in function`, for each function that carries it. */
function rowsOf({ name, version, licenses, properties = [] }: Listed): string[] {
  const licence = licenses.map(({ license, expression }) => license?.id ?? expression).join(' ');
  const carriers = properties.find((each) => each.name === 'burnwatch:functions')?.value.split(',') ?? [];
  return carriers.map((carrier) => `${name}@${version} ${licence} in ${carrier}`);
}
