import { parseBurstEvent } from '../../../shared/app/burst/event.ts';

const arrivedAt = Date.parse('2026-03-02T03:00:41.500Z');
const parse = (event: unknown) => parseBurstEvent(event, arrivedAt);

describe('the event of a burst', () => {
  it('that a schedule sends names its burst, its shard and its time', () => {
    expect(parse({ scheduledTime: '2026-03-02T03:00:00Z', burst: 'redirects', shard: 3 })).toEqual({
      kind: 'scheduled',
      burst: 'redirects',
      at: Date.parse('2026-03-02T03:00:00Z'),
      shard: 3,
    });
  });

  it.each([[undefined], ['<aws.scheduler.scheduled-time>']])(
    'with the time %s is of the minute in which it came',
    (scheduledTime) => {
      expect(parse({ scheduledTime, burst: 'redirects', shard: 0 })).toMatchObject({
        at: Date.parse('2026-03-02T03:00:00Z'),
      });
    },
  );

  it('by hand leaves no trace, unless it is to be recorded', () => {
    expect(parse({ burst: 'redirects' })).toEqual({ kind: 'manual', burst: 'redirects', isRecorded: false });
    expect(parse({ burst: 'redirects', record: true })).toMatchObject({ kind: 'manual', isRecorded: true });
  });

  it.each([
    [null, 'the event must be a JSON object'],
    [[], 'the event must be a JSON object'],
    ['redirects', 'the event must be a JSON object'],
    [{}, 'burst must be the id of a burst'],
    [{ burst: '../config' }, 'burst must be the id of a burst'],
    [{ burst: 'a'.repeat(65) }, 'burst must be the id of a burst'],
    [{ burst: 'a', record: 1 }, 'record must be true or false'],
    [{ burst: 'a', rate: 9 }, 'unknown key rate'],
    [{ burst: 'a', ['x'.repeat(70)]: 9 }, `unknown key ${'x'.repeat(64)}`],
    [{ burst: 'a', shard: 0, record: true }, 'unknown key record'],
    [{ burst: 'a', shard: -1 }, 'shard must be a number from 0 on'],
    [{ burst: 'a', shard: 0.5 }, 'shard must be a number from 0 on'],
    [{ burst: 'a', shard: '0' }, 'shard must be a number from 0 on'],
    [{ burst: 'a', shard: null }, 'shard must be a number from 0 on'],
    [{ burst: 'a', shard: 0, scheduledTime: '2026-03-02T03:02:00Z' }, 'scheduledTime must not be ahead of the clock'],
  ])('%j is refused: %s', (event, reason) => {
    expect(() => parse(event)).toThrow(
      expect.objectContaining({
        code: 'BURN_EVENT_INVALID',
        message: `${reason}; by hand the event is {"burst": "id", "record": false}`,
      }),
    );
  });
});
