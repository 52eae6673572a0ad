import fc from 'fast-check';
import {
  decodeDay,
  decodeDetails,
  decodeHour,
  decodeTick,
  encodeDay,
  encodeDayParts,
  encodeDetails,
  encodeHour,
  encodeHourParts,
  encodeTick,
} from '../../../shared/ledger/codec.ts';
import { type Counts, noCounts } from '../../../shared/ledger/model.ts';
import { anOutcome, monday } from '../../support/budget-examples.ts';
import { anyCounts, anyHour, anyOutcome, byKey, uint32 } from '../../support/ledger-arbitraries.ts';

const corrupt = expect.objectContaining({ code: 'BURN_LEDGER_CORRUPT' });

describe('the codec of a tick', () => {
  it('gives back every outcome that it was given', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome()), (outcomes) => {
        expect(decodeTick(encodeTick(outcomes))).toEqual(outcomes);
      }),
    );
  });

  it('keeps a latency to 0.1 ms below 3.3 s and to 2 ms above', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 68_800, noNaN: true }), (latencyMs) => {
        const [found] = decodeTick(encodeTick([{ ...anOutcome(1), latencyMs }]));
        const error = Math.abs((found?.latencyMs ?? Number.NaN) - latencyMs);
        expect(error).toBeLessThanOrEqual((latencyMs < 3276.75 ? 0.05 : 1) + 1e-9);
      }),
    );
  });

  it.each([
    [0, 0],
    [3276.7, 3276.7],
    [3276.75, 3276.8],
    [3276.8, 3276.8],
    [3278.8, 3278.8],
    [68_808.8, 68_808.8],
    [90_000, 68_808.8],
    [Infinity, 68_808.8],
    [Number.NaN, undefined],
    [-1, undefined],
  ])('keeps a latency of %p as %p', (latencyMs, kept) => {
    expect(decodeTick(encodeTick([{ ...anOutcome(1), latencyMs }]))[0]?.latencyMs).toBe(kept);
  });

  it('keeps a hundred outcomes below a kilobyte, keys and attributes included', () => {
    const outcomes = Array.from({ length: 100 }, (_, key) => anOutcome(key));
    const others =
      'pk tick#ap-southeast-1#2026-11-21T09 sk 59:07#s00 outcomes invocation expiresAt 1780000000'.length + 36;
    expect(encodeTick(outcomes).length + others).toBeLessThan(1024);
  });

  it('holds these bytes, which rows of older versions hold too', () => {
    const failed = {
      ...anOutcome(0x01020304, 'failed'),
      errorType: 'timeout' as const,
      latencyMs: 5000.8,
      isRetried: true,
    };
    expect([...encodeTick([failed])]).toEqual([1, 1, 2, 3, 4, 0x12, 4, 0x83, 0x5e]);
  });

  it('holds a repeated judgement as one more flag of the same version', () => {
    expect([...encodeTick([{ ...anOutcome(7, 'failed'), isRepeat: true }])]).toEqual([
      1, 0, 0, 0, 7, 0x42, 0, 255, 255,
    ]);
  });

  it('reads bytes that lie in the middle of a larger buffer', () => {
    const bytes = encodeTick([anOutcome(7, 'degraded')]);
    const larger = new Uint8Array([9, 9, ...bytes, 9]);
    expect(decodeTick(larger.subarray(2, 2 + bytes.length))).toEqual([anOutcome(7, 'degraded')]);
  });

  const good = encodeTick([anOutcome(7)]);
  it.each([
    ['nothing', new Uint8Array(), 'a tick of version none, known is 1'],
    ['a version that never was', good.with(0, 0), 'a tick of version 0, known is 1'],
    ['a byte too few', good.slice(0, -1), 'a tick of 8 bytes is cut or padded'],
    ['a byte too many', new Uint8Array([...good, 0]), 'a tick of 10 bytes is cut or padded'],
    ['an unknown outcome', good.with(5, 5), 'an outcome of unknown kind 5'],
    ['an unknown flag', good.with(5, 0x80), 'an outcome with unknown flags 128'],
    ['an unknown error type', good.with(6, 11), 'an outcome with unknown error type 11'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeTick(bytes)).toThrow(expect.objectContaining({ code: 'BURN_LEDGER_CORRUPT', message }));
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the key %p', (key) => {
    expect(() => encodeTick([anOutcome(key)])).toThrow(corrupt);
  });

  it('either reads arbitrary bytes, to the same bytes again, or refuses them by name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (tail) => {
        const bytes = new Uint8Array([1, ...tail]);
        try {
          expect(encodeTick(decodeTick(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toEqual(corrupt);
        }
      }),
    );
  });
});

