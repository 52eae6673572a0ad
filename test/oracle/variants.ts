import type { Config, Slo } from '../../shared/config/model.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';

/** An error ratio as a fraction of whole numbers: Prometheus divides them once, and rounds once. */
export type Ratio = readonly [numerator: number, denominator: number];

/** A severity and its long window: every variant has one rule of each. */
export type Tier = { readonly severity: 'page' | 'ticket'; readonly long: '1h' | '6h' | '1d' | '3d' };
export const tiers: readonly Tier[] = [
  { severity: 'page', long: '1h' },
  { severity: 'page', long: '6h' },
  { severity: 'ticket', long: '1d' },
  { severity: 'ticket', long: '3d' },
];

export type VariantRule = Tier & {
  readonly budget: string;
  /** The error ratio above which it is met, by hand: budget × window ÷ long × (1 − objective). */
  readonly limit: Ratio;
};
export type Variant = {
  readonly name: string;
  readonly objective: string;
  readonly window: string;
  readonly rules: readonly VariantRule[];
};

function variant(objective: string, window: string, ...rules: readonly (readonly [budget: string, limit: Ratio])[]) {
  const built = tiers.flatMap((tier, index) => {
    const [budget, limit] = rules[index] ?? [];
    return budget === undefined || limit === undefined ? [] : [{ ...tier, budget, limit }];
  });
  return { name: `${objective} of ${window}`, objective, window, rules: built };
}

/**
 * Objectives and windows with their sensible rules. Thresholds over 30 days are 14.4, 6, 3 and 1; over 28 days 13.44, 5.6, 2.8
 * and 0.9333; over 7 days 13.44, 3.5, 1.4 and 0.98, as Sloth ships them. At 90 % 14.4 could never fire: the first rule asks
 * for half as much.
 */
export const variants: readonly Variant[] = [
  variant('99.9%', '30d', ['2%', [144, 10_000]], ['5%', [6, 1_000]], ['10%', [3, 1_000]], ['10%', [1, 1_000]]),
  variant('99.5%', '30d', ['2%', [72, 1_000]], ['5%', [30, 1_000]], ['10%', [15, 1_000]], ['10%', [5, 1_000]]),
  variant('99%', '28d', ['2%', [1_344, 10_000]], ['5%', [56, 1_000]], ['10%', [28, 1_000]], ['10%', [28, 3_000]]),
  variant('99.99%', '30d', ['2%', [144, 100_000]], ['5%', [6, 10_000]], ['10%', [3, 10_000]], ['10%', [1, 10_000]]),
  variant('95%', '7d', ['8%', [672, 1_000]], ['12.5%', [175, 1_000]], ['20%', [70, 1_000]], ['42%', [49, 1_000]]),
  variant('90%', '30d', ['1%', [72, 100]], ['5%', [60, 100]], ['10%', [30, 100]], ['10%', [10, 100]]),
];

/** `page-1h` */
export const ruleName = ({ severity, long }: Tier): string => `${severity}-${long}`;

/** The variants as SLOs of one monitor that is probed so often, read by the language itself; in the order of `variants`. */
export function configOf(intervalMinutes: number): Config {
  const slos = variants.map(({ objective, window, rules }, index) => {
    const alerts = rules.map(({ severity, budget, long }) => ({ severity, budget, long, notify: ['me'] }));
    return [`v${index}`, { indicator: { monitors: ['web'] }, objective, window, alerts }];
  });
  const text = JSON.stringify({
    version: 1,
    service: 'oracle',
    channels: { me: { type: 'email', to: 'me@example.com' } },
    monitors: { web: { type: 'http', interval: '1m', request: { url: 'https://example.com/' } } },
    slos: Object.fromEntries(slos),
  });
  const parsed = parseConfig(text, { file: 'oracle.yml', env: {} });
  if (!parsed.ok) throw new Error(parsed.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return slower(parsed.config, intervalMinutes * 60_000);
}

/**
 * The same with another interval. The language itself would refuse 99.99 % of a probe every five minutes, whose budget is less
 * than one of them; it is compared all the same.
 */
function slower(config: Config, intervalMs: number): Config {
  const monitors = config.monitors.map((monitor) => ({ ...monitor, intervalMs }));
  const slos = config.slos.map((slo) => ({
    ...slo,
    alerts: slo.alerts.map((rule) => ({ ...rule, shortMs: Math.max(rule.shortMs, 3 * intervalMs) })),
  }));
  return { ...config, monitors, slos };
}

/** The SLO that is a variant. */
export function sloOf(slos: readonly Slo[], variant: Variant): Slo {
  const slo = slos[variants.indexOf(variant)];
  if (slo === undefined) throw new Error(`there is no SLO of ${variant.name}`);
  return slo;
}
