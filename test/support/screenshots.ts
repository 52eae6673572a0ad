import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { pageHref } from '../../infra/local/console/route.ts';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import { launchBrowser } from './browser.ts';
import { takeDashboards } from './dashboard-pictures.ts';

/**
 * Takes the README's pictures of the console from a running local mode: quiet, after a burst, then in an outage that it
 * makes and mends. Use: `npm start -- --fresh --interval 10s`, let it run for a few minutes, then
 * `node test/support/screenshots.ts http://127.0.0.1:4000 [folder]`; `--without-bursts` on a machine that is too busy to send one,
 * `--dashboards` takes those alone, as they are.
 */
const shapes = [
  { name: 'desktop-light', viewport: { width: 1440, height: 1000 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1440, height: 1000 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

/** Those that the README shows; into another folder all of them are taken, for a look. */
const shown = [
  'quiet-desktop-dark',
  'outage-desktop-light',
  'outage-phone-dark',
  'slo-desktop-light',
  'incident-phone-dark',
];
const images = join(import.meta.dirname, '../../docs/images');

/** At one minute a monitor alert takes up to four of them, and its mail is there at once. */
const longestWaitMs = 6 * 60_000;

async function main(): Promise<void> {
  const [url, folder = images] = process.argv.slice(2).filter((each) => !each.startsWith('--'));
  const has = (flag: string) => process.argv.includes(flag);
  if (url === undefined) throw new Error('which local mode? node test/support/screenshots.ts http://127.0.0.1:4000');
  const launched = await launchBrowser();
  if ('missing' in launched) throw new Error(launched.missing);
  await mkdir(folder, { recursive: true });
  try {
    if (has('--dashboards')) await takeDashboards(launched.browser, url, folder, folder !== images);
    else await takeAll(launched.browser, url, folder, !has('--without-bursts'));
  } finally {
    await launched.browser.close();
  }
}

async function takeAll(browser: Browser, url: string, folder: string, hasBursts: boolean): Promise<void> {
  const mailBefore = (await readState(url)).inbox.length;
  await waitFor(url, (state) => state.monitors.every((monitor) => monitor.state === 'passed'));
  await take(browser, url, folder, 'quiet');
  if (hasBursts) {
    await runBurst(url);
    await takeBursts(browser, url, folder);
  }
  await command(url, 'POST');
  try {
    await waitFor(
      url,
      (state) => state.inbox.length > mailBefore && state.monitors.some((monitor) => monitor.state === 'failed'),
    );
    await take(browser, url, folder, 'outage');
    await takePages(browser, url, folder);
    await takeDashboards(browser, url, folder, folder !== images);
  } finally {
    await command(url, 'DELETE');
  }
}

async function take(browser: Browser, url: string, folder: string, name: string, hash = ''): Promise<void> {
  for (const shape of shapes) {
    if (folder === images && !shown.includes(`${name}-${shape.name}`)) continue;
    const path = join(folder, `console-${name}-${shape.name}.png`);
    await visit(browser, url, shape, async (page) => {
      if (hash !== '') await open(page, hash);
      await page.screenshot({ path });
    });
    console.log(path);
  }
}

async function open(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.locator('.page-body').filter({ visible: true }).waitFor();
  await page.waitForTimeout(1_000);
}

/** The pages of the first SLO and of the newest incident, which wait until the budget of the outage is said to end. */
async function takePages(browser: Browser, url: string, folder: string): Promise<void> {
  const isBurning = ({ slos }: ConsoleState) => slos[0]?.forecast.kind === 'burning' && slos[0].rules.some(isFiring);
  await waitFor(url, isBurning);
  const { slos, incidents } = await readState(url);
  await take(browser, url, folder, 'slo', pageHref('slo', slos[0]?.id));
  await take(browser, url, folder, 'incident', pageHref('incident', incidents[0]?.id));
}

const isFiring = ({ status }: { readonly status: string }): boolean => status === 'firing';

/** The section of bursts alone: it stands below what the other pictures show. */
async function takeBursts(browser: Browser, url: string, folder: string): Promise<void> {
  const path = join(folder, 'console-bursts-desktop-light.png');
  await visit(browser, url, shapes[0], (page) => page.locator('#bursts').screenshot({ path }));
  console.log(path);
}

async function visit(
  browser: Browser,
  url: string,
  { viewport, colorScheme }: (typeof shapes)[number],
  look: (page: Page) => Promise<unknown>,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1.5, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await settle(page);
  await look(page);
  await context.close();
}

/** The first burst of the configuration, to its end. */
async function runBurst(url: string): Promise<void> {
  const { bursts } = await readState(url);
  const burst = bursts[0]?.id;
  if (burst === undefined) throw new Error('the configuration has no burst');
  const answer = await fetch(new URL('/api/bursts', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ burst }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`POST /api/bursts: ${answer.status}`);
  await waitFor(url, ({ liveRuns }) => liveRuns.every(({ end }) => end !== undefined));
}

/** Without the newcomer's hint, and with the charts drawn. */
async function settle(page: Page): Promise<void> {
  await page.locator('#verdict[data-state]').waitFor();
  await page.getByRole('button', { name: 'Got it' }).click();
  await page.locator('#monitors canvas').first().waitFor();
  await page.evaluate('document.activeElement.blur()');
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500);
}

async function readState(url: string): Promise<ConsoleState> {
  const answer = await fetch(new URL('/api/state', url), { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as ConsoleState;
}

async function waitFor(url: string, isThere: (state: ConsoleState) => boolean): Promise<void> {
  const deadline = Date.now() + longestWaitMs;
  while (!isThere(await readState(url))) {
    if (Date.now() > deadline) throw new Error('local mode did not come to the state that the picture needs');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function command(url: string, method: 'POST' | 'DELETE'): Promise<void> {
  const answer = await fetch(new URL('/api/faults', url), { method, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${method} /api/faults: ${answer.status}`);
}

if (import.meta.main) await main();
