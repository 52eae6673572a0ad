import {
  type BurnRule,
  type Burst,
  type BurstAlert,
  type Config,
  locationNames,
  type Monitor,
  type MonitorAlert,
  type Slo,
} from '../config/model.ts';

/** What an alert is about. */
type Subject =
  | { readonly kind: 'coverage'; readonly monitor: Monitor }
  | { readonly kind: 'location'; readonly location: string }
  | { readonly kind: 'monitor'; readonly monitor: Monitor; readonly alert: MonitorAlert }
  | { readonly kind: 'burn'; readonly slo: Slo; readonly rule: BurnRule }
  | { readonly kind: 'burst'; readonly burst: Burst; readonly alert: BurstAlert };

const subjectsOfConfig = new WeakMap<Config, ReadonlyMap<string, Subject>>();

/** What each alert of a configuration is about, by the alert's id; found once, since thousands may be told of. */
export function subjectsOf(config: Config): ReadonlyMap<string, Subject> {
  const known = subjectsOfConfig.get(config);
  if (known !== undefined) return known;
  const subjects = new Map<string, Subject>([
    ...locationNames(config).map((location) => [`location/${location}`, { kind: 'location', location }] as const),
    ...config.bursts.flatMap((burst) =>
      burst.alerts.map((alert) => [alert.id, { kind: 'burst', burst, alert }] as const),
    ),
    ...config.slos.flatMap((slo) => slo.alerts.map((rule) => [rule.id, { kind: 'burn', slo, rule }] as const)),
    ...config.monitors.flatMap((monitor) => [
      [`coverage/${monitor.id}`, { kind: 'coverage', monitor }] as const,
      ...monitor.alerts.map((alert) => [alert.id, { kind: 'monitor', monitor, alert }] as const),
    ]),
  ]);
  subjectsOfConfig.set(config, subjects);
  return subjects;
}
