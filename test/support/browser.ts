import { type Browser, chromium } from 'playwright-core';

/** A browser to test with, or the reason why there is none. */
export type LaunchedBrowser = { readonly browser: Browser } | { readonly missing: string };

/** The platforms that the packaged Chromium is built for. */
const platforms: readonly string[] = ['linux-x64', 'linux-arm64'];

/**
 * Launches the Chromium that the npm registry ships. Its own default arguments die at the second context, so it gets
 * none of them, and a language, which a machine without a locale does not give it. It needs libnss3 of the system, or, told that it runs in a Lambda, unpacks its own.
 */
export async function launchBrowser(): Promise<LaunchedBrowser> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) return { missing: `the registry has no Chromium for ${platform}` };
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    packaged.setGraphicsMode = false;
    const executablePath = await packaged.executablePath();
    return {
      browser: await chromium.launch({
        executablePath,
        args: ['--no-sandbox'],
        env: { ...process.env, LC_ALL: 'en_GB.UTF-8' },
      }),
    };
  } catch (error) {
    return {
      missing: `Chromium does not start: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
    };
  }
}
