import type { BurnRuleView, LocationView, MonitorAlertView, MonitorView } from '../../../shared/app/overview/model.ts';
import type { ErrorType, Severity } from '../../../shared/config/model.ts';
import type { AlarmState } from './state.ts';

/** What people read for what the state says. Nothing here knows a page. */
export const monitorWords: Readonly<Record<MonitorView['state'], string>> = {
  passed: 'Passing',
  degraded: 'Degraded',
  failed: 'Failing',
  unknown: 'Unknown',
  blocked: 'Blocked',
  waiting: 'Waiting',
};

export const ruleWords: Readonly<Record<BurnRuleView['status'], string>> = {
  inactive: 'Quiet',
  pending: 'Pending',
  firing: 'Firing',
  unknown: 'No data',
};

export const alertWords: Readonly<Record<MonitorAlertView['status'], string>> = {
  inactive: 'Quiet',
  pending: 'Pending',
  firing: 'Firing',
};

export const alarmWords: Readonly<Record<AlarmState, string>> = {
  OK: 'OK',
  ALARM: 'In alarm',
  INSUFFICIENT_DATA: 'Not enough data yet',
};

export const severityWords: Readonly<Record<Severity, string>> = { page: 'Page', ticket: 'Ticket' };

export const errorWords: Readonly<Record<ErrorType, string>> = {
  resolve: 'The name did not resolve',
  connect: 'No connection',
  tls: 'TLS failed',
  timeout: 'Timed out',
  protocol: 'The answer broke the rules of its protocol',
  redirect: 'The redirects went wrong',
  body: 'The body could not be read',
  assertion: 'An assertion did not hold',
  blocked: 'Policy refused to send',
  monitor: 'The fault is ours, not the target’s',
};

/** Of a sample that was marked. */
export const untrustedText = 'time not trusted: this machine was short of CPU';

/** What is counted of a monitor of this type: probes, or the minutes in which a heartbeat was judged. */
export function countedWord(type: string): 'probe' | 'minute' {
  return type === 'heartbeat' ? 'minute' : 'probe';
}

/** How often something is expected of a monitor: `http, every 1 min`, `heartbeat, expected every 1 d, 1 h of grace`. */
export function paceText({ type, eventIntervalMs, graceMs }: MonitorView): string {
  if (graceMs === undefined) return `${type}, every ${roughSpanText(eventIntervalMs)}`;
  const grace = graceMs === 0 ? 'without grace' : `${spanText(graceMs)} of grace`;
  return `${type}, expected every ${spanText(eventIntervalMs)}, ${grace}`;
}

/** What keeps an alert from firing: monitors that its own depends on, down or up only just now. */
export function heldText(heldBy: readonly string[]): string {
  return heldBy.length === 0
    ? ''
    : `held: ${heldBy.join(', ')} ${heldBy.length === 1 ? 'is' : 'are'} down, or not up for long`;
}

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** A span in its two largest units: `45 s`, `4 min 10 s`, `3 d 4 h`; below one second and below zero `0 s`. */
export function spanText(spanMs: number): string {
  const index = units.findIndex(([, size]) => spanMs >= size);
  const unit = units[index];
  if (unit === undefined) return '0 s';
  const [name, size] = unit;
  const whole = Math.floor(spanMs / size);
  const smaller = units[index + 1];
  const rest = smaller === undefined ? 0 : Math.floor((spanMs - whole * size) / smaller[1]);
  return smaller === undefined || rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smaller[0]}`;
}

/** Like `spanText`, in its largest unit alone: for ages that need no precision. */
export function roughSpanText(spanMs: number): string {
  const unit = units.find(([, size]) => spanMs >= size);
  return unit === undefined ? '0 s' : `${Math.floor(spanMs / unit[1])} ${unit[0]}`;
}

/** Of several locations: from which it failed, and which of them see it otherwise; empty where none failed, or one looks. */
export function seenText({ seenFrom }: Pick<MonitorView, 'seenFrom'>): string {
  if (seenFrom === undefined || seenFrom.failed.length === 0) return '';
  const { failed, good, silent } = seenFrom;
  const count = failed.length + good.length + silent.length;
  const others = [
    good.length === 0 ? '' : `; passed from ${good.join(', ')}`,
    silent.length === 0 ? '' : `; nothing new from ${silent.join(', ')}`,
  ];
  return `Failed from ${failed.length} of ${count} locations: ${failed.join(', ')}${others.join('')}`;
}

/** Which of several locations are not heard; empty where all are. */
export function silentText(locations: readonly LocationView[], now: number): string {
  const silent = locations
    .filter(({ state }) => state !== 'heard')
    .map(({ id, lastTickAt }) =>
      lastTickAt === undefined ? `${id} (never yet)` : `${id} (for ${spanText(now - lastTickAt)})`,
    );
  if (silent.length === 0) return '';
  return `Nothing comes from ${silent.join(', ')}. What is probed is judged without ${silent.length === 1 ? 'it' : 'them'}: this is no outage of a target.`;
}

/** A countdown: `0:07`, `12:30`, `1:02:03`. */
export function countdownText(spanMs: number): string {
  const seconds = Math.max(0, Math.ceil(spanMs / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A latency: `0 ms`, `0.4 ms`, `38 ms`, `1,250 ms`, from ten seconds on `12.3 s`. */
export function latencyText(latencyMs: number): string {
  if (latencyMs === 0) return '0 ms';
  if (latencyMs >= 10_000) return `${(latencyMs / 1000).toFixed(1)} s`;
  return `${latencyMs < 10 ? latencyMs.toFixed(1) : grouped(Math.round(latencyMs))} ms`;
}

/** What is left of a budget, rounded down, so that 100% means untouched; negative once it is overspent. */
export function budgetText(leftRatio: number): string {
  const tenths = Math.floor(leftRatio * 1000 + 1e-9);
  const digits = Math.abs(tenths) >= 10_000 || tenths === 1000 ? 0 : 1;
  return `${tenths < 0 ? '−' : ''}${grouped(Math.abs(tenths) / 10, digits)}%`;
}

/** A plain share: `99.4%`. */
export function ratioText(ratio: number): string {
  const percent = Math.floor(ratio * 1000 + 1e-9) / 10;
  return `${percent === 100 ? '100' : percent.toFixed(1)}%`;
}

/** A burn rate: `0×`, `0.4×`, `14.4×`, `1,000×`. */
export function burnText(rate: number): string {
  if (rate > 0 && rate < 0.05) return '<0.1×';
  return `${rate.toLocaleString('en', { maximumFractionDigits: rate >= 100 ? 0 : 1 })}×`;
}

/** An integer, or with a fraction where there is one: `43.2`. */
export function countText(count: number): string {
  return grouped(count, Number.isInteger(count) ? 0 : 1);
}

/** `1 monitor`, `2 monitors`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

function grouped(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
