import { stableId } from '../../alert/identity.ts';
import type { MetricIndicator, Slo, Text } from '../../config/model.ts';
import { hourMs, hourStart } from '../../ledger/keys.ts';
import { budgetSpan } from '../../slo/window.ts';
import type { MetricQuery } from '../ports.ts';
import type { Part } from './hours.ts';

/** What is read for one SLO over metrics, and what it is kept under. */
export type MetricJob = {
  readonly sloId: string;
  readonly metric: Pick<MetricQuery, 'namespace' | 'dimensions'>;
  readonly part: Part;
  readonly names: { readonly part: string; readonly total: string };
  readonly series: string;
  /** How far back anything, and how far back single minutes are asked for; whole hours, epoch ms. */
  readonly needs: { readonly fromAt: number; readonly minutesFromAt: number };
  /** The span in which a bad event can matter to a rule, or to the pace of the last hour. */
  readonly lookbackMs: number;
};
type Outputs = (name: string) => string | undefined;

/** Minutes are known for a day at least, so that days are folded of them. */
const leastMinutesMs = 25 * hourMs;

/** What there is to read for an SLO over metrics at an instant; a sentence where an output that it names is not known. */
export function metricJob(slo: Slo, indicator: MetricIndicator, outputs: Outputs, now: number): MetricJob | string {
  const { namespace, counts } = indicator;
  const dimensions: Record<string, string> = {};
  for (const [name, text] of Object.entries(indicator.dimensions)) {
    const value = plainOf(text, outputs);
    if (value === undefined) return `its dimension ${name} names an output that is not known`;
    dimensions[name] = value;
  }
  const [part, name]: [Part, string] = 'bad' in counts ? ['bad', counts.bad] : ['good', counts.good];
  return {
    sloId: slo.id,
    metric: { namespace, dimensions },
    part,
    names: { part: name, total: counts.total },
    // Whoever counts something else begins a series of its own.
    series: `${slo.id}#${stableId([JSON.stringify([part, namespace, name, counts.total, dimensions])], 8)}`,
    ...spansOf(slo, now),
  };
}

function spansOf(slo: Slo, now: number): Pick<MetricJob, 'needs' | 'lookbackMs'> {
  const lookbackMs = Math.max(hourMs, ...slo.alerts.map(({ longMs }) => longMs));
  const { fromAt } = budgetSpan(slo, now);
  const minutesFromAt = slo.slices === undefined ? now - Math.max(leastMinutesMs, lookbackMs + hourMs) : fromAt;
  const needs = { fromAt: hourStart(Math.min(fromAt, now - lookbackMs)), minutesFromAt: hourStart(minutesFromAt) };
  return { needs, lookbackMs };
}

function plainOf(text: Text, outputs: Outputs): string | undefined {
  const parts = typeof text === 'string' ? [text] : text;
  const values = parts.map((part) => {
    if (typeof part === 'string') return part;
    return 'output' in part ? outputs(part.output) : undefined;
  });
  return values.includes(undefined) ? undefined : values.join('');
}
