import { readFileSync } from 'node:fs';
import { parseAssertion } from '../../../shared/assertion/parse.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import type { Assertion, HttpMonitor } from '../../../shared/config/model.ts';
import { runHttpAttempt } from '../../../shared/http/attempt.ts';
import type { ProbeDeps } from '../../../shared/probe/prober.ts';
import { resolveText } from '../../../shared/probe/resolve-text.ts';
import { runProbe } from '../../../shared/probe/run.ts';
import { noWatch } from '../../../shared/probe/watch.ts';
import { assertions, concurrency, type Order } from './cpu-order.ts';

/** A process that probes as the probe function does and says what CPU each probe took, ms. */
process.on('message', (order: Order) => {
  void measure(order).then((cpuMs) => process.send?.(cpuMs));
});

async function measure({ url, caFile, count }: Order): Promise<number> {
  const monitor = monitorOf(url, readFileSync(caFile, 'utf8'));
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const result = await runProbe(monitor, deps);
      if (result.outcome !== 'passed') throw new Error(result.message ?? result.outcome);
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: concurrency }, work));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / count;
}

const deps: ProbeDeps = {
  clock: systemClock,
  runHttp: runHttpAttempt,
  allowOrigins: [],
  resolveText: (text) => resolveText(text, { parameter: async () => undefined, output: () => undefined }),
  signer: () => async () => ({}),
  loadHeartbeat: async () => undefined,
  watch: noWatch,
  signal: new AbortController().signal,
};

function monitorOf(url: string, ca: string): HttpMonitor {
  return {
    id: 'target',
    key: 1,
    type: 'http',
    intervalMs: 60_000,
    timeoutMs: 10_000,
    retry: { limit: 0, delayMs: 0 },
    allowPrivate: true,
    dependsOn: [],
    alerts: [],
    maxBodyBytes: 1_048_576,
    request: {
      method: 'GET',
      url,
      query: [],
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      httpVersion: '1.1',
      ...(url.startsWith('https:') ? { tls: { rejectUnauthorized: true, ca } } : {}),
    },
    assertions: assertions.map(parse),
  };
}

function parse(text: string): Assertion {
  const parsed = parseAssertion(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.assertion;
}
