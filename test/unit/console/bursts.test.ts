import {
  cardsOf,
  curveOf,
  latencyTop,
  limitsOf,
  missedMetrics,
  newestSent,
  progressOf,
  rateTop,
  secondsOfLive,
  secondsOfRun,
  withRun,
} from '../../../infra/local/console/burst-model.ts';
import {
  answersText,
  beganText,
  burstNewsText,
  comparedWords,
  figuresOf,
  lengthText,
  liveFigures,
  reasonsText,
  rowNote,
  rowNumbers,
  scheduleText,
  secondsSentence,
  secondText,
  unkeptNews,
  unkeptText,
} from '../../../infra/local/console/burst-words.ts';
import { newsBetween } from '../../../infra/local/console/news.ts';
import type { ConsoleState, LiveRun } from '../../../infra/local/console/state.ts';
import { verdictOf } from '../../../infra/local/console/verdict-model.ts';
import type { BurstRunView } from '../../../shared/app/overview/model.ts';
import type { BurstSummary } from '../../../shared/burst/model.ts';
import { aSummary } from '../../support/burst.ts';
import { burstView, failedBurst, freshBurst, liveRun, searchBurst, secondsOf } from '../../support/console-bursts.ts';
import { burstFailed, burstRunning, outage, quiet } from '../../support/console-states.ts';

const now = Date.UTC(2026, 10, 21, 14, 0, 0);
const begun = liveRun(now, 0);
const newest = (seconds: number) => ({ ...begun, points: liveRun(now, seconds).points.slice(-1) });
const ended = (change: Partial<LiveRun> = {}): LiveRun => ({ ...begun, end: { at: now, outcome: 'sent' }, ...change });
const summaryOf = (burst: ReturnType<typeof burstView>): BurstSummary => newestSent(burst)?.summary ?? aSummary();
const texts = (figures: readonly { label: string; value: string; tone: string }[]) =>
  figures.map(({ label, value, tone }) => `${value} ${label}${tone === 'calm' ? '' : ` (${tone})`}`);

describe('what the page knows of runs', () => {
  it('grows by the second, and saying a second again changes nothing', () => {
    const runs = [begun, newest(1), newest(2), newest(2), newest(1), newest(2)].reduce<readonly LiveRun[]>(withRun, []);
    expect(runs.map(({ points }) => points.map(({ second }) => second))).toEqual([[0, 1]]);
  });

  it('keeps the seconds of a run that has ended, and forgets the run that ended before it', () => {
    const before = { ...ended(), id: 'older' };
    const other = { ...ended(), id: 'other', burst: 'limit' };
    const runs = withRun([before, other, { ...begun, points: liveRun(now, 3).points }], ended());
    expect(runs.map(({ id, points }) => [id, points.length])).toEqual([
      ['run-1', 3],
      ['other', 0],
    ]);
  });

  it('shows the run under way, and until a state tells what came of it the one that was sent', () => {
    const burst = burstView(now);
    const [card] = cardsOf([burst], [begun], now);
    expect(card).toMatchObject({ live: { id: 'run-1' }, unkept: undefined });
    expect(cardsOf([burst], [ended()], now + 1_000)[0]?.live?.id).toBe('run-1');
    expect(cardsOf([burst], [ended()], now + 11_000)[0]?.live).toBeUndefined();
    const kept = { ...burst.runs[0], summary: aSummary({ startedAt: new Date(begun.beganAt + 5).toISOString() }) };
    expect(cardsOf([{ ...burst, runs: [kept as BurstRunView] }], [ended()], now + 1_000)[0]?.live).toBeUndefined();
  });

  it.each<[string, Partial<LiveRun>, boolean]>([
    ['was sent and is kept', {}, false],
    ['is not kept', { isRecorded: false, end: { at: now, outcome: 'sent', summary: aSummary() } }, true],
    ['was refused', { end: { at: now, outcome: 'refused', message: 'no budget' } }, true],
    ['was refused on its schedule', { trigger: 'schedule', end: { at: now, outcome: 'refused' } }, false],
  ])('says itself what came of a run by hand that %s', (_, change, isSaid) => {
    expect(cardsOf([burstView(now)], [ended(change)], now)[0]?.unkept !== undefined).toBe(isSaid);
    expect(cardsOf([burstView(now)], [begun, ended({ ...change, id: 'x' })], now)[0]?.unkept).toBeUndefined();
  });

  it.each<[string, number | undefined, number, number | undefined]>([
    ['by its time', 15_000, 9, 0.6002],
    ['not begun', 15_000, 0, 0],
    ['by its requests', undefined, 9, 1_272 / 2_500],
    ['by nothing before its first second', undefined, 0, undefined],
  ])('tells how much is done %s', (_, plannedMs, seconds, done) => {
    const plan = plannedMs === undefined ? {} : { plannedMs };
    const progress = progressOf(plan, liveRun(now, seconds));
    if (done === undefined) expect(progress).toBeUndefined();
    else expect(progress).toBeCloseTo(done, 3);
  });
});

