import type { BurstPart, BurstScope, RunBurstDeps } from '../../../shared/app/burst/model.ts';
import { openUnits } from '../../../shared/app/burst/units.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import type { Burst, BurstUnit, HttpRequest, Outcome } from '../../../shared/config/model.ts';
import type { HttpAttempt } from '../../../shared/http/model.ts';
import { AttemptError } from '../../../shared/net/error.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import { aBurst } from '../../support/burst.ts';
import { aMonitor } from '../../support/config.ts';
import { fakeLoad, fakeSlot } from '../../support/fake-load.ts';
import { flowMonitor, flowStep } from '../../support/flow-monitor.ts';

const never = new AbortController().signal;
const whole: BurstPart = { index: 0, count: 1 };
const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  ...aMonitor().request,
  url: 'https://example.com/demo',
  ...change,
});
const unit = (change: Partial<HttpRequest> = {}, weight = 1): BurstUnit => ({ weight, request: request(change) });
const flow = flowMonitor([flowStep('create')], { id: 'shorten', retry: { limit: 2, delayMs: 1 } });

function setUp(
  burst: Partial<Burst>,
  changes: { deps?: Partial<RunBurstDeps>; scope?: Partial<BurstScope>; prepare?: (attempt: HttpAttempt) => void } = {},
) {
  const { seen, openClient } = fakeLoad(undefined, changes.prepare);
  const deps: RunBurstDeps = {
    clock: systemClock,
    openClient,
    references: {
      output: (name) => (name === 'Url' ? 'https://example.com' : undefined),
      parameter: async () => 's3cr3t',
    },
    signer: () => async () => ({ authorization: 'AWS4-HMAC-SHA256 Signature=abc' }),
    allowOrigins: [],
    canSpin: false,
    ...changes.deps,
  };
  const client = openClient({
    clock: systemClock,
    policy: { allowPrivate: false, allowOrigins: [] },
    isAllowed: () => true,
    timeoutMs: 1_000,
    freshConnections: false,
    mostConnections: 10,
  });
  const scope = { hosts: [], flows: [flow], ...changes.scope };
  const open = (part = whole, allowed = ['example.com']) =>
    openUnits(aBurst({ mix: [unit()], ...burst }), scope, deps, client, new Set(allowed), part, never);
  const paths = () => seen.sent.map(({ url }) => new URL(url).pathname + new URL(url).search);
  return { seen, open, paths };
}

async function sendAll(open: ReturnType<typeof setUp>['open'], count: number, part?: BurstPart) {
  const units = await open(part);
  const told: string[][] = [];
  for (let start = 0; start < count; start += 1) {
    const slot = fakeSlot();
    told.push(slot.told);
    units.send(slot.slot, start);
    await slot.ended;
  }
  units.close();
  return told;
}

describe('what a burst sends', () => {
  it('is put together once where it never changes', async () => {
    const { seen, open } = setUp({ mix: [unit({ headers: { 'x-api-key': [{ ssm: '/key' }] } })] });
    expect(await sendAll(open, 3)).toEqual([
      ['begin', '200'],
      ['begin', '200'],
      ['begin', '200'],
    ]);
    expect(seen.prepared).toHaveLength(1);
    expect(seen.sent[2]).toMatchObject({ headers: { 'x-api-key': 's3cr3t' }, timeoutMs: 5_000 });
    expect(seen.closed).toBe(1);
  });

  it('is each row of its data in turn, made ready before the first start', async () => {
    const { seen, open, paths } = setUp({
      data: [{ code: 'a' }, { code: 'b' }],
      mix: [unit({ url: ['https://example.com/', { data: 'code' }] })],
    });
    await sendAll(open, 5);
    expect(paths()).toEqual(['/a', '/b', '/a', '/b', '/a']);
    expect(seen.prepared).toHaveLength(2);
  });

  it('is made anew for each start where it holds something random, or is signed', async () => {
    const { seen, open } = setUp({
      mix: [
        unit({ url: ['https://example.com/', { random: 'hex16' }] }),
        unit({ auth: { type: 'sigv4', service: 's3' } }),
      ],
    });
    await sendAll(open, 4);
    const [first, second] = seen.sent.filter(({ url }) => !url.endsWith('/demo'));
    expect(first?.url).not.toBe(second?.url);
    // One of each to see that they can be sent at all.
    expect(seen.prepared).toHaveLength(2 + 4);
  });

  it('with more rows than are made ready ahead walks over all of them all the same', async () => {
    const data = Array.from({ length: 1_001 }, (_, row) => ({ code: `c${row}` }));
    const { seen, open, paths } = setUp({ data, mix: [unit({ url: ['https://example.com/', { data: 'code' }] })] });
    const units = await open();
    for (const start of [0, 1_000, 1_001]) {
      const slot = fakeSlot();
      units.send(slot.slot, start);
      await slot.ended;
    }
    expect(paths()).toEqual(['/c0', '/c1000', '/c0']);
    expect(seen.prepared).toHaveLength(4);
  });

  it('is spread over its units by their weights, each of which walks over the rows by itself', async () => {
    const { open, paths } = setUp({
      data: [{ code: 'a' }, { code: 'b' }],
      mix: [
        unit({ url: ['https://example.com/1', { data: 'code' }] }),
        unit({ url: ['https://example.com/2', { data: 'code' }] }),
      ],
    });
    await sendAll(open, 6);
    expect(paths()).toEqual(['/1a', '/2a', '/1b', '/2b', '/1a', '/2a']);
  });

  it('is the same whether one invocation sends it or several do', async () => {
    const burst: Partial<Burst> = {
      data: [{ code: 'a' }, { code: 'b' }, { code: 'c' }],
      mix: [
        unit({ url: ['https://example.com/1', { data: 'code' }] }, 3),
        unit({ url: ['https://example.com/2', { data: 'code' }] }, 1),
      ],
    };
    const alone = setUp(burst);
    await sendAll(alone.open, 12);
    const shards = await Promise.all(
      [0, 1, 2].map(async (index) => {
        const shard = setUp(burst);
        await sendAll(shard.open, 4, { index, count: 3 });
        return shard.paths();
      }),
    );
    expect(Array.from({ length: 12 }, (_, start) => shards[start % 3]?.[Math.floor(start / 3)])).toEqual(alone.paths());
  });
});

