import fc from 'fast-check';
import { type Maintenance, weekdays } from '../../../shared/config/model.ts';
import { instantOf } from '../../../shared/config/wall-clock.ts';
import { isUnderMaintenance, maintenanceSpans } from '../../../shared/slo/maintenance.ts';
import { dayMs, hourMs, minuteMs, weekly } from '../../support/budget-examples.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const spansOn = (plan: Partial<Maintenance>, day: string) =>
  maintenanceSpans([{ ...weekly, ...plan }], 'api', utc(`${day}T00:00`) - dayMs, utc(`${day}T00:00`) + 2 * dayMs).map(
    ({ from, to }) => [new Date(from).toISOString().slice(0, 16), new Date(to).toISOString().slice(0, 16)],
  );

const zones = fc.constantFrom(
  'Europe/Amsterdam',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/St_Johns',
  'UTC',
);

describe('maintenance spans', () => {
  it.each([
    ['winter', '2026-01-11', '2026-01-11T01:00', '2026-01-11T01:30'],
    ['summer', '2026-07-12', '2026-07-12T00:00', '2026-07-12T00:30'],
    [
      'the day clocks skip two o’clock: the first instant after the gap',
      '2026-03-29',
      '2026-03-29T01:00',
      '2026-03-29T01:30',
    ],
    ['the day clocks show two o’clock twice: the first time', '2026-10-25', '2026-10-25T00:00', '2026-10-25T00:30'],
  ])('start at two o’clock in Amsterdam in %s', (_, day, from, to) => {
    expect(spansOn({}, day)).toEqual([[from, to]]);
  });

  it.each([
    ['America/New_York', 150, '2026-03-08', '2026-03-08T07:00'],
    ['America/New_York', 180, '2026-03-08', '2026-03-08T07:00'],
    ['America/New_York', 90, '2026-11-01', '2026-11-01T05:30'],
    ['America/New_York', 120, '2026-11-01', '2026-11-01T07:00'],
    ['Australia/Lord_Howe', 135, '2026-10-04', '2026-10-03T15:30'],
    ['Australia/Lord_Howe', 150, '2026-10-04', '2026-10-03T15:30'],
    ['Australia/Lord_Howe', 105, '2026-04-05', '2026-04-04T14:45'],
    ['Australia/Lord_Howe', 120, '2026-04-05', '2026-04-04T15:30'],
    ['Pacific/Kiritimati', 0, '2026-04-05', '2026-04-04T10:00'],
    ['Pacific/Pago_Pago', 1439, '2026-04-05', '2026-04-06T10:59'],
  ])('in %s at minute %p of %s start at %s UTC', (timezone, startMinute, day, from) => {
    expect(spansOn({ timezone, startMinute }, day)[0]?.[0]).toBe(from);
  });

  it('last their duration in elapsed time across a change of clocks', () => {
    const plan = { startMinute: 60, durationMs: 3 * hourMs };
    expect(spansOn(plan, '2026-03-29')).toEqual([['2026-03-29T00:00', '2026-03-29T03:00']]);
    expect(spansOn(plan, '2026-10-25')).toEqual([['2026-10-24T23:00', '2026-10-25T02:00']]);
  });

  it('move a day that a country left out to the first instant that exists', () => {
    const friday: Partial<Maintenance> = { timezone: 'Pacific/Apia', every: ['friday'], startMinute: 600 };
    expect(spansOn(friday, '2011-12-30')).toEqual([['2011-12-30T10:00', '2011-12-30T10:30']]);
  });

  it('are cut to the range, and found when they began long before it', () => {
    const plan = { ...weekly, durationMs: 5 * dayMs };
    const from = utc('2026-01-15T12:00');
    expect(maintenanceSpans([plan], 'api', from, from + hourMs)).toEqual([
      { from, to: from + hourMs, reason: 'backup' },
    ]);
    expect(maintenanceSpans([plan], 'api', from, from)).toEqual([]);
    expect(maintenanceSpans([plan], 'api', from, from - hourMs)).toEqual([]);
  });

  it('are found on an island that is a day ahead, even when the range is a moment', () => {
    const plan = { ...weekly, timezone: 'Pacific/Kiritimati', startMinute: 0 };
    const at = utc('2026-04-04T10:00');
    expect(maintenanceSpans([plan], 'api', at, at + 1)).toEqual([{ from: at, to: at + 1, reason: 'backup' }]);
  });

  it('become one where the end of one is the start of the next', () => {
    const next = { ...weekly, startMinute: 150, reason: 'upgrade' };
    const from = utc('2026-01-11T01:00');
    expect(maintenanceSpans([weekly, next], 'api', from, from + dayMs)).toEqual([
      { from, to: from + hourMs, reason: 'backup; upgrade' },
    ]);
  });

  it('are those of the monitor alone', () => {
    expect(maintenanceSpans([weekly], 'web', 0, 30 * dayMs)).toEqual([]);
  });

  it('become one where plans meet, with every reason once', () => {
    const next = { ...weekly, startMinute: 150, reason: 'upgrade' };
    const [from, to] = [utc('2026-01-11T00:00'), utc('2026-01-12T00:00')];
    expect(maintenanceSpans([next, weekly, { ...weekly, durationMs: hourMs }], 'api', from, to)).toEqual([
      { from: from + hourMs, to: from + 2 * hourMs, reason: 'backup; upgrade' },
    ]);
  });

  it('never overlap nor touch, rise, stay in the range, and cover exactly what any single plan covers', () => {
    const plan = fc.record({
      monitors: fc.constant(['api']),
      startMinute: fc.integer({ min: 0, max: 1439 }),
      durationMs: fc.integer({ min: 1, max: 3000 }).map((minutes) => minutes * minuteMs),
      every: fc.subarray([...weekdays], { minLength: 1 }),
      timezone: zones,
      reason: fc.constantFrom('a', 'b'),
    });
    const range = fc.tuple(fc.integer({ min: 0, max: 400 * 1440 }), fc.integer({ min: 1, max: 14 * 1440 }));
    fc.assert(
      fc.property(fc.array(plan, { maxLength: 3 }), range, fc.integer(), (plans, [start, length], pick) => {
        const from = utc('2026-01-01T00:00') + start * minuteMs;
        const to = from + length * minuteMs;
        const spans = maintenanceSpans(plans, 'api', from, to);
        spans.forEach((span, i) => {
          expect(span.from).toBeLessThan(span.to);
          expect(span.from).toBeGreaterThan(spans[i - 1]?.to ?? from - 1);
          expect(span.to).toBeLessThanOrEqual(to);
        });
        const at = from + Math.abs(pick % length) * minuteMs;
        const isInSpan = spans.some((span) => span.from <= at && at < span.to);
        expect(isInSpan).toBe(plans.some((each) => isUnderMaintenance([each], 'api', at) !== undefined));
      }),
    );
  });
});

