import { readBurstLines } from '../../../infra/local/burst-lines.ts';
import { createBurstWatch } from '../../../infra/local/burst-watch.ts';
import type { LiveRun } from '../../../infra/local/console/state.ts';
import { progressAttributes } from '../../../shared/app/burst/log.ts';
import type { Progress } from '../../../shared/burst/model.ts';
import { createLog, type LogAttributes } from '../../../shared/lambda/log.ts';
import { aSummary, ranAt } from '../../support/burst.ts';

const now = ranAt + 1_000;
const time = new Date(ranAt).toISOString();

function progress(second: number, change: Partial<Progress> = {}): Progress {
  return {
    elapsedMs: (second + 1) * 1_000 + 3.4,
    durationMs: 15_000,
    scheduled: 2_500,
    requests: 200 * (second + 1),
    failures: 2,
    underWay: 3,
    waiting: 1,
    lastSecond: { requests: 200, failures: 1, p50Ms: 11.8, p99Ms: 182.4, maxMs: 200, intended: 200 },
    ...change,
  };
}

/** What the function writes, as its own log writes it. */
function written(id: string, message: string, attributes: LogAttributes): string {
  let text = '';
  createLog(
    { 'faas.invocation_id': id },
    (line) => {
      text += line;
    },
    () => now,
  )('info', message, attributes);
  return text;
}
const underWay = (id: string, second: number, shard?: number, change: Partial<Progress> = {}) =>
  written(id, 'burst under way', progressAttributes('redirects', shard, progress(second, change)));

function setUp() {
  const watch = createBurstWatch(() => now);
  const told: LiveRun[] = [];
  watch.listen((run) => told.push(run));
  return {
    watch,
    told,
    begin: (id: string, event: object) => watch.began('burst', id, JSON.stringify(event)),
    end: (id: string, answer: object, isError = false) =>
      watch.ended('burst', { requestId: id, isError, payload: JSON.stringify(answer), durationMs: 1, logTail: '' }),
  };
}
const byHand = { burst: 'redirects', record: true };
const scheduled = (shard: number) => ({ scheduledTime: time, burst: 'redirects', shard });

describe('a line of the burst function', () => {
  it('says how a run goes on, in the numbers that the run told', () => {
    expect(readBurstLines(underWay('i', 6))).toEqual([
      {
        kind: 'progress',
        invocationId: 'i',
        shard: 0,
        point: {
          second: 6,
          elapsedMs: 7_003,
          scheduled: 2_500,
          requests: 1_400,
          failures: 2,
          underWay: 3,
          waiting: 1,
          perSecond: 200,
          p50Ms: 11.8,
          p99Ms: 182.4,
        },
      },
    ]);
  });

  it('names the rate that a search holds', () => {
    const [line] = readBurstLines(underWay('i', 0, undefined, { ratePerSecond: 400 }));
    expect(line).toMatchObject({ point: { ratePerSecond: 400 } });
  });

  it.each([
    '',
    'burst under way\n',
    '{"message":"burst under way"}\n',
    '{"message":"burst under way","faas.invocation_id":7}\n',
    '{"message":"burst under way","faas.invocation_id":"i"\n',
    '{"message":"burst sent","faas.invocation_id":"i"}\n',
    '[1]\n{}\nnull\n',
  ])('is passed over where it says neither: %j', (text) => {
    expect(readBurstLines(text)).toEqual([]);
  });

  it('may be one of several in what was written at once, and lack what it should hold', () => {
    const text = `hello\n${underWay('a', 0)}{"message":"burst under way","faas.invocation_id":"b","burnwatch.burst.p99_ms":"x"}\n`;
    expect(readBurstLines(text)).toMatchObject([
      { invocationId: 'a' },
      { invocationId: 'b', point: { second: 0, requests: 0, p99Ms: 0 } },
    ]);
  });
});

