import { type BatchDeps, createPacing, runBatch } from '../../../shared/app/probe/batch.ts';
import type { Monitor } from '../../../shared/config/model.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const never = new AbortController().signal;
const result: ProbeResult = {
  monitor: '',
  outcome: 'passed',
  attempts: 1,
  latencyMs: 12,
  phases: { resolveMs: 0, connectMs: 2, tlsMs: 0, processingMs: 10, transferMs: 0 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};
const target = (id: string) => httpMonitor({ id, request: { url: 'https://shop.example/' } });
const heartbeat = (id: string): Monitor => {
  const { request: _, maxBodyBytes: __, ...base } = target(id);
  return { ...base, type: 'heartbeat', periodMs: 3_600_000, graceMs: 60_000 };
};

/** Sleeping moves the clock; `cpuMs` is what each probe costs. */
function setUp({ cpuMs = 1, heldUpMs = 0 } = {}) {
  const at = { ms: 0, cpuMs: 0 };
  const steps: string[] = [];
  const pacing = createPacing(0.5, () => at.cpuMs);
  pacing.costs = { plain: 1, tls: 2 };
  const deps: BatchDeps = {
    clock: {
      now: () => at.ms,
      monotonicMs: () => at.ms,
      sleep: async (ms) => {
        at.ms += ms;
      },
    },
    runProbe: async (monitor) => {
      steps.push(`${monitor.id} at ${at.ms}`);
      at.ms += heldUpMs;
      at.cpuMs += cpuMs;
      await Promise.resolve();
      steps.push(`${monitor.id} ended`);
      return { ...result, monitor: monitor.id };
    },
    prepare: async (monitors) => void steps.push(`prepared ${monitors.length}`),
    pacing,
  };
  const starts = () => steps.filter((step) => step.includes(' at '));
  return { deps, steps, starts, pacing };
}

describe('a batch', () => {
  it('is prepared before the first probe, and paced by the CPU of each', async () => {
    const { deps, steps, starts } = setUp();
    await runBatch(['a', 'b', 'c'].map(target), deps, never);
    expect(steps[0]).toBe('prepared 3');
    expect(starts()).toEqual(['a at 0', 'b at 8', 'c at 16']);
  });

  it('keeps the distance after it was held up, and catches up at most 50 ms late', async () => {
    const { deps, starts } = setUp({ heldUpMs: 30 });
    await runBatch(['a', 'b', 'c', 'd', 'e'].map(target), deps, never);
    expect(starts()).toEqual(['a at 0', 'b at 30', 'c at 60', 'd at 90', 'e at 120']);
  });

  it('judges heartbeats after the others have ended, and keeps the order of the results', async () => {
    const { deps, steps } = setUp();
    const results = await runBatch([heartbeat('beat'), target('a'), heartbeat('other'), target('b')], deps, never);
    expect(results.map(({ monitor }) => monitor)).toEqual(['beat', 'a', 'other', 'b']);
    expect(steps.findIndex((step) => step.startsWith('beat at'))).toBeGreaterThan(steps.indexOf('b ended'));
  });

  it('goes on when preparing failed: each probe says what is wrong with it', async () => {
    const { deps } = setUp();
    const results = await runBatch([target('a')], { ...deps, prepare: () => Promise.reject(new Error('no')) }, never);
    expect(results).toHaveLength(1);
  });

  it('teaches what its probes cost', async () => {
    const { deps, pacing } = setUp({ cpuMs: 4 });
    await runBatch(['a', 'b'].map(target), deps, never);
    expect(pacing.costs).toEqual({ plain: 1, tls: 2.6 });
  });

  it('counts each attempt as a connection', async () => {
    const { deps, pacing } = setUp({ cpuMs: 4 });
    const runProbe: BatchDeps['runProbe'] = async (...args) => ({ ...(await deps.runProbe(...args)), attempts: 2 });
    await runBatch([target('a')], { ...deps, runProbe }, never);
    expect(pacing.costs.tls).toBeCloseTo(2);
  });

  it('teaches nothing when another one ran at the same time', async () => {
    const { deps, pacing } = setUp({ cpuMs: 40 });
    await Promise.all([runBatch([target('a')], deps, never), runBatch([target('b')], deps, never)]);
    expect(pacing.costs.tls).toBe(2);
    await runBatch([target('a')], deps, never);
    expect(pacing.costs.tls).toBeGreaterThan(2);
  });

  it('of nothing is nothing', async () => {
    const { deps } = setUp();
    expect(await runBatch([], deps, never)).toEqual([]);
  });
});
