import { chartModel } from '../../../infra/local/console/burn-chart-model.ts';
import {
  aheadSentence,
  closenessText,
  forecastSentence,
  heldBackText,
  latelyText,
} from '../../../infra/local/console/forecast-words.ts';
import { entriesOf, momentText, silenceNames } from '../../../infra/local/console/incident-model.ts';
import type { InboxMessage } from '../../../infra/local/console/state.ts';
import type { IncidentDetailView, Moment, SloDetailView } from '../../../shared/app/overview/model.ts';
import { pendingOf } from '../../../shared/app/overview/pending.ts';
import type { Forecast } from '../../../shared/slo/forecast.ts';
import { incidentDetailOf, sloDetailOf } from '../../support/console-details.ts';
import { outage, overspent, quiet } from '../../support/console-states.ts';
import { hourMs, minuteMs } from '../../support/console-views.ts';

const now = new Date(2026, 10, 20, 14, 0).getTime();
const at = (minutes: number) => now + minutes * minuteMs;
const base = { lookbackMs: 6 * hourMs, judged: 360, bad: 8, untilAt: at(1_000_000) };
const burning = { ...base, kind: 'burning' as const };

describe('when a budget will be gone', () => {
  it.each<[string, Forecast, string]>([
    [
      'the band and the middle of it',
      { ...burning, earliestAt: at(10), likelyAt: at(65), latestAt: at(160) },
      'At this pace gone between 14:10 and 16:40; most likely 15:05 (in 1 h).',
    ],
    [
      'that it may last',
      { ...burning, earliestAt: at(10), likelyAt: at(65) },
      'At this pace gone after 14:10; most likely 15:05 (in 1 h). It may last.',
    ],
    [
      'that it rather lasts',
      { ...burning, earliestAt: at(10) },
      'At this pace it rather lasts; it may be gone at 14:10.',
    ],
    [
      'that it lasts as far as one looks',
      { ...burning, untilAt: at(60) },
      'At this pace it lasts until 15:00 and longer (19 times in 20).',
    ],
    [
      'how long a calm budget lasts',
      { ...base, kind: 'calm', lastsUntilAt: at(120) },
      'Nothing was bad in the last 6 h: the budget lasts until 16:00 at least (19 times in 20).',
    ],
    [
      'when a spent one is back',
      { ...base, kind: 'spent', backAt: at(120) },
      'Nothing is left. It is back at 16:00 (in 2 h), if nothing more is bad.',
    ],
    ['that there is none', { ...base, kind: 'spent' }, 'Nothing is left of the budget.'],
    ['that nobody knows', { ...base, kind: 'unknown' }, 'Nothing was judged lately that would tell what comes.'],
  ])('is said: %s', (_, forecast, sentence) => {
    expect(forecastSentence(forecast, now)).toBe(sentence);
  });
});

describe('what a rule will do', () => {
  it.each<[string, Parameters<typeof aheadSentence>[0], string]>([
    ['fires soon', { status: 'inactive', ahead: { kind: 'fires', at: at(2) } }, 'fires in 2 min (14:02).'],
    ['fires at once', { status: 'pending', ahead: { kind: 'fires', at: now } }, 'fires with the next evaluation.'],
    [
      'fires in seconds',
      { status: 'pending', ahead: { kind: 'fires', at: at(0.5) } },
      'fires within a minute (14:00).',
    ],
    ['resolves', { status: 'firing', ahead: { kind: 'resolves', at: at(9.5) } }, 'resolves in 10 min (14:09).'],
    ['stays quiet', { status: 'inactive', ahead: { kind: 'stays' } }, 'does not fire.'],
    ['goes on', { status: 'firing', ahead: { kind: 'stays' } }, 'goes on firing.'],
  ])('is said: %s', (_, rule, words) => {
    expect(aheadSentence(rule, now)).toBe(`If it goes on like this: ${words}`);
  });

  it('is not said where nobody knows', () => {
    expect(aheadSentence({ status: 'inactive', ahead: { kind: 'unknown' } }, now)).toBe('');
    expect(latelyText({ judged: 0, bad: 0, lookbackMs: 180_000 })).toMatch(/nobody knows/);
  });

  it('has what it is held against, and why nobody was told', () => {
    const [rule] = outage(now).slos[0]?.rules ?? [];
    expect(rule && closenessText(rule)).toBe('14.4× needed in both windows, now 33.3× over 1 h and 400× over 5 min');
    expect(latelyText({ judged: 3, bad: 2, lookbackMs: 180_000 })).toBe(
      '“If it goes on like this” means: 2 of 3 events bad, as in the last 3 min.',
    );
    expect([heldBackText('page'), heldBackText('silence'), heldBackText(undefined)]).toEqual([
      expect.stringMatching(/^Held back/),
      expect.stringMatching(/^Silenced/),
      '',
    ]);
  });
});