describe('a flow as the unit of a burst', () => {
  const result = (outcome: Outcome, change: Partial<ProbeResult> = {}): ProbeResult => ({
    monitor: 'shorten',
    outcome,
    attempts: 1,
    latencyMs: 1,
    phases: { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 1, transferMs: 0 },
    assertions: [],
    redirects: 0,
    isContaminated: false,
    ...change,
  });

  it.each([
    [result('passed'), '0'],
    [result('degraded'), '0'],
    [result('failed', { errorType: 'timeout', statusCode: 503 }), '0 timeout'],
    [result('failed'), '0 assertion'],
    [result('blocked', { errorType: 'blocked' }), '0 blocked'],
    [result('unknown', { errorType: 'monitor' }), '0 monitor'],
  ])('counts as one request, whose end is its outcome: %#', async (found, told) => {
    const { open } = setUp({ mix: [{ weight: 1, flow: 'shorten' }] }, { deps: { runFlow: async () => found } });
    expect(await sendAll(open, 1)).toEqual([['begin', told]]);
  });

  it('is run once, without retries, within the shorter of both times', async () => {
    const asked: unknown[] = [];
    const runFlow: RunBurstDeps['runFlow'] = async (monitor) => {
      asked.push(monitor.retry, monitor.timeoutMs);
      return result('passed');
    };
    await sendAll(setUp({ timeoutMs: 300, mix: [{ weight: 1, flow: 'shorten' }] }, { deps: { runFlow } }).open, 1);
    await sendAll(setUp({ timeoutMs: 9_000, mix: [{ weight: 1, flow: 'shorten' }] }, { deps: { runFlow } }).open, 1);
    expect(asked).toEqual([{ limit: 0, delayMs: 0 }, 300, { limit: 0, delayMs: 0 }, 5_000]);
  });

  it('that throws is our own fault', async () => {
    const runFlow = () => Promise.reject(new Error('broken'));
    const { open } = setUp({ mix: [{ weight: 1, flow: 'shorten' }] }, { deps: { runFlow } });
    expect(await sendAll(open, 1)).toEqual([['begin', '0 monitor']]);
  });

  it('is ended when the run is over, and says nothing any more', async () => {
    const signals: AbortSignal[] = [];
    const found = Promise.withResolvers<ProbeResult>();
    const runFlow: RunBurstDeps['runFlow'] = (_, signal) => {
      signals.push(signal);
      return found.promise;
    };
    const { open } = setUp({ mix: [{ weight: 1, flow: 'shorten' }] }, { deps: { runFlow } });
    const units = await open();
    const { slot, told } = fakeSlot();
    units.send(slot, 0);
    units.close();
    expect(signals[0]?.aborted).toBe(true);
    found.resolve(result('unknown'));
    await found.promise;
    expect(told).toEqual(['begin']);
  });

  it.each([
    ['is not in the package', { scope: { flows: [] }, deps: { runFlow: async () => result('passed') } }],
    ['nobody can run', {}],
  ])('that %s is refused', async (_, changes) => {
    await expect(setUp({ mix: [{ weight: 1, flow: 'shorten' }] }, changes).open()).rejects.toMatchObject({
      code: 'BURN_BURST_REFUSED',
      message: 'redirects was not sent: the flow shorten cannot be run here',
    });
  });
});

