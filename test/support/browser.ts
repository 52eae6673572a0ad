import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

/** A browser to test with, or why there is none for this platform. */
export type LaunchedBrowser = { readonly browser: Browser } | { readonly missing: string };

/**
 * Launches the Chromium that the npm registry ships (@sparticuz/chromium), which is built for Linux on x64 with glibc.
 * Throws where it ought to start and does not: a broken browser is no reason to skip a test.
 */
export async function launchBrowser(): Promise<LaunchedBrowser> {
  const missing = missingReason();
  if (missing !== null) return { missing };
  const executablePath = await unpackChromium();
  try {
    return { browser: await start(executablePath, {}) };
  } catch {
    // A machine without libnss3 or fonts: the package brings its own for Amazon Linux, which serve here as well.
    return { browser: await start(executablePath, await unpackLibraries()) };
  }
}

function missingReason(): string | null {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') return `the registry ships no Chromium for ${platform}`;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'the registry ships no Chromium for a Linux without glibc' : null;
}

/**
 * The package's own default arguments crash at the second context and switch web security off, so it gets none of
 * them. Without a locale of the machine Chromium says `en-US@posix`, which is no language tag, and uPlot throws.
 */
function start(executablePath: string, extra: Readonly<Record<string, string>>): Promise<Browser> {
  const env = { ...process.env, LC_ALL: 'en_GB.UTF-8', ...extra };
  return chromium.launch({ executablePath, args: ['--no-sandbox'], env });
}

/** Unpacks it beside its final place and renames it, so that two tests at once never start half a file. */
async function unpackChromium(): Promise<string> {
  const packed = join(packageFolder(), 'bin/chromium.br');
  const folder = join(tmpdir(), `burnwatch-chromium-${statSync(packed).size}`);
  const target = join(folder, 'chromium');
  if (existsSync(target)) return target;
  await mkdir(folder, { recursive: true });
  const half = `${target}.${process.pid}`;
  await pipeline(createReadStream(packed), createBrotliDecompress(), createWriteStream(half, { mode: 0o700 }));
  await rename(half, target);
  return target;
}

async function unpackLibraries(): Promise<Readonly<Record<string, string>>> {
  const { inflate } = await import('@sparticuz/chromium');
  const unpack = (name: string) => inflate(join(packageFolder(), 'bin', name));
  const [libraries, fonts] = await Promise.all([unpack('al2023.tar.br'), unpack('fonts.tar.br')]);
  return { LD_LIBRARY_PATH: join(libraries, 'lib'), FONTCONFIG_PATH: fonts };
}

function packageFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..');
}
