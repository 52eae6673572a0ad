import type { EntryKey } from '../../metrics/entries.ts';
import type { ExposedValue } from '../../metrics/exposition.ts';
import { formatSpan } from '../../slo/words.ts';
import type { BurstView, IncidentView, LocationView, MonitorView, Overview, SloView } from '../overview/model.ts';

const outcomes = ['passed', 'degraded', 'failed', 'unknown', 'blocked'] as const;

/** How everything stands, as values of the exposition. What is not known is not there. */
export function exposeOverview(overview: Overview, location: string): readonly ExposedValue[] {
  const { service, environment, locations = [], monitors, slos, bursts, incidents } = overview;
  return [
    value('buildInfo', 1, { service, environment, location }),
    ...locations.flatMap(exposeLocation),
    ...monitors.flatMap(exposeMonitor),
    ...slos.flatMap(exposeSlo),
    ...bursts.flatMap(exposeBurst),
    ...exposeIncidents(incidents),
  ];
}

function value(key: EntryKey, number: number, labels: ExposedValue['labels'] = {}): ExposedValue {
  return { key, labels, value: number };
}

const flag = (is: boolean): number => (is ? 1 : 0);

function exposeLocation({ id: location, lastTickAt }: LocationView): readonly ExposedValue[] {
  return lastTickAt === undefined ? [] : [value('locationTimestamp', lastTickAt / 1_000, { location })];
}

function exposeMonitor(view: MonitorView): readonly ExposedValue[] {
  const { id: monitor, type, state, intervalMs, latencyMs, lastProbeAt, statusCode } = view;
  const isJudged = state === 'passed' || state === 'degraded' || state === 'failed';
  return [
    value('monitorInfo', 1, { monitor, type, interval: `${intervalMs / 1_000}s` }),
    value('monitorMaintenance', flag(view.isUnderMaintenance), { monitor }),
    ...(isJudged ? [value('probeSuccess', flag(state !== 'failed'), { monitor })] : []),
    ...(latencyMs === undefined ? [] : [value('probeLatency', latencyMs / 1_000, { monitor })]),
    ...(statusCode === undefined ? [] : [value('probeStatusCode', statusCode, { monitor })]),
    ...(lastProbeAt === undefined ? [] : [value('probeTimestamp', lastProbeAt / 1_000, { monitor })]),
    ...(state === 'waiting'
      ? []
      : outcomes.map((outcome) => value('probeOutcome', flag(state === outcome), { monitor, outcome }))),
    ...view.alerts.flatMap(({ id, status }) => exposeAlert(id, 'monitor', 'page', status)),
  ];
}

function exposeAlert(alert: string, kind: string, severity: string, status: string): readonly ExposedValue[] {
  const labels = { alert, kind, severity };
  return [
    value('alertFiring', flag(status === 'firing'), labels),
    value('alertPending', flag(status === 'pending'), labels),
  ];
}

function exposeSlo(view: SloView): readonly ExposedValue[] {
  const { id: slo } = view;
  return [
    value('sloObjective', Number((Number.parseFloat(view.objective) / 100).toPrecision(9)), { slo }),
    value('errorBudgetLeft', view.budgetLeftRatio, { slo }),
    value('burnRate', view.burnRate, { slo }),
    value('sloBudgetEvents', view.budgetEvents, { slo }),
    value('sloGoodEvents', view.goodEvents, { slo }),
    value('sloBadEvents', view.badEvents, { slo }),
    value('sloCoverage', view.coverageRatio, { slo }),
    ...view.rules.flatMap((rule) => {
      const { severity } = rule;
      const [length, short] = [formatSpan(rule.longMs), formatSpan(rule.shortMs)];
      return [
        value('ruleThreshold', rule.threshold, { slo, severity, length }),
        value('ruleBurnRate', rule.longBurnRate, { slo, severity, window: 'long', length }),
        value('ruleBurnRate', rule.shortBurnRate, { slo, severity, window: 'short', length: short }),
        ...exposeAlert(rule.id, 'burn', severity, rule.status),
      ];
    }),
  ];
}

function exposeBurst({ id: burst, runs, alerts }: BurstView): readonly ExposedValue[] {
  const [newest] = runs;
  return [
    ...(newest === undefined ? [] : exposeRun(burst, newest)),
    ...alerts.flatMap(({ id, severity, status }) => exposeAlert(id, 'burst', severity, status)),
  ];
}

function exposeRun(burst: string, { runAt, outcome, reasons, more, summary }: BurstView['runs'][number]) {
  const own = { burst };
  const common = [
    value('burstTimestamp', runAt / 1_000, own),
    value('burstSuccess', flag(outcome === 'passed'), own),
    value('burstUnmet', outcome === 'failed' ? reasons.length + more : 0, own),
  ];
  if (summary === undefined) return common;
  const { requests, failures, dropped, throughputPerSecond, latencyMs, breakingPoint } = summary;
  return [
    ...common,
    value('burstRequests', requests, own),
    value('burstFailures', failures, own),
    value('burstDropped', dropped, own),
    value('burstThroughput', throughputPerSecond, own),
    ...quantiles.map(([quantile, name]) => value('burstQuantile', latencyMs[name] / 1_000, { burst, quantile })),
    ...(breakingPoint === undefined ? [] : [value('burstSustained', breakingPoint.sustainedPerSecond, own)]),
  ];
}

const quantiles = [
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.99', 'p99'],
] as const;

function exposeIncidents(incidents: readonly IncidentView[]): readonly ExposedValue[] {
  const open = incidents.filter(({ closedAt }) => closedAt === null);
  return (['page', 'ticket'] as const).map((severity) =>
    value('incidentsOpen', open.filter((incident) => incident.severity === severity).length, { severity }),
  );
}
