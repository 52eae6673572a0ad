import { type ByHandDeps, sendByHand } from '../../../shared/app/burst/by-hand.ts';
import type { BurstPackage } from '../../../shared/app/burst/package.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import type { Burst } from '../../../shared/config/model.ts';
import { aBurst, aSummary } from '../../support/burst.ts';
import { aMonitor, anSlo } from '../../support/config.ts';
import { aTally, memoryBursts } from '../../support/memory-bursts.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const never = new AbortController().signal;
const now = Date.parse('2026-03-02T10:00:00.123Z');
const long = { limits: { concurrency: 100, requests: 2_500, durationMs: 60_000 } };

function setUp(change: Partial<Burst> = {}) {
  const bursts = memoryBursts();
  const steps: string[] = [];
  const pack: BurstPackage = {
    service: 'shop',
    bursts: [{ burst: aBurst(change), scope: { hosts: [], flows: [] } }],
    budgets: { service: 'shop', slos: [anSlo()], monitors: [aMonitor()], maintenance: [] },
  };
  const asked = (what: string) => {
    steps.push(what);
  };
  const deps: ByHandDeps = {
    clock: { ...systemClock, now: () => now },
    send: async (_, { part }) => {
      asked(`send ${part === undefined ? 'whole' : 'part'}`);
      return { summary: aSummary(), tally: aTally() };
    },
    loadStore: async () => {
      asked('store');
      return bursts.store;
    },
    loadVerdictWriter:
      async () =>
      async ({ outcome }) =>
        asked(`verdict ${outcome}`),
    loadPublisher: async () => async () => asked('metrics'),
    loadBudget: async () => ({
      ledger: memoryLedger().store,
      alerts: memoryAlerts().store,
      memory: createMemory(),
      location: 'here',
    }),
    identity: { service: 'shop', environment: 'dev' },
    invocationId: 'one',
    log: () => {},
    onWarning: () => {},
    signal: never,
    deadline: never,
    isAskedAgain: true,
  };
  const send = (isRecorded = false, changes: Partial<ByHandDeps> = {}, burst = 'redirects') =>
    sendByHand(pack, { kind: 'manual', burst, isRecorded }, { ...deps, ...changes });
  return { send, bursts, steps };
}

describe('a burst by hand', () => {
  it('answers its summary, and leaves no trace', async () => {
    const { send, bursts, steps } = setUp({ shards: 4, compare: { baseline: 3, toleratePpm: 1 } });
    expect(await send()).toEqual(aSummary());
    expect(steps).toEqual(['send whole']);
    expect([bursts.parts.size, bursts.runs()]).toEqual([0, []]);
  });

  it('that is recorded is kept under the moment at which it began, and published', async () => {
    const { send, bursts, steps } = setUp();
    expect(await send(true)).toEqual(aSummary());
    expect(steps).toEqual(['send whole', 'store', 'verdict passed', 'metrics']);
    expect(bursts.runs()).toMatchObject([{ burst: 'redirects', runAt: now, state: 'sent' }]);
  });

  it('that nobody knows is refused, with those that there are', async () => {
    const { send, steps } = setUp();
    await expect(send(false, {}, 'redirect')).rejects.toMatchObject({
      code: 'BURN_BURST_UNKNOWN',
      message: 'no burst is called redirect; there are redirects',
    });
    expect(steps).toEqual([]);
  });

  it('needs the budget that it requires, too', async () => {
    const { send, steps } = setUp({ requireBudget: { leftPpm: 500_000, slos: ['availability'] } });
    await expect(send()).rejects.toMatchObject({
      code: 'BURN_BURST_REFUSED',
      message: 'redirects was not sent: nothing is known of the SLO availability yet',
    });
    expect(steps).toEqual([]);
  });
});

describe('a burst by hand that takes longer than clients wait', () => {
  const at = (afterMs: number) => ({ ...systemClock, now: () => now + afterMs });
  const again =
    'redirects was not sent: another invocation by hand may still be sending it; a client that waited too short';

  it('is not sent a second time when the client asks again meanwhile', async () => {
    const { send, steps } = setUp(long);
    void send(false, { send: () => new Promise<never>(() => {}) });
    await expect(send(false, { invocationId: 'two', clock: at(60_000) })).rejects.toThrow(again);
    expect(steps.filter((step) => step.startsWith('send'))).toEqual([]);
  });

  it('is not sent a second time when its end and the client’s second try cross', async () => {
    const { send, steps } = setUp(long);
    let passedMs = 0;
    await send(false, {
      clock: { ...systemClock, now: () => now + passedMs },
      send: async () => {
        passedMs = 61_000;
        return { summary: aSummary(), tally: aTally() };
      },
    });
    await expect(send(false, { invocationId: 'two', clock: at(62_000) })).rejects.toThrow(again);
    await send(false, { invocationId: 'three', clock: at(92_000) });
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(1);
  });

  it('is sent again at once when the first was over in time', async () => {
    const { send, steps } = setUp(long);
    await send();
    await send(false, { invocationId: 'two', clock: at(1) });
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(2);
  });

  it('is sent again when the first must be over, whatever became of it', async () => {
    const { send, steps } = setUp(long);
    void send(false, { send: () => new Promise<never>(() => {}) });
    await send(false, { invocationId: 'two', clock: at(65_001) });
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(1);
  });

  it('asks nobody where nobody asks again', async () => {
    const { send, steps } = setUp(long);
    await send(false, { isAskedAgain: false });
    expect(steps).toEqual(['send whole']);
  });
});
