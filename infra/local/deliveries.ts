import { type Channel, isSent, type SentChannel } from '../../shared/config/model.ts';
import { type MachineMessage, parseMachine } from '../../shared/message/machine.ts';
import { isObject } from './aws/read.ts';
import type { Mail, SnsStore } from './aws/sns-store.ts';
import { channelText } from './channel-text.ts';
import type { DeliveryView } from './console/state.ts';
import { aboutOf } from './mail-about.ts';

export const notifyFunction = 'notify';

/** Keeps in the inbox what goes to channels, and follows what comes of it by what its function writes. */
export type Deliveries = {
  /** SNS hands this event to the function. */
  began(event: string): void;
  /** What the function wrote. */
  wrote(text: string): void;
  /** The function has failed on this event for the last time. */
  dropped(event: string): void;
};

export type DeliveriesDeps = {
  readonly mails: Pick<SnsStore, 'addMails' | 'delivery' | 'setDelivery'>;
  readonly channels: () => readonly Channel[];
  /** The message that is made of an alarm of CloudWatch; undefined of anything else. */
  readonly readAlarm?: (text: string) => MachineMessage | undefined;
  readonly now: () => number;
  /** Something is on its way, or has come to something. `problem`: why it was not told. */
  readonly onChange: (channel: string, problem?: string) => void;
};

const onItsWay: DeliveryView = { state: 'sending', detail: 'on its way' };
const gaveUp: DeliveryView = { state: 'failed', detail: 'the function failed three times: its log says why' };

export function createDeliveries(deps: DeliveriesDeps): Deliveries {
  const { mails, channels, now, onChange } = deps;
  const meantBy = (message: MachineMessage) =>
    channels()
      .filter(isSent)
      .filter(({ id }) => message.channels.includes(id));
  return {
    began: (event) => {
      const { message, sns } = readEvent(event, deps);
      if (message === undefined) return;
      // The same message once more is dropped by the function for whoever has it.
      const meant = meantBy(message).filter(({ id }) => mails.delivery(keyOf(message.id, id)) === undefined);
      if (meant.length === 0) return;
      mails.addMails(meant.map((channel) => mailOf(channel, message, sns, now())));
      for (const { id } of meant) onChange(id);
    },
    wrote: (text) => {
      for (const { message, channel, delivery } of text.split('\n').flatMap(readLine)) {
        mails.setDelivery(keyOf(message, channel), JSON.stringify(delivery));
        onChange(channel, delivery.state === 'failed' ? delivery.detail : undefined);
      }
    },
    dropped: (event) => {
      const { message } = readEvent(event, deps);
      if (message === undefined) return;
      for (const { id } of meantBy(message)) {
        const key = keyOf(message.id, id);
        if (mails.delivery(key) !== JSON.stringify(onItsWay)) continue;
        mails.setDelivery(key, JSON.stringify(gaveUp));
        onChange(id, gaveUp.detail);
      }
    },
  };
}

type Sns = { readonly messageId: string; readonly topicArn: string };

function readEvent(event: string, { readAlarm }: DeliveriesDeps): { message: MachineMessage | undefined; sns: Sns } {
  const records = fieldOf(parse(event), 'Records');
  const sns = fieldOf(Array.isArray(records) ? records[0] : undefined, 'Sns');
  const text = String(fieldOf(sns, 'Message'));
  const parsed = parseMachine(text);
  return {
    message: 'message' in parsed ? parsed.message : readAlarm?.(text),
    sns: { messageId: String(fieldOf(sns, 'MessageId')), topicArn: String(fieldOf(sns, 'TopicArn')) },
  };
}

function mailOf(channel: SentChannel, message: MachineMessage, { messageId, topicArn }: Sns, at: number): Mail {
  return {
    messageId,
    topicArn,
    to: `${channel.id} (${channel.type})`,
    subject: message.subject,
    text: channelText(channel, message, at),
    at,
    // An alarm is no incident of ours, of which the console could tell more.
    ...(isOfAlarm(message) ? {} : { about: JSON.stringify(aboutOf(message)) }),
    deliveryKey: keyOf(message.id, channel.id),
    delivery: JSON.stringify(onItsWay),
  };
}

const isOfAlarm = ({ transitions }: MachineMessage): boolean =>
  transitions.some(({ alert }) => alert.startsWith('alarm/'));

const keyOf = (message: string, channel: string): string => `${message} ${channel}`;

type Line = { readonly message: string; readonly channel: string; readonly delivery: DeliveryView };

/** A line of the function that says what came of one message on one channel; everything else is passed over. */
function readLine(line: string): readonly Line[] {
  const fields = line.startsWith('{') ? parse(line) : undefined;
  const [message, channel] = [fieldOf(fields, 'burnwatch.message'), fieldOf(fields, 'burnwatch.channel')];
  if (fieldOf(fields, 'message') !== 'told' || typeof message !== 'string' || typeof channel !== 'string') return [];
  return [{ message, channel, delivery: deliveryOf(fields) }];
}

function deliveryOf(fields: unknown): DeliveryView {
  const status = fieldOf(fields, 'http.response.status_code');
  switch (fieldOf(fields, 'burnwatch.outcome')) {
    case 'delivered':
      return { state: 'delivered', detail: `delivered, answered ${String(status)}` };
    case 'skipped':
      return { state: 'skipped', detail: String(fieldOf(fields, 'burnwatch.reason')) };
    default: {
      const again =
        fieldOf(fields, 'burnwatch.final') === true ? '' : '; it is tried again in a minute or two, three times in all';
      return { state: 'failed', detail: `${String(fieldOf(fields, 'exception.message'))}${again}` };
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's line: nothing of a delivery is in it.
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
