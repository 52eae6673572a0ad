import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { ConsoleState, LiveRun } from '../../infra/local/console/state.ts';
import type { BurstRunView } from '../../shared/app/overview/model.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from '../local/local-mode.ts';
import { launchBrowser } from '../support/browser.ts';
import { aSummary } from '../support/burst.ts';
import { burstView, liveRun } from '../support/console-bursts.ts';
import { burstFailed, burstRunning, burstSearched, bursts, quiet } from '../support/console-states.ts';
import { complaintsOf, createVisits } from '../support/console-visit.ts';

const launched = await launchBrowser();
// Where there is no Chromium for the platform this counts as skipped, and says why.
if ('missing' in launched) console.warn(`not run: ${launched.missing}`);
const describeInBrowser = 'missing' in launched ? describe.skip : describe;

const card = (page: Page, id: string) => page.locator(`[data-burst="${id}"]`);
const runNow = (page: Page, id: string) => page.getByRole('button', { name: `Run ${id} now` });
const figure = (page: Page, id: string, label: string) =>
  card(page, id)
    .locator('.figure', { has: page.locator('.figure-label', { hasText: label }) })
    .filter({ visible: true })
    .locator('.figure-value');

afterAll(async () => {
  if ('browser' in launched) await launched.browser.close();
});

