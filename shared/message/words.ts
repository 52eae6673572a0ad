import { type ErrorType, errorTypes, type Monitor, type MonitorType } from '../config/model.ts';
import { cleanText, cut } from './clean.ts';
import type { Notice, NoticeItem } from './model.ts';

type Words = Readonly<Partial<Record<ErrorType, string>>>;

/** What failed, in the few words that a subject has room for. */
const shortErrors: Readonly<Record<ErrorType, string>> = {
  resolve: 'DNS does not resolve',
  connect: 'no connection',
  tls: 'TLS fails',
  timeout: 'timeout',
  protocol: 'invalid answer',
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
  protocol: 'What came back breaks the rules of its protocol, or the connection broke in the middle of it.',
  redirect: 'The redirects do not end well: too many, a loop, or a place that may not be followed.',
  body: 'The body could not be read: larger than allowed, or damaged.',
  assertion: 'It answers, but not as the monitor asserts.',
  blocked: 'Policy refused to send the probe.',
  monitor: 'The probe itself broke; the target may be fine.',
};

/** Where a monitor's type says more than the error alone: in few words, and in a sentence. */
const shortByType: Readonly<Partial<Record<MonitorType, Words>>> = {
  http: { protocol: 'invalid HTTP' },
  flow: { protocol: 'invalid HTTP' },
  heartbeat: { timeout: 'not called in time', assertion: 'it said that it failed' },
};
const longByType: Readonly<Partial<Record<MonitorType, Words>>> = {
  http: { protocol: 'What came back is not valid HTTP, or the connection broke in the middle of it.' },
  flow: { protocol: 'What came back is not valid HTTP, or the connection broke in the middle of it.' },
  dns: {
    resolve: 'The name of the name server did not resolve.',
    timeout: 'The name server did not answer in time: it is down, overloaded, or packets are dropped on the way.',
  },
  heartbeat: {
    timeout: 'Did the job run to its end, and can it reach the address that it calls?',
    assertion: 'The job ran, and said itself that it failed: its own log says why.',
  },
};

export type FailureWords = { readonly statusCode?: number; readonly message: string };

/** A step of a flow in what its probe said. */
const stepSaid = /^step ([a-z0-9-]{1,64}): /;
/** `certificate.daysRemaining > 21, but found 6.4`: what was looked at, and what was found. */
const partSaid = /^((?:certificate|tls|dns)\.\w+) .*, but found (.*)$/s;
const longestFound = 32;
/** `the certificate expired at …`: the one fault of TLS that everybody can mend who reads of it. */
const expirySaid = /^(?:the certificate|the issuer's certificate .*) expired at /;
/** Where what was looked at says more than that an assertion missed. */
const longByPart: Readonly<Record<string, string>> = {
  'certificate.daysRemaining':
    'A certificate ends soon, or has ended: renew it, and see that the server loads the new one.',
};

/** `status 503`, `timeout`, `step create: status 500`: why a monitor fails, for a subject; empty when nobody knows. */
export function shortCause(
  errorType: ErrorType | undefined,
  failure: FailureWords | undefined,
  type: MonitorType | undefined,
): string {
  const [, step] = (type === 'flow' && stepSaid.exec(failure?.message ?? '')) || [];
  const cause = causeOf(errorType, failure, type);
  return step === undefined || cause === '' ? cause : `step ${step}: ${cause}`;
}

function causeOf(
  errorType: ErrorType | undefined,
  failure: FailureWords | undefined,
  type: MonitorType | undefined,
): string {
  const { statusCode, message = '' } = failure ?? {};
  const isErrorStatus = statusCode !== undefined && (statusCode < 200 || statusCode >= 300);
  const isAnswer = errorType === undefined || errorType === 'assertion';
  if (isErrorStatus && isAnswer) return `status ${statusCode}`;
  const [, part, found = ''] = (isAnswer && partSaid.exec(message.replace(stepSaid, ''))) || [];
  if (part !== undefined) return `${part} is ${cut(cleanText(found, 256), longestFound)}`;
  if (errorType === undefined) return '';
  if (errorType === 'tls' && expirySaid.test(message.replace(stepSaid, ''))) return 'certificate expired';
  return (type && shortByType[type]?.[errorType]) ?? shortErrors[errorType];
}

/** Why a monitor fails, in sentences: what the probe said, then what that kind of error means. */
export function longCause(
  errorType: ErrorType | undefined,
  failure: FailureWords | undefined,
  type: MonitorType | undefined,
): string[] {
  const message = cleanText(failure?.message ?? '', 256);
  const { statusCode } = failure ?? {};
  const isSaid = /\bstatus\b/.test(message) && message.includes(String(statusCode));
  const status = statusCode === undefined || isSaid ? '' : `status ${statusCode}`;
  const said = [status, message].filter((part) => part !== '').join('; ');
  const lead = type === 'heartbeat' ? 'The newest judgement' : 'The newest failed probe';
  const meaning = errorType ? meaningOf(errorType, message, type) : '';
  return [said === '' ? '' : `${lead}: ${said}`, meaning].filter((line) => line !== '');
}

function meaningOf(errorType: ErrorType, message: string, type: MonitorType | undefined): string {
  const [, part = ''] = (errorType === 'assertion' && partSaid.exec(message.replace(stepSaid, ''))) || [];
  return longByPart[part] ?? (type && longByType[type]?.[errorType]) ?? longErrors[errorType];
}

/** What some requests of a burst came to: `status 503`, `no connection`. */
export function failureWords(what: string): string {
  if (/^\d+$/.test(what)) return `status ${what}`;
  return errorTypes.some((type) => type === what) ? shortErrors[what as ErrorType] : what;
}

/** The monitor that an item tells of; of an SLO's, the one whose failure is shown. */
export function monitorOf(item: NoticeItem): Monitor | undefined {
  if (item.kind === 'monitor' || item.kind === 'coverage') return item.monitor;
  return item.kind === 'burn' ? item.failure?.monitor : undefined;
}

/** What an item is about: the id of its monitor, SLO or burst, or the name of a location. */
export function nameOf(item: NoticeItem): string {
  switch (item.kind) {
    case 'monitor':
    case 'coverage':
      return item.monitor.id;
    case 'burn':
      return item.slo.id;
    case 'burst':
      return item.burst.id;
    case 'location':
      return item.location;
    case 'drill':
      return item.drill;
    case 'path':
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

/** What fires: what has begun to, and what is told of once more or to further channels. */
export function firingOf(notice: Notice): readonly NoticeItem[] {
  return notice.items.filter((item) => item.transition.kind !== 'resolved');
}

export function resolvedOf(notice: Notice): readonly NoticeItem[] {
  return notice.items.filter((item) => item.transition.kind === 'resolved');
}
