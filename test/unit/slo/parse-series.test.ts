import fc from 'fast-check';
import { mostMinutes, parseSeries } from '../../../shared/slo/parse-series.ts';

const minute = { good: 1, bad: 0 };
const file = { slo: 'api', minutes: [minute, null, { good: 0, bad: 2 }] };
const read = (value: unknown) => parseSeries(JSON.stringify(value));

describe('a file of minutes', () => {
  it('is read with its gaps', () => {
    expect(read(file)).toEqual({ ok: true, sloId: 'api', series: file.minutes });
  });

  it.each<[unknown, string]>([
    [[], 'must be {"slo": "ID", "minutes": […]}, got a list'],
    [null, 'must be {"slo": "ID", "minutes": […]}, got null'],
    [{ ...file, start: 1 }, 'has an unknown key "start": there are "slo" and "minutes"'],
    [{ minutes: [minute] }, 'slo: must be the id of an SLO, got nothing'],
    [{ ...file, slo: ['api'] }, 'slo: must be the id of an SLO, got a list'],
    [{ slo: 'api' }, 'minutes: must be a list, got nothing'],
    [{ ...file, minutes: { 0: minute } }, 'minutes: must be a list, got a map'],
    [{ ...file, minutes: [] }, 'minutes: must hold one minute at least'],
    [{ ...file, minutes: [minute, 7] }, 'minutes[1]: must be {"good": 1, "bad": 0}, or null for no data, got 7'],
    [{ ...file, minutes: [[1, 0]] }, 'minutes[0]: must be {"good": 1, "bad": 0}, or null for no data, got a list'],
    [
      { ...file, minutes: [{ good: 1 }] },
      'minutes[0].bad: must be a whole number from 0 to 1,000,000,000, got nothing',
    ],
    [
      { ...file, minutes: [{ good: -1, bad: 0 }] },
      'minutes[0].good: must be a whole number from 0 to 1,000,000,000, got -1',
    ],
    [
      { ...file, minutes: [{ good: 0.5, bad: 0 }] },
      'minutes[0].good: must be a whole number from 0 to 1,000,000,000, got 0.5',
    ],
    [
      { ...file, minutes: [{ good: 1, bad: '0' }] },
      'minutes[0].bad: must be a whole number from 0 to 1,000,000,000, got "0"',
    ],
    [
      { ...file, minutes: [{ good: 1, bad: 1e15 }] },
      'minutes[0].bad: must be a whole number from 0 to 1,000,000,000, got 1000000000000000',
    ],
    [
      { ...file, minutes: [{ ...minute, total: 1 }] },
      'minutes[0] has an unknown key "total": there are "good" and "bad"',
    ],
    [{ ...file, slo: '', x: 0 }, 'has an unknown key "x": there are "slo" and "minutes"'],
  ])('%j is refused', (value, message) => {
    expect(read(value)).toEqual({ ok: false, message });
  });

  it.each([
    [
      '{"slo": "api", "minutes": [{"__proto__": {"good": 1}, "bad": 0}]}',
      /^minutes\[0\] has an unknown key "__proto__"/,
    ],
    ['{"slo": "api", "minutes": [{"good": 1, "bad": 1e999}]}', /^minutes\[0\]\.bad: must be .* got Infinity$/],
    ['', /^is not JSON: /],
    [`${'['.repeat(200_000)}`, /^is not JSON: /],
    [`"\u001b[2J${'x'.repeat(9_000)}\n`, /^is not JSON: [^\p{Cc}]{1,120}$/u],
  ])('%.40j is refused', (text, message) => {
    const read = parseSeries(text);
    expect(read).toMatchObject({ ok: false });
    if (!read.ok) expect(read.message).toMatch(message);
  });

  it('holds 400 days at most', () => {
    const minutes = Array.from({ length: mostMinutes + 1 }, () => null);
    expect(read({ slo: 'api', minutes: minutes.slice(1) }).ok).toBe(true);
    expect(read({ slo: 'api', minutes })).toEqual({
      ok: false,
      message: 'minutes: must hold at most 576,000, 400 days, got 576,001',
    });
  });

  it('is read or refused in one line, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = parseSeries(text);
        if (!read.ok) expect(read.message).toMatch(/^[^\p{Cc}]{1,300}$/u);
      }),
    );
  });
});
