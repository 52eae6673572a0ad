import type { Page } from 'playwright-core';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import type { BurstView, MonitorView } from '../../shared/app/overview/model.ts';
import type { ProbeRow } from '../../shared/probe/row.ts';
import { launchBrowser } from '../support/browser.ts';
import { failedBurst, liveRun } from '../support/console-bursts.ts';
import { probeAnswer, scenarios } from '../support/console-mock.ts';
import { configErrors, many, outage, quiet, severally, wholeFault } from '../support/console-states.ts';
import { fired, historyOf, monitorView, resolved, sloView } from '../support/console-views.ts';
import { createVisits } from '../support/console-visit.ts';

const launched = await launchBrowser();
if ('missing' in launched) console.warn(`The console's page is not tested: ${launched.missing}.`);
const describeInBrowser = 'missing' in launched ? describe.skip : describe;

const { show, close } = createVisits(launched);

const phases = { resolveMs: 0, connectMs: 1, tlsMs: 0, processingMs: 7, transferMs: 0 };
const nothing = { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 };
const notFound = { errorType: 'assertion', message: 'status == 302, but found 404', statusCode: 404 } as const;

const failedFlow: ProbeRow = {
  ...notFound,
  monitor: 'shorten-and-follow',
  outcome: 'failed',
  message: `step follow: ${notFound.message}`,
  attempts: 2,
  latencyMs: 16,
  phases,
  assertions: [],
  steps: [
    { step: 'create', outcome: 'passed', statusCode: 201, latencyMs: 8, phases, assertions: [] },
    { ...notFound, step: 'follow', outcome: 'failed', latencyMs: 8, phases, assertions: [] },
    { step: 'clean', outcome: 'skipped', latencyMs: 0, phases: nothing, assertions: [] },
  ],
};

const waitingHeartbeat: ProbeRow = {
  monitor: 'backup',
  outcome: 'unknown',
  errorType: 'monitor',
  message: 'it has not been called yet',
  attempts: 0,
  latencyMs: 0,
  phases: nothing,
  assertions: [],
};

function heartbeatView(now: number): MonitorView {
  const { latencyMs: _, degradedAfterMs: __, statusCode: ___, ...rest } = monitorView(now);
  return {
    ...rest,
    id: 'backup',
    type: 'heartbeat',
    url: 'http://127.0.0.1:4001/heartbeats/backup/…',
    intervalMs: 60_000,
    eventIntervalMs: 3_600_000,
    graceMs: 600_000,
    alerts: [{ id: 'monitor/backup/0', status: 'inactive', failures: 0, needed: 1, of: 1, notify: ['oncall'] }],
  };
}

/** Whatever a burst may say of itself and of its runs. */
function evilBurst(now: number, evil: string): BurstView {
  const burst = failedBurst(now);
  const [run] = burst.runs;
  return failedBurst(now, {
    id: evil,
    sent: [evil],
    load: evil,
    wanted: evil,
    thresholds: [evil],
    schedule: evil,
    timezone: evil,
    runs: [
      { runAt: now, outcome: 'refused', reasons: [evil], more: 0 },
      ...burst.runs.map((each) => ({ ...each, reasons: [evil] })),
      ...(run?.summary === undefined ? [] : [{ ...run, runAt: 1, summary: { ...run.summary, errors: { [evil]: 1 } } }]),
    ],
    alerts: [{ id: evil, severity: 'page', status: 'firing', firedAt: now, notify: [evil] }],
  });
}

const activeText = (page: Page) => page.evaluate<string>('document.activeElement.textContent');

