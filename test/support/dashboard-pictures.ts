import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { pageHref } from '../../infra/local/console/route.ts';
import { dashboardNames } from '../../shared/config/dashboard.ts';

const shapes = [
  { name: 'desktop-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 360, height: 780 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
] as const;
/** Those that the documentation shows. */
const shown = ['application-desktop-light', 'slos-phone-dark'];
/** A picture is no longer than this, px. */
const tallest = 4_000;

/** Takes pictures of the dashboards, whole: those that are shown, or with `isAll` every one in every shape, for a look. */
export async function takeDashboards(browser: Browser, url: string, folder: string, isAll: boolean): Promise<void> {
  for (const shape of shapes)
    for (const name of dashboardNames) {
      if (!isAll && !shown.includes(`${name}-${shape.name}`)) continue;
      const path = join(folder, `dashboard-${name}-${shape.name}.png`);
      await takeDashboard(browser, `${url}/${pageHref('dashboards', name)}`, shape, path);
      console.log(path);
    }
}

async function takeDashboard(
  browser: Browser,
  address: string,
  { viewport, colorScheme }: (typeof shapes)[number],
  path: string,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(address);
  const grid = page.locator('[data-refreshed]');
  await grid.waitFor();
  const before = await grid.getAttribute('data-refreshed');
  await page.getByLabel('Time').selectOption('15m');
  await page.locator(`[data-refreshed]:not([data-refreshed="${before}"])`).waitFor();
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  // Charts are drawn once they are near the view: make all of it the view.
  await page.setViewportSize({ width: viewport.width, height: Math.min(height, tallest) });
  await page.waitForTimeout(1_500);
  await page.evaluate('document.activeElement.blur()');
  await page.locator('.dashboard').screenshot({ path });
  await context.close();
}
