import fc from 'fast-check';
import { run } from '../../../infra/cli/main.ts';
import { type Asked, callersOf, createCallers } from '../../../infra/cli/traffic/callers.ts';
import { readTraffic } from '../../../infra/cli/traffic/command.ts';
import { createPopularity, kindNames, peakOf, trafficKinds, waveStages } from '../../../infra/cli/traffic/model.ts';
import { sendTraffic } from '../../../infra/cli/traffic/run.ts';
import { createSchedule } from '../../../shared/burst/schedule.ts';
import { createIo } from './io.ts';

const minuteMs = 60_000;

describe('The wave of a day', () => {
  it('has the rate that is asked for as its mean over whole days, and is never above its peak', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5 }), (perSecond, days) => {
        const stages = waveStages(perSecond, days * minuteMs, minuteMs);
        const { total, durationMs } = createSchedule(stages);
        expect(durationMs).toBeCloseTo(days * minuteMs, 3);
        expect(Math.abs(total - perSecond * 60 * days)).toBeLessThanOrEqual(1);
        const rates = stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]);
        expect(Math.max(...rates)).toBeLessThanOrEqual(peakOf(perSecond, minuteMs) + 1e-9);
        expect(Math.min(...rates)).toBeCloseTo(perSecond / 4, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('begins at night, is at noon after half of it, and goes on without a jump', () => {
    const stages = waveStages(20, 10 * minuteMs, 10 * minuteMs);
    const { ratePerSecond } = createSchedule(stages);
    expect([ratePerSecond(0), ratePerSecond(5 * minuteMs)].map(Math.round)).toEqual([5, 35]);
    for (const [index, stage] of stages.entries()) {
      const next = stages[index + 1];
      if (next) expect(next.fromPerSecond).toBeCloseTo(stage.toPerSecond, 9);
    }
  });

  it('is none where it is off, and is cut where the run is', () => {
    expect(waveStages(7, 5_000, undefined)).toEqual([{ fromPerSecond: 7, toPerSecond: 7, durationMs: 5_000 }]);
    const spans = waveStages(7, 3_000, minuteMs).map(({ durationMs }) => durationMs);
    expect(spans).toEqual([2_500, 500]);
  });
});

