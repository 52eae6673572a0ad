import type { ProbeResult } from '../../shared/probe/result.ts';
import { labelOf, type Metrics, sumOf } from './exporter.ts';
import { type Column, columns, type Target, type Value } from './target.ts';

/** What one of the two found. Spans are ms. */
export type Findings = {
  readonly values: Readonly<Record<Column, Value>>;
  readonly times: Readonly<Record<string, number>>;
};

const phases = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;

export function ourFindings(result: ProbeResult, target: Target): Findings {
  const { outcome, statusCode, redirects, certificateExpiresAt, latencyMs } = result;
  const isHttp = target.monitor.type === 'http';
  const actual = (source: string) =>
    result.assertions.find(({ assertion }) => assertion.startsWith(source))?.actual ?? undefined;
  const count = actual('dns.count');
  return {
    values: {
      success: outcome === 'passed' || outcome === 'degraded',
      status: isHttp ? (statusCode ?? 0) : undefined,
      redirects: isHttp ? redirects : undefined,
      expiry: certificateExpiresAt === undefined ? undefined : certificateExpiresAt / 1_000,
      tls: actual('tls.version'),
      answers: count === undefined ? undefined : Number(count),
    },
    times: {
      ...Object.fromEntries(phases.map((phase) => [phase, result.phases[`${phase}Ms`]])),
      request: result.phases.processingMs + result.phases.transferMs,
      total: latencyMs,
    },
  };
}

export function theirFindings(metrics: Metrics, { monitor }: Target): Findings {
  const version = labelOf(metrics, 'probe_tls_version_info', 'version');
  const isDns = monitor.type === 'dns';
  return {
    values: {
      success: sumOf(metrics, 'probe_success') === 1,
      status: sumOf(metrics, 'probe_http_status_code'),
      redirects: sumOf(metrics, 'probe_http_redirects'),
      expiry: sumOf(metrics, 'probe_ssl_earliest_cert_expiry'),
      tls: version?.replace('TLS ', 'TLSv'),
      answers:
        isDns && sumOf(metrics, 'probe_dns_query_succeeded') === 1 ? sumOf(metrics, 'probe_dns_answer_rrs') : undefined,
    },
    times: { ...theirPhases(metrics), total: 1_000 * (sumOf(metrics, 'probe_duration_seconds') ?? 0) },
  };
}

const phaseMetrics = ['probe_http_duration_seconds', 'probe_dns_duration_seconds'];

/** Of DNS, `request` is what we call processing and transfer. */
function theirPhases(metrics: Metrics): Readonly<Record<string, number>> {
  const found = [...phases, 'request'].flatMap((phase) =>
    phaseMetrics.flatMap((metric): [string, number][] => {
      const seconds = sumOf(metrics, metric, `phase="${phase}"`);
      return seconds === undefined ? [] : [[phase, seconds * 1_000]];
    }),
  );
  return Object.fromEntries(found);
}

/** Where the two differ though nobody said that they would. */
export function unexpectedValues(ours: Findings, theirs: Findings, { differs }: Target): readonly string[] {
  return columns.flatMap((column) => {
    const wanted = differs?.values[column];
    const [our, their] = [ours.values[column], theirs.values[column]];
    if (wanted)
      return our === wanted[0] && their === wanted[1]
        ? []
        : [`${column}: ${our} and ${their}, not ${wanted[0]} and ${wanted[1]}`];
    return our === their ? [] : [`${column}: we say ${our}, they say ${their}`];
  });
}

const toleranceMs = 15;
const toleranceRatio = 0.2;

/** Times further apart than tolerance allows, where both measured an answer. */
export function farTimes(ours: Findings, theirs: Findings): readonly string[] {
  return Object.entries(theirs.times).flatMap(([name, their]) => {
    const our = ours.times[name] ?? 0;
    const allowed = Math.max(toleranceMs, toleranceRatio * their);
    return Math.abs(our - their) <= allowed ? [] : [`${name}: ${our.toFixed(1)} ms and ${their.toFixed(1)} ms`];
  });
}
