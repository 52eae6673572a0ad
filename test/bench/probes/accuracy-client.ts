import { type BatchDeps, cpuShareOf, createPacing, runBatch } from '../../../shared/app/probe/batch.ts';
import { watchRunProbe } from '../../../shared/app/probe/run.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import { prepareHttp, runHttpAttempt } from '../../../shared/http/attempt.ts';
import { systemMeter } from '../../../shared/probe/cpu.ts';
import { httpMonitor } from '../../support/http-monitor.ts';
import type { Order, Probed, Sample } from './accuracy-model.ts';

/** The prober, in a process of its own, as the probe function joins it. */
const pacing = createPacing(cpuShareOf(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']));
const atOnce = { ...createPacing(1, () => 0), costs: { plain: 0, tls: 0 } };

process.on('disconnect', () => process.exit()); // the benchmark itself has ended
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
  const { runProbe, stop } = watchRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    allowOrigins: [],
    signer: () => async () => ({}),
    loadHeartbeat: async () => undefined,
    references: { parameter: async () => undefined, output: () => undefined },
  });
  const startedAt = new Map<string, number>();
  const deps: BatchDeps = {
    clock: systemClock,
    runProbe: (monitor, signal) => {
      startedAt.set(monitor.id, performance.timeOrigin + performance.now());
      return runProbe(monitor, signal);
    },
    prepare: () => prepareHttp({ clock: systemClock }),
    pacing: isPaced ? pacing : atOnce,
  };
  const results = await runBatch(monitors, deps, new AbortController().signal);
  stop();
  const samples = results.map(({ monitor: id, latencyMs, isContaminated, outcome }): Sample => {
    return { id, startedAt: startedAt.get(id) ?? 0, latencyMs, isContaminated, isPassed: outcome === 'passed' };
  });
  return { samples };
}
