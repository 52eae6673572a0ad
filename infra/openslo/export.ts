import type { BurnRule, CalendarUnit, Channel, Config, Indicator, Json, Slo, Text } from '../../shared/config/model.ts';
import { renderDuration, renderPercent } from '../../shared/config/parse/index.ts';
import { thresholdOf } from '../../shared/slo/burn.ts';
import { renderText } from '../cli/reference-text.ts';
import { annotations, apiVersion, cloudWatchSource, idAnnotation, labelOf, ownSource } from './names.ts';

/** One OpenSLO object, as it is written. */
export type OpenSloObject = {
  readonly apiVersion: typeof apiVersion;
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Json;
};
export type Kind = 'Service' | 'DataSource' | 'AlertNotificationTarget' | 'AlertPolicy' | 'SLO';

/**
 * The SLOs of a configuration with everything that they lean on, as OpenSLO v1 has it (https://github.com/OpenSLO/OpenSLO). Its
 * alert conditions have one window: each burn rule is a policy over its long one, with the rest in annotations. Of channels only
 * the types are told, never where they lead to.
 */
export function toOpenSlo({ service, channels, slos }: Config): readonly OpenSloObject[] {
  const used = new Set(slos.flatMap(({ alerts }) => alerts.flatMap(({ notify }) => notify)));
  return [
    object('Service', service, {}),
    ...sourcesOf(slos, service),
    ...channels.filter(({ id }) => used.has(id)).map(targetOf),
    ...slos.flatMap((slo) => slo.alerts.map((rule) => policyOf(slo, rule))),
    ...slos.map((slo) => sloOf(slo, service)),
  ];
}

function object(kind: Kind, id: string, spec: Json, notes: Readonly<Record<string, string>> = {}): OpenSloObject {
  const all = { ...idAnnotation(id), ...notes };
  const told = Object.keys(all).length === 0 ? {} : { annotations: all };
  return { apiVersion, kind, metadata: { name: labelOf(id), ...told }, spec };
}

function sourcesOf(slos: readonly Slo[], service: string): readonly OpenSloObject[] {
  const kinds = new Set(slos.map(({ indicator }) => sourceNameOf(indicator)));
  return [...kinds].map((name) =>
    name === 'burnwatch'
      ? object('DataSource', name, { type: ownSource, connectionDetails: { service } })
      : object('DataSource', name, { type: cloudWatchSource, connectionDetails: {} }),
  );
}

const sourceNameOf = ({ kind }: Indicator): string => (kind === 'cloudwatch' ? 'cloudwatch' : 'burnwatch');

function targetOf({ id, type }: Channel): OpenSloObject {
  return object('AlertNotificationTarget', id, { target: type });
}

const policyId = (slo: Slo, rule: BurnRule): string => `${slo.id}-${rule.id.split('/').at(-1)}`;

function policyOf(slo: Slo, rule: BurnRule): OpenSloObject {
  const id = policyId(slo, rule);
  const condition = {
    kind: 'burnrate',
    op: 'gt',
    threshold: Number(thresholdOf(slo, rule).toPrecision(12)),
    lookbackWindow: renderDuration(rule.longMs),
  };
  const spec = {
    alertWhenBreaching: true,
    alertWhenResolved: true,
    conditions: [
      { kind: 'AlertCondition', metadata: { name: labelOf(id) }, spec: { severity: rule.severity, condition } },
    ],
    notificationTargets: rule.notify.map((channel) => ({ targetRef: labelOf(channel) })),
  };
  return object('AlertPolicy', id, spec, ruleNotes(rule));
}

function ruleNotes({ budgetPpm, shortMs, minBadEvents, runbook, repeatEveryMs, escalate }: BurnRule) {
  return {
    [annotations.budget]: renderPercent(budgetPpm),
    [annotations.shortWindow]: renderDuration(shortMs),
    [annotations.minBadEvents]: String(minBadEvents),
    ...(runbook === undefined ? {} : { [annotations.runbook]: runbook }),
    ...(repeatEveryMs === undefined ? {} : { [annotations.repeatEvery]: renderDuration(repeatEveryMs) }),
    ...(escalate === undefined
      ? {}
      : {
          [annotations.escalateAfter]: renderDuration(escalate.afterMs),
          [annotations.escalateTo]: escalate.notify.join(','),
        }),
  };
}