describe('the codec of details', () => {
  it('gives back short details as they were', () => {
    const details = [
      { monitorKey: 1, statusCode: 503, message: 'status is "503"\n' },
      { monitorKey: 2, message: 'ü' },
    ];
    expect(decodeDetails(encodeDetails(details))).toEqual(details);
  });

  it('keeps the first ten, cuts messages to 160 characters and never splits one', () => {
    const details = Array.from({ length: 12 }, (_, monitorKey) => ({ monitorKey, message: `${'x'.repeat(159)}🔥` }));
    const found = decodeDetails(encodeDetails(details));
    expect(found.map(({ monitorKey }) => monitorKey)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(found[0]?.message).toBe('x'.repeat(159));
  });

  it('leaves out the last ones while all together are too long', () => {
    const details = Array.from({ length: 10 }, (_, monitorKey) => ({ monitorKey, message: '€'.repeat(160) }));
    const text = encodeDetails(details);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    expect(decodeDetails(text)).toEqual(details.slice(0, 4));
  });

  it('never takes more than 2 KB, whatever the messages hold', () => {
    const messages = fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 12 });
    fc.assert(
      fc.property(messages, (all) => {
        const text = encodeDetails(all.map((message, monitorKey) => ({ monitorKey, message })));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
        expect(decodeDetails(text).length).toBeLessThanOrEqual(10);
      }),
    );
  });

  it.each([
    '',
    '{',
    '{}',
    'null',
    '[1]',
    '[[1,null]]',
    '[[1.5,null,"x"]]',
    '[[1,"2","x"]]',
    '[[1,null,2]]',
    '[[1,1.5,"x"]]',
    `[${'[1,null,""],'.repeat(10)}[1,null,""]]`,
  ])('refuses %p', (text) => {
    expect(() => decodeDetails(text)).toThrow(corrupt);
  });
});

