import type { Monitor, Slo } from '../../shared/config/model.ts';
import { targetOf } from '../../shared/config/texts.ts';
import { renderText } from '../cli/reference-text.ts';

/**
 * Where Prometheus finds the events of an SLO. `{slo}` in a selector is the SLO's id; `{monitor}` and `{target}` are those of its
 * monitors, as an expression that matches each of them: `instance=~"{target}"`.
 */
export type Series =
  /** Two counters. */
  | { readonly kind: 'counters'; readonly bad: string; readonly total: string }
  /** A gauge that is 1 where a probe passed and 0 where it failed, as blackbox_exporter has it: one sample a probe. */
  | { readonly kind: 'probes'; readonly probe: string };

export const defaultSeries: Series = {
  kind: 'counters',
  bad: 'burnwatch_bad_events_total{slo="{slo}"}',
  total: 'burnwatch_events_total{slo="{slo}"}',
};

/** PromQL that counts events of a window. */
export type Counts = {
  readonly bad: (windowMs: number) => string;
  readonly total: (windowMs: number) => string;
  /** What is there while there is anything to count. */
  readonly seen: string;
};

/** Undefined where these series cannot say what is good: a probe that passed tells nothing of a latency, a burst or a metric. */
export function countsOf(slo: Slo, monitors: readonly Monitor[], series: Series): Counts | undefined {
  const fill = (selector: string) => fillIn(selector, slo, monitors);
  if (series.kind === 'counters') {
    const [bad, total] = [fill(series.bad), fill(series.total)];
    const counter = (selector: string) => (ms: number) => `sum(increase(${selector}[${ms / 1_000}s]))`;
    return { bad: counter(bad), total: counter(total), seen: total };
  }
  if (slo.indicator.kind !== 'probes' || slo.indicator.isDegradedBad) return undefined;
  const probe = fill(series.probe);
  // Prometheus 2 counts the samples at both ends of a range: a second less leaves that at its start out.
  const over = (reader: string, ms: number) => `sum(${reader}(${probe}[${ms / 1_000 - 1}s]))`;
  const total = (ms: number) => over('count_over_time', ms);
  return { bad: (ms) => `(${total(ms)} - ${over('sum_over_time', ms)})`, total, seen: probe };
}

function fillIn(selector: string, { id }: Slo, monitors: readonly Monitor[]): string {
  const any = (texts: readonly string[]) => texts.map(escaped).join('|');
  return selector
    .replaceAll('{slo}', id)
    .replaceAll('{monitor}', any(monitors.map((monitor) => monitor.id)))
    .replaceAll('{target}', any(monitors.map((monitor) => renderText(targetOf(monitor).target))));
}

/** For RE2, and then for the double quotes of PromQL. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"');
}
