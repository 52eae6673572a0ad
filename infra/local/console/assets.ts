import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** One file of the page, as it goes over the wire. */
type Asset = { readonly contentType: string; readonly body: string };

/** By path: `/`, `/main.js`, `/style.css`, `/favicon.svg`, and the runbooks, as `/docs/runbooks/shortener.md`. */
export type Assets = ReadonlyMap<string, Asset>;

/**
 * Sent with every answer of the console: the page loads nothing from elsewhere, runs no inline script, sits in no
 * frame, and is always the one that belongs to the running local mode.
 */
export const assetHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Bundles the page in memory: everything a browser may ask for. Throws what esbuild throws. */
export async function bundleConsole(): Promise<Assets> {
  const [script, style] = await Promise.all([bundled('main.ts'), bundled('style.css')]);
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', body: await source('index.html') }],
    ['/main.js', { contentType: 'text/javascript; charset=utf-8', body: script }],
    ['/style.css', { contentType: 'text/css; charset=utf-8', body: style }],
    ['/favicon.svg', { contentType: 'image/svg+xml', body: await source('favicon.svg') }],
    ...(await runbooks()),
  ]);
}

/** Dashboards and alarms link them. */
async function runbooks(): Promise<readonly (readonly [string, Asset])[]> {
  const names = await readdir(pathOf(runbookFolder)).catch(() => []);
  const pages = names.filter((name) => /^[\w-]+\.md$/.test(name));
  return Promise.all(
    pages.map(async (name) => {
      const body = await source(`${runbookFolder}/${name}`);
      return [`/docs/runbooks/${name}`, { contentType: 'text/plain; charset=utf-8', body }] as const;
    }),
  );
}
const runbookFolder = '../../../docs/runbooks';

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function source(name: string): Promise<string> {
  return readFile(pathOf(name), 'utf8');
}

async function bundled(name: string): Promise<string> {
  const result = await build({
    entryPoints: [pathOf(name)],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}
