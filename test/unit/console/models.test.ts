import { drillOn } from '../../../infra/local/console/drill-model.ts';
import {
  type InboxModel,
  neighbour,
  unreadCount,
  withAllRead,
  withMessages,
  withSelection,
} from '../../../infra/local/console/inbox-model.ts';
import { historySentence, latencyCeiling, latencySeries } from '../../../infra/local/console/latency-series.ts';
import { newsBetween } from '../../../infra/local/console/news.ts';
import type { ConsoleState } from '../../../infra/local/console/state.ts';
import { nextProbeAt, verdictOf } from '../../../infra/local/console/verdict-model.ts';
import type { MonitorView } from '../../../shared/app/overview/model.ts';
import {
  configErrors,
  fresh,
  many,
  mended,
  outage,
  overspent,
  quiet,
  wholeFault,
} from '../../support/console-states.ts';
import { fired, monitorView, resolved } from '../../support/console-views.ts';

const now = Date.UTC(2026, 10, 21, 14, 0, 0);
const empty: InboxModel = { selected: null, read: new Set() };
const older = { ...fired(now - 60_000), id: 'older' };
const newer = { ...resolved(now), id: 'newer' };

describe('the inbox', () => {
  it('takes a message for unread that has the id of one read in an earlier life', () => {
    const read = withSelection(withMessages(empty, [older]), older);
    expect(unreadCount(withMessages(read, [{ ...older, at: now }]), [{ ...older, at: now }])).toBe(1);
  });

  it('opens the first message by itself, unread until the reader picks it', () => {
    const model = withMessages(empty, [older]);
    expect([model.selected, unreadCount(model, [older])]).toEqual(['older', 1]);
    expect(unreadCount(withSelection(model, older), [older])).toBe(0);
  });

  it('keeps the open message open when a newer one comes', () => {
    expect(withMessages(withMessages(empty, [older]), [newer, older]).selected).toBe('older');
  });

  it('opens the newest when the open one is gone, and forgets what it had read', () => {
    const model = withMessages(withAllRead(withMessages(empty, [older]), [older]), [newer]);
    expect([model.selected, [...model.read]]).toEqual(['newer', []]);
  });

  it.each([
    ['ArrowDown', 'newer', 'older'],
    ['ArrowDown', 'older', 'older'],
    ['ArrowUp', 'older', 'newer'],
    ['ArrowUp', 'newer', 'newer'],
    ['Home', 'older', 'newer'],
    ['End', 'newer', 'older'],
    ['PageDown', 'newer', 'older'],
    ['PageUp', 'older', 'newer'],
    ['x', 'newer', undefined],
    ['toString', 'newer', undefined],
  ])('%s leads from %s to %s', (key, from, to) => {
    expect(neighbour([newer, older], from, key)?.id).toBe(to);
  });
});

describe('the latency series', () => {
  const entry = (at: number, outcome: 'passed' | 'failed' = 'passed', latencyMs: number | null = 10) => ({
    at,
    outcome,
    latencyMs,
    isMaintenance: false,
  });

  it('leaves a gap where a tick is missing, and none where ticks follow each other', () => {
    expect(latencySeries([entry(0), entry(10_000), entry(30_000)], 10_000)).toMatchObject({
      seconds: [0, 10, 20, 30],
      latencies: [10, 10, null, 10],
    });
  });

  it('keeps failures out of the line, however fast they were', () => {
    expect(latencySeries([entry(0), entry(10_000, 'failed', 2), entry(20_000)], 10_000).latencies).toEqual([
      10,
      null,
      10,
    ]);
  });

  it('passes over what could not be measured, without a break in the line', () => {
    const busy = { ...entry(10_000, 'passed', null), isContaminated: true as const };
    expect(latencySeries([entry(0), busy, entry(20_000)], 10_000).latencies).toEqual([10, undefined, 10]);
    const failed = { ...entry(10_000, 'failed', null), isContaminated: true as const };
    expect(latencySeries([entry(0), failed, entry(20_000)], 10_000).latencies).toEqual([10, null, 10]);
  });

  it.each<[string, number | undefined, number]>([
    ['no degraded line', undefined, 12.5],
    ['one in reach', 30, 34.5],
    ['one far above, which would flatten the line', 300, 12.5],
  ])('has room above the data with %s', (_, degradedAfterMs, ceiling) => {
    expect(latencyCeiling(latencySeries([entry(0)], 10_000), degradedAfterMs)).toBeCloseTo(ceiling, 6);
  });

  it('is one sentence for those who do not see it', () => {
    expect(historySentence([entry(0), entry(1, 'failed', 900), entry(2, 'passed', 30)])).toBe(
      '3 probes, 1 failed, median 10 ms',
    );
    expect(historySentence([entry(0, 'passed', null)])).toBe('1 probe, none failed');
    expect(historySentence([entry(0, 'failed', null), entry(1, 'passed', null)], 'minute')).toBe('2 minutes, 1 failed');
  });
});

const waiting = (id: string, type = 'heartbeat'): MonitorView => monitorView(now, { id, type, state: 'waiting' });

describe('the next probe', () => {
  const minutely = { ...quiet(now), tickMs: 60_000, nextTickAt: now + 40_000 };
  it.each<[string, readonly number[], number, number]>([
    ['comes with the next tick', [60_000, 300_000], now + 20_000, now + 40_000],
    ['comes before it, where a monitor is probed more often', [60_000, 15_000], now + 20_000, now + 30_000],
    ['comes with the next tick, where that is sooner', [60_000, 30_000], now + 31_000, now + 40_000],
    ['is late with its tick', [60_000, 15_000], now + 100_000, now + 40_000],
  ])('%s', (_, intervals, at, nextAt) => {
    const monitors = intervals.map((intervalMs) => monitorView(now, { intervalMs }));
    expect(nextProbeAt({ ...minutely, monitors }, at)).toBe(nextAt);
  });
});

