import { calendarUnits, type Json, type Severity } from '../config/model.ts';
import { asciiText, cleanCommand, cleanText } from './clean.ts';
import type { SloStanding } from './model.ts';
import type { Row } from './rows.ts';

/** A message as whoever sends it on knows it: what `message.schema.json` describes, read and made harmless. */
export type MachineMessage = {
  readonly id: string;
  readonly isTest: boolean;
  /** `fired`, `resolved`, `mixed` and whatever later versions tell. */
  readonly kind: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly service: string;
  readonly environment: string;
  readonly channels: readonly string[];
  readonly incident: { readonly id: string; readonly openedAt: number; readonly closedAt?: number };
  readonly transitions: readonly MachineTransition[];
  readonly omittedCount: number;
  /** What is said of the whole, beside its transitions. */
  readonly details: readonly Row[];
  readonly budgets: readonly SloStanding[];
  readonly reproduce: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** All of it as it came. */
  readonly json: Json;
};

export type MachineTransition = {
  readonly id: string;
  readonly kind: string;
  /** The id of the rule. */
  readonly alert: string;
  readonly name: string;
  readonly severity: Severity;
  readonly at: number;
  readonly firedAt: number;
  readonly summary: string;
  readonly details: readonly Row[];
  readonly runbook?: string;
};

export type Parsed = { readonly message: MachineMessage } | { readonly problem: string };

const mostTransitions = 50;
const mostChannels = 100;
const mostRows = 8;
const mostCommands = 3;
const longestUrl = 2_048;

/**
 * Reads a message that came from outside: JSON of version 1. Text is cleaned and cut, links are http or https, what is not known
 * is left alone; `problem` says in a few words why it is none of ours.
 */
export function parseMachine(text: string): Parsed {
  const json = parseJson(text);
  if (!isMap(json)) return { problem: 'it is no JSON object' };
  if (json['version'] !== 1) return { problem: 'its version is not 1' };
  const { id, kind, severity, subject } = json;
  const incident = incidentOf(json['incident']);
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return { problem: 'it has no id' };
  if (typeof kind !== 'string' || !isWord.test(kind)) return { problem: 'it has no kind' };
  if (severity !== 'page' && severity !== 'ticket') return { problem: 'it has no severity' };
  if (typeof subject !== 'string' || subject.trim() === '') return { problem: 'it has no subject' };
  if (incident === undefined) return { problem: 'it has no incident' };
  const channels = texts(json['channels'], 64, mostChannels);
  if (channels.length === 0) return { problem: 'it has no channels' };
  return {
    message: {
      id,
      isTest: json['isTest'] === true,
      kind,
      severity,
      subject: asciiText(subject, 150),
      service: textOf(json['service'], 64),
      environment: textOf(json['environment'], 64),
      channels,
      incident,
      transitions: listOf(json['transitions']).slice(0, mostTransitions).flatMap(transitionOf),
      omittedCount: instantOf(json['omittedTransitionsCount']) ?? 0,
      details: rowsIn(json['details']),
      budgets: listOf(json['budgets']).slice(0, mostTransitions).flatMap(budgetOf),
      reproduce: listOf(json['reproduce']).flatMap(commandOf).slice(0, mostCommands),
      links: listOf(json['links']).slice(0, mostRows).flatMap(linkOf),
      json: json as Json,
    },
  };
}

/** Something fires, of a transition of this kind: it is news, or told once more. */
export function isFiring({ kind }: Pick<MachineTransition, 'kind'>): boolean {
  return kind === 'fired' || kind === 'reminded' || kind === 'escalated';
}

/** How grave what fires in it is; of one in which nothing does, how grave what it speaks of was. */
export function gravity({ severity, transitions }: MachineMessage): Severity {
  const firing = transitions.filter(isFiring);
  if (firing.length === 0) return severity;
  return firing.some((each) => each.severity === 'page') ? 'page' : 'ticket';
}

/** Where a link lets somebody say that they are at it, and not only look. */
export function isAcknowledge({ label }: { readonly label: string }): boolean {
  return /^acknowledge\b/i.test(label);
}

/** Where to look: the first link that changes nothing. */
export function lookUrl({ links }: MachineMessage): string | undefined {
  return links.find((link) => !isAcknowledge(link))?.url;
}

