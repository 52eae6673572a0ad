import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { type ShortenerServer, startShortener } from './shortener-server.ts';

/**
 * Takes the README's picture of the shortener's page, or all of them into another folder, for a look. Use:
 * `node test/support/shortener-screenshots.ts [folder]`.
 */
const shapes = [
  { name: 'desktop-light', viewport: { width: 1000, height: 760 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1000, height: 760 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;
const images = join(import.meta.dirname, '../../docs/images');
/** The one that the README shows. */
const shown = 'links-desktop-light';

const links = [
  ['https://example.com/spring/menu?from=poster', 'menu2027', 41],
  ['https://www.example.org/handbook/chapters/first-steps-for-new-colleagues.html', 'welcome', 12],
  ['https://xn--pple-43d.com/', 'odd1', 0],
  [`https://example.com/${'a-rather-long-path/'.repeat(12)}`, 'k7Qm2xZp', 3],
] as const;

async function main(): Promise<void> {
  const [folder = images] = process.argv.slice(2);
  const launched = await launchBrowser();
  if ('missing' in launched) throw new Error(launched.missing);
  await mkdir(folder, { recursive: true });
  const server = await startShortener();
  try {
    for (const [url, code, clicks] of links) {
      await server.shorten(url, code);
      for (let click = 0; click < clicks; click++) await fetch(`${server.origin}/${code}`, { redirect: 'manual' });
    }
    for (const shape of shapes) await takeAll(launched.browser, server, folder, shape);
  } finally {
    await server.close();
    await launched.browser.close();
  }
}

async function takeAll(browser: Browser, { origin }: ShortenerServer, folder: string, shape: (typeof shapes)[number]) {
  const { name, ...options } = shape;
  const context = await browser.newContext({ ...options, deviceScaleFactor: 1.5, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const take = async (what: string): Promise<void> => {
    if (folder === images && `${what}-${name}` !== shown) return;
    const path = join(folder, `shortener-${what}-${name}.png`);
    await page.screenshot({ path });
    console.log(path);
  };
  await page.goto(origin);
  await page.locator('[data-code=menu2027]').waitFor();
  await take('links');
  await page.locator('#url').fill('ftp://example.com');
  await page.locator('#url').press('Enter');
  await page.locator('#url-error').getByText('url must').waitFor();
  await take('wrong');
  for (const act of ['Clicks', 'QR']) {
    await page.locator('[data-code=menu2027]').getByRole('button', { name: act }).click();
    await page.locator('dialog[open]').waitFor();
    await take(act.toLowerCase());
    await page.keyboard.press('Escape');
  }
  for (const code of ['menu2027', 'odd1']) {
    await page.goto(`${origin}/${code}+`);
    await take(`preview-${code}`);
  }
  await context.close();
}

await main();