describeInBrowser('the page of the console', () => {
  afterEach(close);

  afterAll(async () => {
    if ('browser' in launched) await launched.browser.close();
  });

  it('says that all is well, in words', async () => {
    const { page, complaints } = await show(quiet(Date.now()));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('All is well');
    expect(await page.locator('[data-monitor="shortener-health"] .badge').first().textContent()).toBe('Passing');
    expect(await page.locator('[data-slo="shortener-availability"]').textContent()).toContain('98.4%');
    expect(await page.title()).toBe('All is well – Burnwatch');
    expect(complaints).toEqual([]);
  });

  it('says which of several locations is silent, and which of them saw a failure', async () => {
    const { page, complaints } = await show(severally(Date.now()));
    expect(await page.locator('.banner:visible').allTextContents()).toContainEqual(
      expect.stringContaining('Nothing comes from ap-southeast-2 (for 7 min)'),
    );
    expect(await page.locator('[data-monitor="website"]').textContent()).toContain(
      'Failed from 1 of 3 locations: us-east-1; passed from eu-west-1; nothing new from ap-southeast-2',
    );
    expect(complaints).toEqual([]);
  });

  it('breaks the shortener with one click, and shows what follows without a reload', async () => {
    const { mock, page } = await show(quiet(Date.now()));
    await page.getByRole('button', { name: 'Break the shortener' }).click();
    await page.getByRole('heading', { level: 1, name: 'shortener-health is failing' }).waitFor();
    expect(mock.commands).toEqual(['POST /api/faults']);
    expect(await page.locator('[data-monitor="shortener-health"]').textContent()).toContain(
      'An assertion did not hold (status 503)',
    );
    expect(await page.locator('#inbox-unread').textContent()).toBe('1');
    expect(await page.locator('.message-subject').textContent()).toContain('shortener-health is failing');
    expect(await page.locator('#banners').textContent()).toContain(
      'broken on purpose: every request is answered with 503',
    );
    await page.getByRole('button', { name: 'Mend it' }).click();
    await page.getByRole('heading', { name: 'Nothing fails now' }).waitFor();
    expect(mock.commands).toEqual(['POST /api/faults', 'DELETE /api/faults']);
  });

  it('does not break what is broken, nor mend what is well', async () => {
    const { mock, page } = await show(quiet(Date.now()));
    await page.getByRole('button', { name: 'Mend it' }).click({ force: true });
    mock.show(outage(Date.now()));
    await page.locator('[aria-disabled]', { hasText: 'Break the shortener' }).click({ force: true });
    await page.getByRole('button', { name: 'Probe now' }).click();
    await page.locator('#probe-result:not([hidden])').waitFor();
    expect(mock.commands).toEqual(['POST /api/probe']);
  });

  it('starts a named drill by keyboard, says what will be seen, shows the one that is on, and mends it', async () => {
    const now = Date.now();
    const { mock, page } = await show(quiet(now));
    const line = (name: string) => page.locator(`[data-drill=${name}]`);
    expect(await page.locator('[data-drill]').count()).toBe(6);
    await line('slow').locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await line('slow').locator('li').first().isVisible()).toBe(true);
    expect(await line('slow').textContent()).toContain('The alert of a monitor that bounds its latency, within 90 s');
    await page.getByRole('button', { name: 'Start: Database down' }).focus();
    const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/faults'));
    await page.keyboard.press('Enter');
    expect((await sent).postData()).toBe('{"databaseDown":true,"for":"5m"}');
    const faults = { ...wholeFault, errorRatio: 0, databaseDown: true, until: now + 90_000 };
    mock.show({ ...quiet(now), faults });
    await page.locator('[data-drill=database-down][data-on]').waitFor();
    expect(await page.locator('[data-on]').count()).toBe(1);
    expect(await line('database-down').textContent()).toMatch(/1:\d\d left/);
    expect(await page.locator('#banners').textContent()).toContain('its database refuses everything');
    await page.getByRole('button', { name: 'Mend: Database down' }).click();
    await page.locator('[data-on]').waitFor({ state: 'detached' });
    expect(mock.commands).toEqual(['POST /api/faults', 'DELETE /api/faults']);
  });

  it('says when a command is refused, and what was said', async () => {
    const { mock, page } = await show(quiet(Date.now()));
    mock.refuse('The data folder is full');
    await page.getByRole('button', { name: 'Break the shortener' }).click();
    await page.locator('.said[data-result="failed"]').waitFor();
    expect(await page.locator('.said[data-result="failed"]').textContent()).toBe('The data folder is full');
  });

  it('a new message takes neither the focus, nor the open message, nor the marked text, nor the place in the page', async () => {
    const now = Date.now();
    const { mock, page } = await show(outage(now), { viewport: { width: 900, height: 500 } });
    await page.locator('.inbox-row').click();
    await page.locator('.message-text').focus();
    await page.evaluate('getSelection().selectAllChildren(document.querySelector(".message-text"))');
    await page.evaluate('scrollTo({ top: 900, behavior: "instant" })');
    const before = await page.evaluate(
      '[getSelection().toString(), scrollY, document.querySelector(".message-text").getBoundingClientRect().top]',
    );
    mock.show({ ...outage(now), inbox: [resolved(now), fired(now - 90_000)] });
    await page.locator('.inbox-row').nth(1).waitFor();
    await page.waitForTimeout(1200);
    expect(await page.locator('.message-subject').textContent()).toBe(fired(now).subject);
    expect(await page.locator('[aria-selected="true"]').getAttribute('data-message')).toBe(fired(now).id);
    expect(await page.evaluate('document.activeElement.className')).toBe('message-text');
    expect(await page.evaluate<string>('getSelection().toString()')).toBe((before as string[])[0]);
    expect(await page.evaluate('scrollY')).not.toBe(0);
    expect(await page.locator('#inbox-unread').textContent()).toBe('1');
    expect(await page.locator('#announcements').textContent()).toContain('New message: Resolved: shortener');
  });

  it('is used by keyboard alone: break, read the mail with the arrows, unfold an incident', async () => {
    const now = Date.now();
    const { mock, page } = await show({ ...quiet(now), inbox: [resolved(now), fired(now)] });
    await page.keyboard.press('Tab');
    expect(await activeText(page)).toBe('Skip to the content');
    for (let press = 0; press < 20 && (await activeText(page)) !== 'Break the shortener'; press++)
      await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.locator('[data-state="failed"]').first().waitFor();
    expect(mock.commands).toEqual(['POST /api/faults']);
    expect(await activeText(page)).toBe('Break the shortener');
    await page.locator('.inbox-list').focus();
    await page.keyboard.press('Space');
    expect(await page.locator('[data-unread="true"]').count()).toBe(2);
    await page.keyboard.press('End');
    expect(await page.locator('.message-subject').textContent()).toContain('is failing');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[aria-selected="true"]').count()).toBe(1);
    expect(await page.locator('.inbox-list').getAttribute('aria-activedescendant')).toBe(
      await page.locator('[aria-selected="true"]').getAttribute('id'),
    );
    const past = page.locator('#incidents summary').last();
    await past.focus();
    await page.keyboard.press('Enter');
    await page.locator('#incidents details[open]').last().getByText('Resolved').waitFor();
  });

  it('shows text from outside as text, whatever it looks like', async () => {
    const now = Date.now();
    const evil = '<img src=x onerror="window.stolen=1"><script>window.stolen=1</script>"\'&lt;';
    const base = outage(now);
    const monitors = [
      monitorView(now, {
        id: evil,
        state: 'failed',
        url: `javascript:${evil}`,
        message: evil,
        type: evil,
        alerts: [{ id: evil, status: 'firing', failures: 3, needed: 3, of: 5, notify: [evil] }],
      }),
    ];
    const { page, complaints } = await show({
      ...base,
      service: evil,
      monitors,
      slos: [sloView(now, { id: evil, objective: evil, monitors: [evil] })],
      incidents: base.incidents.map((incident) => ({
        ...incident,
        id: `${incident.id}${evil}`,
        monitors: [evil],
        alerts: [{ id: evil, title: evil, firedAt: now, resolvedAt: null }],
      })),
      inbox: [{ id: evil, subject: evil, text: evil, to: evil, at: now }],
      alarms: [{ name: evil, state: 'ALARM', since: now }],
      bursts: [evilBurst(now, evil)],
      liveRuns: [
        { ...liveRun(now, 3), burst: 'other', end: { at: now, outcome: 'refused', message: evil } },
        { ...liveRun(now, 3), id: 'x', burst: evil, end: { at: now, outcome: 'failed', message: evil } },
      ],
      addresses: { console: evil, shortener: evil, aws: evil, data: evil },
      configErrors: [evil],
    });
    expect(await page.locator('.message-text').textContent()).toBe(evil);
    expect(
      await page.evaluate(
        '[window.stolen, document.images.length, document.scripts.length, document.querySelectorAll("a[href^=javascript]").length]',
      ),
    ).toEqual([undefined, 1, 1, 0]);
    expect(complaints).toEqual([]);
  });

  it('draws 40 monitors of 1,000 points in less than a second, and brings them up to date as fast', async () => {
    const now = Date.now();
    const { mock, page } = await show(quiet(now));
    const timeTo = async (state: ConsoleState, selector: string) => {
      const began = performance.now();
      mock.show(state);
      await page.locator(selector).first().waitFor();
      return performance.now() - began;
    };
    const first = await timeTo(many(now, 40, 1000), '#monitors:has(li:nth-child(40)) .spark canvas');
    const second = await timeTo({ ...many(now + 60_000, 40, 1000), service: 'later' }, '#service:has-text("later")');
    expect(await page.locator('#monitors [data-monitor]').count()).toBe(40);
    expect(Math.max(first, second)).toBeLessThan(1000);
  });

  it('says that the connection is lost, keeps what it knows, and finds back by itself', async () => {
    const now = Date.now();
    const { mock, page } = await show(quiet(now));
    mock.disconnect(true);
    await page.locator('.banner', { hasText: 'Connection to local mode lost' }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('All is well');
    mock.show(outage(now));
    mock.disconnect(false);
    await page.getByRole('heading', { level: 1, name: 'shortener-health is failing' }).waitFor({ timeout: 15_000 });
    expect(await page.locator('.banner', { hasText: 'Connection to local mode lost' }).isVisible()).toBe(false);
  }, 25_000);

  it('names every error of a configuration that was not taken', async () => {
    const { mock, page } = await show({ ...quiet(Date.now()), configErrors });
    expect(await page.locator('#banners').textContent()).toContain(
      'monitors.yml has 2 errors: the last good configuration goes on',
    );
    expect(await page.locator('.problems').textContent()).toBe(configErrors.join('\n'));
    mock.show(quiet(Date.now()));
    await page.locator('.problems').waitFor({ state: 'hidden' });
  });

  it('shows what a manual probe found: phases, and the assertion that did not hold', async () => {
    const { page } = await show(quiet(Date.now()));
    await page.getByRole('button', { name: 'Probe now' }).click();
    const result = page.locator('#probe-result');
    await result
      .getByRole('img', { name: 'resolve 1.2 ms, connect 2.4 ms, TLS 0 ms, processing 19 ms, transfer 1.2 ms' })
      .waitFor();
    expect(await result.locator('[data-passed="false"]').textContent()).toContain('expected 200, got 503');
    await result.getByRole('button', { name: 'Close' }).click();
    expect(await result.isVisible()).toBe(false);
    expect(probeAnswer.results).toHaveLength(1);
  });

  it('shows what each step of a flow found, and no time of what was not sent', async () => {
    const { mock, page } = await show(quiet(Date.now()));
    mock.answerProbe({ results: [failedFlow, waitingHeartbeat] });
    await page.getByRole('button', { name: 'Probe now' }).click();
    const [flow, heartbeat] = ['shorten-and-follow', 'backup'].map((name) =>
      page.locator('#probe-result .result').filter({ has: page.getByRole('heading', { level: 3, name }) }),
    );
    const steps = flow?.locator('.result-step');
    await steps?.first().waitFor();
    expect(await steps?.locator('h4').allTextContents()).toEqual(['create', 'follow', 'clean']);
    expect(await steps?.nth(0).textContent()).toContain('Passingcreatestatus 2018.0 ms');
    expect(await steps?.nth(1).textContent()).toContain('An assertion did not hold: status == 302, but found 404');
    expect(await steps?.nth(2).textContent()).toBe('Not runclean');
    expect(await heartbeat?.textContent()).toBe('Unknownbackupnothing sentit has not been called yet');
  });

  it('shows a heartbeat by its calls: no latency, no chart of it, and where to call', async () => {
    const now = Date.now();
    const beat = {
      ...heartbeatView(now),
      history: historyOf(now, 3, 60_000).map((each) => ({ ...each, latencyMs: null })),
    };
    const waiting = { ...heartbeatView(now), id: 'import', state: 'waiting' as const, history: [] };
    const { since: _, ...neverCalled } = waiting;
    const { page } = await show({ ...quiet(now), monitors: [beat, neverCalled] });
    const card = page.locator('[data-monitor="backup"]');
    expect(await card.locator('.latency, .chart').filter({ visible: true }).count()).toBe(0);
    expect(await card.locator('.meta').textContent()).toContain('heartbeat, expected every 1 h, 10 min of grace');
    expect(await card.locator('.chart-readout').textContent()).toBe('3 minutes, none failed');
    expect(await card.locator('.alert').textContent()).toContain('0 of 1 failures in the last minute');
    const other = page.locator('[data-monitor="import"]');
    expect(await other.locator('.meta').textContent()).toContain('Waiting for the first call');
    expect(await other.locator('.chart-readout').textContent()).toBe('');
  });

  it('tells times in the reader’s zone, and in UTC on hover', async () => {
    const now = Date.now();
    const { page } = await show({ ...quiet(now), inbox: [{ ...fired(Date.UTC(2026, 0, 5, 12, 30)), text: 'x' }] });
    const time = page.locator('.inbox-row time');
    expect(await time.textContent()).toContain('13:30');
    expect(await time.getAttribute('title')).toBe('2026-01-05 12:30:00 UTC');
  });

  it('greets a newcomer with what to try, once', async () => {
    const { page } = await show(quiet(Date.now()));
    expect(await page.locator('.banner[data-tone="info"]').textContent()).toContain(
      'an e-mail lands in the inbox within about 40 s',
    );
    await page.getByRole('button', { name: 'Got it' }).click();
    await page.reload();
    await page.locator('#verdict[data-state]').waitFor();
    expect(await page.locator('.banner[data-tone="info"]').isVisible()).toBe(false);
  });

  it.each([
    'No message yet',
    'No incidents so far',
    'No SLOs yet',
    'Waiting for the first probe',
    'The chart begins with the first probe',
  ])('a fresh start says: %s', async (words) => {
    const { page } = await show(scenarios['fresh']?.(Date.now()) ?? quiet(0));
    expect(await page.getByText(words).first().isVisible()).toBe(true);
  });

  it.each(Object.keys(scenarios))('fits a phone in the state "%s", and every control has a name', async (name) => {
    const { page, complaints } = await show(scenarios[name]?.(Date.now()) ?? quiet(0), {
      viewport: { width: 360, height: 700 },
      colorScheme: 'dark',
    });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await page.evaluate(namelessControls)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

/** Controls that a screen reader could only call "button" or "link". */
const namelessControls = `[...document.querySelectorAll('a, button, summary, [role], [tabindex="0"]')]
  .filter((node) => node.checkVisibility())
  .filter((node) => ((node.getAttribute('aria-label') ?? '') + node.textContent).trim() === '' && !node.matches('[role=status]'))
  .map((node) => node.outerHTML.slice(0, 120))`;
