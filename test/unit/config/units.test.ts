import fc from 'fast-check';
import {
  parseDuration,
  parsePercent,
  parseRate,
  parseStatusRange,
  renderDuration,
  renderPercent,
  renderRate,
} from '../../../shared/config/parse/index.ts';
import { parseTime, parseTimeZone } from '../../../shared/config/parse/units.ts';

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['3d', 259_200_000],
    ['400d', 34_560_000_000],
  ])('%s is %d milliseconds', (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    '5',
    's',
    '1.5s',
    '-1s',
    '+1s',
    ' 1s',
    '1 s',
    '1S',
    '1w',
    '1h30m',
    '1e3s',
    '٣s',
    '0x1s',
    '1s\n',
    '401d',
    '9999999999s',
  ])('%j is none', (text) => {
    expect(parseDuration(text).ok).toBe(false);
  });

  it('read back what is rendered, for every whole number of milliseconds', () => {
    const span = fc.integer({ min: 0, max: 400 * 86_400_000 });
    fc.assert(
      fc.property(span, (value) => {
        const text = renderDuration(value);
        // A span that is no whole number of any larger unit is a number of milliseconds, of up to eleven digits.
        if (/^\d{10,}ms$/.test(text)) return;
        expect(parseDuration(text)).toEqual({ ok: true, value });
      }),
    );
  });

  it('are rendered in their largest whole unit', () => {
    expect([0, 1, 1_500, 60_000, 90_000, 5_400_000, 86_400_000].map(renderDuration)).toEqual([
      '0s',
      '1ms',
      '1500ms',
      '1m',
      '90s',
      '90m',
      '1d',
    ]);
  });
});

describe('percentages', () => {
  it.each([
    ['99.9%', 999_000],
    ['99.95 %', 999_500],
    ['99.9999%', 999_999],
    ['0.0001%', 1],
    ['2%', 20_000],
    ['33.3000000%', 333_000],
    ['100%', 1_000_000],
    ['0%', 0],
    ['007%', 70_000],
  ])('%s is %d parts per million', (text, value) => {
    expect(parsePercent(text)).toEqual({ ok: true, value });
  });

  it.each(['99.9', '', '%', '.9%', '9.%', '99,9%', '-1%', '1e1%', '100.0001%', '101%', '99.99999%', '1000%', 'NaN%'])(
    '%j is none',
    (text) => {
      expect(parsePercent(text).ok).toBe(false);
    },
  );

  it('read back what is rendered, for every part per million', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (value) => {
        expect(parsePercent(renderPercent(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('are read digit by digit: no float comes near them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 9_999 }), (whole, part) => {
        const text = `${whole}.${String(part).padStart(4, '0')}%`;
        expect(parsePercent(text)).toEqual({ ok: true, value: whole * 10_000 + part });
      }),
    );
  });
});

describe('rates', () => {
  it.each([
    ['200/s', 200],
    ['0.5/s', 0.5],
    ['30/m', 0.5],
    ['90/h', 0.025],
    ['0/s', 0],
  ])('%s is %d a second', (text, value) => {
    expect(parseRate(text)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    '200',
    '/s',
    '200 /s',
    '200/ s',
    '-1/s',
    '+1/s',
    '1e3/s',
    '.5/s',
    '5./s',
    '200/d',
    '200/S',
    'NaN/s',
    '1,000/s',
  ])('%j is none', (text) => {
    expect(parseRate(text).ok).toBe(false);
  });

  it('are rendered in the first unit in which they are short', () => {
    expect([200, 0.5, 1 / 60, 100 / 3_600, 0, 1_000.25, 2 / 3].map(renderRate)).toEqual([
      '200/s',
      '0.5/s',
      '1/m',
      '100/h',
      '0/s',
      '1000.25/s',
      '40/m',
    ]);
  });

  it('read back what is rendered, for everything that a person would type', () => {
    const unit = fc.constantFrom('s', 'm', 'h');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000_000 }), unit, (thousandths, per) => {
        const read = parseRate(`${thousandths / 1_000}/${per}`);
        const value = read.ok ? read.value : Number.NaN;
        const again = parseRate(renderRate(value));
        expect(again.ok && Math.abs(again.value - value)).toBeLessThanOrEqual(value * 1e-12);
      }),
    );
  });
});

describe('statuses', () => {
  it.each([
    ['429', 429, 429],
    ['500-599', 500, 599],
    ['5xx', 500, 599],
    ['1XX', 100, 199],
    ['200-200', 200, 200],
  ])('%s is %d to %d', (text, from, to) => {
    expect(parseStatusRange(text)).toEqual({ ok: true, value: { from, to } });
  });

  it.each(['', '42', '600', '0xx', '6xx', '599-500', '500-', '-500', '5x', '500 - 599', '4.5'])(
    '%j is none',
    (text) => {
      expect(parseStatusRange(text).ok).toBe(false);
    },
  );
});

describe('times and zones', () => {
  it.each([
    ['00:00', 0],
    ['02:00', 120],
    ['23:59', 1_439],
  ])('%s is minute %d of the day', (text, value) => {
    expect(parseTime(text)).toEqual({ ok: true, value });
  });
  it.each(['24:00', '2:00', '02:60', '02:00:00', '2am', ''])('%j is no time', (text) => {
    expect(parseTime(text).ok).toBe(false);
  });
  it.each(['UTC', 'Europe/Amsterdam', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('%s is a zone', (text) => {
    expect(parseTimeZone(text)).toEqual({ ok: true, value: text });
  });
  it.each(['', '+02:00', 'Mars/Olympus', 'Europe/Amsterdam ', '../etc', 'local'])('%j is none', (text) => {
    expect(parseTimeZone(text).ok).toBe(false);
  });
});
