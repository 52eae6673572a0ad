import { type Alarm, type AlarmUnit, type DimensionValue, isOwn, type Watched } from '../config/model.ts';
import { cleanText, cutMiddle } from './clean.ts';
import { formatPercent, formatWindow } from './format.ts';
import { type Outputs, showText } from './shell.ts';

/** Whose alarm it is: what the names of things in its dimensions are made of. Without an environment they stay as in the file. */
export type AlarmScope = { readonly service: string; readonly environment?: string; readonly outputs: Outputs };

/** CloudWatch takes no longer one: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const longestDescription = 1_024;
const longestMetric = 60;

/** What CloudWatch calls it, too: `<service>-<environment>-<id>`. */
export function alarmNameOf({ id }: Pick<Alarm, 'id'>, service: string, environment: string): string {
  return `${service}-${environment}-${id}`;
}

/** What an alarm looks at, in a few words: `5xx of Count`, `5xx per second`, `p99 of Latency`, `sum of Errors`. */
export function shortWatched(watched: Watched): string {
  const cut = (name: string) => cutMiddle(name, longestMetric);
  switch (watched.kind) {
    case 'metric':
      return `${watched.stat.replace(/^[A-Z]/, (first) => first.toLowerCase())} of ${cut(watched.name)}`;
    case 'rate':
      return `${cut(watched.name)} per second`;
    case 'ratio':
      return `${cut(watched.bad)} of ${cut(watched.total)}`;
    default:
      return watched satisfies never;
  }
}

/** The same with where it is: `5xx of Count in AWS/ApiGateway (ApiId abc)`. */
export function describeWatched(watched: Watched, scope: AlarmScope): string {
  const told = Object.entries(watched.dimensions).map(([name, value]) => `${name} ${valueText(value, scope)}`);
  return `${shortWatched(watched)} in ${watched.namespace}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}

function valueText(value: DimensionValue, { service, environment, outputs }: AlarmScope): string {
  if (!isOwn(value)) return showText(value, outputs);
  return environment === undefined ? value.own : `${service}-${environment}-${value.own}`;
}

/** A value of what an alarm watches, for people: `6.4 %`, `0.12/s`, `812 ms`, `12`. */
export function formatValue(unit: AlarmUnit, value: number): string {
  switch (unit) {
    case 'ratio':
      return formatPercent(Math.round(value * 1_000_000));
    case 'perSecond':
      return `${threeDigits(value)}/s`;
    case 'milliseconds':
      return `${threeDigits(value)} ms`;
    case 'none':
      return threeDigits(value);
    default:
      return unit satisfies never;
  }
}

/** Three significant digits, all of those before the point, and no exponent. */
function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  const digits = size === 0 ? 0 : Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return String(Number(value.toFixed(digits)));
}

/** `above 5 %`. */
export function limitText({ comparison, unit, threshold }: Alarm): string {
  return `${comparison} ${formatValue(unit, threshold)}`;
}

/** `3 of 5 periods of 1 min`, `one period of 1 min`. */
export function windowText({ datapoints, of, periodMs }: Pick<Alarm, 'datapoints' | 'of' | 'periodMs'>): string {
  const period = formatWindow(periodMs);
  return of === 1 ? `one period of ${period}` : `${datapoints} of ${of} periods of ${period}`;
}

/**
 * What stands in CloudWatch as the description of an alarm, and so in the mail that SNS makes of it: why somebody should get up,
 * what is compared, and where to look first. What is known only once it is deployed stands beside it, under its dimensions.
 */
export function describeAlarm(alarm: Alarm): string {
  const { severity, reason, watches, runbook } = alarm;
  const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  const rule = `Rings when ${shortWatched(watches)} in ${watches.namespace} is ${limitText(alarm)} in ${windowText(alarm)}.`;
  const parts = [`${severity.toUpperCase()}: ${sentence}`, rule, `Look first: ${runbook}`];
  return cleanText(parts.join(' '), longestDescription);
}
