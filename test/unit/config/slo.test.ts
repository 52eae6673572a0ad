import type { Slo } from '../../../shared/config/model.ts';
import { type ParseOptions, parseConfig, renderDuration, renderProblem } from '../../../shared/config/parse/index.ts';
import { thresholdOf } from '../../../shared/slo/burn.ts';

const head = `version: 1
service: api
channels: { oncall: { type: email, to: oncall@example.com }, chat: { type: email, to: chat@example.com } }
monitors:
  web: { type: http, request: { url: https://example.com/ } }
  slow: { type: http, interval: 15m, request: { url: https://example.com/ } }
slos:
`;
const dayMs = 86_400_000;

function read(slo: string, options: Partial<ParseOptions> = {}) {
  return parseConfig(`${head}  s: ${slo}\n`, { file: 'm.yml', env: {}, ...options });
}
function slo(text: string, options: Partial<ParseOptions> = {}): Slo {
  const result = read(text, options);
  if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
  return result.config.slos[0] as Slo;
}
const over = (indicator: string, rest = 'window: 30d, notify: [oncall]') =>
  `{ indicator: ${indicator}, objective: 99%, ${rest} }`;

describe('an indicator', () => {
  it('over probes takes what passed for good, and degraded as it is told', () => {
    expect(slo(over('{ monitors: [web] }')).indicator).toEqual({
      kind: 'probes',
      monitors: ['web'],
      isDegradedBad: false,
    });
    expect(slo(over('{ monitors: [web], good: passed, degraded: bad }')).indicator).toMatchObject({
      isDegradedBad: true,
    });
  });

  it('over a latency gives each monitor a key of its own in the ledger', () => {
    const { indicator } = slo(over('{ monitors: [web, slow], good: " latency  <1500ms " }'), { hash: uniqueHash() });
    expect(indicator).toEqual({
      kind: 'latency',
      monitors: ['web', 'slow'],
      isDegradedBad: false,
      belowMs: 1500,
      keys: { web: 2, slow: 3 },
    });
  });

  it('keeps that key when the monitor is renamed', () => {
    const text = over('{ monitors: [web], good: latency < 300ms }');
    const renamed = `${head.replace('web: { type: http,', 'site: { type: http, formerly: web,')}  s: ${text.replace('web', 'site')}\n`;
    const result = parseConfig(renamed, { file: 'm.yml', env: {} });
    const after = result.ok ? result.config.slos[0]?.indicator : undefined;
    expect(after).toMatchObject({ keys: { site: expect.any(Number) } });
    expect(Object.values((after as { keys: object }).keys)).toEqual(
      Object.values((slo(text).indicator as { keys: object }).keys as object),
    );
  });

  it('refuses keys that meet by chance', () => {
    const hash = (name: string) => (name === 'web' || name.startsWith('slo/s/') ? 7 : 8);
    const result = read(over('{ monitors: [web], good: latency < 300ms }'), { hash });
    expect(result.ok ? [] : result.errors.map(renderProblem)).toEqual([
      'm.yml:8:3 slos.s: has the same key in the ledger as "web", by chance: give it another name',
    ]);
  });
});

/** 0, 1, 2, … in the order in which names are asked for. */
function uniqueHash() {
  const names: string[] = [];
  return (name: string) => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
}

describe('an indicator over bursts', () => {
  const bursts = (schedule: string) =>
    `bursts:\n  load: { schedule: ${schedule}, request: { url: https://example.com/ }, stages: [{ hold: 1/s for 10s }] }\n  hand: { request: { url: https://example.com/ }, stages: [{ hold: 1/s for 10s }] }\n`;
  const shorts = (names: string, schedule: string) => {
    const result = parseConfig(`${head}  s: ${over(`{ bursts: ${names} }`)}\n${bursts(schedule)}`, {
      file: 'm.yml',
      env: {},
    });
    if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
    const [found] = result.config.slos;
    return [found?.indicator, found?.alerts.map(({ id, shortMs }) => `${id.slice(6)} ${renderDuration(shortMs)}`)];
  };

  it('has short windows that hold a run', () => {
    expect(shorts('[load]', 'rate(1 hour)')).toEqual([
      { kind: 'bursts', bursts: ['load'] },
      ['page-6h 75m', 'ticket-1d 2h', 'ticket-3d 6h'],
    ]);
    expect(shorts('[load, hand]', 'cron(0 3 * * ? *)')[1]).toEqual(['ticket-3d 1455m']);
  });

  it('of bursts that run by hand alone has those of anything that nobody schedules', () => {
    expect(shorts('[hand]', 'rate(1 hour)')[1]).toEqual(['page-1h 5m', 'page-6h 30m', 'ticket-1d 2h', 'ticket-3d 6h']);
  });
});

describe('a window', () => {
  it.each([
    ['30d', 30, undefined],
    ['{ calendar: week }', 7, { unit: 'week', timezone: 'UTC' }],
    ['{ calendar: month, timezone: Europe/Amsterdam }', 30, { unit: 'month', timezone: 'Europe/Amsterdam' }],
    ['{ calendar: quarter }', 90, { unit: 'quarter', timezone: 'UTC' }],
    ['{ calendar: year }', 365, { unit: 'year', timezone: 'UTC' }],
  ])('%s counts as so many days for thresholds', (window, days, calendar) => {
    const found = slo(over('{ monitors: [web] }', `window: ${window}, notify: [oncall]`));
    expect([found.windowMs / dayMs, found.calendar]).toEqual([days, calendar]);
  });
});

