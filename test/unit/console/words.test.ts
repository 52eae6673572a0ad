import {
  budgetText,
  burnText,
  countdownText,
  countText,
  heldText,
  latencyText,
  paceText,
  plural,
  ratioText,
  roughSpanText,
  seenText,
  silentText,
  spanText,
} from '../../../infra/local/console/words.ts';
import { monitorView } from '../../support/console-views.ts';

const beat = { ...monitorView(0), type: 'heartbeat', eventIntervalMs: 86_400_000 };

describe('the words of the console', () => {
  it.each<[string, string]>([
    [spanText(-5), '0 s'],
    [spanText(999), '0 s'],
    [spanText(45_000), '45 s'],
    [spanText(250_000), '4 min 10 s'],
    [spanText(3_600_000), '1 h'],
    [spanText(3_600_000 * 76), '3 d 4 h'],
    [roughSpanText(3_600_000 * 76), '3 d'],
    [roughSpanText(300_000), '5 min'],
    [roughSpanText(0), '0 s'],
    [countdownText(-1), '0:00'],
    [countdownText(6_001), '0:07'],
    [countdownText(750_000), '12:30'],
    [countdownText(3_723_000), '1:02:03'],
    [paceText(monitorView(0)), 'http, every 10 s'],
    [paceText({ ...beat, graceMs: 5_400_000 }), 'heartbeat, expected every 1 d, 1 h 30 min of grace'],
    [paceText({ ...beat, graceMs: 0 }), 'heartbeat, expected every 1 d, without grace'],
    [seenText(monitorView(0)), ''],
    [seenText({ seenFrom: { failed: [], good: ['eu-west-1'], silent: ['us-east-1'] } }), ''],
    [
      seenText({ seenFrom: { failed: ['us-east-1'], good: ['eu-west-1'], silent: [] } }),
      'Failed from 1 of 2 locations: us-east-1; passed from eu-west-1',
    ],
    [
      seenText({ seenFrom: { failed: ['us-east-1', 'eu-west-1'], good: [], silent: ['sa-east-1'] } }),
      'Failed from 2 of 3 locations: us-east-1, eu-west-1; nothing new from sa-east-1',
    ],
    [silentText([], 0), ''],
    [silentText([{ id: 'eu-west-1', state: 'heard', isHome: true, lastTickAt: 0 }], 60_000), ''],
    [
      silentText(
        [
          { id: 'us-east-1', state: 'silent', isHome: false, lastTickAt: 0 },
          { id: 'sa-east-1', state: 'waiting', isHome: false },
        ],
        420_000,
      ),
      'Nothing comes from us-east-1 (for 7 min), sa-east-1 (never yet). What is probed is judged without them: this is no outage of a target.',
    ],
    [latencyText(0), '0 ms'],
    [latencyText(0.42), '0.4 ms'],
    [latencyText(38.4), '38 ms'],
    [latencyText(1250), '1,250 ms'],
    [latencyText(12_340), '12.3 s'],
    [burnText(0), '0×'],
    [burnText(0.01), '<0.1×'],
    [burnText(14.4), '14.4×'],
    [burnText(1), '1×'],
    [burnText(1000), '1,000×'],
    [countText(259.2), '259.2'],
    [countText(8211), '8,211'],
    [plural(1, 'probe'), '1 probe'],
    [plural(1200, 'probe'), '1,200 probes'],
    [heldText([]), ''],
    [heldText(['api']), 'held: api is down, or not up for long'],
    [heldText(['api', 'db']), 'held: api, db are down, or not up for long'],
    [ratioText(1), '100%'],
    [ratioText(0.9999), '99.9%'],
  ])('%s reads %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it.each([
    [1, '100%'],
    [0.99999, '99.9%'],
    [0.29, '29.0%'],
    [0, '0.0%'],
    [-0.00001, '−0.1%'],
    [-0.382, '−38.2%'],
    [-12.5, '−1,250%'],
  ])('a budget of which %s is left reads %s: rounded down, never clamped', (ratio, expected) => {
    expect(budgetText(ratio)).toBe(expected);
  });
});
