import { countedEvents, minuteEnd, type Series } from '../../../shared/slo/series.ts';
import { badEventsOf } from '../../../shared/slo/spent.ts';

const minute = 60_000;
const bad = (minutes: readonly number[]): Series =>
  Array.from({ length: 300 }, (_, index) => ({ good: 1, bad: minutes.includes(index + 1) ? 1 : 0 }));
const lookBack = { calmMs: 5 * minute, mostMs: 60 * minute };

describe('what an incident took of a budget', () => {
  it.each([
    ['what was bad until it was over, and nothing after it', [103, 110, 130], 110, 3 - 1],
    ['what it was told for, before it was told', [98, 99, 100, 104], 110, 4],
    ['back to the last calm stretch', [80, 91, 95, 99, 104], 110, 4],
    ['no further back than was looked', Array.from({ length: 100 }, (_, index) => index + 1), 110, 60],
    ['nothing where nothing was bad', [], 110, 0],
  ])('is %s', (_, minutes, closedAt, expected) => {
    expect(badEventsOf(countedEvents(bad(minutes)), minuteEnd(100), minuteEnd(closedAt), lookBack)).toBe(expected);
  });
});
