import { randomUUID } from 'node:crypto';

/**
 * A fresh Node process that runs a function as Lambda does: asked to, it imports the bundle, and then invokes its
 * handler once for each instant that it is sent (epoch ms), at which the clock stands as the invocation begins; or with an event
 * of its own, by the real clock.
 */
export type Loaded = { readonly importMs: number };
export type Invoked = {
  readonly ms: number;
  /** Of the whole process since the invocation began. */
  readonly cpuMs: number;
  /** The most that the process has had in memory so far. */
  readonly peakMB: number;
  readonly summary: unknown;
};

const systemNow = Date.now;
type Handler = (event: unknown, context: object) => Promise<unknown>;
let handler: Handler | undefined;

process.on('disconnect', () => process.exit());
process.on('message', async (asked: 'import' | number | object) => {
  if (asked === 'import') process.send?.(await load());
  else process.send?.(typeof asked === 'object' ? await invoke(asked) : await invokeAt(asked));
});
process.send?.('ready');

async function load(): Promise<Loaded> {
  const begin = performance.now();
  ({ handler } = (await import(process.env['BUNDLE'] ?? '')) as { readonly handler: Handler });
  return { importMs: performance.now() - begin };
}

function invokeAt(at: number): Promise<Invoked> {
  const offsetMs = at - systemNow();
  Date.now = () => systemNow() + offsetMs;
  return invoke({});
}

async function invoke(event: object): Promise<Invoked> {
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
  const getRemainingTimeInMillis = () => Math.floor(30_000 - (performance.now() - from));
  const functionName = process.env['FUNCTION'] ?? 'evaluate';
  const context = { awsRequestId: randomUUID(), functionName, getRemainingTimeInMillis };
  const summary = await handler?.(event, context);
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpuFrom);
  const peakMB = process.resourceUsage().maxRSS / 1_024;
  return { ms, cpuMs: (user + system) / 1_000, peakMB, summary };
}