describe('the charts of a run', () => {
  it('count the failures of each second, which a run under way tells as a sum', () => {
    const [live, over] = [secondsOfLive(liveRun(now, 9).points), secondsOfRun(secondsOf(9, (second) => second === 6))];
    expect(live).toEqual(over);
    expect(live.map(({ failures }) => failures)).toEqual([0, 0, 0, 0, 0, 0, 12, 0, 0]);
  });

  it('have no latency where no request ended', () => {
    const quietSecond = { requests: 0, failures: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, intended: 200 };
    expect(secondsOfRun([quietSecond])).toEqual([{ second: 0, requests: 0, failures: 0, p50Ms: null, p99Ms: null }]);
  });

  it('draw the upper limits of latencies alone', () => {
    const thresholds = ['p99 < 300ms', 'max <= 2s', 'p50 > 1ms', 'errorRatio < 0.1%', 'throughput > 190/s', 'nonsense'];
    expect(limitsOf(thresholds)).toEqual([
      { text: 'p99 < 300ms', valueMs: 300 },
      { text: 'max <= 2s', valueMs: 2_000 },
    ]);
  });

  it('leave room above what came and what was asked for, and show a limit where that flattens nothing', () => {
    const seconds = secondsOfRun(secondsOf(1));
    expect(rateTop({ seconds, rates: [{ atMs: 0, perSecond: 200 }] })).toBeCloseTo(230);
    expect(rateTop({ seconds: [], rates: [] })).toBeGreaterThan(0);
    const highest = Math.max(...seconds.map(({ p99Ms }) => p99Ms ?? 0));
    expect(latencyTop({ seconds, limits: [{ text: '', valueMs: 3_000 }] })).toBeCloseTo(highest * 1.2);
    expect(latencyTop({ seconds, limits: [{ text: '', valueMs: 100 }] })).toBeCloseTo(120);
  });

  it('of a search have each rate once, from low to high, as it came out the second time', () => {
    const steps = curveOf(summaryOf(searchBurst(now)).breakingPoint ?? { curve: [] });
    expect(steps.map(({ ratePerSecond, p99Ms }) => [ratePerSecond, p99Ms])).toEqual([
      [50, 18],
      [100, 21],
      [200, 31],
      [400, 142],
      [425, 214],
      [450, 318],
      [500, 391],
      [600, 903],
      [800, 2_050],
    ]);
  });
});

