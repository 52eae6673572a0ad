import type { Page } from 'playwright-core';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import { launchBrowser } from '../support/browser.ts';
import { incidentDetailOf, sloDetailOf } from '../support/console-details.ts';
import { outage, quiet } from '../support/console-states.ts';
import { sloView } from '../support/console-views.ts';
import { createVisits } from '../support/console-visit.ts';

const launched = await launchBrowser();
if ('missing' in launched) console.warn(`The console's pages are not tested: ${launched.missing}.`);
const describeInBrowser = 'missing' in launched ? describe.skip : describe;

const { show, close } = createVisits(launched);

/** The page at this hash, once it has been told everything. */
async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.locator('.page-body').filter({ visible: true }).waitFor();
}

const slo = '#/slo/shortener-availability';

describeInBrowser('the pages of the console', () => {
  afterEach(close);
  afterAll(async () => {
    if ('browser' in launched) await launched.browser.close();
  });

  it('tell of an SLO what is left, what comes and what its rules will do, in words and as a chart', async () => {
    const { page, complaints } = await show(outage(Date.now()));
    await goTo(page, slo);
    const text = (await page.locator('[data-page=slo]').textContent()) ?? '';
    for (const words of [
      'of full outage left',
      'At this pace gone between',
      'If it goes on like this: fires in',
      'By error type',
    ])
      expect(text).toContain(words);
    expect(await page.title()).toBe('(1) shortener-availability: 93.8% left – Burnwatch');
    const chart = page.getByRole('img', { name: /^93\.8% left now, 2 incidents, 1 maintenance, 1 gap\./ });
    await chart.locator('canvas').waitFor();
    await page.getByRole('button', { name: 'Last 6 h' }).click();
    expect(await page.getByRole('button', { name: 'Last 6 h' }).getAttribute('aria-pressed')).toBe('true');
    expect(complaints).toEqual([]);
  });

  it('are reached and left by keyboard and by the browser’s buttons, where the reader left off', async () => {
    const { page } = await show(outage(Date.now()));
    const link = page.locator('[data-slo] a.card-link').first();
    await link.scrollIntoViewIfNeeded();
    const top = await page.evaluate('scrollY');
    await link.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-page=slo] .lead').waitFor();
    expect(await page.evaluate('[document.activeElement.tagName, scrollY]')).toEqual(['H1', 0]);
    await page.goBack();
    await page.locator('#verdict').waitFor();
    expect(await page.evaluate('scrollY')).toBe(top);
    await page.goForward();
    await page.locator('[data-page=slo] .lead').waitFor();
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.locator('#inbox').waitFor();
  });

  it('take an acknowledgement and a silence, say who is at it, and end the silence', async () => {
    const { page, mock } = await show(outage(Date.now()));
    await goTo(page, '#/incident/inc-2');
    await page.getByLabel('Who are you?').fill('ann');
    await page.keyboard.press('Enter');
    await page.locator('.page-head .chip', { hasText: 'ann is at it' }).waitFor();
    expect(await page.getByRole('button', { name: 'Acknowledge' }).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Silence' }).click();
    await page.locator('.said[data-result=failed]', { hasText: 'Say why' }).waitFor();
    await page.getByLabel('Why?').fill('known');
    await page.getByRole('button', { name: 'Silence' }).click();
    await page.locator('.moment[data-kind=silenced]').waitFor();
    await page.getByRole('link', { name: '← Overview' }).click();
    await page.getByRole('button', { name: /^End the silence of/ }).click();
    await page.locator('.silences').waitFor({ state: 'hidden' });
    expect(mock.commands).toEqual(['POST /api/acknowledgements', 'POST /api/silences', 'DELETE /api/silences']);
  });

  it('say that a button did not work, and why', async () => {
    const { page, mock } = await show(outage(Date.now()));
    await goTo(page, '#/incident/inc-2');
    mock.refuse('Conflict');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.locator('.said[data-result=failed]', { hasText: 'Conflict' }).waitFor();
  });

  it('say that there is no such thing, and keep what they know when the connection is lost', async () => {
    const { page, mock } = await show(outage(Date.now()));
    await page.evaluate('location.hash = "#/slo/nothing"');
    await page.getByText('Not Found: There is no nothing.').waitFor();
    await page.evaluate('location.hash = "#/nowhere"');
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
    await goTo(page, slo);
    mock.disconnect(true);
    await page.getByText('Connection to local mode lost.').first().waitFor();
    expect(await page.locator('.lead').textContent()).toContain('At this pace');
  });

  it('say that they read, until they have', async () => {
    const { page } = await show(quiet(Date.now()));
    let answer: () => void = () => undefined;
    await page.route('**/api/slo?*', async (route) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      await route.continue();
    });
    await page.evaluate(`location.hash = ${JSON.stringify(slo)}`);
    await page.getByText('Reading the budget of shortener-availability …').waitFor();
    answer();
    await page.locator('.lead').waitFor();
    await page.getByText('does not fire').first().waitFor();
  });

  it('show text from outside as text, however long, and fit a phone', async () => {
    const now = Date.now();
    const evil = `<img src=x onerror="window.stolen=1">"'&lt;${'x'.repeat(120)}`;
    const base = outage(now);
    const [incident] = base.incidents;
    const state = {
      ...base,
      slos: [sloView(now, { id: evil, counts: evil, objective: evil })],
      incidents: incident === undefined ? [] : [{ ...incident, id: evil, monitors: [evil] }],
    } as ConsoleState;
    const { page, mock, complaints } = await show(state, { viewport: { width: 360, height: 700 } });
    const [detail, of] = [incidentDetailOf(state, evil), sloDetailOf(state, evil)];
    if (detail === undefined || of === undefined) throw new Error('no such thing');
    mock.tellOf(evil, {
      ...detail,
      failures: detail.failures.map((failure) => ({ ...failure, monitor: evil, message: evil })),
      runbooks: [
        { name: evil, runbook: 'javascript:alert(1)' },
        { name: evil, runbook: evil },
      ],
      moments: [...detail.moments, { kind: 'acknowledged', at: now, by: evil, note: evil, lastedMs: 1 }],
      told: [evil],
    });
    await goTo(page, `#/incident/${encodeURIComponent(evil)}`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    mock.tellOf(evil, of);
    await goTo(page, `#/slo/${encodeURIComponent(evil)}`);
    await page.locator('.lead').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(
      await page.evaluate('[window.stolen, document.querySelectorAll(".page img, a[href^=javascript]").length]'),
    ).toEqual([undefined, 0]);
    expect(complaints).toEqual([]);
  });

  it('stay quick beside 200 SLOs', async () => {
    const now = Date.now();
    const slos = Array.from({ length: 200 }, (_, index) => sloView(now, { id: `slo-${index}` }));
    const { page, complaints } = await show({ ...outage(now), slos });
    expect(await page.locator('[data-slo]').count()).toBe(200);
    await goTo(page, '#/slo/slo-199');
    expect(await page.locator('.page-title').textContent()).toBe('slo-199');
    expect(complaints).toEqual([]);
  });
});
