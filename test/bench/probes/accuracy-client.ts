import { createPacing, runBatch } from '../../../shared/app/batch.ts';
import { createRunProbe } from '../../../shared/app/run-probe.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import { prepareHttp, runHttpAttempt } from '../../../shared/http/attempt.ts';
import { systemMeter } from '../../../shared/probe/cpu.ts';
import { cpuShareOf } from '../../../shared/probe/pacing.ts';
import { startWatch } from '../../../shared/probe/watch.ts';
import { httpMonitor } from '../../support/http-monitor.ts';
import type { Order, Probed, Sample } from './accuracy-model.ts';

/** The prober, in a process of its own, as the probe function joins it. */
const pacing = createPacing(cpuShareOf(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']), systemMeter.cpuMs);
const atOnce = { ...createPacing(1, () => 0), costs: { plain: 0, tls: 0 } };

process.on('message', async (order: Order | 'spin') => {
  process.send?.(order === 'spin' ? spin(600) : await probe(order));
});
process.send?.('ready');

/** The part of a core that it gets when it wants all of it. */
function spin(ms: number): number {
  const [startedAt, before] = [performance.now(), systemMeter.cpuMs()];
  while (performance.now() - startedAt < ms);
  return (systemMeter.cpuMs() - before) / (performance.now() - startedAt);
}

async function probe({ port, count, round, isPaced }: Order): Promise<Probed> {
  const monitors = Array.from({ length: count }, (_, index) => {
    const id = `${round}-${index}`;
    return httpMonitor({
      id,
      key: index,
      timeoutMs: 10_000,
      request: { url: `https://127.0.0.1:${port}/`, headers: { 'x-probe': id } },
    });
  });
  const watch = startWatch();
  const runProbe = createRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    allowOrigins: [],
    signer: () => async () => ({}),
    loadHeartbeat: async () => undefined,
    references: { parameter: async () => undefined, output: () => undefined },
    watch,
  });
  const deps = {
    clock: systemClock,
    runProbe,
    prepare: () => prepareHttp({ clock: systemClock }),
    pacing: isPaced ? pacing : atOnce,
  };
  const results = await runBatch(monitors, deps, new AbortController().signal);
  watch.stop();
  const samples = results.map(({ monitor, latencyMs, isContaminated, outcome }): Sample => {
    return { id: monitor, latencyMs, isContaminated, isPassed: outcome === 'passed' };
  });
  return { samples };
}