describeInBrowser('the bursts in the console', () => {
  const { show, close } = createVisits(launched);
  afterEach(close);

  it('say what each sends, when, and what came of its last run, in words and numbers', async () => {
    const now = Date.now();
    const { page, complaints } = await show(bursts(now));
    const text = (await card(page, 'redirects').textContent()) ?? '';
    for (const words of [
      'GET http://127.0.0.1:4001/demo',
      'ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s',
      'cron(0 3 * * ? *) in Europe/Amsterdam, next at ',
      '(in 13 h)',
      'Last run',
      '(1 h ago), 15 s',
      'Compared with its last 5 good runs: same.',
      'Latency: p75 12.9 ms, p90 14.7 ms, p95 16.2 ms, p99.9 58.3 ms, max 68.0 ms.',
      'Answers: 302 × 2,500.',
    ])
      expect(text).toContain(words);
    expect(await card(page, 'redirects').locator('.badge').first().textContent()).toBe('Passed');
    expect(await figure(page, 'redirects', 'p99').textContent()).toBe('48.6 ms');
    expect(await card(page, 'redirects').locator('.threshold').allTextContents()).toEqual([
      'holds: p99 < 300ms48.6 ms',
      'holds: errorRatio < 0.1%0 %',
      'holds: dropped == 00',
    ]);
    expect(await card(page, 'callers').textContent()).toContain('press “Run now”, or wait for its schedule');
    expect(complaints).toEqual([]);
  });

  it('draw the seconds of the last run for those who see them, and tell them to those who do not', async () => {
    const { page } = await show(bursts(Date.now()));
    const charts = card(page, 'redirects').locator('.run:not(.run-live) .chart');
    await charts.first().scrollIntoViewIfNeeded();
    await charts.locator('canvas').nth(1).waitFor();
    expect(await charts.nth(1).getAttribute('aria-label')).toMatch(
      /^Latency by the second: 15 seconds, up to 200\/s, none failed, slowest p99 [\d.]+ ms$/,
    );
    const box = await charts.nth(1).boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 50);
    await card(page, 'redirects')
      .locator('.chart-readout', { hasText: /^second \d+: \d+ requests, p50 / })
      .waitFor();
  });

  it('mark what did not hold, and say that the generator was the bottleneck', async () => {
    const { page } = await show(burstFailed(Date.now()));
    const failed = card(page, 'redirects');
    expect(await failed.locator('.reason').textContent()).toBe(
      'p99 418 ms, wanted < 300 ms; error ratio 2.13 %, wanted < 0.1 %',
    );
    expect(await failed.locator('.threshold[data-passed="false"]').count()).toBe(2);
    expect(await failed.locator('.notice[data-tone="warn"]').textContent()).toContain(
      'Generator saturated: this machine, not the target, was the bottleneck',
    );
    expect(await failed.locator('.comparison').textContent()).toContain('p95 139 ms, was 17.1 ms (+715 %, worse)');
    expect(await failed.locator('.alert').textContent()).toContain('Ticket since');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('redirects did not hold');
  });

  it('draw the breaking point that a search has found, and say it', async () => {
    const { page } = await show(burstSearched(Date.now()));
    await page.getByText('Sustains 425/s, at 450/s p99 leaves 300 ms.').waitFor();
    const chart = page.getByRole('img', { name: /^Latency at each rate: sustains 425\/s/ });
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('canvas').waitFor();
    expect(await card(page, 'limit').locator('.burst-chart').filter({ visible: true }).count()).toBe(0);
  });

  it('keep five of the last runs in view, and show all of them on demand, by keyboard, too', async () => {
    const { page } = await show(bursts(Date.now()));
    const rows = card(page, 'redirects').locator('.runs-row');
    expect(await rows.count()).toBe(5);
    expect(await rows.nth(3).textContent()).toMatch(
      /^failed: .*412 ms163\.3\/sp99 412 ms, wanted < 300 ms; error ratio/,
    );
    const more = card(page, 'redirects').getByRole('button', { name: 'Show all 8' });
    await more.focus();
    await page.keyboard.press('Enter');
    expect(await rows.count()).toBe(8);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Show fewer');
    await page.keyboard.press('Enter');
    expect(await rows.count()).toBe(5);
  });

  it('teach a newcomer to write one', async () => {
    const { page } = await show(quiet(Date.now()));
    expect(await page.locator('#bursts .example').textContent()).toContain('stages: [{ rampTo: 200/s, over: 5s }');
  });

  it('grow by the second while one is under way, and become its result', async () => {
    const now = Date.now();
    const { mock, page, complaints } = await show({ ...quiet(now), bursts: [burstView(now)] });
    await runNow(page, 'redirects').click();
    await card(page, 'redirects').locator('.run-live').waitFor();
    expect(mock.commands).toEqual(['POST /api/bursts']);
    expect(await card(page, 'redirects').locator('.badge').first().textContent()).toBe('Under way');
    expect(await page.locator('#announcements').textContent()).toBe('redirects: under way.');
    for (const seconds of [1, 2, 7]) {
      const run = liveRun(now, seconds);
      mock.tellRun({ ...run, beganAt: now, points: run.points.slice(-1) });
      await card(page, 'redirects')
        .locator('.chart-readout', { hasText: `${seconds === 7 ? 3 : seconds} second` })
        .first()
        .waitFor();
    }
    expect(await figure(page, 'redirects', 'of 2,500 requests').textContent()).toBe('872');
    expect(await figure(page, 'redirects', 'failures').textContent()).toBe('12');
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('47');
    expect(await runNow(page, 'redirects').getAttribute('aria-disabled')).toBe('true');
    await runNow(page, 'redirects').click({ force: true });
    expect(mock.commands).toEqual(['POST /api/bursts']);

    mock.tellRun({ ...liveRun(now, 0), beganAt: now, points: [], end: { at: Date.now(), outcome: 'sent' } });
    await page.getByText('Sent, and kept in a moment').waitFor();
    const summary = aSummary({ startedAt: new Date(now + 5).toISOString() });
    const kept: BurstRunView = { runAt: now + 5, outcome: 'passed', reasons: [], more: 0, summary };
    mock.show({ ...quiet(now), bursts: [burstView(now, { runs: [kept] })] });
    await card(page, 'redirects').locator('.run-live').waitFor({ state: 'hidden' });
    expect(await figure(page, 'redirects', 'p99').textContent()).toBe('182 ms');
    expect(await page.locator('#announcements').textContent()).toBe('redirects: passed.');
    expect(complaints).toEqual([]);
  });

  it('keep what a page has heard that comes in the middle of a run', async () => {
    const { page } = await show(burstRunning(Date.now()));
    expect(await card(page, 'redirects').locator('.run-live .chart-readout').textContent()).toContain('9 seconds');
    expect(await card(page, 'redirects').locator('.run-live').textContent()).toContain('9 s of 15 s');
  });

  it.each<[string, Partial<LiveRun>, string]>([
    [
      'was refused',
      { end: { at: 1, outcome: 'refused', message: 'redirects was not sent: an incident is open' } },
      'redirects was not sent: an incident is open',
    ],
    [
      'is not kept',
      { isRecorded: false, end: { at: 1, outcome: 'sent', summary: aSummary() } },
      'A run by hand that is not kept: 2,500 requests, 0 failed, p99 182 ms.',
    ],
  ])('say at once what came of a run by hand that %s', async (_, change, words) => {
    const now = Date.now();
    const { mock, page } = await show({ ...quiet(now), bursts: [burstView(now)], liveRuns: [liveRun(now, 2)] });
    mock.tellRun({ ...liveRun(now, 2), points: [], ...change });
    await card(page, 'redirects').locator('.notice', { hasText: words }).waitFor();
    expect(await page.locator('#announcements').textContent()).toBe(`redirects: ${words}`);
    expect(await card(page, 'redirects').locator('.badge').first().textContent()).toBe('Passed');
  });

  it('say when the newest run was not sent, above what came of the one before', async () => {
    const now = Date.now();
    const burst = burstView(now);
    const unsent: BurstRunView = { runAt: now, outcome: 'void', reasons: ['it came 200.0 s after its time'], more: 0 };
    const { page } = await show({ ...quiet(now), bursts: [{ ...burst, runs: [unsent, ...burst.runs] }] });
    expect(await card(page, 'redirects').locator('.notice[data-tone="odd"]').textContent()).toMatch(
      /^The run of [\d:]+ was not sent: it came 200\.0 s after its time$/,
    );
    expect(await figure(page, 'redirects', 'p99').textContent()).toBe('48.6 ms');
  });

  it('say why one could not be begun', async () => {
    const now = Date.now();
    const { mock, page } = await show({ ...quiet(now), bursts: [burstView(now)] });
    mock.refuse('Conflict');
    await runNow(page, 'redirects').click();
    await card(page, 'redirects').locator('.said', { hasText: 'Conflict' }).waitFor();
  });
});