function sloOf(slo: Slo, service: string): OpenSloObject {
  return object('SLO', slo.id, {
    service: labelOf(service),
    indicator: { metadata: { name: labelOf(slo.id) }, spec: { ratioMetric: ratioOf(slo.indicator) } },
    timeWindow: [windowOf(slo)],
    budgetingMethod: slo.slices === undefined ? 'Occurrences' : 'Timeslices',
    objectives: [objectiveOf(slo)],
    ...(slo.alerts.length === 0
      ? {}
      : { alertPolicies: slo.alerts.map((rule) => ({ alertPolicyRef: labelOf(policyId(slo, rule)) })) }),
  });
}

/** Counts come as they are, and not as counters that only grow. */
function ratioOf(indicator: Indicator): Json {
  if (indicator.kind === 'cloudwatch') {
    const { namespace, dimensions, counts } = indicator;
    const texts = Object.entries(dimensions).map(([name, value]): [string, string] => [name, textOf(value)]);
    const told = texts.length === 0 ? {} : { dimensions: Object.fromEntries(texts) };
    const metric = (metricName: string) => metricOf(indicator, { namespace, metricName, ...told, stat: 'Sum' });
    const part = 'bad' in counts ? { bad: metric(counts.bad) } : { good: metric(counts.good) };
    return { counter: false, ...part, total: metric(counts.total) };
  }
  const what = eventsOf(indicator);
  return {
    counter: false,
    bad: metricOf(indicator, { ...what, count: 'bad' }),
    total: metricOf(indicator, { ...what, count: 'total' }),
  };
}

/** As an indicator of monitors.yml says it. */
function eventsOf(indicator: Exclude<Indicator, { kind: 'cloudwatch' }>): Readonly<Record<string, Json>> {
  if (indicator.kind === 'bursts') return { bursts: indicator.bursts };
  const good = indicator.kind === 'latency' ? `latency < ${renderDuration(indicator.belowMs)}` : 'passed';
  return { monitors: indicator.monitors, good, degraded: indicator.isDegradedBad ? 'bad' : 'good' };
}

function metricOf(indicator: Indicator, spec: Json): Json {
  const type = indicator.kind === 'cloudwatch' ? cloudWatchSource : ownSource;
  return { metricSource: { metricSourceRef: sourceNameOf(indicator), type, spec } };
}

/** As it is typed in monitors.yml. */
function textOf(text: Text): string {
  const typed = (part: string) => part.replaceAll(/\$(?=[${])/g, '$$$$');
  const parts = typeof text === 'string' ? [text] : text;
  return renderText(parts.map((part) => (typeof part === 'string' ? typed(part) : part)));
}

/** A Monday on which a month, a quarter and a year began: a midnight that every span of the calendar begins at. */
export const calendarStart = '2024-01-01 00:00:00';
export const calendarDurations: Readonly<Record<CalendarUnit, string>> = {
  week: '1w',
  month: '1M',
  quarter: '1Q',
  year: '1Y',
};

function windowOf({ windowMs, calendar }: Slo): Json {
  if (calendar === undefined) return { duration: renderDuration(windowMs), isRolling: true };
  const { unit, timezone } = calendar;
  const start = { startTime: calendarStart, timeZone: timezone };
  return { duration: calendarDurations[unit], isRolling: false, calendar: start };
}

function objectiveOf({ objectivePpm, slices }: Slo): Json {
  if (slices === undefined) return { target: ratio(objectivePpm) };
  const { targetPpm, sliceMs } = slices;
  return { target: ratio(objectivePpm), timeSliceTarget: ratio(targetPpm), timeSliceWindow: renderDuration(sliceMs) };
}

const ratio = (ppm: number): number => Number((ppm / 1_000_000).toFixed(6));
