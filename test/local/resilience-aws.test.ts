import { join } from 'node:path';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';
import { anOutage, firing, outageConfig, outcomeOf, packageFor } from './outage.ts';
import { openOwnStack, startOwnFunction } from './own-stack.ts';

const folder = temporaryFolder();
let outdir: string;
let local: Running;
beforeAll(async () => {
  local = await startLocalMode(join(folder.path, 'data'));
  outdir = packageFor(local, outageConfig, join(folder.path, 'bundles'));
}, 30_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

/** Two attempts of two seconds each, to read or to send, a connection, and what a busy machine adds. */
const mostMs = 12_000;
const services = ['dynamodb', 'sns', 'cloudwatch'] as const;
const cases = services.flatMap((service) => (['hang', 'stall'] as const).map((how) => ({ service, how })));

/** What one invocation says while one service does not answer, or not to the end; and once it answers again. */
async function withTrouble<Found>(name: 'probe' | 'evaluate', event: () => object, look: Look<Found>) {
  return Promise.all(
    cases.map(async ({ service, how }) => {
      const stack = await (name === 'probe' ? openOwnStack(local) : anOutage(local));
      const proxy = await startFaultProxy(local.aws);
      const own = startOwnFunction(name, outdir, stack, proxy.origin);
      proxy.treat(({ action }) => (action.startsWith(service) ? how : 'pass'));
      const meanwhile = await own.invoke(event());
      proxy.treat(() => 'pass');
      const afterwards = await own.invoke(event());
      await own.kill();
      await proxy.close();
      const isInTime = meanwhile.durationMs < mostMs;
      const found = await look(stack);
      return { service, how, isInTime, errors: [meanwhile.isError, afterwards.isError], ...found };
    }),
  );
}
type Look<Found> = (stack: Awaited<ReturnType<typeof openOwnStack>>) => Promise<Found>;

describe('while one service of AWS hangs', () => {
  it('an evaluation fails in time or goes on, and its alert is told once it answers again, under one id', async () => {
    const found = await withTrouble('evaluate', () => ({}), outcomeOf);
    expect(found).toEqual(
      cases.map((one) => {
        const errors = [one.service !== 'cloudwatch', false];
        // Half an answer comes after the message was sent: twice in the evaluation that fails, and once in the next.
        const mails = one.service === 'sns' && one.how === 'stall' ? 3 : 1;
        return { ...one, isInTime: true, errors, mails, ids: 1, ...firing };
      }),
    );
  }, 40_000);

  it('a probe writes its row unless the ledger itself hangs, which is an error and a gap', async () => {
    let at = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
    const event = () => {
      at += 1_000;
      return { scheduledTime: new Date(at).toISOString(), shard: 's00' };
    };
    const found = await withTrouble('probe', event, async (stack) => ({ rows: (await stack.items()).size }));
    expect(found).toEqual(
      cases.map((one) => {
        const isLost = one.service === 'dynamodb';
        // An answer that stalls comes after the row was written: it is there, and the second attempt knows it for its own.
        const rows = isLost && one.how === 'hang' ? 1 : 2;
        return { ...one, isInTime: true, errors: [isLost, false], rows };
      }),
    );
  }, 40_000);
});
