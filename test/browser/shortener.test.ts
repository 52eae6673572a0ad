import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { complaintsOf } from '../support/console-visit.ts';
import { type ShortenerServer, startShortener } from '../support/shortener-server.ts';

const launched = await launchBrowser();
if ('missing' in launched) console.warn(`The shortener's page is not tested: ${launched.missing}.`);
const describeInBrowser = 'missing' in launched ? describe.skip : describe;

let server: ShortenerServer;
let closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  server = await startShortener();
  closers = [server.close];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
});
afterAll(async () => {
  if ('browser' in launched) await launched.browser.close();
});

async function visit(path = '/', options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  if ('missing' in launched) throw new Error(launched.missing);
  const context = await launched.browser.newContext({ timezoneId: 'Europe/Amsterdam', ...options });
  closers.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const complaints = complaintsOf(page);
  await page.goto(server.origin + path);
  return { page, complaints };
}

const press = async (page: Page, ...keys: readonly string[]) => {
  for (const key of keys)
    await (key.length > 1 && key.startsWith('=') ? page.keyboard.type(key.slice(1)) : page.keyboard.press(key));
};
const focused = (page: Page) =>
  page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id");

describeInBrowser("The shortener's page", () => {
  it('makes, shows, disables, counts and deletes a link with the keyboard alone', async () => {
    const { page, complaints } = await visit();
    await page.locator('#desk').waitFor();
    await page.locator('#url').focus();
    await press(page, '=https://example.com/a?b=i', 'Tab', '=mine1', 'Enter');
    await page.locator('#news').getByText('Made').waitFor();
    expect(await focused(page)).toBe('url');
    const row = page.locator('[data-code=mine1]');
    expect(await row.locator('.url').textContent()).toBe('https://example.com/a?b=i');
    expect((await fetch(`${server.origin}/mine1`, { redirect: 'manual' })).status).toBe(302);

    await row.getByRole('button', { name: 'Clicks of mine1' }).focus();
    await press(page, 'Enter');
    await page.getByText('1 in all, 1 in the last 30 days.').waitFor();
    await press(page, 'Escape');
    expect(await focused(page)).toBe('Clicks of mine1');

    await press(page, 'Tab', 'Enter');
    await row.getByText('disabled', { exact: true }).waitFor();
    expect(await focused(page)).toBe('Enable mine1');
    expect((await fetch(`${server.origin}/mine1`, { redirect: 'manual' })).status).toBe(410);

    await press(page, 'Tab', 'Enter');
    await page.getByRole('heading', { name: 'Delete /mine1?' }).waitFor();
    await press(page, 'Enter');
    await row.waitFor({ state: 'detached' });
    expect(await page.locator('#news').textContent()).toBe('/mine1 was deleted.');
    expect(await focused(page)).toBe('shelf-title');
    expect((await fetch(`${server.origin}/mine1`, { redirect: 'manual' })).status).toBe(404);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  }, 30_000);

  it('says beside each field what is wrong with it, and puts the focus there', async () => {
    const { page } = await visit();
    await page.locator('#url').fill('ftp://example.com/');
    await page.locator('#code').fill('links');
    await page.locator('#code').press('Enter');
    await page.getByText('url must start with http:// or https://', { exact: true }).waitFor();
    expect(await page.locator('#code-error').textContent()).toBe('code must not be a reserved word');
    expect(await page.locator('#news').textContent()).toBe(
      'Some of the input is not valid: url must start with http:// or https://; code must not be a reserved word.',
    );
    expect([await focused(page), await page.locator('#url').getAttribute('aria-invalid')]).toEqual(['url', 'true']);
  }, 30_000);

  it('shows links page by page, and a hostile URL as text', async () => {
    for (let made = 0; made < 22; made++) await server.shorten(`https://example.com/${made}`, `code${made}`);
    await server.shorten("https://example.com/'onmouseover='alert(1)", 'zzzz');
    const { page, complaints } = await visit();
    await page.locator('#more').click();
    await page.locator('[data-code=zzzz]').waitFor();
    expect(await page.locator('.link').count()).toBe(23);
    expect(await page.locator('#more').isHidden()).toBe(true);
    expect(complaints).toEqual([]);
  }, 30_000);

  it('asks for the token where one is needed, and keeps it in the tab alone', async () => {
    await server.close();
    server = await startShortener({ writes: 'token' });
    closers = [server.close];
    const { page } = await visit();
    await page.locator('#token').fill('wrong');
    await page.locator('#token').press('Enter');
    await page.getByText('A valid bearer token is needed', { exact: false }).waitFor();
    await page.locator('#token').fill(server.token);
    await page.locator('#token').press('Enter');
    await page.locator('#desk').waitFor();
    await page.reload();
    await page.locator('#desk').waitFor();
    const kept = await page.evaluate('[localStorage.length, document.cookie]');
    expect(kept).toEqual([0, '']);
  }, 30_000);

  it('fits a phone, and a preview shows its QR code and runs no script', async () => {
    await server.shorten(`https://example.com/${'long-'.repeat(60)}`, 'long1');
    const phone = { viewport: { width: 360, height: 740 } };
    for (const path of ['/', '/long1+']) {
      const { page, complaints } = await visit(path, phone);
      await page.getByText('long-', { exact: false }).first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(complaints).toEqual([]);
      if (path === '/') continue;
      expect(await page.evaluate('document.images[0].naturalWidth')).toBeGreaterThan(0);
      expect(await page.locator('script').count()).toBe(0);
    }
  }, 30_000);
});