describe('slices of time', () => {
  const sliced = (rest: string, alert = 'notify: [oncall]') =>
    slo(over('{ monitors: [web] }', `window: 30d, budgetingMethod: Timeslices, ${rest}, ${alert}`));

  it('are a minute long where nothing is said', () => {
    expect(sliced('timeSliceTarget: 95%').slices).toEqual({ sliceMs: 60_000, targetPpm: 950_000 });
    expect(sliced('timeSliceTarget: 100%, timeSliceWindow: 15m').slices).toEqual({
      sliceMs: 900_000,
      targetPpm: 1_000_000,
    });
    expect(
      slo(over('{ monitors: [web] }', 'window: 30d, budgetingMethod: Occurrences, notify: [oncall]')),
    ).not.toHaveProperty('slices');
  });

  it('make short windows long enough for three of them', () => {
    const rule = 'alerts: [{ severity: ticket, budget: 10%, long: 6h, minBadEvents: 1, notify: [oncall] }]';
    const short = (slice: string) =>
      (sliced(`timeSliceTarget: 95%, timeSliceWindow: ${slice}`, rule).alerts[0]?.shortMs ?? 0) / 60_000;
    expect([short('1m'), short('10m'), short('30m')]).toEqual([30, 30, 90]);
  });
});

describe('the usual rules', () => {
  const rules = (window: string, indicator = '{ monitors: [web] }', objective = '99%') =>
    slo(`{ indicator: ${indicator}, objective: ${objective}, window: ${window}, notify: [oncall, chat] }`);
  const table = (found: Slo) =>
    found.alerts.map((rule) =>
      [
        rule.severity,
        `${rule.budgetPpm / 10_000}%`,
        renderDuration(rule.longMs),
        renderDuration(rule.shortMs),
        Number(thresholdOf(found, rule).toFixed(3)),
      ].join(' '),
    );

  // SRE Workbook, table 5-8 with its fourth tier; 28 and 7 days as Sloth ships them.
  it.each([
    ['30d', ['page 2% 1h 5m 14.4', 'page 5% 6h 30m 6', 'ticket 10% 1d 2h 3', 'ticket 10% 3d 6h 1']],
    ['28d', ['page 2% 1h 5m 13.44', 'page 5% 6h 30m 5.6', 'ticket 10% 1d 2h 2.8', 'ticket 10% 3d 6h 0.933']],
    ['7d', ['page 8% 1h 5m 13.44', 'page 12.5% 6h 30m 3.5', 'ticket 20% 1d 2h 1.4', 'ticket 42% 3d 6h 0.98']],
    ['{ calendar: month }', ['page 2% 1h 5m 14.4', 'page 5% 6h 30m 6', 'ticket 10% 1d 2h 3', 'ticket 10% 3d 6h 1']],
    ['14d', ['page 8% 2h 10m 13.44', 'page 12.5% 12h 1h 3.5', 'ticket 20% 2d 4h 1.4', 'ticket 42% 6d 12h 0.98']],
    ['90d', ['page 2% 3h 15m 14.4', 'page 5% 18h 90m 6', 'ticket 10% 3d 6h 3', 'ticket 10% 9d 18h 1']],
    // Long windows end at 30 days.
    ['365d', ['page 2% 12h 1h 14.6', 'page 5% 73h 365m 6', 'ticket 10% 292h 1460m 3', 'ticket 10% 30d 60h 1.217']],
    ['1d', ['page 8% 8m 3m 14.4', 'page 12.5% 51m 5m 3.529', 'ticket 20% 3h 15m 1.6', 'ticket 42% 10h 50m 1.008']],
  ])('for %s', (window, expected) => {
    expect(table(rules(window))).toEqual(expected);
  });

  it('have ids, floors and channels like those that are typed', () => {
    expect(rules('30d').alerts.map(({ id, minBadEvents, notify }) => [id, minBadEvents, notify.join()])).toEqual([
      ['slo/s/page-1h', 3, 'oncall,chat'],
      ['slo/s/page-6h', 3, 'oncall,chat'],
      ['slo/s/ticket-1d', 5, 'oncall,chat'],
      ['slo/s/ticket-3d', 5, 'oncall,chat'],
    ]);
  });

  it('leave out those that could never fire', () => {
    // A total outage at 90 % burns 10×; a probe every 15 minutes is four in an hour, and its short window is 45 minutes.
    expect(table(rules('30d', undefined, '90%'))[0]).toBe('page 5% 6h 30m 6');
    expect(table(rules('30d', '{ monitors: [slow] }'))).toEqual([
      'page 2% 1h 45m 14.4',
      'page 5% 6h 45m 6',
      'ticket 10% 1d 2h 3',
      'ticket 10% 3d 6h 1',
    ]);
    const daily = { intervalMs: dayMs };
    expect(slo(over('{ monitors: [web] }').replace('99%', '60%').replace('30d', '90d'), daily).alerts).toMatchObject([
      { longMs: 9 * dayMs, shortMs: 3 * dayMs },
    ]);
  });

  it('bring no warnings of their own', () => {
    for (const window of ['28d', '7d', '1d', '90d']) {
      const found = read(over('{ monitors: [web] }', `window: ${window}, notify: [oncall]`));
      expect(found).toMatchObject({ ok: true, warnings: [] });
    }
  });
});