describe('the words of bursts', () => {
  it('give the numbers of a run, and mark what missed its threshold or was lost', () => {
    expect(texts(figuresOf(summaryOf(burstView(now))))).toEqual([
      '2,500 requests',
      '0 failures',
      '0 dropped',
      '166.4/s throughput',
      '11.2 ms p50',
      '48.6 ms p99',
    ]);
    expect(texts(figuresOf(summaryOf(failedBurst(now))))).toEqual([
      '2,496 requests',
      '53 failures, 2.1 % (bad)',
      '4 dropped (warn)',
      '163.3/s throughput',
      '11.2 ms p50',
      '418 ms p99 (bad)',
    ]);
    expect([...missedMetrics(summaryOf(failedBurst(now)))]).toEqual(['p99', 'errorRatio']);
  });

  it('give what a search found', () => {
    expect(texts(figuresOf(summaryOf(searchBurst(now)))).slice(0, 4)).toEqual([
      '425/s sustained',
      '214 ms p99 there',
      '450/s broke at',
      '10 rates tried',
    ]);
  });

  it('give the newest second of a run under way, and dashes while nothing ended', () => {
    const point = liveRun(now, 7).points.at(-1);
    expect(texts(liveFigures(point))).toEqual([
      '872 of 2,500 requests',
      '12 failures (warn)',
      '172/s just now',
      '58.6 ms p50',
      '491 ms p99',
      '3 under way',
      '14 waiting at the cap (warn)',
    ]);
    expect(texts(liveFigures(undefined))).toEqual(['0 requests']);
    const { scheduled: _, ...rest } = { ...(point as NonNullable<typeof point>), perSecond: 0, ratePerSecond: 400 };
    expect(texts(liveFigures(rest)).slice(0, 5)).toEqual([
      '872 requests',
      '12 failures (warn)',
      '400/s held now',
      '0/s just now',
      '– p50',
    ]);
  });

  it('say what came back, the most frequent first', () => {
    expect(answersText(summaryOf(failedBurst(now)))).toBe('302 × 2,443, 503 × 41, timeout × 12');
    expect(answersText({ statusCodes: {}, errors: {} })).toBe('');
  });

  it('say how a run compares with those before it', () => {
    const { comparison } = summaryOf(failedBurst(now));
    expect(comparison && comparedWords(comparison)).toBe(
      'Compared with its last 5 good runs: worse. p50 11.2 ms, was 11.4 ms (−1.8 %); ' +
        'p95 139 ms, was 17.1 ms (+715 %, worse); error ratio 2.1 %, was 0 % (worse).',
    );
    expect(comparedWords({ verdict: 'unknown', baseline: 2, quantities: [] })).toBe(
      'Compared with its last 2 good runs: too little to tell.',
    );
  });

  it.each([
    ['cron(0 3 * * ? *)', 'Europe/Amsterdam', 'cron(0 3 * * ? *) in Europe/Amsterdam'],
    ['cron(0 3 * * ? *)', 'UTC', 'cron(0 3 * * ? *) in UTC'],
    ['rate(1 hour)', 'Europe/Amsterdam', 'rate(1 hour)'],
  ])('say of %s in %s: %s', (schedule, timezone, text) => {
    expect(scheduleText({ schedule, timezone })).toBe(text);
  });

  it('say that a burst without a schedule waits for a hand, and how long a run lasted', () => {
    expect(scheduleText({})).toBe('by hand only');
    expect(lengthText({ durationMs: 15_040 })).toBe('15 s');
    expect(lengthText({ durationMs: 2_100, aborted: 'error ratio 34 %' })).toBe('2.1 s, ended early');
  });

  it('put into the history what a run is judged by, and why it failed', () => {
    const [run] = failedBurst(now).runs;
    expect(rowNumbers(summaryOf(failedBurst(now)))).toEqual({ size: 418, main: '418 ms', rest: '163.3/s' });
    expect(rowNumbers(summaryOf(searchBurst(now)))).toEqual({ size: 425, main: '425/s', rest: '' });
    expect(rowNote(run as BurstRunView)).toBe('p99 418 ms, wanted < 300 ms; error ratio 2.13 %, wanted < 0.1 %');
    expect(reasonsText({ reasons: ['a', 'b'], more: 2 })).toBe('a; b; 2 more');
    const better = aSummary({ comparison: { verdict: 'better', baseline: 5, quantities: [] } });
    expect(rowNote({ runAt: now, outcome: 'passed', reasons: [], more: 0, summary: better })).toBe(
      'better than before',
    );
    expect(rowNote({ runAt: now, outcome: 'passed', reasons: [], more: 0, summary: aSummary() })).toBe('');
  });

  it('tell a chart in a sentence, and a second of it', () => {
    const seconds = secondsOfLive(liveRun(now, 9).points);
    expect(secondsSentence(seconds)).toBe('9 seconds, up to 200/s, 12 failed, slowest p99 491 ms');
    expect(secondsSentence([])).toBe('');
    expect(seconds[6] && secondText(seconds[6])).toBe('second 7: 172 requests, 12 failed, p50 58.6 ms, p99 491 ms');
    const none = { second: 0, requests: 0, failures: 0, p50Ms: null, p99Ms: null };
    expect(secondText(none)).toBe('second 1: 0 requests');
  });

  it('say what came of a run by hand that no state tells of', () => {
    const summary = aSummary();
    expect(unkeptText(ended({ isRecorded: false, end: { at: now, outcome: 'sent', summary } }))).toBe(
      'A run by hand that is not kept: 2,500 requests, 0 failed, p99 182 ms.',
    );
    const message = 'redirects was not sent: an incident is open';
    expect(unkeptText(ended({ end: { at: now, outcome: 'refused', message } }))).toBe(message);
    expect(unkeptText(begun)).toBe('');
    expect(unkeptNews(ended())).toBe('');
  });
});

