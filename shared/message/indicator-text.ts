import type { MetricIndicator, Slo } from '../config/model.ts';
import { formatCount, formatPercent, formatWindow } from './format.ts';
import { type Outputs, type Piece, piecesOf, quoteLightly, showText } from './shell.ts';

/** Of bursts, monitors or dimensions so many are named. */
const mostNamed = 5;

/**
 * What an SLO counts, in words: `probes of api`, `probes of api, good below 300 ms`, `requests of the burst redirects`, `5xx of
 * Count in AWS/ApiGateway (ApiId abc)`; by slices, if it is.
 */
export function describeIndicator(slo: Slo, outputs: Outputs): string {
  const what = countedText(slo, outputs);
  if (slo.slices === undefined) return what;
  const { sliceMs, targetPpm } = slo.slices;
  return `${what}; a slice of ${formatWindow(sliceMs)} is good when ${formatPercent(targetPpm)} of them are`;
}

function countedText({ indicator }: Slo, outputs: Outputs): string {
  switch (indicator.kind) {
    case 'probes':
    case 'latency': {
      const limit = indicator.kind === 'latency' ? `, good below ${millis(indicator.belowMs)}` : '';
      return `probes of ${named(indicator.monitors)}${limit}${indicator.isDegradedBad ? ', degraded ones bad' : ''}`;
    }
    case 'bursts':
      return `requests of the ${indicator.bursts.length === 1 ? 'burst' : 'bursts'} ${named(indicator.bursts)}`;
    case 'cloudwatch':
      return metricText(indicator, outputs);
    default:
      return indicator satisfies never;
  }
}

function metricText({ namespace, dimensions, counts }: MetricIndicator, outputs: Outputs): string {
  const part = 'bad' in counts ? counts.bad : counts.good;
  const told = Object.entries(dimensions).map(([name, value]) => `${name} ${showText(value, outputs)}`);
  return `${part} of ${counts.total} in ${namespace}${told.length === 0 ? '' : ` (${named(told)})`}`;
}

function named(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const millis = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);

/** What one bad event of an SLO is called. */
export function badNoun({ indicator, slices }: Slo, isHeartbeat: boolean): string {
  if (slices !== undefined) return 'bad slice';
  switch (indicator.kind) {
    case 'probes':
      return isHeartbeat ? 'bad period' : 'bad probe';
    case 'latency':
      return 'slow or failed probe';
    case 'bursts':
      return 'failed request';
    case 'cloudwatch':
      return 'bad event';
    default:
      return indicator satisfies never;
  }
}

/** A denominator: `60 expected` of what is scheduled, `60,000` of what was only seen. */
export function expectedText({ indicator }: Slo, expected: number): string {
  const isScheduled = indicator.kind === 'probes' || indicator.kind === 'latency';
  return `${formatCount(expected)}${isScheduled ? ' expected' : ''}`;
}

/** Who knows what the bad events of an SLO were that judges no probes; empty where its probes say it themselves. */
export function whoKnows({ id, indicator }: Slo): string {
  switch (indicator.kind) {
    case 'probes':
    case 'latency':
      return '';
    case 'bursts':
      return `${id}: the runs of ${named(indicator.bursts)} say what failed: their alerts and reports, and the log of their function`;
    case 'cloudwatch':
      return `${id}: nothing is probed here; whoever publishes to ${indicator.namespace} knows which they are: look at its log`;
    default:
      return indicator satisfies never;
  }
}

/** What shows the events of a span once more, by hand; undefined where a probe does. */
export function countCommand({ indicator }: Slo, outputs: Outputs, fromAt: number, toAt: number): string | undefined {
  if (indicator.kind === 'bursts') return `npx burnwatch burst ${indicator.bursts[0] ?? ''}`;
  if (indicator.kind !== 'cloudwatch') return undefined;
  const { namespace, dimensions, counts } = indicator;
  const pairs = Object.entries(dimensions).map(([name, value]) =>
    quoteLightly([`Name=${name},Value=`, ...piecesOf(value, outputs)]),
  );
  const word = (...pieces: readonly Piece[]) => quoteLightly(pieces);
  return [
    'aws cloudwatch get-metric-statistics',
    `--namespace ${word(namespace)}`,
    `--metric-name ${word('bad' in counts ? counts.bad : counts.good)}`,
    ...(pairs.length === 0 ? [] : [`--dimensions ${pairs.join(' ')}`]),
    `--statistics Sum --period 300 --start-time ${second(fromAt)} --end-time ${second(toAt)}`,
  ].join(' ');
}

const second = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
