import type { ErrorType } from '../config/model.ts';
import { cleanText } from './clean.ts';
import type { Notice, NoticeItem } from './model.ts';

/** What failed, in the few words that a subject has room for. */
const shortErrors: Readonly<Record<ErrorType, string>> = {
  resolve: 'DNS does not resolve',
  connect: 'no connection',
  tls: 'TLS fails',
  timeout: 'timeout',
  protocol: 'invalid HTTP',
  redirect: 'bad redirect',
  body: 'unreadable body',
  assertion: 'wrong answer',
  blocked: 'blocked',
  monitor: 'probe broken',
};

/** What failed and where to look, in a sentence. */
const longErrors: Readonly<Record<ErrorType, string>> = {
  resolve: 'The name did not resolve: look at the DNS records and at who serves them.',
  connect: 'No connection came about: the port is closed, or something on the way refuses or drops it.',
  tls: 'TLS failed: look at the certificate, its names and its dates.',
  timeout: 'No full answer came in time: it hangs, it is overloaded, or packets are dropped on the way.',
  protocol: 'What came back is not valid HTTP, or the connection broke in the middle of it.',
  redirect: 'The redirects do not end well: too many, a loop, or a place that may not be followed.',
  body: 'The body could not be read: larger than allowed, or damaged.',
  assertion: 'It answers, but not as the monitor asserts.',
  blocked: 'Policy refused to send the probe.',
  monitor: 'The probe itself broke; the target may be fine.',
};

export type FailureWords = { readonly statusCode?: number; readonly message: string };

/** `status 503`, `timeout`: why a monitor fails, for a subject; empty when nobody knows. */
export function shortCause(errorType: ErrorType | undefined, failure: FailureWords | undefined): string {
  const { statusCode } = failure ?? {};
  const isErrorStatus = statusCode !== undefined && (statusCode < 200 || statusCode >= 300);
  if (isErrorStatus && (errorType === undefined || errorType === 'assertion')) return `status ${statusCode}`;
  return errorType === undefined ? '' : shortErrors[errorType];
}

/** Why a monitor fails, in sentences: what the probe said, then what that kind of error means. */
export function longCause(errorType: ErrorType | undefined, failure: FailureWords | undefined): string[] {
  const message = cleanText(failure?.message ?? '', 256);
  const status = failure?.statusCode === undefined ? '' : `status ${failure.statusCode}`;
  const said = [status, message].filter((part) => part !== '').join('; ');
  return [said === '' ? '' : `The newest failed probe: ${said}`, errorType ? longErrors[errorType] : ''].filter(
    (line) => line !== '',
  );
}

/** What an item is about: the id of its monitor or SLO. */
export function nameOf(item: NoticeItem): string {
  switch (item.kind) {
    case 'monitor':
    case 'coverage':
      return item.monitor.id;
    case 'burn':
      return item.slo.id;
    case 'withdrawn':
      return item.transition.alertId.split('/')[1] ?? item.transition.alertId;
    default:
      return item satisfies never;
  }
}

/** The error type that an item knows of. */
export function errorTypeOf({ transition: { facts } }: NoticeItem): ErrorType | undefined {
  return facts.kind === 'monitor' ? facts.errorType : undefined;
}

export function firedOf(notice: Notice): readonly NoticeItem[] {
  return notice.items.filter((item) => item.transition.kind === 'fired');
}

export function resolvedOf(notice: Notice): readonly NoticeItem[] {
  return notice.items.filter((item) => item.transition.kind === 'resolved');
}
