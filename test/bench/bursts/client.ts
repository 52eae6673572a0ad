import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../shared/clock/clock.ts';
import { openLoadClient } from '../../../shared/http/load-client.ts';
import type { LoadClient, LoadRequest, LoadSlot } from '../../../shared/http/load-model.ts';
import { Histogram } from '../../../shared/stats/histogram.ts';

/**
 * The load client by itself, to be pinned to a core: `client.ts URL [--connections 50] [--seconds 5] [--warm-up 0.5]
 * [--ca FILE] [--fresh]`. Every connection sends its next request as soon as the one before has ended. It prints one line of
 * JSON: what was sent in `seconds` after the warm-up, the CPU of the whole process in that time and its largest memory.
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '5' },
    /** Seconds that are not counted: in them the code is compiled. */
    'warm-up': { type: 'string', default: '0.5' },
    /** A file of certificates to trust. */
    ca: { type: 'string' },
    /** A connection for each request. */
    fresh: { type: 'boolean', default: false },
  },
});

const timeoutMs = 5_000;
const connections = Number(flags.connections);
const service = new Histogram();
let requests = 0;
const failures: Record<string, number> = {};
let isOver = false;

const client = openLoadClient({
  clock: systemClock,
  policy: { allowPrivate: true, allowOrigins: [] },
  isAllowed: () => true,
  timeoutMs,
  freshConnections: flags.fresh,
  mostConnections: connections,
});

/** One caller: its slot is the same for all of its requests. */
function startCaller(to: LoadClient, request: LoadRequest): void {
  let startedAt = 0;
  const slot: LoadSlot = {
    begin: () => {
      startedAt = systemClock.monotonicMs();
    },
    done: (status, errorType) => {
      requests += 1;
      service.record(systemClock.monotonicMs() - startedAt);
      const failure = errorType ?? (status === 200 ? undefined : String(status));
      if (failure !== undefined) failures[failure] = (failures[failure] ?? 0) + 1;
      if (!isOver) to.send(request, slot);
    },
  };
  to.send(request, slot);
}

async function measure(seconds: number) {
  const [cpu, startedAt] = [process.cpuUsage(), systemClock.monotonicMs()];
  requests = 0;
  service.reset();
  await systemClock.sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(cpu);
  return {
    requests,
    seconds: (systemClock.monotonicMs() - startedAt) / 1_000,
    cpuMs: (user + system) / 1_000,
    rssMb: process.resourceUsage().maxRSS / 1_024,
    p50Ms: service.quantile(0.5),
    p99Ms: service.quantile(0.99),
    failures,
  };
}

const tls = flags.ca === undefined ? {} : { tls: { rejectUnauthorized: true, ca: readFileSync(flags.ca, 'utf8') } };
const request = await client.prepare(
  {
    method: 'GET',
    url: positionals[0] ?? '',
    headers: {},
    httpVersion: '1.1',
    ...tls,
    followRedirects: false,
    maxRedirects: 0,
    maxBodyBytes: 0,
    timeoutMs,
  },
  new AbortController().signal,
);
for (let caller = 0; caller < connections; caller += 1) startCaller(client, request);
await systemClock.sleep(Number(flags['warm-up']) * 1_000);
console.log(JSON.stringify(await measure(Number(flags.seconds))));
isOver = true;
client.close();
