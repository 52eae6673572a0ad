import { drillId } from '../../../shared/alert/drill.ts';
import { endOf, type Hop, hopsOf, nameOf, type Told } from '../../../shared/app/drill/hops.ts';
import type { DrillNote, KeptDrill } from '../../../shared/app/drill/model.ts';
import type { Remembered } from '../../../shared/app/notify/model.ts';
import type { Channel } from '../../../shared/config/model.ts';
import { aSlack } from '../../support/channels.ts';

const start = Date.parse('2026-03-02T10:00:00Z');
const channels: readonly Channel[] = [
  { id: 'oncall', type: 'email', to: 'a@example.com' },
  { ...aSlack(), id: 'chat' },
];
const fired: DrillNote = {
  ...{ kind: 'fired', outcome: 'published', message: 'm1', receipt: 'r1' },
  ...{ evaluatedAt: start + 12_000, publishedAt: start + 12_300 },
};
const resolved: DrillNote = {
  ...{ kind: 'resolved', outcome: 'published', message: 'm2' },
  ...{ evaluatedAt: start + 72_000, publishedAt: start + 72_200 },
};
const refused: DrillNote = {
  ...{ kind: 'fired', outcome: 'refused', problem: 'AuthorizationError: no' },
  ...{ evaluatedAt: start + 12_000, at: start + 12_400 },
};
const told = (first: Remembered | undefined, last: Remembered | undefined = undefined): Told =>
  new Map([
    ['m1', new Map(first ? [['chat', first]] : [])],
    ['m2', new Map(last ? [['chat', last]] : [])],
  ]);
const at = (ms: number): Remembered => ({ isTold: true, toldAt: start + ms });
const drill = (...notes: DrillNote[]): KeptDrill => ({
  ...{ id: drillId(start, '4f1c'), startedAt: start, untilAt: start + 300_000, writtenAt: start + 40 },
  ...{ notify: ['oncall', 'chat'], isScheduled: false, notes },
});
const line = (hop: Hop) => `${nameOf(hop)} ${hop.state}${hop.state === 'held' ? ` ${hop.tookMs}` : ''}`;
const hops = (
  kept: KeptDrill,
  known: Told = new Map(),
  now = start + 80_000,
  unreached?: ReadonlyMap<string, string>,
) => hopsOf(kept, channels, known, now, unreached);

describe('the hops of a drill', () => {
  it('come in the order in which an alert takes them, each with what it took', () => {
    const all = hops(drill(fired, resolved), told(at(12_900), at(73_000)));
    expect(all.map(line)).toEqual([
      'ledger held 40',
      'evaluate held 11960',
      'SNS held 300',
      'oncall held 0',
      'chat held 600',
      'evaluate held 60000',
      'SNS held 200',
      'oncall held 0',
      'chat held 800',
    ]);
    expect(all.map(({ kind }) => kind)).toEqual([...Array(5).fill('fired'), ...Array(4).fill('resolved')]);
    expect(endOf(all)).toEqual({ isHeld: true });
  });

  it('never take less than no time, whatever the clocks of two machines say', () => {
    expect(hops({ ...drill(fired), writtenAt: start - 5_000 }).map(line)[0]).toBe('ledger held 0');
  });

  const nothing: Remembered = { isTold: false };
  const late = start + 300_001;
  it.each([
    ['evaluate', 'no evaluation has taken it up', drill(), told(undefined)],
    ['SNS', 'refused: AuthorizationError: no', drill(refused), told(undefined)],
    ['chat', 'no delivery is recorded', drill(fired, resolved), told(undefined, at(73_000))],
    [
      'chat',
      'failed 3 times: Slack answered 500',
      drill(fired),
      told({ ...nothing, failures: 3, problem: 'Slack answered 500' }),
    ],
    ['chat', 'failed once', drill(fired), told({ ...nothing, failures: 1 })],
    ['evaluate', 'no evaluation has ended it', drill(fired), told(at(12_900))],
    ['chat', 'no delivery is recorded', drill(fired, resolved), told(at(12_900))],
  ])('break at %s when its time is over: %s', (hop, seen, kept, known) => {
    expect(endOf(hops(kept, known, start + 80_000))).toBeUndefined();
    expect(endOf(hops(kept, known, late))).toEqual({ isHeld: false, hop, seen });
  });

  it('break at once where a channel refuses for good', () => {
    const refusal = { invocationId: 'i', problem: 'Slack answered 404', mend: '' };
    expect(endOf(hops(drill(fired), told({ ...nothing, refusal })))).toEqual({
      isHeld: false,
      hop: 'chat',
      seen: 'refused for good: Slack answered 404',
    });
  });

  it('break at once at an e-mail address to which SNS sends nothing, but only when its turn has come', () => {
    const unreached = new Map([['oncall', 'nobody has confirmed its address']]);
    expect(endOf(hops(drill(), told(undefined), start, unreached))).toBeUndefined();
    expect(endOf(hops(drill(fired), told(at(13_000)), start + 14_000, unreached))).toEqual({
      isHeld: false,
      hop: 'oncall',
      seen: 'nobody has confirmed its address',
    });
  });

  it('break in one place at a time: what comes behind it has not been seen', () => {
    const states = hops(drill(), told(undefined), late).map(({ state }) => state);
    expect(states).toEqual(['held', 'broken', ...Array(7).fill('waiting')]);
  });

  it('forget a refusal when SNS takes the message after all', () => {
    expect(hops(drill(refused, fired), told(at(12_900))).map(line)[2]).toBe('SNS held 300');
  });
});
