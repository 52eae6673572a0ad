import type { Severity } from '../config/model.ts';
import { goneText, leftText } from './budget-text.ts';
import { cleanText, cut } from './clean.ts';
import { formatCount, formatInstant } from './format.ts';
import { mostDetailed } from './layout.ts';
import { gravity, isAcknowledge, isFiring, type MachineMessage, type MachineTransition, webUrl } from './machine.ts';
import type { Row } from './rows.ts';

/** What a chat program shows of a message, before it is set in the blocks of one of them. All text is plain. */
export type Story = {
  readonly title: string;
  /** What its colour says: something fires, all of it is over, or nothing of both. */
  readonly mood: Severity | 'good' | 'note';
  /** Where, in which incident, and whether it is a test. */
  readonly context: readonly string[];
  /** The worst few alerts; one that the title says already has no line of its own. */
  readonly parts: readonly Part[];
  /** The others, a line each. */
  readonly others: readonly string[];
  readonly budgets: readonly Row[];
  readonly commands: readonly string[];
  readonly buttons: readonly Button[];
  readonly footer: string;
};
export type Part = { readonly line?: string; readonly rows: readonly Row[] };
/** At most one is the thing to press first. */
export type Button = { readonly label: string; readonly url: string; readonly isFirst: boolean };

const mostButtons = 5;
const longestRow = 1_000;
const mostBudgets = 5;

/** Tells a message for a chat program: the same words as the mail, in pieces. */
export function tellStory(message: MachineMessage): Story {
  const { subject, transitions, details } = message;
  const [detailed, others] = [transitions.slice(0, mostDetailed), transitions.slice(mostDetailed)];
  const left = message.omittedCount;
  return {
    title: subject,
    mood: moodOf(message),
    context: contextOf(message),
    parts: [
      ...(details.length > 0 ? [{ rows: details.map(bound) }] : []),
      ...detailed.map((transition) => partOf(transition, message)).filter(isTold),
    ],
    others: [...others.map(lineOf), ...(left > 0 ? [`and ${formatCount(left)} more`] : [])],
    budgets: message.budgets.slice(0, mostBudgets).map((standing) => budgetRow(standing, message)),
    commands: message.reproduce,
    buttons: buttonsOf(message),
    footer: `Message ${message.id}. The same message may come twice; its id stays the same.`,
  };
}

function moodOf(message: MachineMessage): Story['mood'] {
  const { kind, transitions, incident } = message;
  if (kind === 'undelivered' || transitions.some(isFiring)) return gravity(message);
  return incident.closedAt !== undefined || transitions.some((each) => each.kind === 'resolved') ? 'good' : 'note';
}

function contextOf({ service, environment, incident, isTest }: MachineMessage): readonly string[] {
  const opened = `incident ${incident.id}, opened ${formatInstant(incident.openedAt)}`;
  const closed = incident.closedAt === undefined ? '' : `, closed ${formatInstant(incident.closedAt)}`;
  return [
    ...(isTest ? ['This is a test: nothing is wrong, and there is nothing to do.'] : []),
    cleanText(`${service} ${environment}`, 140),
    `${opened}${closed}`,
  ].filter((line) => line !== '');
}

const isTold = ({ line, rows }: Part): boolean => line !== undefined || rows.length > 0;

function partOf(transition: MachineTransition, { subject }: MachineMessage): Part {
  const { runbook } = transition;
  const isPath = runbook !== undefined && webUrl(runbook) === undefined;
  const rows = [...transition.details, ...(isPath ? [{ label: 'Runbook', text: runbook }] : [])].map(bound);
  return subject.includes(transition.summary) ? { rows } : { line: lineOf(transition), rows };
}

const kindWords: Readonly<Record<string, string>> = {
  fired: 'Fired',
  reminded: 'Still firing',
  escalated: 'Escalated',
  resolved: 'Resolved',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
};

/** `Fired (page): shortener-health failing: 3 of 5 probes`. */
function lineOf({ kind, severity, summary }: MachineTransition): string {
  const word = Object.hasOwn(kindWords, kind) ? kindWords[kind] : kind;
  return summary.startsWith(String(word)) ? summary : `${word} (${severity}): ${summary}`;
}

const bound = ({ label, text }: Row): Row => ({ label, text: cut(text, longestRow) });

function budgetRow(standing: MachineMessage['budgets'][number], { transitions }: MachineMessage): Row {
  const at = Math.max(...transitions.filter(isFiring).map((each) => each.at));
  const gone = Number.isFinite(at) ? goneText(standing, at) : '';
  return bound({ label: 'Budget left', text: [leftText(standing), gone].filter((line) => line !== '').join('\n') });
}

/** What can be pressed, each address once: to acknowledge first, then where to look, then the runbooks. */
function buttonsOf({ links, transitions }: MachineMessage): readonly Button[] {
  const runbooks = transitions.flatMap(({ runbook, name }) => {
    const url = webUrl(runbook ?? '');
    return url === undefined ? [] : [{ label: `Runbook of ${name}`, url, isFirst: false }];
  });
  const all = [
    ...links.map((link) => ({ label: capitalized(link.label), url: link.url, isFirst: isAcknowledge(link) })),
    ...runbooks,
  ].sort((a, b) => Number(b.isFirst) - Number(a.isFirst));
  return [...new Map(all.map((button) => [button.url, button])).values()].slice(0, mostButtons);
}

const capitalized = (label: string): string => label.charAt(0).toUpperCase() + label.slice(1);
