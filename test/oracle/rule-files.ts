import { ruleName, type Tier, tiers, type VariantRule, variants } from './variants.ts';

/** One rule of a Prometheus rule file. It has no labels of its own: they are templates, and cost more than all the rest. */
export type PromRule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly keep_firing_for?: string;
    };

/** What is wrong on purpose: one of the two windows of each rule is so many minutes longer than it should be. */
export type Mutation = { readonly window: 'long' | 'short'; readonly byMinutes: number };

const longMinutes = { '1h': 60, '6h': 360, '1d': 1_440, '3d': 4_320 } as const;

/**
 * The rules of the textbook in the shape that Sloth gives them: an error ratio recorded for each window, alerts that hold
 * two of them against a threshold. Series are gauges: `bad` and `total` of each minute.
 */
export function plainRules(mutation?: Mutation): readonly PromRule[] {
  const alerts = variants.flatMap(({ name, rules }) =>
    rules.map((rule) => {
      const { long, short } = windowsOf(rule, 1, mutation);
      const limit = `(${rule.limit.join(' / ')})`;
      const expr = `slo:sli_error:ratio_rate${short}m > ${limit} and slo:sli_error:ratio_rate${long}m > ${limit}`;
      return { alert: `${ruleName(rule)} of ${name}`, expr };
    }),
  );
  return [...eachWindow(1, plainRecords, mutation), ...alerts];
}

function plainRecords(minutes: number): PromRule[] {
  const expr = `sum_over_time(bad${range(minutes)}) / sum_over_time(total${range(minutes)})`;
  return [{ record: `slo:sli_error:ratio_rate${minutes}m`, expr }];
}

/**
 * The same rules with what is ours, stated in PromQL. Three series are always there: `interval_minutes`, from which
 * follows what the schedule expects of a window whatever came; `limit`, the error ratio above which a rule of an SLO is met;
 * and `edge`, nine tenths of that.
 *
 * - Divided by the expected events, or by what came where that is more.
 * - Met with three bad events in the long window for a page, five for a ticket.
 * - Once it fires it goes on while both windows are at the edge at least, and while the short one holds nothing at all; that it
 *   fired a minute ago is what its own ALERTS say.
 * - Then `keep_firing_for` is the resolve delay.
 * - A ticket is told of once no page of its SLO fires, unless it is waiting for its end by then; from there until its end.
 */
export function extraRules(intervalMinutes: number): readonly PromRule[] {
  return [...eachWindow(intervalMinutes, extraRecords), ...tiers.flatMap((tier) => extraAlerts(tier, intervalMinutes))];
}

function extraAlerts(tier: Tier, intervalMinutes: number): readonly PromRule[] {
  const { long, short } = windowsOf(tier, intervalMinutes);
  const [own, name] = [`rule="${ruleName(tier)}"`, `${tier.severity}_${tier.long}`];
  const [l, s] = [`slo:sli_error:ratio_expected${long}m`, `slo:sli_error:ratio_expected${short}m`];
  const alert = `${tier.severity === 'page' ? '' : 'held '}${ruleName(tier)}`;
  const isEnough = `slo:bad:sum${long}m >= ${tier.severity === 'page' ? 3 : 5}`;
  const met = `limit{${own}} < on (scenario) group_left () slo:limit:${name}`;
  const kept = `edge{${own}} <= on (scenario) group_left () slo:edge:${name}`;
  const rules: PromRule[] = [
    // What both windows exceed, where something came in the short one; all that there can be, where nothing did.
    { record: `slo:both:${name}`, expr: `((${s} < ${l}) or ${l}) and slo:total:sum${short}m > 0` },
    { record: `slo:limit:${name}`, expr: `slo:both:${name} and ${isEnough}` },
    { record: `slo:edge:${name}`, expr: `slo:both:${name} or (1 + 0 * interval_minutes)` },
    {
      record: `slo:speaking:${name}`,
      expr: `(${met}) or ((${kept}) and on (scenario, slo) ALERTS{alertname="${alert}",alertstate="firing"})`,
    },
    { alert, expr: `slo:speaking:${name}`, keep_firing_for: `${Math.max(5, short)}m` },
  ];
  return tier.severity === 'page' ? rules : [...rules, toldTicket(tier)];
}

/** A ticket that somebody is told of: when it speaks while no page fires, and from then on until its end. */
function toldTicket(tier: Tier): PromRule {
  const own = ruleName(tier);
  const same = 'on (scenario, slo)';
  const now = `slo:speaking:ticket_${tier.long} unless ${same} ALERTS{alertname=~"page-.*",alertstate="firing"}`;
  const still = [`held ${own}`, own].map((alert) => `${same} ALERTS{alertname="${alert}",alertstate="firing"}`);
  return { alert: own, expr: `(${now}) or (limit{rule="${own}"} and ${still.join(' and ')})` };
}

function extraRecords(minutes: number): PromRule[] {
  const [bad, total] = [`slo:bad:sum${minutes}m`, `slo:total:sum${minutes}m`];
  const expected = `(${minutes} / interval_minutes)`;
  return [
    { record: bad, expr: `sum_over_time(bad${range(minutes)}) or (0 * interval_minutes)` },
    { record: total, expr: `sum_over_time(total${range(minutes)})` },
    { record: `slo:sli_error:ratio_expected${minutes}m`, expr: `${bad} / ((${total} > ${expected}) or ${expected})` },
  ];
}

/** The series of thresholds: `limit` and `edge` of every rule of every SLO. */
export const bounds: readonly { readonly name: string; readonly labels: string; readonly value: number }[] =
  variants.flatMap(({ name, rules }) =>
    rules.flatMap((rule) => {
      const [numerator, denominator] = rule.limit;
      const labels = `slo="${name}",rule="${ruleName(rule)}"`;
      return [
        { name: 'limit', labels, value: numerator / denominator },
        { name: 'edge', labels, value: (9 * numerator) / (10 * denominator) },
      ];
    }),
  );

/** What is recorded of every window, each window once. */
function eachWindow(
  intervalMinutes: number,
  record: (minutes: number) => PromRule[],
  mutation?: Mutation,
): readonly PromRule[] {
  const windows = tiers.flatMap((tier) => Object.values(windowsOf(tier, intervalMinutes, mutation)));
  return [...new Set(windows)].sort((a, b) => a - b).flatMap(record);
}

/** In minutes; the short one is a twelfth, and three intervals at least. */
function windowsOf(
  { long }: Pick<VariantRule, 'long'>,
  intervalMinutes: number,
  mutation?: Mutation,
): { long: number; short: number } {
  const windows = { long: longMinutes[long], short: Math.max(longMinutes[long] / 12, 3 * intervalMinutes) };
  if (mutation) windows[mutation.window] += mutation.byMinutes;
  return windows;
}

/** Prometheus 2 counts both ends of a range: a second less leaves the sample at its start out. */
const range = (minutes: number): string => `[${minutes * 60 - 1}s]`;
