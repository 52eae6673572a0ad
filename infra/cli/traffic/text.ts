import type { Histogram } from '../../../shared/stats/histogram.ts';
import type { Io } from '../command.ts';
import { countOf, countText, durationText, percentText, rateText, spanText } from '../numbers.ts';
import { paint, renderTable } from '../terminal.ts';
import { kindNames, trafficKinds } from './model.ts';
import type { TrafficCount, TrafficResult } from './run.ts';

const head = ['what callers did', 'requests', 'p50', 'p99', 'answers'];

/** A table of what was asked, what came of it and how fast, and a sentence. */
export function trafficText(result: TrafficResult, io: Io): string {
  const { tally, byKind, callers, leftLinks } = result;
  const rows = kindNames.flatMap((kind) => {
    const count = byKind.get(kind);
    return count === undefined ? [] : [rowOf(trafficKinds[kind].about, count)];
  });
  const all = { requests: tally.requests, statuses: statusesOf(result), latency: tally.latency };
  const table = renderTable([head.map((word) => paint(word, 'dim', io)), ...rows, rowOf('all together', all)], {
    rightAligned: [1, 2, 3],
    columns: io.isTerminal ? io.columns : Number.POSITIVE_INFINITY,
  });
  const perSecond = tally.durationMs === 0 ? 0 : (tally.requests * 1_000) / tally.durationMs;
  const failed = tally.requests === 0 ? 0 : tally.failures / tally.requests;
  const sentence = `${countOf(callers, 'caller')} for ${durationText(tally.durationMs)}, ${rateText(perSecond)}; ${percentText(failed)} failed`;
  const dropped = tally.dropped === 0 ? '' : `, ${countText(tally.dropped)} not sent`;
  const ended = tally.aborted === undefined ? '' : `, ${tally.aborted}`;
  const left =
    leftLinks === 0
      ? 'Every link that it made is deleted.'
      : `${countOf(leftLinks, 'link')} could not be deleted: they end by themselves within an hour after the run.`;
  return `${table}\n\n${sentence}${dropped}${ended}.\n${left}\n`;
}

function rowOf(what: string, { requests, statuses, latency }: TrafficCount): string[] {
  const answers = Object.entries(statuses)
    .toSorted(([, a], [, b]) => b - a)
    .map(([status, count]) => `${countText(count)} × ${status}`);
  return [what, countText(requests), quantileText(latency, 0.5), quantileText(latency, 0.99), answers.join(', ')];
}

const quantileText = (latency: Histogram, quantile: number): string =>
  latency.count === 0 ? '–' : spanText(latency.quantile(quantile));

function statusesOf({ tally: { statusCodes, errors } }: TrafficResult): Record<string, number> {
  return { ...statusCodes, ...errors };
}

/** The same for machines: spans in ms, counts by status or type of error. */
export function trafficJson(result: TrafficResult, origin: string): object {
  const { tally, byKind, callers, leftLinks } = result;
  const figures = (latency: Histogram) => ({ p50: latency.quantile(0.5), p99: latency.quantile(0.99) });
  return {
    origin,
    startedAt: new Date(tally.startedAt).toISOString(),
    durationMs: Math.round(tally.durationMs),
    callers,
    ...{ requests: tally.requests, failures: tally.failures, dropped: tally.dropped },
    ...(tally.aborted === undefined ? {} : { aborted: tally.aborted }),
    statuses: statusesOf(result),
    latencyMs: figures(tally.latency),
    kinds: Object.fromEntries(
      [...byKind].map(([kind, { requests, statuses, latency }]) => [
        kind,
        { requests, statuses, latencyMs: figures(latency) },
      ]),
    ),
    leftLinks,
  };
}
