import { type EvaluateDeps, evaluate } from '../../shared/app/evaluate.ts';
import { createMemory } from '../../shared/app/history.ts';
import { createPacing } from '../../shared/app/probe/batch.ts';
import { probeTick } from '../../shared/app/probe/probe.ts';
import { renderTransitions } from '../../shared/app/render.ts';
import type { Config, Monitor, Outcome } from '../../shared/config/model.ts';
import { parseConfig, renderProblem } from '../../shared/config/parse/index.ts';
import type { Message } from '../../shared/message/model.ts';
import type { Datum } from '../../shared/metrics/model.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import { latencyLimits } from '../../shared/slo/latency.ts';
import { memoryAlerts, memoryLedger } from './memory-ports.ts';

const minuteMs = 60_000;
const never = new AbortController().signal;

/** What one probe came to. */
export type Probed = { readonly outcome?: Outcome; readonly latencyMs?: number; readonly isContaminated?: boolean };

export function configOf(text: string): Config {
  const result = parseConfig(text, { file: 'm.yml', env: {} });
  if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
  return result.config;
}

/** A configuration probed and judged minute by minute from an instant on, its ledger, alerts and messages in memory. */
export function monitored(config: Config, startAt: number, change: Partial<EvaluateDeps> = {}) {
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const sent: { readonly minute: number; readonly message: Message }[] = [];
  const published: Datum[] = [];
  const warnings: string[] = [];
  const world = { at: startAt, memory: createMemory() };
  const identity = { service: config.service, environment: 'dev' };
  const common = { identity, location: 'here', onWarning: (message: string) => void warnings.push(message) };
  const context = { environment: 'dev', outputs: () => undefined, links: [] };
  const deps: EvaluateDeps = {
    ...common,
    ledger: ledger.store,
    alerts: alerts.store,
    loadVerdicts: async () => [],
    notify: async (message) => void sent.push({ minute: (world.at - startAt) / minuteMs, message }),
    publishMetrics: async (datums) => void published.push(...datums),
    render: (transitions, view) => renderTransitions(transitions, view, context),
    writer: 'w',
    remainingMs: () => 30_000,
    ...change,
  };
  const shard = {
    service: config.service,
    shard: 's00',
    monitors: config.monitors,
    maintenance: config.maintenance,
    latencies: latencyLimits(config.slos, () => true),
  };
  const probe = (each: (monitor: Monitor) => Probed) =>
    probeTick(
      shard,
      world.at,
      {
        ...common,
        clock: { now: () => world.at, monotonicMs: () => 0, sleep: async () => {} },
        runProbe: async (monitor) => ({ ...standard, monitor: monitor.id, ...each(monitor) }),
        prepare: async () => {},
        pacing: createPacing(1, () => 0),
        loadLedger: async () => ledger.store,
        loadPublisher: async () => async () => {},
        invocationId: `id-${world.at}`,
      },
      never,
    );
  /** So many minutes, in each of which every monitor is probed and everything is judged. */
  const run = async (minutes: number, each: (monitor: Monitor) => Probed = () => ({})) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      world.at += minuteMs;
      if (config.monitors.length > 0) await probe(each);
      await evaluate(config, world.memory, deps, world.at);
    }
  };
  return { config, ledger, alerts, sent, published, warnings, world, deps, run };
}

const standard: ProbeResult = {
  monitor: '',
  outcome: 'passed',
  attempts: 1,
  statusCode: 200,
  latencyMs: 20,
  phases: { resolveMs: 1, connectMs: 1, tlsMs: 1, processingMs: 16, transferMs: 1 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};