describe('a run of a burst that local mode watches', () => {
  it('is told when it begins, with each second, and when it has ended', () => {
    const { watch, told, begin, end } = setUp();
    begin('i', byHand);
    watch.wrote(underWay('i', 0));
    watch.wrote(underWay('i', 1));
    expect(watch.underWay('redirects')?.points.map(({ second }) => second)).toEqual([0, 1]);
    end('i', aSummary());
    expect(told.map(({ points, end: over }) => [points.map(({ second }) => second), over?.outcome])).toEqual([
      [[], undefined],
      [[0], undefined],
      [[1], undefined],
      [[1], 'sent'],
    ]);
    expect(watch.underWay('redirects')).toBeUndefined();
    expect(watch.runs()).toMatchObject([{ id: 'i', burst: 'redirects', trigger: 'hand', isRecorded: true }]);
  });

  it('leaves its summary here where it is not kept, and nowhere else', () => {
    const { watch, begin, end } = setUp();
    begin('i', { burst: 'redirects' });
    end('i', aSummary());
    expect(watch.runs()[0]?.end).toEqual({ at: now, outcome: 'sent', summary: aSummary() });
  });

  it.each([
    ['BURN_BURST_REFUSED', 'refused'],
    ['BURN_BURST_UNKNOWN', 'failed'],
  ])('that ended in %s was %s, and says why', (code, outcome) => {
    const { watch, begin, end } = setUp();
    begin('i', byHand);
    watch.wrote(written('i', 'invocation failed', { 'error.type': code }));
    end('i', { errorType: 'BurnwatchError', errorMessage: 'redirects was not sent: too late' }, true);
    expect(watch.runs()[0]?.end).toEqual({ at: now, outcome, message: 'redirects was not sent: too late' });
  });

  it('of several shards is one: counts add up, the p99 is that of the slowest, and it ends with the last', () => {
    const { watch, begin, end } = setUp();
    begin('a', scheduled(0));
    begin('b', scheduled(1));
    watch.wrote(underWay('a', 0, 0));
    const slow = { requests: 300, failures: 0, p50Ms: 21.8, p99Ms: 300, maxMs: 300, intended: 300 };
    watch.wrote(underWay('b', 0, 1, { lastSecond: slow }));
    expect(watch.runs()).toMatchObject([
      {
        id: 'redirects@2026-11-20T03:00:00Z',
        trigger: 'schedule',
        points: [{ scheduled: 5_000, requests: 400, failures: 4, perSecond: 500, p50Ms: 17.8, p99Ms: 300 }],
      },
    ]);
    end('a', { outcome: 'sent' });
    expect(watch.underWay('redirects')).toBeDefined();
    end('b', { outcome: 'sent' });
    expect(watch.runs()[0]?.end?.outcome).toBe('sent');
  });

  it('that another invocation had begun already was none', () => {
    const { watch, begin, end } = setUp();
    begin('a', scheduled(0));
    end('a', { outcome: 'duplicate' });
    expect(watch.runs()).toEqual([]);
  });

  it('does not end because its schedule came twice', () => {
    const { watch, told, begin, end } = setUp();
    begin('a', scheduled(0));
    begin('b', scheduled(0));
    end('b', { outcome: 'duplicate' });
    watch.wrote(underWay('a', 0));
    expect(watch.underWay('redirects')?.points).toHaveLength(1);
    expect(told).toHaveLength(2);
  });

  it('that is void or refused on its schedule was not sent', () => {
    const { watch, begin, end } = setUp();
    begin('a', scheduled(0));
    end('a', { outcome: 'void' });
    expect(watch.runs()[0]?.end).toEqual({ at: now, outcome: 'refused' });
  });

  it('is forgotten when the next one of its burst has ended; those of other bursts stay', () => {
    const { watch, begin, end } = setUp();
    for (const [id, burst] of [
      ['a', 'redirects'],
      ['b', 'callers'],
      ['c', 'redirects'],
    ] as const) {
      begin(id, { burst, record: true });
      end(id, aSummary());
    }
    expect(watch.runs().map(({ id }) => id)).toEqual(['c', 'b']);
  });

  it('is none where the function will refuse the event, or is another one', () => {
    const { watch, told, begin } = setUp();
    begin('a', { burst: '../x' });
    begin('b', { burst: 'redirects', record: 'yes' });
    watch.began('burst', 'c', '{');
    watch.began('probe', 'd', JSON.stringify(byHand));
    watch.wrote(underWay('d', 0));
    expect([watch.runs(), told]).toEqual([[], []]);
  });

  it('whose names nobody knows do not fill the memory', () => {
    const { watch, begin, end } = setUp();
    for (let index = 0; index < 500; index += 1) {
      begin(`i${index}`, { burst: `b${index}` });
      end(`i${index}`, { errorMessage: 'no burst is called that' }, true);
    }
    expect(watch.runs().length).toBeLessThanOrEqual(200);
    expect(watch.runs()[0]?.burst).toBe('b499');
  });
});