const config = `version: 1
service: shortener
monitors:
  shortener-health: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" } }
bursts:
  redirects:
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    stages: [rampTo: 40/s over 2s, hold: 40/s for 3s]
    thresholds: [errorRatio < 0.1%]
`;

describeInBrowser('a person who presses “Run now”', () => {
  const folder = temporaryFolder();
  let local: Running | undefined;
  beforeAll(async () => {
    const file = join(folder.path, 'monitors.yml');
    writeFileSync(file, config);
    local = await startLocalMode(join(folder.path, 'data'), '--config', file);
  }, 60_000);
  afterAll(async () => {
    await endAll(local);
    folder.remove();
  }, 30_000);

  it('sees the chart grow second by second, and then the result of the run that was kept', async () => {
    if ('missing' in launched) throw new Error(launched.missing);
    const page = await launched.browser.newPage({ viewport: { width: 1280, height: 2000 } });
    const complaints = complaintsOf(page);
    await page.goto(local?.console ?? '');
    await runNow(page, 'redirects').click();
    const live = card(page, 'redirects').locator('.run-live');
    const counts: number[] = [];
    for (const seconds of [1, 2, 3, 4]) {
      await live.locator('.chart-readout', { hasText: new RegExp(`^${seconds} second`) }).waitFor({ timeout: 10_000 });
      counts.push(Number(await figure(page, 'redirects', 'of 160 requests').textContent()));
    }
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBe(4);
    expect(await live.locator('canvas').count()).toBe(2);
    await card(page, 'redirects').locator('[data-outcome="passed"].run').waitFor({ timeout: 15_000 });
    expect(await figure(page, 'redirects', 'requests').textContent()).toBe('160');
    expect(await card(page, 'redirects').locator('.threshold').textContent()).toBe('holds: errorRatio < 0.1%0 %');
    const state = (await local?.state()) as ConsoleState;
    expect(state.bursts[0]?.runs).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});