describe('a burn-down chart', () => {
  const detail = (change: Partial<SloDetailView> = {}): SloDetailView => {
    const made = sloDetailOf(outage(now), 'shortener-availability');
    if (made === undefined) throw new Error('no such SLO');
    return { ...made, ...change };
  };

  it('breaks its line where nobody looked', () => {
    const { data, gaps } = chartModel(detail(), 'window', now);
    const [gap] = gaps;
    const inGap = data[0].filter((second) => second * 1000 > (gap?.fromAt ?? 0) && second * 1000 < (gap?.toAt ?? 0));
    expect(inGap).toHaveLength(1);
    expect(data[1][data[0].indexOf(inGap[0] ?? 0)]).toBeNull();
    expect(data[0]).toEqual(data[0].toSorted((a, b) => a - b));
  });

  it('shows what comes as far as there is room for it', () => {
    const { fromAt, toAt, fan } = chartModel(detail(), 'window', now);
    expect(fan).toEqual({
      fromAt: now,
      fromPercent: expect.closeTo(93.82),
      ...{ earliestAt: now + 9 * hourMs },
      likelyAt: at(1_217),
      latestAt: now + 49 * hourMs,
    });
    expect(toAt - now).toBeLessThanOrEqual((now - fromAt) * 0.6);
    expect(toAt).toBeGreaterThan(now + 9 * hourMs);
  });

  it.each([
    ['day', 24 * hourMs],
    ['hours', 6 * hourMs],
  ] as const)('goes back a %s where the reader asks so', (zoom, ms) => {
    const long = detail({ burnDown: [{ at: now - 700 * hourMs, leftRatio: 1 }, ...detail().burnDown] });
    expect(chartModel(long, zoom, now).fromAt).toBe(now - ms);
    expect(chartModel(long, 'window', now).fromAt).toBe(now - 700 * hourMs);
  });

  it('leaves out what is not in view, and goes below zero where the budget does', () => {
    expect(chartModel(detail(), 'hours', now).incidents).toHaveLength(1);
    expect(chartModel(detail(), 'window', now).incidents).toHaveLength(2);
    const over = sloDetailOf(overspent(now), 'shortener-availability') as SloDetailView;
    expect(chartModel(over, 'window', now)).toMatchObject({ fan: null });
    expect(chartModel(over, 'window', now).lowest).toBeLessThan(-38);
  });

  it('tells all of it to those who do not see it', () => {
    expect(chartModel(detail(), 'window', now).summary).toMatch(
      /^93\.8% left now, 2 incidents, 1 maintenance, 1 gap\. At this pace gone between /,
    );
  });

  it('stands without any history', () => {
    const young = chartModel(detail({ burnDown: [], gaps: [], incidents: [] }), 'window', now);
    expect(young.data).toEqual([[], []]);
    expect(young.toAt).toBeGreaterThan(young.fromAt);
  });
});

describe('the timeline of an incident in the console', () => {
  const detail = incidentDetailOf(outage(now), 'inc-2') as IncidentDetailView;
  const mail = (id: string, change: Partial<InboxMessage> = {}): InboxMessage => ({
    ...{ id, subject: '[PAGE] shortener-health failing', text: '', at: now - 80_000, to: 'oncall@example.com' },
    about: { incident: 'inc-2', kind: 'fired' },
    ...change,
  });

  it('has what was told among what happened, each message once, as a link to it', () => {
    const inbox = [
      mail('2', { to: 'chat (slack)' }),
      mail('1'),
      mail('3', { about: { incident: 'inc-1', kind: 'fired' } }),
    ];
    const entries = entriesOf(detail, inbox, now);
    expect(entries.map(({ kind }) => kind)).toEqual(['fired', 'joined', 'message']);
    expect(entries.at(-1)).toMatchObject({
      href: '#message-1',
      text: 'to chat (slack), oncall@example.com: [PAGE] shortener-health failing',
    });
  });

  it('counts receivers where they are many', () => {
    const inbox = ['a', 'b', 'c', 'd'].map((to, index) => mail(String(index), { to }));
    expect(entriesOf(detail, inbox, now).at(-1)?.text).toMatch(/^to 4 receivers: /);
  });

  it.each<[Moment, string]>([
    [{ kind: 'heldBack', at: now, title: 'api burning', heldBack: 'page' }, 'api burning, a page says it all'],
    [{ kind: 'reminded', at: now, title: 'api failing', n: 2 }, 'api failing, reminder 2'],
    [
      { kind: 'escalated', at: now, title: 'api failing', to: ['boss'] },
      'api failing to boss: nobody had acknowledged it',
    ],
    [
      { kind: 'acknowledged', at: now, by: 'ann', note: 'on it', lastedMs: 300_000 },
      'by ann, 5 min after it began: “on it”',
    ],
    [{ kind: 'silenced', at: now, by: 'ann', note: 'known', untilAt: at(60) }, 'by ann until 15:00: “known”'],
    [{ kind: 'resolved', at: now, title: 'api failing', lastedMs: 720_000 }, 'api failing, after 12 min'],
    [{ kind: 'closed', at: now, lastedMs: 3_600_000 }, 'nothing of it fires any more; it lasted 1 h'],
  ])('says %j', (moment, words) => {
    expect(momentText(moment, now)).toBe(words);
  });

  it('knows what a silence of it keeps quiet', () => {
    expect(silenceNames(detail.incident)).toEqual(['shortener-health', 'shortener-availability']);
  });
});

describe('what is pending', () => {
  it('is every alert on its way to fire, with how far it is', () => {
    const state = outage(now);
    const [monitor] = quiet(now).monitors;
    const half = { ...monitor, alerts: monitor?.alerts.map((alert) => ({ ...alert, status: 'pending', failures: 2 })) };
    expect(pendingOf({ ...state, monitors: [half] } as Parameters<typeof pendingOf>[0])).toEqual([
      {
        ...{ id: 'monitor/shortener-health/0', name: 'shortener-health', kind: 'monitor' },
        why: '2 of 3 failures in the last 5 probes',
      },
      {
        ...{
          id: 'slo/shortener-availability/ticket-3d',
          name: 'shortener-availability',
          kind: 'slo',
          severity: 'ticket',
        },
        why: 'above 1x, with 4 of 5 bad events',
      },
    ]);
  });

  it('is nothing on a quiet day', () => {
    expect(pendingOf(quiet(now))).toEqual([]);
  });
});
