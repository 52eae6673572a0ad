import { locationDimension, type Metric, type MetricKey, metrics, namespace } from './catalogue.ts';
import { type CloudWatchName, type Entry, exposedAs, type PrometheusName } from './entry.ts';

/** A metric that the monitoring itself puts, under its key in `metrics`. */
function put(key: MetricKey, statistics: readonly string[], prometheus?: PrometheusName) {
  const { name, unit, of, isSparse, help, sent }: Metric = metrics[key];
  const cloudwatch: CloudWatchName = {
    namespace,
    name,
    unit,
    dimensions: ['Service', 'Environment', of],
    statistics,
    ...(isSparse && { isSparse }),
    ...(sent !== undefined && { sent }),
    ...(of === 'Monitor' && { severally: [locationDimension] }),
  };
  return { concern: 'monitoring', home: 'put', help, cloudwatch, ...(prometheus && { prometheus }) } as const;
}

function exposed(help: string, name: string, ...labels: readonly string[]) {
  return { concern: 'monitoring', home: 'exposition', help, prometheus: exposedAs(name, ...labels) } as const;
}

/** What is said of monitors, bursts, budgets and alerts. */
export const monitoringEntries = {
  probeLatency: put(
    'probeLatency',
    ['p50', 'p90', 'p99', 'SampleCount'],
    exposedAs('probe_duration_seconds', 'monitor'),
  ),
  probeFailures: put('probeFailures', ['Sum']),
  probeUnjudged: put('probeUnjudged', ['Sum']),
  burstLatency: put('burstLatency', ['p50', 'p90', 'p99', 'SampleCount']),
  burstFailures: put('burstFailures', ['Sum'], exposedAs('burnwatch_burst_failures', 'burst')),
  burstDropped: put('burstDropped', ['Sum'], exposedAs('burnwatch_burst_dropped', 'burst')),
  burstUnmet: put('burstUnmet', ['Sum'], exposedAs('burnwatch_burst_unmet', 'burst')),
  burstSustained: put('burstSustained', ['Minimum'], exposedAs('burnwatch_burst_sustained_per_second', 'burst')),
  burnRate: put('burnRate', ['Maximum'], exposedAs('burnwatch_slo_burn_rate', 'slo')),
  errorBudgetLeft: put('errorBudgetLeft', ['Minimum'], exposedAs('burnwatch_slo_budget_left_ratio', 'slo')),

  probeSuccess: exposed(
    '1 where the newest probe passed, degraded or not; 0 where it failed.',
    'probe_success',
    'monitor',
  ),
  probeStatusCode: exposed(
    'The status with which the newest probe failed. The ledger keeps it of failures alone, so there is none while all is well.',
    'probe_http_status_code',
    'monitor',
  ),
  probeOutcome: exposed(
    '1 for the outcome of the newest probe, 0 for the others.',
    'burnwatch_probe_outcome',
    'monitor',
    'outcome',
  ),
  probeTimestamp: exposed(
    'When the newest probe was due, in seconds since 1970. Its age tells whether anything is being probed.',
    'burnwatch_probe_timestamp_seconds',
    'monitor',
  ),
  locationTimestamp: exposed(
    'When the newest tick of a location was due, in seconds since 1970. Of several locations alone: its age tells which of them is silent.',
    'burnwatch_location_timestamp_seconds',
    'location',
  ),
  monitorInfo: exposed(
    'Always 1: the type of a monitor and its interval.',
    'burnwatch_monitor_info',
    'monitor',
    'type',
    'interval',
  ),
  monitorMaintenance: exposed('1 while a monitor is under maintenance.', 'burnwatch_monitor_maintenance', 'monitor'),
  alertFiring: exposed('1 while an alert fires.', 'burnwatch_alert_firing', 'alert', 'kind', 'severity'),
  alertPending: exposed(
    '1 while an alert would fire, were there more bad events or somebody who may be told.',
    'burnwatch_alert_pending',
    'alert',
    'kind',
    'severity',
  ),
  incidentsOpen: exposed('Incidents that are open.', 'burnwatch_incidents_open', 'severity'),
  sloObjective: exposed('The share of good events that is required.', 'burnwatch_slo_objective_ratio', 'slo'),
  sloBudgetEvents: exposed('Bad events that the whole budget allows.', 'burnwatch_slo_budget_events', 'slo'),
  sloGoodEvents: exposed('Good events in the SLO window.', 'burnwatch_slo_good_events', 'slo'),
  sloBadEvents: exposed('Bad events in the SLO window.', 'burnwatch_slo_bad_events', 'slo'),
  sloCoverage: exposed('The share of the expected events that was judged.', 'burnwatch_slo_coverage_ratio', 'slo'),
  ruleBurnRate: exposed(
    'The burn rate over a window of a burn rule. The rule fires when both windows are above the threshold.',
    'burnwatch_slo_rule_burn_rate',
    'slo',
    'severity',
    'window',
    'length',
  ),
  ruleThreshold: exposed(
    'The burn rate above which a burn rule fires.',
    'burnwatch_slo_rule_threshold',
    'slo',
    'severity',
    'length',
  ),
  burstSuccess: exposed(
    '1 where the newest run held everything that is asked of it, else 0.',
    'burnwatch_burst_success',
    'burst',
  ),
  burstTimestamp: exposed(
    'When the newest run was due, in seconds since 1970.',
    'burnwatch_burst_timestamp_seconds',
    'burst',
  ),
  burstRequests: exposed('Requests of the newest run.', 'burnwatch_burst_requests', 'burst'),
  burstThroughput: exposed('Answers a second in the newest run.', 'burnwatch_burst_throughput_per_second', 'burst'),
  burstQuantile: exposed(
    'Latency of the newest run, from the intended start.',
    'burnwatch_burst_latency_seconds',
    'burst',
    'quantile',
  ),
} as const satisfies Record<string, Entry>;
