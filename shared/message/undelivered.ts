import { createHash } from 'node:crypto';
import type { Json, Severity } from '../config/model.ts';
import { asciiText, cleanText } from './clean.ts';
import { bounded, section, wrap } from './layout.ts';
import { gravity, isFiring, type MachineMessage } from './machine.ts';
import type { Message } from './model.ts';
import type { Row } from './rows.ts';

/** What could not be told, to whom, and why. */
export type Undelivered = {
  readonly message: MachineMessage;
  readonly channel: { readonly id: string; readonly type: string };
  /** One sentence without secrets: what the service answered, or that it did not. */
  readonly problem: string;
  /** What may mend it. */
  readonly mend: string;
  /** The channel that is told instead. */
  readonly fallback: string;
  /** The queue in which the message is kept; absent where there is none. */
  readonly queue?: string;
};

/** Told on one channel of another. */
export type Report = Omit<Message, 'kind'> & { readonly kind: 'undelivered' };

const longestSubject = 99;

/**
 * The report that a channel could not be told: what it said is in it, so that whoever reads the report knows of the alert. It is a
 * page where that was one and something fires. The same failure has the same id.
 */
export function renderUndelivered(undelivered: Undelivered): Report {
  const { message, channel, fallback } = undelivered;
  const severity: Severity = message.transitions.some(isFiring) ? gravity(message) : 'ticket';
  const id = createHash('sha256')
    .update(JSON.stringify(['undelivered', message.id, channel.id]))
    .digest('hex')
    .slice(0, 16);
  const mark = `${message.isTest ? '[TEST] ' : ''}[${severity.toUpperCase()}]`;
  const subject = asciiText(`${mark} ${channel.id} was not told: ${bareSubject(message)}`, longestSubject);
  return {
    id,
    subject,
    text: textOf(undelivered, subject, id),
    json: jsonOf(undelivered, { id, subject, severity }),
    channels: [fallback],
    severity,
    kind: 'undelivered',
  };
}

/** Its own marks say what is said already. */
const bareSubject = ({ subject }: MachineMessage): string => subject.replace(/^(\[[A-Z]+\] )+/, '');

function textOf({ message, channel, problem, mend, queue }: Undelivered, subject: string, id: string): string {
  const { incident, service, environment } = message;
  const lost = summariesOf(message).map((summary) => wrap(summary, '    '));
  const kept = queue === undefined ? [] : wrap(`The message itself is kept in the queue ${queue} for 14 days.`, '  ');
  const sections = [
    [subject],
    section('WHAT WAS NOT TOLD', [`  ${message.subject}`, ...bounded(lost)]),
    section('WHY', wrap(`${channel.id} (${channel.type}): ${cleanText(problem, 512)}`, '  ')),
    section('WHAT TO DO', [
      ...wrap(mend, '  '),
      ...wrap('This tells whether it works again:', '  '),
      `    npx burnwatch notify test --channel ${channel.id}`,
      ...kept,
    ]),
    [
      '--',
      ...wrap(`${cleanText(`${service} ${environment}`, 80)}, incident ${incident.id}`, ''),
      `Message ${id}`,
      ...wrap(`Of ${channel.id} this is told once an hour at most, whatever else it is not told meanwhile.`, ''),
    ],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What its subject does not say already. */
function summariesOf({ subject, transitions }: MachineMessage): readonly string[] {
  return transitions.map(({ summary }) => summary).filter((summary) => !subject.includes(summary));
}

function jsonOf(
  { message, channel, problem, mend, fallback, queue }: Undelivered,
  { id, subject, severity }: { id: string; subject: string; severity: Severity },
): Json {
  const rows: Row[] = [
    { label: 'Channel', text: `${channel.id} (${channel.type})` },
    {
      label: 'Not told',
      text: [message.subject, ...summariesOf(message).slice(0, 5)].join('\n'),
    },
    { label: 'Why', text: cleanText(problem, 512) },
    { label: 'What to do', text: mend },
    ...(queue === undefined ? [] : [{ label: 'Kept in', text: queue }]),
  ];
  return {
    version: 1,
    id,
    ...(message.isTest && { isTest: true }),
    kind: 'undelivered',
    severity,
    subject,
    service: message.service,
    environment: message.environment,
    channels: [fallback],
    incident: { ...message.incident },
    transitions: [],
    omittedTransitionsCount: 0,
    details: rows.map((row) => ({ ...row })),
    budgets: [],
    reproduce: [],
    links: message.links.map((link) => ({ ...link })),
    undelivered: { channel: channel.id, message: message.id },
  };
}
