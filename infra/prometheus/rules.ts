import { type BurnRule, type Config, monitorIdsOf, type Slo, type Timeslices } from '../../shared/config/model.ts';
import { renderDuration } from '../../shared/config/parse/index.ts';
import { resolveDelayOf, thresholdOf } from '../../shared/slo/burn.ts';
import { formatNumber, formatPercent, formatSpan } from '../../shared/slo/words.ts';
import { decimalOf } from './decimal.ts';
import { type Counts, countsOf, type Series } from './series.ts';

type Labels = Readonly<Record<string, string>>;
export type Rule =
  | { readonly record: string; readonly expr: string; readonly labels: Labels }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly keep_firing_for?: string;
      readonly labels: Labels;
      readonly annotations: Labels;
    };
export type RuleFile = { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };

const whole = 1_000_000;

/**
 * The SLOs as rules of Prometheus, named as Sloth names them (https://sloth.dev): error ratios by window, what is known of the SLO, and
 * its alerts; in one group each, so that every rule sees what those before it have recorded at the same instant. Every ratio is
 * counts over counts of its whole window, the period's too, where Sloth takes the mean of short ratios; there is none where nothing
 * came. Each burn rule is an alert of its own, with its `minBadEvents`, and goes on for the time that a rule here must be
 * clear. An SLO that `series` cannot count has no group.
 */
export function toPrometheus(
  { service, slos, monitors }: Pick<Config, 'service' | 'slos' | 'monitors'>,
  series: Series,
): RuleFile {
  return {
    groups: slos.flatMap((slo) => {
      const own = monitors.filter(({ id }) => monitorIdsOf(slo).includes(id));
      const counts = countsOf(slo, own, series);
      return counts === undefined ? [] : [{ name: groupName(slo), rules: rulesOf(slo, service, counts) }];
    }),
  };
}

export const groupName = ({ id }: Pick<Slo, 'id'>): string => `burnwatch-slo-${id}`;

function rulesOf(slo: Slo, service: string, counts: Counts): readonly Rule[] {
  const named = { slo: slo.id, service };
  return [
    ...(slo.slices === undefined ? [] : [sliceRecord(slo.slices, named, counts)]),
    ...sliRecords(slo, named, counts),
    ...metaRecords(slo, named),
    ...slo.alerts.map((rule) => burnAlert(slo, rule, named)),
    noEventsAlert(slo, named, counts),
  ];
}

const sliceName = 'slo:slice_bad:bool';

/** Whether too much of the last slice was bad; nothing where nothing came. */
function sliceRecord({ sliceMs, targetPpm }: Timeslices, labels: Labels, { bad, total }: Counts): Rule {
  const limit = decimalOf(BigInt(whole - targetPpm), BigInt(whole));
  return { record: sliceName, expr: `(${bad(sliceMs)} / (${total(sliceMs)} > 0)) > bool ${limit}`, labels };
}

/** Both windows of each rule, and the SLO window; slices are added up as events are. */
function sliRecords(slo: Slo, labels: Labels, counts: Counts): readonly Rule[] {
  const { bad, total } = slo.slices === undefined ? counts : sliceCounts(slo.slices, labels);
  const at = matchers(labels);
  const windows = new Set([...slo.alerts.flatMap(({ longMs, shortMs }) => [shortMs, longMs]), slo.windowMs]);
  return [...windows]
    .toSorted((a, b) => a - b)
    .flatMap((ms) => [
      { record: countName('bad', ms), expr: bad(ms), labels },
      { record: countName('total', ms), expr: total(ms), labels },
      { record: ratioName(ms), expr: `${countName('bad', ms)}${at} / (${countName('total', ms)}${at} > 0)`, labels },
    ]);
}

/** Looked at once a slice, by a subquery, however often it is recorded. */
function sliceCounts({ sliceMs }: Timeslices, labels: Labels): Counts {
  const over = (reader: string, ms: number) =>
    `sum(${reader}(${sliceName}${matchers(labels)}[${ms / 1_000 - 1}s:${renderDuration(sliceMs)}]))`;
  return {
    bad: (ms) => over('sum_over_time', ms),
    total: (ms) => over('count_over_time', ms),
    seen: sliceName,
  };
}

