/**
 * A fresh Node process that runs a function as Lambda does: it imports the bundle, which is timed, and then invokes its handler once
 * for each instant that it is sent (epoch ms), at which the clock stands as the invocation begins.
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
const bundle = process.env['BUNDLE'] ?? '';
const begin = performance.now();
const { handler }: { readonly handler: (event: unknown, context: object) => Promise<unknown> } = await import(bundle);
process.send?.({ importMs: performance.now() - begin } satisfies Loaded);

process.on('disconnect', () => process.exit());
process.on('message', (at: number) => void invoke(at));

async function invoke(at: number): Promise<void> {
  const offsetMs = at - systemNow();
  Date.now = () => systemNow() + offsetMs;
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
  const getRemainingTimeInMillis = () => 30_000 - (performance.now() - from);
  const context = { awsRequestId: `bench-${at}`, functionName: 'evaluate', getRemainingTimeInMillis };
  const summary = await handler({}, context);
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpuFrom);
  const peakMB = process.resourceUsage().maxRSS / 1_024;
  process.send?.({ ms, cpuMs: (user + system) / 1_000, peakMB, summary } satisfies Invoked);
}