describe('the verdict', () => {
  const alarms = (...names: readonly string[]): Pick<ConsoleState, 'alarms'> => ({
    alarms: [...quiet(now).alarms, ...names.map((name) => ({ name, state: 'ALARM' as const, since: now }))],
  });
  const ringing = (name: string): ConsoleState => ({ ...quiet(now), ...alarms(name) });
  it.each<[string, ConsoleState, string, string]>([
    ['calm', quiet(now), 'passed', 'All is well'],
    ['failing', outage(now), 'failed', 'shortener-health is failing'],
    ['several failing', many(now, 40, 5), 'failed', '4 of 40 monitors are failing'],
    ['mended with an open incident', mended(now), 'recovering', 'Nothing fails now'],
    ['degraded', overspent(now), 'degraded', 'shortener-health is degraded'],
    ['an alarm that rings while all pass', ringing('a-ratio'), 'ringing', 'The alarm a-ratio rings'],
    ['two that ring, before an open incident', { ...mended(now), ...alarms('a', 'b') }, 'ringing', '2 alarms ring'],
    ['a failure before its alarm', { ...outage(now), ...alarms('a') }, 'failed', 'shortener-health is failing'],
    ['a budget used up', { ...overspent(now), monitors: quiet(now).monitors }, 'overspent', 'A budget is used up'],
    ['before the first probe', fresh(now), 'waiting', 'Waiting for the first probe'],
    ['no monitors', { ...quiet(now), monitors: [] }, 'waiting', 'Nothing to watch yet'],
    [
      'blocked',
      { ...quiet(now), monitors: [monitorView(now, { state: 'blocked' })] },
      'unknown',
      'shortener-health is not being judged',
    ],
    ['broken a second ago', { ...quiet(now), faults: { ...wholeFault, until: now + 1 } }, 'passed', 'All was well'],
    ['broken and expired', { ...quiet(now), faults: { ...wholeFault, until: now } }, 'passed', 'All is well'],
  ])('%s', (_, state, looks, headline) => {
    expect(verdictOf(state, now)).toMatchObject({ state: looks, headline });
  });

  it.each<[string, readonly MonitorView[], string]>([
    ['nothing', [], 'The one monitor passes.'],
    ['a heartbeat', [waiting('job')], '1 of 2 monitors pass, the other waits for its first call.'],
    ['a probe', [waiting('web', 'http')], '1 of 2 monitors pass, the other waits for its first probe.'],
    [
      'both',
      [waiting('job'), waiting('web', 'http')],
      '1 of 3 monitors pass, the others wait for their first probe or call.',
    ],
  ])('says what the others wait for: %s', (_, others, detail) => {
    expect(verdictOf({ ...quiet(now), monitors: [monitorView(now), ...others] }, now).detail).toBe(detail);
  });

  it('waits for a call where nothing is probed', () => {
    expect(verdictOf({ ...quiet(now), monitors: [waiting('job')] }, now).headline).toBe('Waiting for the first call');
  });

  it('says for how long it has been failing, and whether an incident is open', () => {
    expect(verdictOf(outage(now), now).detail).toBe('For 1 min 50 s now. 1 incident open.');
  });
});

describe('the news for those who hear the page', () => {
  it.each<[string, ConsoleState, ConsoleState, string]>([
    ['nothing', quiet(now), quiet(now), ''],
    [
      'a failure and its mail',
      quiet(now),
      outage(now),
      `shortener-health: failing. New message: ${fired(now).subject}.`,
    ],
    ['errors in the configuration', quiet(now), { ...quiet(now), configErrors }, 'monitors.yml has 2 errors.'],
    ['their mending', { ...quiet(now), configErrors }, quiet(now), 'monitors.yml is taken.'],
    ['a monitor that is new', { ...quiet(now), monitors: [] }, quiet(now), ''],
  ])('%s', (_, before, after, news) => {
    expect(newsBetween(before, after)).toBe(news);
  });

  it('are a number when much changes at once', () => {
    const before = many(now, 40, 5);
    const after = {
      ...before,
      monitors: before.monitors.map((monitor) => ({ ...monitor, state: 'unknown' as const })),
    };
    expect(newsBetween(before, after)).toBe('39 monitors changed.');
  });
});

describe('the drill that is on', () => {
  const until = Date.UTC(2026, 0, 1);
  it.each([
    ['none', null, undefined],
    ['one that is over', { ...wholeFault, until }, undefined],
    ['an outage', { ...wholeFault, until: until + 1 }, 'outage'],
    ['a tenth of errors', { ...wholeFault, errorRatio: 0.1, until: until + 1 }, 'errors'],
    ['a cold cache', { ...wholeFault, errorRatio: 0, cacheCold: true, until: until + 1 }, 'cache-cold'],
    ['no database', { ...wholeFault, errorRatio: 0, databaseDown: true, until: until + 1 }, 'database-down'],
    ['two at once', { ...wholeFault, cacheCold: true, until: until + 1 }, 'unnamed'],
  ])('%s', (_, faults, name) => {
    expect(drillOn(faults, until)).toBe(name);
  });
});
