import { join } from 'node:path';
import { startFaultProxy, type Treatment } from '../support/fault-proxy.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';
import {
  anOutage,
  aRecovery,
  aReminder,
  evaluateOn,
  firing,
  outageConfig,
  outcomeOf,
  packageFor,
  resolved,
} from './outage.ts';
import { type OwnStack, openOwnStack, startOwnFunction } from './own-stack.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
let outdir: string;
let local: Running;
beforeAll(async () => {
  local = await startLocalMode(data);
  outdir = packageFor(local, outageConfig, join(folder.path, 'bundles'));
}, 30_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

async function cloneOf(stack: OwnStack): Promise<OwnStack> {
  const clone = await openOwnStack(local);
  await clone.put(await stack.items());
  return clone;
}

/** A few at a time: each is a thread that starts. */
async function inTurns<In, Out>(inputs: readonly In[], run: (input: In) => Promise<Out>): Promise<Out[]> {
  const outputs: Out[] = [];
  for (let from = 0; from < inputs.length; from += 4)
    outputs.push(...(await Promise.all(inputs.slice(from, from + 4).map(run))));
  return outputs;
}

/** Runs an evaluation and kills it as soon as it asks for its request `index`: that one and all later ones never happen. */
async function evaluateUntil(stack: OwnStack, index: number): Promise<void> {
  const proxy = await startFaultProxy(local.aws);
  const evaluate = startOwnFunction('evaluate', outdir, stack, proxy.origin);
  const isCut = new Promise<void>((resolve) => {
    proxy.treat((_, each) => {
      if (each < index) return 'pass';
      resolve();
      return 'refuse';
    });
  });
  await Promise.race([isCut, evaluate.invoke()]);
  await evaluate.kill();
  await proxy.close();
}

/** One evaluation through a proxy that treats the n-th request of an action (from 0) otherwise. */
async function evaluateWith(stack: OwnStack, action: string, nth: number, treatment: Treatment) {
  const proxy = await startFaultProxy(local.aws);
  const seen = () => proxy.requests.filter((request) => request.action === action).length - 1;
  proxy.treat((request) => (request.action === action && seen() === nth ? treatment : 'pass'));
  const result = await evaluateOn(stack, outdir, proxy.origin);
  await proxy.close();
  return { result, actions: proxy.requests.map((request) => request.action) };
}

describe.each([
  ['fires', () => anOutage(local), firing],
  ['reminds', () => aReminder(local, outdir), firing],
  ['resolves', () => aRecovery(local, outdir), resolved],
] as const)('an evaluation that %s', (_, make, left) => {
  let origin: OwnStack;
  let actions: readonly string[];
  beforeAll(async () => {
    origin = await make();
    ({ actions } = await evaluateWith(await cloneOf(origin), '', 0, 'pass'));
  }, 20_000);

  it('loses nothing when it is killed before any of its requests, and tells twice under one id at most', async () => {
    const [save, sent] = [actions.indexOf('dynamodb.UpdateItem'), actions.indexOf('sns.Publish')];
    const acknowledge = actions.indexOf('dynamodb.UpdateItem', sent);
    expect([save > 0, sent > save, acknowledge > sent]).toEqual([true, true, true]);
    const outcomes = await inTurns([...actions.keys()], async (index) => {
      const stack = await cloneOf(origin);
      await evaluateUntil(stack, index);
      await evaluateOn(stack, outdir, local.aws);
      return outcomeOf(stack);
    });
    const expected = [...actions.keys()].map((index) => {
      const mails = index > sent && index <= acknowledge ? 2 : 1;
      return { mails, ids: 1, ...left };
    });
    expect(outcomes).toEqual(expected);
  }, 60_000);

  it.each([
    ['the write of what it decided', 'dynamodb.UpdateItem', 0, 1],
    ['the message', 'sns.Publish', 0, 2],
    ['the acknowledgement', 'dynamodb.UpdateItem', 1, 1],
    ['the metrics', 'cloudwatch.PutMetricData', 0, 1],
  ])('goes on when the answer to %s is lost', async (_, action, nth, mails) => {
    const stack = await cloneOf(origin);
    const { result } = await evaluateWith(stack, action, nth, 'lose');
    expect(result.isError).toBe(false);
    expect(await outcomeOf(stack)).toEqual({ mails, ids: 1, ...left });
  });
});

describe('killed with a message that was not sent yet, local mode and the function alike', () => {
  it('there is every item again, and the message comes under the id that it had', async () => {
    const stack = await anOutage(local);
    const proxy = await startFaultProxy(local.aws);
    const evaluate = startOwnFunction('evaluate', outdir, stack, proxy.origin);
    const hanging = new Promise<string>((resolve) => {
      proxy.treat(({ action, body }) => {
        if (action !== 'sns.Publish') return 'pass';
        resolve(body);
        return 'hang';
      });
    });
    void evaluate.invoke();
    const id = idOf(await hanging);
    const before = { items: await stack.items(), ...(await stack.load()) };
    expect([before.outbox.length, await stack.mailed()]).toEqual([1, []]);
    expect(await local.end('SIGKILL')).toBe('SIGKILL');
    await evaluate.kill();
    await proxy.close();
    stack.close();

    local = await startLocalMode(data);
    const again = await openOwnStack(local, stack);
    expect(await again.items()).toEqual(before.items);
    expect({ ...(await again.load()), items: before.items }).toEqual(before);
    await evaluateOn(again, outdir, local.aws);
    expect(await again.mailed()).toEqual([id]);
    expect(await outcomeOf(again)).toEqual({ mails: 1, ids: 1, ...firing });
  }, 30_000);
});

/** The id among the attributes of a Publish. */
function idOf(publish: string): string {
  const fields = new URLSearchParams(publish);
  const name = [...fields].find(([key, value]) => key.endsWith('.Name') && value === 'id')?.[0] ?? '';
  return fields.get(name.replace(/\.Name$/, '.Value.StringValue')) ?? '';
}