describe('being under maintenance', () => {
  const from = utc('2026-01-11T01:00');
  it.each([
    [-1, undefined],
    [0, 'backup'],
    [30 * minuteMs - 1, 'backup'],
    [30 * minuteMs, undefined],
  ])('%p ms after the start gives %p', (offset, reason) => {
    expect(isUnderMaintenance([weekly], 'api', from + offset)).toBe(reason);
    expect(isUnderMaintenance([weekly], 'web', from + offset)).toBeUndefined();
  });
});

describe('a wall-clock time', () => {
  /** What clocks show, by another way than the one under test. */
  const shown = (at: number, timeZone: string) =>
    utc(new Date(at).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T'));

  it('is the first instant at which clocks show it', () => {
    const minute = fc.integer({ min: utc('2025-01-01T00:00') / minuteMs, max: utc('2028-01-01T00:00') / minuteMs });
    fc.assert(
      fc.property(minute, zones, (minute, zone) => {
        const at = minute * minuteMs;
        const found = instantOf(shown(at, zone), zone);
        expect(shown(found, zone)).toBe(shown(at, zone));
        expect(found).toBeLessThanOrEqual(at);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a time zone that does not exist', () => {
    expect(() => instantOf(0, 'Europe/Atlantis')).toThrow(RangeError);
  });
});
