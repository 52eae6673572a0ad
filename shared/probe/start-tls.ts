import type { StartTlsProtocol } from '../config/model.ts';
import type { Conversation } from '../net/conversation.ts';
import { AttemptError } from '../net/error.ts';
import { refuseMore } from './dialogue.ts';
import type { Run } from './measure.ts';
import { showReceived } from './received.ts';

/** All that is said in plain text before TLS: more than this is none of these protocols. */
export const longestStartTls = 16_384;

/** What one side says, then the other: how each answer is told from what comes after it, and whether it is the right one. */
type Exchange = {
  readonly send?: string;
  /** Where the answer ends; undefined while it is not whole. */
  readonly findEnd: (text: string) => number | undefined;
  readonly isRight: (answer: string) => boolean;
  /** What the answer has to be, for people. */
  readonly wanted: string;
};

/**
 * Speaks the plain part of a protocol up to the point where TLS begins, and sees that nothing comes after that. Rejects with
 * an AttemptError that says what came instead, or with the signal's reason.
 */
export async function startTls(protocol: StartTlsProtocol, conversation: Conversation, run: Run): Promise<void> {
  let from = 0;
  for (const exchange of exchanges[protocol]) {
    const came = () => showReceived(conversation.received().subarray(from), run.secrets);
    const wanted = `${protocol}: ${exchange.wanted}`;
    run.explainTimeout = (timeoutMs) => `${wanted} was not received within ${timeoutMs} ms; received ${came()}`;
    try {
      from = await speak(exchange, from, conversation);
    } catch (error) {
      if (!(error instanceof AttemptError)) throw error;
      throw new AttemptError(error.errorType, `${wanted} did not come: ${error.message}; received ${came()}`, {
        cause: error,
      });
    }
  }
  run.explainTimeout = undefined;
  refuseMore(conversation, from);
}

/** Answers where the answer ends. */
async function speak({ send, findEnd, isRight }: Exchange, from: number, conversation: Conversation): Promise<number> {
  if (send !== undefined) await conversation.send(Buffer.from(send, 'latin1'));
  // One character a byte, so that places in the text are places in the bytes.
  const textOf = (received: Buffer) => received.subarray(from).toString('latin1');
  const length = await conversation.find((received) => findEnd(textOf(received)));
  if (isRight(textOf(conversation.received()).slice(0, length))) return from + length;
  throw new AttemptError('protocol', 'the target answered something else');
}

/** The end of the line on which this is found, which begins a line. */
function lineEnd(beginning: RegExp): (text: string) => number | undefined {
  return (text) => {
    const at = text.search(beginning);
    const end = at < 0 ? -1 : text.indexOf('\n', at);
    return end < 0 ? undefined : end + 1;
  };
}

/**
 * A reply of SMTP or FTP: lines up to the first one with its code and a space. Without a code, or with another one, it is
 * over with its line. https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1 , https://www.rfc-editor.org/rfc/rfc959#section-4.2
 */
const reply = (wanted: string, code: string, send?: string, holds = /^/): Exchange => ({
  ...(send === undefined ? {} : { send }),
  wanted,
  findEnd: (text) => {
    const started = /^(\d{3})-/.exec(text)?.[1];
    return lineEnd(started === undefined ? /^/ : new RegExp(`^${started}(?: |\\r?$)`, 'm'))(text);
  },
  isRight: (answer) => answer.startsWith(code) && holds.test(answer),
});

const line = (wanted: string, beginning: RegExp, send?: string, findEnd = lineEnd(/^/)): Exchange => ({
  ...(send === undefined ? {} : { send }),
  wanted,
  findEnd,
  isRight: (answer) => beginning.test(answer),
});

const exchanges: Readonly<Record<StartTlsProtocol, readonly Exchange[]>> = {
  smtp: [
    reply('the greeting 220', '220'),
    reply('250 with STARTTLS', '250', 'EHLO burnwatch\r\n', /^250[ -]STARTTLS\r?$/im),
    reply('220 to STARTTLS', '220', 'STARTTLS\r\n'),
  ],
  imap: [line('the greeting * OK', /^\* OK/i), line('a OK to STARTTLS', /^a OK/im, 'a STARTTLS\r\n', lineEnd(/^a /m))],
  pop3: [line('the greeting +OK', /^\+OK/), line('+OK to STLS', /^\+OK/, 'STLS\r\n')],
  ftp: [reply('the greeting 220', '220'), reply('234 to AUTH TLS', '234', 'AUTH TLS\r\n')],
  // https://www.postgresql.org/docs/current/protocol-message-formats.html : SSLRequest
  postgres: [
    {
      send: '\x00\x00\x00\x08\x04\xd2\x16\x2f',
      wanted: 'S to the request for TLS',
      findEnd: (text) => (text === '' ? undefined : 1),
      isRight: (answer) => answer === 'S',
    },
  ],
};
