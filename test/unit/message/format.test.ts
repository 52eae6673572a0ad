import fc from 'fast-check';
import {
  formatCount,
  formatDuration,
  formatInstant,
  formatPercent,
  formatRate,
  formatRateBeside,
  formatShortDuration,
  formatWindow,
  plural,
} from '../../../shared/message/format.ts';

const second = 1_000;
const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

describe('a duration', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [499, '0 s'],
    [45 * second, '45 s'],
    [minute, '1 min'],
    [90 * second, '90 s'],
    [119_600, '2 min'],
    [12 * minute, '12 min'],
    [4 * minute + 29 * second, '4 min'],
    [59 * minute + 31 * second, '1 h'],
    [2 * hour + 5 * minute, '2 h 5 min'],
    [47 * hour + 59 * minute + 40 * second, '2 d'],
    [2 * day + 3 * hour, '2 d 3 h'],
    [30 * day, '30 d'],
  ])('of %i ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [119_999, '119 s'],
    [104 * minute, '104 min'],
    [2 * hour - 1, '119 min'],
    [2 * hour, '2 h'],
    [47.9 * hour, '47 h'],
    [2.9 * day, '2 d'],
    [-1, '0 s'],
  ])('of %i ms reads %s where room is short', (ms, text) => {
    expect(formatShortDuration(ms)).toBe(text);
  });
});

describe('a window', () => {
  it.each([
    [10 * second, '10 s'],
    [5 * minute, '5 min'],
    [90 * minute, '90 min'],
    [hour, '1 h'],
    [day, '24 h'],
    [3 * day, '3 d'],
    [30 * day, '30 d'],
  ])('of %i ms reads %s', (ms, text) => {
    expect(formatWindow(ms)).toBe(text);
  });
});

describe('a burn rate', () => {
  it.each([
    [0, '0x'],
    [0.04, '<0.1x'],
    [0.9333, '0.9x'],
    [1, '1x'],
    [14.4, '14.4x'],
    [33.33, '33x'],
    [1000, '1000x'],
  ])('of %d reads %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it.each([
    [6.0213, 6, '6.02x'],
    [14.4001, 14.4, '14.4001x'],
    [13.4412, 13.44, '13.44x'],
    [25.1, 25, '25.1x'],
    [6, 6, '6x'],
    [214.3, 14.4, '214x'],
    [14.400001, 14.4, '14.4x'],
  ])('of %d beside a limit of %d reads %s', (rate, limit, text) => {
    expect(formatRateBeside(rate, limit)).toBe(text);
  });
});

describe('a share', () => {
  it.each([
    [1_000_000, '100 %'],
    [999_700, '99.9 %'],
    [995_000, '99.5 %'],
    [989_999, '98 %'],
    [120_370, '12 %'],
    [51_999, '5.1 %'],
    [4_000, '0.4 %'],
    [99, '0 %'],
    [0, '0 %'],
    [-1, '-0.01 %'],
    [-35_000, '-3.5 %'],
    [-1_200_000, '-120 %'],
  ])('of %i ppm reads %s', (ppm, text) => {
    expect(formatPercent(ppm)).toBe(text);
  });

  it('never flatters: what is read is at most what is left', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000, max: 1_000_000 }), (ppm) => {
        expect(Number.parseFloat(formatPercent(ppm)) * 10_000).toBeLessThanOrEqual(ppm + 1e-3);
      }),
    );
  });
});

describe('a count', () => {
  it.each([
    [0, '0'],
    [3, '3'],
    [43.2, '43.2'],
    [43.29, '43.2'],
    [0.3, '0.3'],
    [1_440, '1,440'],
    [1_234_567.8, '1,234,567.8'],
  ])('of %d reads %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('agrees with its noun', () => {
    expect([plural(1, 'probe'), plural(0, 'probe'), plural(1_440, 'probe')]).toEqual([
      '1 probe',
      '0 probes',
      '1,440 probes',
    ]);
  });
});

describe('an instant', () => {
  it.each([
    [Date.UTC(2026, 10, 20, 10, 3, 20, 999), '2026-11-20 10:03:20 UTC'],
    [0, '1970-01-01 00:00:00 UTC'],
    [Number.NaN, 'unknown'],
    [Number.POSITIVE_INFINITY, 'unknown'],
    [9e15, 'unknown'],
  ])('%d reads %s', (at, text) => {
    expect(formatInstant(at)).toBe(text);
  });
});