describe('the codec of an hour and of a day', () => {
  it('gives back every hour', () => {
    fc.assert(
      fc.property(anyHour, (hour) => {
        expect(decodeHour(encodeHour(hour))).toEqual(hour);
      }),
      { numRuns: 40 },
    );
  });

  it('gives back every day', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(uint32, anyCounts)), (monitors) => {
        const day = { location: 'eu-west-1', dayAt: monday, monitors: byKey(monitors) };
        expect(decodeDay(encodeDay(day))).toEqual(day);
      }),
    );
  });

  const calm = (intervalMinutes: number): readonly Counts[] =>
    Array.from({ length: 60 }, (_, minute) => ({ ...noCounts, passed: minute % intervalMinutes === 0 ? 1 : 0 }));
  const hourOf = (monitors: number, minutes: readonly Counts[]) => ({
    location: 'local',
    hourAt: monday,
    monitors: new Map(Array.from({ length: monitors }, (_, key) => [key * 1_000_003, minutes])),
  });

  it.each([1, 2, 5, 7, 10, 15, 30, 60])('takes about a dozen bytes for a calm monitor every %p min', (interval) => {
    const bytes = encodeHour(hourOf(1000, calm(interval))).length / 1000;
    expect(bytes).toBeLessThan(interval === 7 ? 60 : 13);
  });

  it('shares the minutes of monitors that are alike, so that a thousand calm ones stay small in memory', () => {
    const [a, b] = decodeHour(encodeHour(hourOf(2, calm(5)))).monitors.values();
    expect(a).toBe(b);
  });

  it('gives back an hour and a day that take several parts, each of which an item holds', () => {
    const noisy = Array.from({ length: 60 }, (_, minute) => ({ ...noCounts, failed: minute }));
    const hour = hourOf(3_000, noisy);
    const day = {
      location: 'local',
      dayAt: monday,
      monitors: new Map([...hour.monitors].map(([key]) => [key, noisy[9] ?? noCounts])),
    };
    const large = { passed: 1e6, degraded: 1e6, failed: 1e6, unjudged: 1e6, maintenance: 1e6 };
    const many = new Map(Array.from({ length: 20_000 }, (_, key) => [key, large]));
    for (const [parts, decode, monitors] of [
      [encodeHourParts(hour), decodeHour, hour.monitors],
      [encodeDayParts({ ...day, monitors: many }), decodeDay, many],
    ] as const) {
      expect(parts.length).toBeGreaterThan(1);
      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(350 * 1_024);
      expect(new Map(parts.flatMap((part): [number, unknown][] => [...decode(part).monitors]))).toEqual(monitors);
    }
    expect(encodeDayParts(day)).toEqual([encodeDay(day)]);
    expect(encodeHourParts(hourOf(3, noisy))).toEqual([encodeHour(hourOf(3, noisy))]);
  });

  it('refuses more than 350 KB, with the number', () => {
    const noisy = Array.from({ length: 60 }, (_, minute) => ({ ...noCounts, failed: minute }));
    expect(() => encodeHour(hourOf(3000, noisy))).toThrow(
      expect.objectContaining({
        code: 'BURN_LEDGER_CORRUPT',
        message: expect.stringMatching(/^an hour takes \d{6} bytes, more than 358400$/),
      }),
    );
  });

  const hour = encodeHour(hourOf(1, calm(1)));
  it.each([
    ['nothing', new Uint8Array(), /^an hour ends after 0 bytes/],
    ['a version that never was', hour.with(0, 0), /^an hour of version 0, known is 1$/],
    ['a cut', hour.slice(0, -1), /^an hour ends after 17 bytes, in the middle of a value$/],
    ['half a monitor more', new Uint8Array([...hour, 0]), /^an hour ends after 19 bytes, in the middle of a value$/],
    ['an unknown stride', hour.with(-4, 7), /^an hour with the unknown stride 7$/],
    ['a run beyond the hour', hour.with(-3, 61), /^an hour with a run of 61 minutes after 0$/],
    ['a run of nothing', hour.with(-3, 0), /^an hour with a run of 0 minutes after 0$/],
    ['an unknown kind', hour.with(-2, 0x20), /^counts of unknown kinds 32$/],
  ])('refuses an hour with %s', (_, bytes, message) => {
    expect(() => decodeHour(bytes)).toThrow(corrupt);
    expect(() => decodeHour(bytes)).toThrow(message);
  });

  it('refuses monitors out of order, and counts that no number holds', () => {
    const day = encodeDay({ location: 'l', dayAt: monday, monitors: new Map([[1, { ...noCounts, passed: 3 }]]) });
    expect(() => decodeDay(new Uint8Array([...day, ...day.slice(-6)]))).toThrow(/out of order at 1$/);
    expect(() => decodeDay(new Uint8Array([...day.slice(0, -1), ...Array(9).fill(0xff), 1]))).toThrow(/above 2\^53$/);
  });

  it('either reads arbitrary bytes or refuses them by name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        for (const decode of [decodeHour, decodeDay]) {
          try {
            decode(new Uint8Array([1, 1, 0x61, ...tail]));
          } catch (error) {
            expect(error).toEqual(corrupt);
          }
        }
      }),
    );
  });
});
