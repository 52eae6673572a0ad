import fc from 'fast-check';
import {
  dayKey,
  dayRanges,
  hourKey,
  hourRanges,
  type KeyRange,
  type LedgerKey,
  parseDayKey,
  parseHourKey,
  parseTickKey,
  tickKey,
  tickRanges,
} from '../../../shared/ledger/keys.ts';

const at = Date.UTC(2026, 10, 21, 9, 59, 7);
const locations = fc.constantFrom('local', 'eu-central-1');
const seconds = fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }).map((second) => second * 1000);
const corrupt = expect.objectContaining({ code: 'BURN_LEDGER_CORRUPT' });

/** What DynamoDB would answer to a query. */
const isFound = (ranges: readonly KeyRange[], key: LedgerKey) =>
  ranges.filter(({ pk, skFrom, skTo }) => pk === key.pk && key.sk >= skFrom && key.sk <= skTo).length;

describe('keys of the ledger', () => {
  it('put a tick into the partition of its location and hour, sorted by time and shard', () => {
    expect(tickKey('eu-west-1', at, 's00')).toEqual({ pk: 'tick#eu-west-1#2026-11-21T09', sk: '59:07#s00' });
  });

  it('put an hour into the partition of its day and a day into that of its location', () => {
    expect(hourKey('local', at)).toEqual({ pk: 'hour#local#2026-11-21', sk: '09' });
    expect(dayKey('local', at)).toEqual({ pk: 'day#local', sk: '2026-11-21' });
  });

  it('keep whole seconds only, since those are the identity of a tick', () => {
    expect(tickKey('local', at + 999, 's00')).toEqual(tickKey('local', at, 's00'));
  });

  it('read back as what they were made from', () => {
    const shards = fc.constantFrom('s00', 's17', 'manual-1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'with#hash');
    fc.assert(
      fc.property(locations, seconds, shards, (location, at, shard) => {
        expect(parseTickKey(tickKey(location, at, shard))).toEqual({ location, at, shard });
        const hourAt = at - (at % 3_600_000);
        expect(parseHourKey(hourKey(location, at))).toEqual({ location, hourAt });
        expect(parseDayKey(dayKey(location, at))).toEqual({ location, dayAt: at - (at % 86_400_000) });
      }),
    );
  });

  it.each([
    ['a tick without a shard', () => parseTickKey({ pk: 'tick#local#2026-11-21T09', sk: '59:07#' })],
    ['a tick without a separator', () => parseTickKey({ pk: 'tick#local#2026-11-21T09', sk: '59:07' })],
    ['a minute that does not exist', () => parseTickKey({ pk: 'tick#local#2026-11-21T09', sk: '60:07#s00' })],
    ['a day that does not exist', () => parseTickKey({ pk: 'tick#local#2026-02-30T09', sk: '10:07#s00' })],
    ['another kind of item', () => parseTickKey({ pk: 'hour#local#2026-11-21', sk: '09' })],
    ['an hour that does not exist', () => parseHourKey({ pk: 'hour#local#2026-11-21', sk: '24' })],
    ['a day as something else', () => parseDayKey({ pk: 'day#local', sk: 'yesterday' })],
    ['a location that would split the key', () => tickKey('a#b', at, 's00')],
    ['a shard with a line break', () => tickKey('local', at, 's\n')],
    ['an instant that is none', () => hourKey('local', Number.NaN)],
  ])('are refused for %s', (_, make) => {
    expect(make).toThrow(corrupt);
  });
});

describe('ranges of keys', () => {
  it('ask one query an hour, from the first second to the last one included', () => {
    expect(tickRanges('local', at, at + 60_000)).toEqual([
      { pk: 'tick#local#2026-11-21T09', skFrom: '59:07#', skTo: '59:59$' },
      { pk: 'tick#local#2026-11-21T10', skFrom: '00:00#', skTo: '00:07$' },
    ]);
  });

  it('are none when the range is empty', () => {
    expect(tickRanges('local', at + 1000, at)).toEqual([]);
    expect(tickRanges('local', at + 1, at + 999)).toEqual([]);
    expect(hourRanges('local', at + 1, at)).toEqual([]);
    expect(dayRanges('local', at + 1, at)).toEqual([]);
  });

  it('find exactly the ticks, hours and days that touch the range, each once', () => {
    const span = fc.integer({ min: 0, max: 3 * 86_400_000 });
    fc.assert(
      fc.property(seconds, span, seconds, fc.integer({ min: -90_000, max: 90_000 }), (from, length, other, near) => {
        for (const at of [other, from + near * 1000, from + length + near * 1000, from, from + length]) {
          const second = Math.floor(at / 1000) * 1000;
          const isIn = second >= from && second <= from + length;
          expect(isFound(tickRanges('local', from, from + length), tickKey('local', at, 's01'))).toBe(isIn ? 1 : 0);
          const hourAt = Math.floor(at / 3_600_000) * 3_600_000;
          const touchesHour = hourAt + 3_600_000 > from && hourAt <= from + length;
          expect(isFound(hourRanges('local', from, from + length), hourKey('local', at))).toBe(touchesHour ? 1 : 0);
          const dayAt = Math.floor(at / 86_400_000) * 86_400_000;
          const touchesDay = dayAt + 86_400_000 > from && dayAt <= from + length;
          expect(isFound(dayRanges('local', from, from + length), dayKey('local', at))).toBe(touchesDay ? 1 : 0);
        }
      }),
    );
  });
});