/** A URL that a person may be sent to: http or https, without a name or password in it; undefined for any other text. */
export function webUrl(text: string): string | undefined {
  const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
}

type Fields = Readonly<Record<string, unknown>>;
const isWord = /^[a-zA-Z]{1,32}$/;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told by who asked: it is no message of ours.
    return undefined;
  }
}

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown, longest: number): string =>
  typeof value === 'string' ? cleanText(value, longest) : '';
const instantOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 8.64e15 ? value : undefined;
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

function texts(value: unknown, longest: number, most: number): readonly string[] {
  const found = listOf(value).map((each) => textOf(each, longest));
  return found.filter((each) => each !== '').slice(0, most);
}

function incidentOf(value: unknown): MachineMessage['incident'] | undefined {
  if (!isMap(value)) return undefined;
  const id = textOf(value['id'], 64);
  const [openedAt, closedAt] = [instantOf(value['openedAt']), instantOf(value['closedAt'])];
  if (id === '' || openedAt === undefined) return undefined;
  return { id, openedAt, ...(closedAt !== undefined && { closedAt }) };
}

function transitionOf(value: unknown): MachineTransition[] {
  if (!isMap(value)) return [];
  const [at, firedAt] = [instantOf(value['at']), instantOf(value['firedAt'])];
  const [kind, alert] = [textOf(value['kind'], 32), textOf(value['alert'], 256)];
  if (at === undefined || firedAt === undefined || kind === '' || alert === '') return [];
  const name = textOf(value['name'], 64) || alert;
  const runbook = textOf(value['runbook'], 512);
  return [
    {
      id: textOf(value['id'], 16),
      kind,
      alert,
      name,
      severity: value['severity'] === 'page' ? 'page' : 'ticket',
      at,
      firedAt,
      summary: textOf(value['summary'], 200) || name,
      details: rowsIn(value['details']),
      ...(runbook !== '' && { runbook }),
    },
  ];
}

function rowsIn(value: unknown): Row[] {
  return listOf(value)
    .slice(0, mostRows)
    .flatMap((row) => {
      if (!isMap(row) || typeof row['text'] !== 'string') return [];
      const lines = row['text']
        .split('\n')
        .slice(0, mostRows)
        .map((line) => cleanText(line, 512));
      const said = lines.filter((line) => line !== '').join('\n');
      const label = textOf(row['label'], 24);
      return said === '' || label === '' ? [] : [{ label, text: said }];
    });
}

function budgetOf(value: unknown): SloStanding[] {
  if (!isMap(value)) return [];
  const [windowMs, exhaustedAt] = [instantOf(value['windowMs']), instantOf(value['exhaustedAt'])];
  const [earliestAt, latestAt] = [instantOf(value['exhaustedEarliestAt']), instantOf(value['exhaustedLatestAt'])];
  const [left, events] = [numberOf(value['budgetLeftPpm']), numberOf(value['budgetEvents'])];
  const [badEvents, burnRate] = [numberOf(value['badEvents']), numberOf(value['burnRate'])];
  const sloId = textOf(value['slo'], 64);
  if (windowMs === undefined || left === undefined || events === undefined || sloId === '') return [];
  if (badEvents === undefined || burnRate === undefined) return [];
  const calendar = calendarUnits.find((unit) => unit === value['calendar']);
  return [
    {
      sloId,
      objective: textOf(value['objective'], 24),
      windowMs,
      ...(calendar !== undefined && { calendar }),
      budgetLeftPpm: left,
      budgetEvents: events,
      badEvents,
      burnRate,
      ...(exhaustedAt !== undefined && { exhaustedAt }),
      ...(earliestAt !== undefined && { exhaustedEarliestAt: earliestAt }),
      ...(latestAt !== undefined && { exhaustedLatestAt: latestAt }),
    },
  ];
}

function commandOf(value: unknown): string[] {
  const command = typeof value === 'string' ? cleanCommand(value) : '';
  return command === '' || command.length > 4_096 ? [] : [command];
}

function linkOf(value: unknown): { label: string; url: string }[] {
  if (!isMap(value)) return [];
  const url = webUrl(textOf(value['url'], longestUrl));
  const label = textOf(value['label'], 40);
  return url === undefined || label === '' ? [] : [{ label, url }];
}
