import type { Overview } from '../../../shared/app/overview-model.ts';
import type { ProbeRow } from '../../../shared/probe/row.ts';

/**
 * What `GET /api/state` answers and every `state` event of `GET /api/events` carries: how everything stands, and what
 * only local mode has. Instants are epoch ms.
 */
export type ConsoleState = Overview & {
  /** Every message that SNS would have sent, the newest first. */
  readonly inbox: readonly InboxMessage[];
  /** What the shortener is told to do wrong; null when it is left alone. */
  readonly faults: Faults | null;
  readonly alarms: readonly AlarmView[];
  readonly addresses: Addresses;
  /** Why the newest monitors.yml was not taken, one rendered problem a line; the one before it goes on. Empty when all is well. */
  readonly configErrors: readonly string[];
  /** The pace of local mode: probe, then evaluate, every so often. */
  readonly tickMs: number;
  readonly nextTickAt: number;
};

/** A message as its reader would see it. The id is stable and unique in the inbox. */
export type InboxMessage = {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly at: number;
  readonly to: string;
};

export type Faults = {
  /** 0..1: the share of requests that is answered with 503. */
  readonly errorRatio: number;
  readonly latencyMs: number;
  /** When it ends by itself. */
  readonly until: number;
};

/** A CloudWatch alarm of the template, as local mode evaluates it. */
export type AlarmView = { readonly name: string; readonly state: AlarmState; readonly since: number };
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Origins without a trailing slash, and the folder that holds everything local mode remembers. */
export type Addresses = {
  readonly console: string;
  readonly shortener: string;
  readonly aws: string;
  readonly data: string;
};

/** What `POST /api/probe` answers. */
export type ProbeAnswer = { readonly results: readonly ProbeRow[] };

/** What every refusal of the console's API carries, as `application/problem+json`. */
export type ConsoleProblem = { readonly title: string; readonly detail?: string };