describe('a burst that policy or configuration forbids', () => {
  const fails = (errorType: AttemptError['errorType'], message: string) => () => {
    throw new AttemptError(errorType, message);
  };

  it.each<[string, Partial<HttpRequest>, ((attempt: HttpAttempt) => void) | undefined, string]>([
    [
      'whose host no monitor names',
      { url: 'https://other.example/' },
      undefined,
      'other.example is no host that bursts may load: name it in a monitor or under allow:',
    ],
    [
      'whose host merely begins like one that is named',
      { url: [{ output: 'Url' }, '.other.example/'] },
      undefined,
      'example.com.other.example is no host that bursts may load: name it in a monitor or under allow:',
    ],
    [
      'with an output that nobody knows',
      { url: [{ output: 'Gone' }, '/'] },
      undefined,
      'the output Gone is not known: set OUTPUT_Gone, or name it with --output Gone=URL',
    ],
    ['whose row lacks a value', { headers: { x: [{ data: 'code' }] } }, undefined, 'the row of data has no code'],
    [
      'with an address that is not public',
      {},
      fails(
        'blocked',
        'example.com is 10.0.0.1, which is not a public address; set allowPrivate: true on the monitor if it is meant',
      ),
      'example.com is 10.0.0.1, which is not a public address; set allowPrivate: true on the burst if it is meant',
    ],
    [
      'with a certificate of ours that cannot be read',
      {},
      fails('tls', 'the certificate cannot be read'),
      'the certificate cannot be read',
    ],
  ])('%s is refused before anything is sent', async (_, change, prepare, reason) => {
    const { open, seen } = setUp({ mix: [unit(), unit(change)] }, prepare === undefined ? {} : { prepare });
    await expect(open()).rejects.toMatchObject({
      code: 'BURN_BURST_REFUSED',
      message: `redirects was not sent: ${reason}`,
    });
    expect([seen.sent.length, seen.closed]).toEqual([0, 1]);
  });

  it('says no secret of it', async () => {
    const secret = unit({ url: ['https://', { ssm: '/host' }, '.example/'] });
    await expect(setUp({ mix: [secret] }).open()).rejects.toThrow('redirects was not sent: ***.example is no host');
    const prepare = (attempt: HttpAttempt) => {
      throw new AttemptError('tls', `${attempt.headers['x-api-key']} cannot be used`);
    };
    const keyed = unit({ headers: { 'x-api-key': [{ ssm: '/key' }] } });
    await expect(setUp({ mix: [keyed] }, { prepare }).open()).rejects.toThrow('was not sent: *** cannot be used');
  });

  it('is not sent either when something of our own breaks', async () => {
    const prepare = () => {
      throw new TypeError('broken');
    };
    const { open, seen } = setUp({}, { prepare });
    await expect(open()).rejects.toThrow('broken');
    expect(seen.closed).toBe(1);
  });
});

describe('a name that does not resolve', () => {
  const prepare = () => {
    throw new AttemptError('resolve', 'example.com: ENOTFOUND');
  };

  it('is a result: every start fails with it, and its neighbours are sent', async () => {
    const bad = (attempt: HttpAttempt) => {
      if (attempt.url.includes('bad')) prepare();
    };
    const { open } = setUp({ mix: [unit(), unit({ url: 'https://bad.example/' })] }, { prepare: bad });
    const units = await open(whole, ['example.com', 'bad.example']);
    const slots = [fakeSlot(), fakeSlot()];
    for (const [start, { slot }] of slots.entries()) units.send(slot, start);
    await Promise.all(slots.map(({ ended }) => ended));
    expect(slots.map(({ told }) => told)).toEqual([
      ['begin', '200'],
      ['begin', '0 resolve'],
    ]);
  });

  it('of a request that is made anew fails each start, too', async () => {
    const { open } = setUp({ mix: [unit({ url: ['https://example.com/', { random: 'hex8' }] })] }, { prepare });
    expect(await sendAll(open, 2)).toEqual([
      ['begin', '0 resolve'],
      ['begin', '0 resolve'],
    ]);
  });

  it('does not end a start before it was sent, and says nothing after the run', async () => {
    const { open } = setUp({}, { prepare });
    const units = await open();
    const { slot, told } = fakeSlot();
    units.send(slot, 0);
    expect(told).toEqual(['begin']);
    units.close();
    await systemClock.sleep(20);
    expect(told).toEqual(['begin']);
  });
});

describe('a request that cannot be made anew in the middle of a run', () => {
  it('was never sent, and is our own fault', async () => {
    let asked = 0;
    const prepare = () => {
      asked += 1;
      if (asked > 1) throw new TypeError('broken');
    };
    const { open, seen } = setUp({ mix: [unit({ url: ['https://example.com/', { random: 'hex8' }] })] }, { prepare });
    expect(await sendAll(open, 1)).toEqual([['0 monitor']]);
    expect(seen.sent).toEqual([]);
  });
});
