import fc from 'fast-check';
import { countRuns, isDue, longestGapMs, nextRun, parseSchedule, shortestGapMs } from '../../../shared/config/cron.ts';

const utc = (expression: string) => ({ expression, timezone: 'UTC' });
const ams = (expression: string) => ({ expression, timezone: 'Europe/Amsterdam' });
const iso = (at: number | undefined) => (at === undefined ? 'never' : new Date(at).toISOString().slice(0, 16));
const instant = (text: string) => Date.parse(`${text}Z`);
/** The next runs after an instant. */
function runs(schedule: { expression: string; timezone: string }, from: string, count: number): string[] {
  const found: string[] = [];
  let at: number | undefined = instant(from);
  while (found.length < count && at !== undefined) {
    at = nextRun(schedule, at);
    found.push(iso(at));
  }
  return found;
}
const message = (text: string) => {
  const parsed = parseSchedule(text);
  return parsed.ok ? 'is one' : parsed.message;
};

describe('schedules', () => {
  it.each([
    ['cron(0 3 * * ? *)', ['2026-03-01T03:00', '2026-03-02T03:00']],
    ['cron(0/20 9-10 ? * MON-FRI *)', ['2026-03-02T09:00', '2026-03-02T09:20', '2026-03-02T09:40', '2026-03-02T10:00']],
    ['cron(5,35 0 1,15 JAN-MAR ? 2026-2027)', ['2026-03-01T00:05', '2026-03-01T00:35', '2026-03-15T00:05']],
    ['cron(0 0 L * ? *)', ['2026-03-31T00:00', '2026-04-30T00:00']],
    ['cron(15 10 ? * 6L 2026-2028)', ['2026-03-27T10:15', '2026-04-24T10:15']],
    ['cron(0 0 ? * L *)', ['2026-03-07T00:00', '2026-03-14T00:00']],
    ['cron(0 0 ? * 3#2 *)', ['2026-03-10T00:00', '2026-04-14T00:00']],
    ['cron(0 0 ? * TUE#5 *)', ['2026-03-31T00:00', '2026-06-30T00:00']],
    // The 1st of August 2026 is a Saturday, the 31st of May a Sunday, the 15th of March, too.
    ['cron(0 0 1W 8 ? *)', ['2026-08-03T00:00', '2027-08-02T00:00']],
    ['cron(0 0 31W 5 ? *)', ['2026-05-29T00:00', '2027-05-31T00:00']],
    ['cron(0 0 15W 3 ? *)', ['2026-03-16T00:00', '2027-03-15T00:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(59 23 31 12 ? 2026)', ['2026-12-31T23:59', 'never']],
    ['cron(0 0 1 1 ? 2000)', ['never']],
    ['cron( 0  3 * * ?   * )', ['2026-03-01T03:00']],
    ['cron(0 0 ? jan sun *)', ['2027-01-03T00:00']],
    ['rate(5 minutes)', ['2026-03-01T00:00', '2026-03-01T00:05']],
    ['rate(1 hour)', ['2026-03-01T00:00', '2026-03-01T01:00']],
    ['rate(1 days)', ['2026-03-01T00:00', '2026-03-02T00:00']],
  ])('%s comes next at %j', (expression, expected) => {
    expect(runs(utc(expression), '2026-02-28T23:59', expected.length)).toEqual(expected);
  });

  it.each([
    ['0 3 * * *', 'must be a schedule such as cron(0 3 * * ? *) or rate(5 minutes)'],
    ['at(2026-01-01T00:00:00)', 'must be a schedule such as cron(0 3 * * ? *) or rate(5 minutes)'],
    ['cron(0 3 * * ? *', 'must be a schedule such as cron(0 3 * * ? *) or rate(5 minutes)'],
    [`cron(${' '.repeat(300)})`, 'must be a schedule such as cron(0 3 * * ? *) or rate(5 minutes)'],
    ['cron(0 3 * * *)', 'must have six fields: cron(minutes hours day-of-month month day-of-week year), not 5'],
    ['cron()', 'must have six fields: cron(minutes hours day-of-month month day-of-week year), not 0'],
    ['cron(0 3 * * * *)', 'must have ? in exactly one of day-of-month and day-of-week, such as cron(0 3 * * ? *)'],
    ['cron(0 3 ? * ? *)', 'must have ? in exactly one of day-of-month and day-of-week, such as cron(0 3 * * ? *)'],
    ['cron(0 3 1 * MON *)', 'must have ? in exactly one of day-of-month and day-of-week, such as cron(0 3 * * ? *)'],
    ['cron(60 3 * * ? *)', 'must have minutes from 0 to 59 as its first field, such as 5, 1-10 or 0/15'],
    ['cron(? 3 * * ? *)', 'must have minutes from 0 to 59 as its first field, such as 5, 1-10 or 0/15'],
    ['cron(0/0 3 * * ? *)', 'must have minutes from 0 to 59 as its first field, such as 5, 1-10 or 0/15'],
    ['cron(0, 3 * * ? *)', 'must have minutes from 0 to 59 as its first field, such as 5, 1-10 or 0/15'],
    ['cron(-1 3 * * ? *)', 'must have minutes from 0 to 59 as its first field, such as 5, 1-10 or 0/15'],
    ['cron(0 22-2 * * ? *)', 'must have hours from 0 to 23 as its second field, such as 3, 8-18 or 0/6'],
    ['cron(0 3 0 * ? *)', 'must have day-of-month from 1 to 31 as its third field, such as 1,15, L or 15W'],
    ['cron(0 3 32W * ? *)', 'must have day-of-month from 1 to 31 as its third field, such as 1,15, L or 15W'],
    ['cron(0 3 1,L * ? *)', 'must have L or a day with W, such as 15W, alone in its day-of-month'],
    ['cron(0 3 * JAM ? *)', 'must have month from 1 to 12 as its fourth field, such as 1, JAN-MAR or 1/3'],
    ['cron(0 3 ? * 8 *)', 'must have day-of-week from 1 to 7 as its fifth field, such as 2, MON-FRI, 6L or 3#2'],
    ['cron(0 3 ? * 3#1,6#3 *)', 'must have a day with # or L, such as 3#2 or 6L, alone in its day-of-week'],
    ['cron(0 3 ? * 3#6 *)', 'must have # with 1 to 5 in its day-of-week'],
    ['cron(0 3 ? * XYZ#1 *)', 'must have day-of-week from 1 to 7 as its fifth field, such as 2, MON-FRI, 6L or 3#2'],
    ['cron(0 3 * * ? 1969)', 'must have year from 1970 to 2199 as its sixth field, such as 2030 or 2030-2032'],
    ['cron(0 3 30 2 ? *)', 'must name a day that comes'],
    ['cron(0 3 29 2 ? 2027)', 'must name a day that comes'],
    ['rate(0 minutes)', 'must be a rate of whole minutes, hours or days, such as rate(5 minutes)'],
    ['rate(30 seconds)', 'must be a rate of whole minutes, hours or days, such as rate(5 minutes)'],
    ['rate(1.5 hours)', 'must be a rate of whole minutes, hours or days, such as rate(5 minutes)'],
    ['rate(minutes)', 'must be a rate of whole minutes, hours or days, such as rate(5 minutes)'],
    ['rate(401 days)', 'must be at most rate(400 days)'],
  ])('%s %s', (text, expected) => {
    expect(message(text)).toBe(expected);
  });

  it('are written back without slips, a rate of one in the singular', () => {
    const text = (raw: string) => {
      const parsed = parseSchedule(raw);
      return parsed.ok ? parsed.value.text : parsed.message;
    };
    expect([' cron( 0 3  ? jan mon-fri * )', 'rate(1 hours)', 'rate( 02  minute )'].map(text)).toEqual([
      'cron(0 3 ? JAN MON-FRI *)',
      'rate(1 hour)',
      'rate(2 minutes)',
    ]);
  });

  it('that were never parsed are refused loudly', () => {
    expect(() => nextRun(utc('cron(0 3 * * * *)'), 0)).toThrow(RangeError);
    expect(() => nextRun({ expression: 'cron(0 3 * * ? *)', timezone: 'Mars/X' }, 0)).toThrow(RangeError);
  });
});

describe('clocks that change', () => {
  it('a time that they skip is skipped', () => {
    expect(runs(ams('cron(30 2 * * ? *)'), '2026-03-28T00:00', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
  });

  it('a time that they show twice comes once, at its first showing', () => {
    expect(runs(ams('cron(30 2 * * ? *)'), '2026-10-24T12:00', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
    expect(runs(ams('cron(0/30 * * * ? *)'), '2026-10-25T00:10', 3)).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T02:00',
      '2026-10-25T02:30',
    ]);
    expect(runs(ams('cron(0/30 * * * ? *)'), '2026-10-25T01:10', 1)).toEqual(['2026-10-25T02:00']);
  });

  it('rates do not care', () => {
    expect(runs(ams('rate(1 hour)'), '2026-10-25T00:10', 3)).toEqual([
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
  });
});

/** What a reader of clocks would do: look at every minute, and remember what the clocks have shown. */
function watch(zone: string, matches: (fields: readonly number[]) => boolean, fromAt: number, toAt: number): number[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const shown = new Set<string>();
  const found: number[] = [];
  for (let at = fromAt - 86_400_000; at < toAt; at += 60_000) {
    const face = clock.format(at);
    const isAgain = shown.has(face);
    shown.add(face);
    const [, day, month, year, hour, minute] = /(\d+)\/(\d+)\/(\d+), (\d+):(\d+)/.exec(face) ?? [];
    const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay() + 1;
    if (!isAgain && at >= fromAt && matches([minute, hour, day, month, weekday].map(Number))) found.push(at);
  }
  return found;
}

describe('whatever the schedule', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
  const changes = fc.constantFrom('2026-03-29', '2026-03-08', '2026-04-05', '2026-10-25', '2026-11-01', '2026-10-04');
  const list = (from: number, to: number) =>
    fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 4 });

  it('runs are those that somebody would see who watches the clocks of its zone', () => {
    const fields = fc.record({ minutes: list(0, 59), hours: list(0, 4), weekdays: list(1, 7), isOfWeek: fc.boolean() });
    fc.assert(
      fc.property(zone, changes, fields, (timezone, day, { minutes, hours, weekdays, isOfWeek }) => {
        const days = isOfWeek ? `? * ${weekdays}` : '* * ?';
        const schedule = { expression: `cron(${minutes} ${hours} ${days} *)`, timezone };
        const [fromAt, toAt] = [Date.parse(day) - 86_400_000, Date.parse(day) + 2 * 86_400_000];
        const expected = watch(
          timezone,
          ([minute = -1, hour = -1, , , weekday = -1]) =>
            minutes.includes(minute) && hours.includes(hour) && (!isOfWeek || weekdays.includes(weekday)),
          fromAt,
          toAt,
        );
        const found: number[] = [];
        for (let at = nextRun(schedule, fromAt - 1); at !== undefined && at < toAt; at = nextRun(schedule, at))
          found.push(at);
        expect(found).toEqual(expected);
        expect(countRuns(schedule, fromAt, toAt)).toBe(expected.length);
        for (const at of expected) expect(isDue(schedule, at + 59_999)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('the next run is after the instant, and none lies between', () => {
    const expression = fc.constantFrom(
      'cron(0 3 * * ? *)',
      'rate(7 minutes)',
      'cron(0/7 * ? * 2-6 *)',
      'cron(0 0 LW * ? *)',
      'rate(3 days)',
      'cron(10 5 15W * ? *)',
    );
    fc.assert(
      fc.property(
        expression.filter((text) => parseSchedule(text).ok),
        zone,
        fc.integer({ min: 0, max: 4e12 }),
        (text, timezone, at) => {
          const schedule = { expression: text, timezone };
          const next = nextRun(schedule, at) ?? Number.NaN;
          expect(next).toBeGreaterThan(at);
          expect(nextRun(schedule, next - 1)).toBe(next);
          expect(countRuns(schedule, at + 1, next)).toBe(0);
          expect([isDue(schedule, next), isDue(schedule, next + 59_999)]).toEqual([true, true]);
        },
      ),
    );
  });

  it('any text is read or refused with a sentence, and what is read is read back', () => {
    const word = fc.string({
      unit: fc.constantFrom('*', '?', '/', '-', ',', '#', 'L', 'W', '0', '1', '5', 'MON', 'JAN'),
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 5, maxLength: 7 }), (words) => {
        const parsed = parseSchedule(`cron(${words.join(' ')})`);
        if (!parsed.ok) expect(parsed.message).toMatch(/^must \S/);
        else expect(parseSchedule(parsed.value.text)).toEqual(parsed);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('counting', () => {
  it('says how often a schedule runs in a month', () => {
    const [from, to] = [instant('2026-04-01T00:00'), instant('2026-05-01T00:00')];
    const count = (expression: string) => countRuns(utc(expression), from, to);
    expect(['cron(0 3 * * ? *)', 'rate(1 hour)', 'rate(1 minute)', 'cron(* * * * ? *)'].map(count)).toEqual([
      30, 720, 43_200, 43_200,
    ]);
    expect(countRuns(utc('rate(1 hour)'), to, from)).toBe(0);
    expect(countRuns(utc('rate(1 hour)'), from, from + 1)).toBe(1);
  });

  it.each([
    ['rate(5 minutes)', 5],
    ['cron(0 * * * ? *)', 60],
    ['cron(0 3 * * ? *)', 24 * 60],
    ['cron(0 3 ? * MON-FRI *)', 3 * 24 * 60],
    ['cron(0/10 9-17 ? * MON-FRI *)', (2 * 24 + 15) * 60 + 10],
    ['cron(0 0 1 * ? *)', 31 * 24 * 60],
    ['cron(0 0 1 1 ? *)', 365 * 24 * 60],
    ['cron(0 0 1 1 ? 2031)', 0],
  ])('says how far apart two runs of %s lie at most, in minutes', (text, minutes) => {
    const parsed = parseSchedule(text);
    expect(parsed.ok && longestGapMs(parsed.value) / 60_000).toBe(minutes);
  });

  it('says how close two runs come', () => {
    const gap = (text: string) => {
      const parsed = parseSchedule(text);
      return parsed.ok ? shortestGapMs(parsed.value) / 60_000 : parsed.message;
    };
    expect(['rate(7 minutes)', 'cron(0,50 * * * ? *)', 'cron(0 3 * * ? *)', 'cron(0 0 1 1 ? 2030)'].map(gap)).toEqual([
      7,
      10,
      1_440,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
