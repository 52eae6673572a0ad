import type { Browser, Page } from 'playwright-core';
import { dashboardNames } from '../../shared/config/dashboard.ts';
import { endAll, isUp, type Running, startLocalMode, temporaryFolder } from '../local/local-mode.ts';
import { launchBrowser } from '../support/browser.ts';
import { complaintsOf } from '../support/console-visit.ts';

const folder = temporaryFolder();
let local: Running | undefined;
const launched = await launchBrowser();
const browser: Browser | undefined = 'browser' in launched ? launched.browser : undefined;
// Where there is no Chromium for the platform this counts as skipped, and says why.
if ('missing' in launched) console.warn(`not run: ${launched.missing}`);
const walk = browser === undefined ? it.skip : it;

beforeAll(async () => {
  local = await startLocalMode(folder.path, '--interval', '1s');
  for (const path of ['demo', 'demo', 'nowhere']) await fetch(`${local.shortener}/${path}`, { redirect: 'manual' });
  await local.until(isUp, 20_000);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await endAll(local);
  folder.remove();
}, 30_000);

async function open(path: string, width: number): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser?.newContext({ viewport: { width, height: 800 } });
  const page = (await context?.newPage()) as Page;
  const complaints = complaintsOf(page);
  await page.goto(`${local?.console}/${path}`);
  return { page, complaints };
}

/** Everything on the dashboard has been read once. */
const drawn = (page: Page, name: string) =>
  page.locator(`[data-dashboard="${name}"][data-refreshed]`).waitFor({ timeout: 20_000 });
const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

const figure = { region: 'us-east-1', view: 'timeSeries', period: 60, stat: 'Sum' };
const at = (y: number) => ({ x: 0, y, width: 24, height: 4 });
/** Nobody deploys this. */
const hostile = {
  start: '-PT3H',
  periodOverride: 'inherit',
  widgets: [
    {
      ...at(0),
      type: 'text',
      properties: {
        markdown: '<img src=x onerror=alert(1)> **bold** [x](javascript:alert) \\[y](z) `code`',
        background: 'transparent',
      },
    },
    {
      ...at(4),
      type: 'metric',
      properties: { ...figure, title: 'a', metrics: [[{ expression: 'SEARCH("a")', id: 'a' }]] },
    },
    { ...at(8), type: 'metric', properties: { ...figure, title: 'b', metrics: [['AWS/Lambda', 'Errors', {}]] } },
  ],
};

describe('the dashboards in the console', () => {
  walk(
    'are walked from one to the next, and no widget of any fails',
    async () => {
      const { page, complaints } = await open('#/dashboards', 1_280);
      for (const name of dashboardNames) {
        await page.locator(`.dashboard-tabs a[href="#/dashboards/${name}"]`).click({ timeout: 20_000 });
        await drawn(page, name);
        const failed = await page.locator('.widget[data-state=failed]').allTextContents();
        expect([name, failed]).toEqual([name, []]);
        expect(await page.locator('.widget').count()).toBeGreaterThan(0);
        expect(await page.title()).toContain('Burnwatch');
        expect(await overflow(page)).toBe(0);
      }
      expect(complaints).toEqual([]);
    },
    60_000,
  );

  walk(
    'show what was measured as a line, as a table for who does not see it, and the query and rows of the log',
    async () => {
      const { page } = await open('#/dashboards/application', 1_280);
      await drawn(page, 'application');
      const rate = page.locator('.widget', { hasText: 'How much is asked?' });
      await rate.locator('canvas').waitFor({ timeout: 5_000 });
      expect(await rate.locator('.chart').getAttribute('aria-label')).toMatch(/How much is asked\? requests: \d+ now/);
      expect(await rate.locator('tbody th').textContent()).toBe('requests');
      expect(await rate.locator('.widget-units').innerText()).toBe('a minute');
      const cache = page.locator('.widget', { hasText: 'Does the cache help?' });
      expect(await cache.locator('.widget-units span').allTextContents()).toEqual(['look-ups a minute', '% hits']);
      const codes = page.locator('.widget', { hasText: 'What do callers get?' });
      await page.getByRole('button', { name: 'Refresh now' }).click();
      expect(await codes.locator('.bar-name').allTextContents()).toEqual(expect.arrayContaining(['302']));
      await codes.getByText('The query').click();
      expect(await codes.locator('pre').textContent()).toContain('stats sum(`burnwatch.requests`)');
    },
    40_000,
  );

  walk(
    'stack on a phone, whose keyboard reaches the span of time, and remember it',
    async () => {
      const { page } = await open('#/dashboards/overview', 360);
      await drawn(page, 'overview');
      expect(await overflow(page)).toBe(0);
      const boxes = await page
        .locator('.widget')
        .evaluateAll((all) =>
          (all as unknown as { getBoundingClientRect(): { left: number } }[]).map(
            (each) => each.getBoundingClientRect().left,
          ),
        );
      expect(new Set(boxes).size).toBe(1);
      const readout = page.locator('.widget', { hasText: 'What fails?' }).locator('.chart-readout');
      const before = await readout.textContent();
      await page.getByLabel('Time').selectOption('5m');
      const hour = String(before).slice(0, 5);
      await page
        .locator('.widget', { hasText: 'What fails?' })
        .filter({ hasNotText: `${hour}:` })
        .waitFor();
      await page.reload();
      await drawn(page, 'overview');
      expect(await page.getByLabel('Time').inputValue()).toBe('5m');
    },
    40_000,
  );

  walk(
    'make text of whatever a body says, and tell of a figure that cannot be read beside those that can',
    async () => {
      const { page, complaints } = await open('', 1_280);
      await page.route('**/api/dashboards?id=slos', (route) => route.fulfill({ json: hostile }));
      await page.goto(`${local?.console}/#/dashboards/slos`);
      await drawn(page, 'slos');
      const text = page.locator('.widget-text');
      expect(await text.textContent()).toBe('<img src=x onerror=alert(1)> bold x [y](z) code');
      expect(await text.locator('img, script, a').count()).toBe(0);
      expect(await text.locator('strong').textContent()).toBe('bold');
      const failed = page.locator('.widget[data-state=failed]');
      expect(await failed.textContent()).toContain('SEARCH is not supported here');
      expect(await page.locator('.widget[data-state=ready]').count()).toBe(1);
      expect(complaints.filter((each) => !each.includes('400'))).toEqual([]);
    },
    40_000,
  );

  walk(
    'say so where there is no dashboard of that name',
    async () => {
      const { page } = await open('#/dashboards/nothing', 1_280);
      await page
        .getByRole('alert')
        .filter({ hasText: 'The dashboard must be one of overview' })
        .waitFor({ timeout: 10_000 });
    },
    20_000,
  );
});