describe('the news of bursts', () => {
  const still = { ...quiet(now), bursts: [burstView(now)] };
  const message = 'redirects was not sent: an incident is open';
  const refused = ended({ end: { at: now, outcome: 'refused', message } });
  it.each<[string, ConsoleState, ConsoleState, string]>([
    ['a run that begins', still, { ...still, liveRuns: [begun] }, 'redirects: under way.'],
    ['one that goes on', { ...still, liveRuns: [begun] }, { ...still, liveRuns: [liveRun(now, 9)] }, ''],
    [
      'one that was refused',
      { ...still, liveRuns: [begun] },
      { ...still, liveRuns: [refused] },
      `redirects: ${message}`,
    ],
    [
      'one that did not hold',
      { ...still, bursts: [freshBurst(now)] },
      { ...still, bursts: [{ ...freshBurst(now), runs: failedBurst(now).runs }] },
      'callers: failed, p99 418 ms, wanted < 300 ms; error ratio 2.13 %, wanted < 0.1 %.',
    ],
    ['a burst that is new', quiet(now), still, ''],
    ['runs that were there at first', still, still, ''],
  ])('%s', (_, before, after, news) => {
    expect(newsBetween(before, after)).toBe(news);
  });

  it('say whether a run began by its schedule, and nothing of a burst without runs', () => {
    expect(beganText({ ...begun, trigger: 'schedule' })).toBe('redirects: under way, by its schedule.');
    expect(burstNewsText({ id: 'callers', runs: [] })).toBe('');
  });
});

describe('the verdict with bursts', () => {
  it('names the burst that did not hold while its incident is all that is open', () => {
    expect(verdictOf(burstFailed(now), now)).toMatchObject({
      state: 'unmet',
      headline: 'redirects did not hold',
      detail: 'The one monitor passes. A burst is well again with its next run that holds.',
    });
    const [incident] = burstFailed(now).incidents;
    const both = [incident, { ...incident, id: 'x', bursts: ['limit'] }] as ConsoleState['incidents'];
    expect(verdictOf({ ...burstFailed(now), incidents: both }, now).headline).toBe('2 bursts did not hold');
  });

  it('is about the monitors first, and is not troubled by a run under way', () => {
    const incidents = [...outage(now).incidents, ...burstFailed(now).incidents];
    expect(verdictOf({ ...burstFailed(now), incidents }, now).state).toBe('recovering');
    expect(verdictOf(burstRunning(now), now).headline).toBe('All is well');
  });
});
