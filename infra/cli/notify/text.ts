import type { Outcome } from '../../../shared/channels/model.ts';
import { serviceName } from '../../../shared/channels/send.ts';
import { type Channel, isSent } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import type { Io } from '../command.ts';
import { spanText } from '../numbers.ts';
import { paint } from '../terminal.ts';

/** What came of a test message. `published`: SNS has it, which mails to whoever has confirmed. */
export type Told = Result & {
  readonly channel: Channel;
  readonly message: Message;
  readonly tookMs: number;
  readonly attempts: number;
};
export type Result = Outcome | { readonly outcome: 'published'; readonly topic: string };

export function toldText(told: Told, io: Io): string {
  const { channel, message, tookMs, attempts } = told;
  const who = `${channel.id} (${channel.type})`;
  const after = `${attempts === 1 ? '' : `, after ${attempts} attempts`} in ${spanText(tookMs)}`;
  const sent = `  ${message.subject}\n`;
  switch (told.outcome) {
    case 'delivered': {
      const said = told.answer === '' ? '' : `: ${told.answer}`;
      const name = isSent(channel) ? serviceName(channel) : 'SNS';
      return `${paint('told', 'green', io)} ${who}: ${name} answered ${told.statusCode}${said}${after}\n${sent}`;
    }
    case 'published':
      return (
        `${paint('told', 'green', io)} ${who}: SNS has it${after}\n${sent}` +
        '  It mails to addresses that have confirmed, within a minute. No mail? Look for the confirmation of AWS, or\n' +
        `  aws sns list-subscriptions-by-topic --topic-arn ${told.topic}\n`
      );
    case 'skipped':
      return `${paint('nothing to tell', 'yellow', io)} ${who}: ${told.reason}\n`;
    case 'failed':
      return `${paint('not told', 'red', io)} ${who}: ${told.problem}${after}\n  ${told.mend}\n`;
    default:
      return told satisfies never;
  }
}

export function toldJson({ channel, message, tookMs, ...told }: Told, kind: string): unknown {
  return {
    channel: channel.id,
    type: channel.type,
    kind,
    message: message.id,
    subject: message.subject,
    latencyMs: Math.round(tookMs),
    ...told,
  };
}
