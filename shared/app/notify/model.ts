import type { Delivery, Failure } from '../../channels/model.ts';
import { type Alarm, type Config, isSent, type SentChannel } from '../../config/model.ts';
import type { MachineMessage } from '../../message/machine.ts';
import type { Message } from '../../message/model.ts';
import { type AlarmDeps, packageAlarms } from './alarm.ts';

/** What is packaged for the function that sends to channels: those that it sends to, and the alarms that are told on them. */
export type NotifyPackage = {
  readonly service: string;
  readonly channels: readonly SentChannel[];
  readonly alarms?: readonly Alarm[];
};

export function packageChannels(config: Config): NotifyPackage {
  const alarms = packageAlarms(config);
  const channels = config.channels.filter(isSent);
  return { service: config.service, channels, ...(alarms.length > 0 && { alarms }) };
}

/**
 * Puts a message of any kind on the alerts' topic, the report of one that was not told included. Answers the id that SNS gave it,
 * where it says so.
 */
export type Publish = (message: Omit<Message, 'kind'> & { readonly kind: string }) => Promise<unknown>;

/** What is remembered of messages, so that nobody is told twice who need not be, and nothing is reported all the time. */
export type NotifyStore = {
  /** What is known of a message, by the ids of its channels. */
  load(messageId: string): Promise<ReadonlyMap<string, Remembered>>;
  saveTold(messageId: string, channel: string): Promise<void>;
  saveRefused(messageId: string, channel: string, refusal: Refusal): Promise<void>;
  /** Counts one more invocation that could not tell a channel, keeps why, and answers how many there were. */
  countFailure(messageId: string, channel: string, problem: string): Promise<number>;
  /**
   * Whether a failure of this channel may be reported now, by this message: one report an hour. Of several who ask at once one
   * gets it; who got it and did not say `saveReport` loses it after a minute.
   */
  claimReport(channel: string, messageId: string, now: number): Promise<boolean>;
  saveReport(channel: string, messageId: string, now: number): Promise<void>;
};

/** A channel has the message; or it has not, and perhaps refused it for good. */
export type Remembered =
  | { readonly isTold: true; readonly toldAt?: number }
  | {
      readonly isTold: false;
      readonly refusal?: Refusal;
      /** Invocations that could not tell it, and why the last of them could not. */
      readonly failures?: number;
      readonly problem?: string;
    };
/** To which invocation, and why: to one by hand, later, it may say something else. */
export type Refusal = { readonly invocationId: string } & Pick<Failure, 'problem' | 'mend'>;

export type NotifyDeps = {
  readonly channels: readonly SentChannel[];
  /** Lambda's request id: the same when it asks again by itself. */
  readonly invocationId: string;
  /** Never rejects for what is outside. */
  readonly send: (channel: SentChannel, message: MachineMessage) => Promise<Delivery>;
  readonly loadStore: () => Promise<NotifyStore>;
  readonly publish: Publish;
  /** The queue in which Lambda keeps what could not be told, for people. */
  readonly queue?: string;
  /** What is known of the alarms of this stack; absent where none is told on these channels. */
  readonly alarms?: Omit<AlarmDeps, 'onWarning'>;
  readonly now: () => number;
  readonly onDelivery: (told: Told) => void;
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** One message on one channel, and what came of it. */
export type Told = { readonly message: MachineMessage; readonly channel: SentChannel; readonly delivery: Delivery };

export type NotifySummary = { readonly delivered: number; readonly skipped: number; readonly known: number };