const ratioName = (ms: number): string => `slo:sli_error:ratio_rate${renderDuration(ms)}`;
const countName = (kind: 'bad' | 'total', ms: number): string => `slo:sli_${kind}:increase${renderDuration(ms)}`;
const matchers = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;

function metaRecords(slo: Slo, labels: Labels): readonly Rule[] {
  const { objectivePpm, windowMs, alerts } = slo;
  const at = matchers(labels);
  const budget = `slo:error_budget:ratio${at}`;
  const constant = (record: string, value: string): Rule => ({ record, expr: `vector(${value})`, labels });
  const shortest = Math.min(...alerts.map(({ shortMs }) => shortMs), windowMs);
  return [
    constant('slo:objective:ratio', decimalOf(BigInt(objectivePpm), BigInt(whole))),
    constant('slo:error_budget:ratio', budgetOf(slo)),
    constant('slo:time_period:days', decimalOf(BigInt(windowMs), 86_400_000n)),
    { record: 'slo:current_burn_rate:ratio', expr: `${ratioName(shortest)}${at} / ${budget}`, labels },
    { record: 'slo:period_burn_rate:ratio', expr: `${ratioName(windowMs)}${at} / ${budget}`, labels },
    { record: 'slo:period_error_budget_remaining:ratio', expr: `1 - slo:period_burn_rate:ratio${at}`, labels },
  ];
}

const budgetOf = ({ objectivePpm }: Slo): string => decimalOf(BigInt(whole - objectivePpm), BigInt(whole));

function burnAlert(slo: Slo, rule: BurnRule, labels: Labels): Rule {
  const at = matchers(labels);
  const { longMs, shortMs, severity, minBadEvents, runbook, budgetPpm } = rule;
  const limit = limitOf(slo, rule);
  const windows = [shortMs, longMs].map((ms) => `${ratioName(ms)}${at} > ${limit}`);
  const floor = minBadEvents > 1 ? [`round(${countName('bad', longMs)}${at}) >= ${minBadEvents}`] : [];
  const threshold = formatNumber(thresholdOf(slo, rule));
  return {
    alert: 'BurnwatchErrorBudgetBurn',
    expr: [...windows, ...floor].join('\nand\n'),
    keep_firing_for: renderDuration(resolveDelayOf(rule)),
    labels: {
      ...labels,
      severity,
      rule: rule.id.split('/').at(-1) ?? '',
      long_window: renderDuration(longMs),
      short_window: renderDuration(shortMs),
    },
    annotations: {
      summary: `${slo.id} burns its error budget faster than ${threshold}x`,
      description: `More than ${formatPercent(budgetPpm)} of the error budget of ${slo.objective} over ${formatSpan(slo.windowMs)} burns within ${formatSpan(longMs)}.`,
      ...(runbook === undefined ? {} : { runbook }),
    },
  };
}

/** The error ratio above which a rule is met: budget × SLO window ÷ long × (1 − objective), to the last digit. */
function limitOf({ windowMs, objectivePpm }: Slo, { budgetPpm, longMs }: BurnRule): string {
  const numerator = BigInt(budgetPpm) * BigInt(windowMs) * BigInt(whole - objectivePpm);
  return decimalOf(numerator, BigInt(whole) * BigInt(whole) * BigInt(longMs));
}

/** No data resolves every alert above: somebody has to know. */
function noEventsAlert(slo: Slo, labels: Labels, { seen }: Counts): Rule {
  return {
    alert: 'BurnwatchNoEvents',
    expr: `absent(${seen})`,
    for: '15m',
    labels: { ...labels, severity: 'ticket' },
    annotations: { summary: `Nothing is known of the events of ${slo.id}: its alerts cannot fire` },
  };
}
