import fc from 'fast-check';
import type { Burst, Load } from '../../../shared/config/model.ts';
import { renderLoad, renderSent, renderWanted } from '../../../shared/message/load-text.ts';
import { buildNotices, type NoticeContext } from '../../../shared/message/notice.ts';
import { renderMessage } from '../../../shared/message/render.ts';
import { aBurst, aBurstAlert, aVerdict, dayMs, ranAt } from '../../support/burst.ts';
import { ofBurst, slow } from './burst-sample.ts';
import { context, fired, health, minute } from './sample.ts';

const messagesOf = ([transitions, around]: ReturnType<typeof ofBurst>, more: Partial<NoticeContext> = {}) =>
  buildNotices(transitions, { ...context, ...around, ...more }).map(renderMessage);
const named = (id: string): Partial<Burst> => ({
  id,
  alerts: [aBurstAlert({ id: `burst/${id}/0`, notify: ['chat'] })],
});
const verdict = (id: string, reasons: readonly string[], more = 0) => aVerdict({ burst: id, reasons, more });
const subjectOf = (id: string, reasons: readonly string[], more = 0) =>
  messagesOf(ofBurst([verdict(id, reasons, more)], { burst: named(id) }))[0]?.subject;

describe('the subject of a burst', () => {
  it.each([
    [
      'what was missed',
      'redirects',
      ['p99 412 ms, wanted < 300 ms'],
      '[TICKET] redirects: p99 412 ms, wanted < 300 ms (urlshortener prod)',
    ],
    [
      'how much more was missed',
      'redirects',
      ['p99 412 ms, wanted < 300 ms', 'dropped 9, wanted 0'],
      '[TICKET] redirects: p99 412 ms, wanted < 300 ms +1 more (urlshortener prod)',
    ],
    [
      'what was missed without how much more, where there is little room',
      'redirects-of-the-shop-in-the-week-of-sales',
      ['p99 412 ms, wanted < 300 ms', 'dropped 9, wanted 0'],
      '[TICKET] redirects-of-the-shop-in-the-week-of-sales: p99 412 ms, wanted < 300 ms +1 more (prod)',
    ],
    [
      'only that it failed, where there is less',
      'r'.repeat(64),
      ['p99 412 ms, wanted < 300 ms'],
      `[TICKET] ${'r'.repeat(64)} burst failed (prod)`,
    ],
  ])('says %s', (_, id, reasons, subject) => {
    expect(subjectOf(id, reasons)).toBe(subject);
  });

  it('is printable ASCII of at most 99 characters, whatever its reasons hold', () => {
    const id = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
    const reasons = fc.array(fc.string({ unit: 'binary', maxLength: 120 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(id, reasons, fc.nat(20), (name, said, more) => {
        expect(subjectOf(name, said, more)).toMatch(/^[ -~]{1,99}$/);
      }),
    );
  });

  it('counts a burst with two alerts once, and other alerts beside it', () => {
    const alerts = [aBurstAlert(), aBurstAlert({ id: 'burst/redirects/1' })].map((each) => ({
      ...each,
      notify: ['chat'],
    }));
    const [transitions, around] = ofBurst([slow], { burst: { alerts } });
    const subject = (more: readonly (typeof transitions)[number][]) =>
      messagesOf([[...transitions, ...more], around])[0]?.subject;
    expect(subject([])).toBe('[TICKET] redirects: p99 412 ms, wanted < 300 ms (urlshortener prod)');
    expect(subject([fired({ notify: ['chat'] })])).toMatch(/^\[PAGE\] shortener-health failing: .* \+2 more/);
  });
});

describe('the text of a burst', () => {
  const textOf = (...args: Parameters<typeof ofBurst>) => messagesOf(ofBurst(...args))[0]?.text ?? '';

  it('plans its end by the clock of its schedule', () => {
    const schedule = { expression: 'cron(30 4 ? * MON *)', timezone: 'Europe/Amsterdam' };
    expect(textOf([slow], { burst: { schedule } })).toContain('planned for\n    2026-11-23 03:30:00 UTC');
    expect(textOf([slow], { burst: { schedule: { expression: 'rate(1 hour)', timezone: 'UTC' } } })).toContain(
      'planned by rate(1 hour)',
    );
    const { schedule: _none, ...byHand } = aBurst({ alerts: [aBurstAlert({ notify: ['chat'] })] });
    const [transitions, around] = ofBurst([slow]);
    const config = { ...context.config, bursts: [byHand] };
    expect(messagesOf([transitions, around], { config })[0]?.text).toContain(
      'its next run that holds; at once by hand:',
    );
  });

  it('names the last run that held, or says that none did', () => {
    const earlier = (...outcomes: readonly boolean[]) =>
      outcomes.map((isHeld, index) =>
        aVerdict({ runAt: ranAt - (index + 1) * dayMs, ...(isHeld ? {} : { reasons: ['dropped 9, wanted 0'] }) }),
      );
    expect(textOf([slow, ...earlier(false, true)])).toContain(
      'since the run of 2026-11-18 03:00:00 UTC? That one held.',
    );
    expect(textOf([slow, ...earlier(false)])).toContain('The run before it did not hold, either.');
    expect(textOf([slow, ...earlier(false, false)])).toContain('None of the 2 runs before it held, either.');
    expect(textOf([slow])).not.toContain('either');
  });

  it('tells of the run that fired, also when a newer one has come before the message was sent', () => {
    const [transitions, around] = ofBurst([slow]);
    const newer = aVerdict({ runAt: ranAt + dayMs });
    const text = messagesOf([transitions, { ...around, verdicts: [newer, slow] }])[0]?.text ?? '';
    expect(text).toContain('its run of 2026-11-20 03:00:00 UTC did not hold\n    p99 412 ms, wanted < 300 ms');
    expect(text).toContain('  2026-11-21 03:00:00 UTC  passed   p99 182 ms');
  });

  it('holds no secret of what is sent, and is sent under the same id once more', () => {
    const request = { ...health.request, url: ['https://go.example.com/?key=', { ssm: '/burnwatch/key' }] };
    const made = ofBurst([slow], { burst: { mix: [{ weight: 1, request }] } });
    const [first, again] = [messagesOf(made)[0], messagesOf(made, { now: ranAt + minute })[0]];
    expect(first?.text).toContain('sent    GET https://go.example.com/?key=$KEY');
    expect(again?.id).toBe(first?.id);
  });
});

describe('a load in words', () => {
  it.each<[Load, string]>([
    [{ model: 'open', stages: [{ fromPerSecond: 0.5, toPerSecond: 0.5, durationMs: 90_000 }] }, 'hold 0.5/s for 90 s'],
    [
      {
        model: 'open',
        stages: [
          { fromPerSecond: 0, toPerSecond: 1_500, durationMs: 500 },
          { fromPerSecond: 1_500, toPerSecond: 1_500, durationMs: 60_000 },
        ],
      },
      'ramp from 0/s to 1,500/s over 0.5 s, hold 1,500/s for 1 min',
    ],
    [{ model: 'closed', concurrency: 10, requests: 1_000 }, '10 at once, 1,000 requests'],
    [{ model: 'closed', concurrency: 10, forMs: 10_000 }, '10 at once, for 10 s'],
    [{ model: 'closed', concurrency: 10, requests: 1, forMs: 10_000 }, '10 at once, 1 request, for 10 s at most'],
    [
      { model: 'breakingPoint', fromPerSecond: 50, toPerSecond: 2_000, holdMs: 5_000, factor: 2, precisionPpm: 50_000 },
      'search from 50/s to 2,000/s, each rate held for 5 s',
    ],
  ])('%#: %j', (load, text) => {
    expect(renderLoad(load)).toBe(text);
  });

  it('says what share each unit of a mix has', () => {
    const [unit] = aBurst().mix;
    const mix = [...(unit ? [{ ...unit, weight: 3 }] : []), { weight: 1, flow: 'shorten-and-follow' }];
    expect(renderSent(aBurst({ mix }), {})).toEqual([
      '3 of 4: GET https://example.com/demo',
      '1 of 4: flow shorten-and-follow',
    ]);
  });

  it('says what is wanted, a baseline included', () => {
    expect(renderWanted(aBurst({ thresholds: [] }))).toBe('');
    expect(renderWanted(aBurst({ thresholds: [], compare: { baseline: 1, toleratePpm: 200_000 } }))).toBe(
      'at most 20 % worse than its last good run',
    );
  });
});
