import type { Browser, Page } from 'playwright-core';
import { endAll, type Running, startLocalMode, temporaryFolder } from '../local/local-mode.ts';
import { launchBrowser } from '../support/browser.ts';

/** A newcomer's first minutes: sees it run, breaks the shortener by a click, reads the mail, mends it, reads the next. */
const folder = temporaryFolder();
let local: Running | undefined;
const launched = await launchBrowser();
const browser: Browser | undefined = 'browser' in launched ? launched.browser : undefined;
// Where there is no Chromium for the platform this counts as skipped, and says why.
if ('missing' in launched) console.warn(`not run: ${launched.missing}`);
const story = browser === undefined ? it.skip : it;

beforeAll(async () => {
  local = await startLocalMode(folder.path, '--interval', '1s');
}, 30_000);

afterAll(async () => {
  await browser?.close();
  await endAll(local);
  folder.remove();
}, 30_000);

async function open(): Promise<{ page: Page; errors: string[] }> {
  const page = (await browser?.newPage()) as Page;
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(local?.console ?? '');
  return { page, errors };
}

/** From the budget to the incident that spends it, to saying that one is at it, and back by the browser's own button. */
async function walk(page: Page): Promise<void> {
  await page.locator('[data-slo] a.card-link').first().click();
  await page.locator('[data-page=slo] .lead').waitFor({ timeout: 10_000 });
  await page.locator('[data-page=slo] .rule').first().waitFor({ timeout: 5_000 });
  await page.locator('[data-page=slo] .line', { hasText: 'Open' }).locator('a').first().click({ timeout: 20_000 });
  await page.locator('.moment[data-kind=fired]').first().waitFor({ timeout: 10_000 });
  await page.locator('.probe-failures .line', { hasText: '503' }).first().waitFor({ timeout: 5_000 });
  await page.getByLabel('Who are you?').fill('ann');
  await page.getByLabel('A word to the others').fill('rolling back');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.locator('.moment[data-kind=acknowledged]', { hasText: 'by ann' }).waitFor({ timeout: 10_000 });
  const state = await local?.state();
  expect(state?.incidents.some(({ acknowledged }) => acknowledged?.note === 'rolling back')).toBe(true);
  await page.locator('.moment[data-kind=message] a', { hasText: '[PAGE]' }).first().click({ timeout: 10_000 });
  await page.locator('#overview').waitFor({ timeout: 5_000 });
  expect(await page.locator('.message-text').textContent()).toContain('[PAGE]');
  await page.goBack();
  await page.locator('[data-page=incident]').waitFor({ timeout: 5_000 });
  await page.getByRole('link', { name: '← Overview' }).click();
}

describe('a newcomer at the console', () => {
  story(
    'breaks the shortener, reads the mail that SNS would have sent, mends it and reads the resolved one',
    async () => {
      const { page, errors } = await open();
      const monitor = (state: string) => page.locator(`[data-monitor=shortener-health][data-state=${state}]`);
      const mail = (subject: RegExp) => page.locator('.inbox-row', { hasText: subject }).first();

      await monitor('passed').waitFor({ timeout: 10_000 });
      expect(await page.locator('.inbox-row').count()).toBe(0);

      await page.getByRole('button', { name: 'Break the shortener' }).click();
      await monitor('failed').waitFor({ timeout: 10_000 });
      await mail(/\[PAGE\] shortener-health failing/).click({ timeout: 20_000 });
      const text = await page.locator('.message-text').textContent();
      expect(text).toContain('WHAT IS HURT');
      expect(text).toContain('curl ');
      await page.locator('[data-incident][data-open=true]').first().waitFor({ timeout: 5_000 });
      await walk(page);

      await page.getByRole('button', { name: 'Mend it' }).click();
      await monitor('passed').waitFor({ timeout: 10_000 });
      await mail(/Resolved: shortener-health/).click({ timeout: 20_000 });
      expect(await page.locator('.message-text').textContent()).toContain('Resolved: shortener-health');
      expect(errors).toEqual([]);
    },
    90_000,
  );

  story(
    'probes by hand and sees where the time went',
    async () => {
      const { page } = await open();
      await page.getByRole('button', { name: 'Probe now' }).click();
      await page.locator('.said[data-result=done]').waitFor({ timeout: 10_000 });
      await page.getByText('processing').first().waitFor({ timeout: 5_000 });
    },
    30_000,
  );
});