describe('Popularity', () => {
  it('is that of Zipf: the second link is followed half as often as the first', () => {
    const popularity = createPopularity(50);
    const counts = Array.from({ length: 50 }, () => 0);
    const tries = 100_000;
    for (let index = 0; index < tries; index += 1) {
      const rank = popularity((index + 0.5) / tries);
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    const [first = 0, second = 0, , fourth = 0] = counts;
    expect(first / second).toBeCloseTo(2, 2);
    expect(first / fourth).toBeCloseTo(4, 2);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});

describe('Callers', () => {
  const start = () =>
    createCallers({ run: 't1', callers: 7, hot: ['h0', 'h1'], expiresAt: '2035-01-01T00:00:00Z', random: () => 0.5 });
  const statusOf = ({ kind }: Asked) => ({ create: 201, delete: 204 })[kind as 'create' | 'delete'] ?? 200;

  it('do everything by the weights of the mix, and delete what they made, each once and nobody else’s', () => {
    const callers = start();
    const counts = new Map<string, number>();
    const alive = new Map<string, number>();
    for (let index = 0; index < 7_000; index += 1) {
      const asked = callers.next(index);
      counts.set(asked.kind, (counts.get(asked.kind) ?? 0) + 1);
      const { about } = asked;
      if (asked.kind === 'create' && about) alive.set(about.code, about.caller);
      if (asked.kind === 'delete' && about) {
        expect(alive.get(about.code)).toBe(index % 7);
        alive.delete(about.code);
      }
      callers.ended(asked, statusOf(asked));
    }
    expect(new Set(callers.left())).toEqual(new Set(['h0', 'h1', ...alive.keys()]));
    for (const kind of kindNames.filter((each) => each !== 'list' && each !== 'delete'))
      expect([kind, counts.get(kind)]).toEqual([kind, trafficKinds[kind].weight * 70]);
    expect(counts.get('delete')).toBeGreaterThan(trafficKinds.delete.weight * 60);
  });

  it('keep count of a link that may have been made, and of one whose deletion nobody answered', () => {
    const callers = start();
    const asked = Array.from({ length: 200 }, (_, index) => callers.next(index));
    const [lost, refused] = asked.filter(({ kind }) => kind === 'create');
    if (!lost?.about || !refused?.about) throw new Error('nobody made a link');
    callers.ended(lost, 0);
    callers.ended(refused, 409);
    expect(callers.left()).toContain(lost.about.code);
    expect(callers.left()).not.toContain(refused.about.code);
  });

  it('are as many as think so long, and none of them is kept from a part of the mix', () => {
    expect([callersOf(20, 2_000), callersOf(0.1, 100), callersOf(5, 1_000)]).toEqual([41, 1, 7]);
    const callers = callersOf(20, 2_000);
    const kinds = new Set<string>();
    const asker = createCallers({ run: 't', callers, hot: ['h'], expiresAt: '', random: () => 0 });
    for (let turn = 0; turn < 100; turn += 1) kinds.add(asker.next(3 + turn * callers).kind);
    expect(kinds.size).toBeGreaterThanOrEqual(kindNames.length - 1); // nothing to delete, since nothing was made
  });
});

describe('What is asked of traffic', () => {
  it('has a rate, a time, a day and a pause', () => {
    const usual = { perSecond: 20, durationMs: 600_000, dayMs: 600_000, thinkMs: 2_000 };
    expect(readTraffic({})).toEqual(usual);
    expect(readTraffic({ rate: '90/m', for: '1h', wave: 'off', think: '500ms' })).toEqual({
      ...{ perSecond: 1.5, durationMs: 3_600_000, dayMs: undefined, thinkMs: 500 },
    });
  });

  it.each([
    [['--rate', '201/s'], '--rate must be a rate up to 200/s, such as 20/s, got "201/s"'],
    [['--rate', '0'], '--rate must be a rate up to 200/s, such as 20/s, got "0"'],
    [['--for', '25h'], '--for must be 1s to 1d, got "25h"'],
    [['--wave', '30s'], '--wave must be 1m to 1d, or off, got "30s"'],
    [['--think', '0s'], '--think must be 100ms to 1m, got "0s"'],
    [['--rate', '200', '--for', '3h'], '--rate and --for come to 2,160,000 requests: at most 2,000,000 are sent'],
    [['--url', 'https://example.com'], /^--url https:\/\/example.com is not on this machine/],
    [['--url', 'http://127.0.0.1:1'], 'the shortener at http://127.0.0.1:1 does not answer'],
    [[], /^no local mode runs here/],
  ])('%j is refused in one line', async (argv, message) => {
    const { io, written } = createIo({ cwd: '/nowhere' });
    expect(await run(['traffic', ...argv], io)).toBe(2);
    const [, said = ''] = /^burnwatch traffic: (.*)\n$/.exec(written.stderr) ?? [];
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});

describe('Whom callers ask', () => {
  it.each([
    [
      200,
      { info: { title: 'Petstore' } },
      'http://app is no shortener of Burnwatch: its /openapi.json does not say so (200)',
    ],
    [404, undefined, 'http://app is no shortener of Burnwatch: its /openapi.json does not say so (404)'],
    [503, undefined, 'http://app answers 503: it is starting, or a drill is on. Try again after it'],
  ])('is a shortener of Burnwatch that is up, not what answers %i', async (status, body, message) => {
    const door = { origin: 'http://app', headers: () => ({}), ask: async () => ({ status, body }) };
    await expect(sendTraffic(readTraffic({}), door, createIo().io)).rejects.toThrow(message);
  });
});
