import { createHash } from 'node:crypto';
import type { Alarm, Json } from '../config/model.ts';
import type { AlarmChange } from './alarm-change.ts';
import {
  type AlarmScope,
  alarmNameOf,
  describeWatched,
  formatValue,
  limitText,
  shortWatched,
  windowText,
} from './alarm-text.ts';
import { asciiText, cleanText, cutMiddle } from './clean.ts';
import { formatDuration, formatInstant } from './format.ts';
import type { Row } from './rows.ts';
import { quoteLightly } from './shell.ts';

/** An alarm of this stack that rings, or rings no longer. */
export type AlarmNews = {
  readonly alarm: Alarm;
  readonly change: AlarmChange & { readonly to: 'OK' | 'ALARM' };
  /** When it began to ring, epoch ms; absent where nobody knows. */
  readonly firedAt?: number;
  /** Ids of those of its channels that are told by this message. */
  readonly channels: readonly string[];
  readonly scope: AlarmScope & { readonly environment: string };
  /** Where to look. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
};

const longestSubject = 99;
const shortestName = 20;
const mostValues = 5;

/**
 * The message about it for machines, as `message.schema.json` describes it. The same change has the same id however often
 * CloudWatch tells it; all of one alarm is one incident, which ends with it and is opened anew when it rings again.
 */
export function renderAlarm(news: AlarmNews): Json {
  const { alarm, change, channels, scope, links } = news;
  const id = idOf(['alarm', change.name, change.to, change.at], 16);
  const firedAt = firedAtOf(news);
  const isOver = change.to === 'OK';
  const kind = isOver ? 'resolved' : 'fired';
  return {
    version: 1,
    id,
    kind,
    severity: alarm.severity,
    subject: subjectOf(news),
    service: cleanText(scope.service, 64),
    environment: cleanText(scope.environment, 64),
    channels,
    incident: { id: idOf(['alarm', change.name], 12), openedAt: firedAt, ...(isOver && { closedAt: change.at }) },
    transitions: [
      {
        id,
        kind,
        alert: `alarm/${alarm.id}`,
        about: 'alarm',
        name: alarm.id,
        severity: alarm.severity,
        at: change.at,
        firedAt,
        isWithdrawn: false,
        summary: isOver ? overWords(news, 1) : ringsWords(news, 2),
        details: rowsOf(news).map((row) => ({ ...row })),
        runbook: cleanText(alarm.runbook, 256),
        alarm: alarmNameOf(alarm, scope.service, scope.environment),
        ...valuesOf(news),
      },
    ],
    omittedTransitionsCount: 0,
    budgets: [],
    reproduce: isOver ? [] : [describeCommand(change)],
    links: links.slice(0, 5).map(({ label, url }) => ({ label: cleanText(label, 40), url: cleanText(url, 2_048) })),
  };
}

function valuesOf({ alarm, change }: AlarmNews): { readonly [key: string]: Json } {
  const [newest] = change.datapoints;
  const { comparison, threshold, unit, periodMs, datapoints, of } = alarm;
  return { comparison, limit: threshold, unit, periodMs, datapoints, of, ...(newest && { value: newest.value }) };
}

/** `[PAGE] checkout-errors: 5xx of Count 6.4 %, above 5 % (shop prod)`, with as much of it as there is room for. */
function subjectOf(news: AlarmNews): string {
  const { scope, change, alarm } = news;
  const environment = asciiText(scope.environment, 40);
  const mark = change.to === 'OK' ? 'Resolved: ' : `[${alarm.severity.toUpperCase()}] `;
  const words = change.to === 'OK' ? overWords : ringsWords;
  for (const detail of [2, 1, 0])
    for (const where of [` (${asciiText(scope.service, 40)} ${environment})`, ` (${environment})`]) {
      const subject = asciiText(mark + words(news, detail) + where, 500);
      if (subject.length <= longestSubject) return subject;
    }
  return asciiText(mark + words(news, 0, shortestName), longestSubject);
}

function ringsWords(
  { alarm, change }: AlarmNews,
  detail: number,
  longestName: number = Number.POSITIVE_INFINITY,
): string {
  const name = cutMiddle(alarm.id, longestName);
  const [newest] = change.datapoints;
  if (detail === 0) return `${name} rings`;
  if (newest === undefined) return `${name}: ${shortWatched(alarm.watches)} has no data`;
  const value = formatValue(alarm.unit, newest.value);
  return `${name}: ${detail === 2 ? `${shortWatched(alarm.watches)} ` : ''}${value}, ${limitText(alarm)}`;
}

function overWords(news: AlarmNews, detail: number, longestName: number = Number.POSITIVE_INFINITY): string {
  const name = cutMiddle(news.alarm.id, longestName);
  const { firedAt, change } = news;
  return detail === 0 || firedAt === undefined ? name : `${name} after ${formatDuration(change.at - firedAt)}`;
}

function rowsOf(news: AlarmNews): readonly Row[] {
  const { alarm, scope } = news;
  const watched = cleanText(describeWatched(alarm.watches, scope), 512);
  return [...(news.change.to === 'OK' ? overRows(news) : ringsRows(news)), { label: 'Watched', text: watched }];
}

function ringsRows(news: AlarmNews): readonly Row[] {
  const { alarm, change } = news;
  const { datapoints, at, reason } = change;
  const began = datapoints.at(-1)?.at;
  const since = began === undefined ? firedAtOf(news) : began;
  const side = limitText(alarm);
  const ends =
    alarm.of === 1
      ? `resolves with the next period that is not ${side}`
      : `resolves once fewer than ${alarm.datapoints} of the last ${alarm.of} periods are ${side}`;
  return [
    { label: 'Hurt', text: cleanText(alarm.reason, 256) },
    { label: 'Value', text: valueLines(news).join('\n') },
    { label: 'Since', text: `${formatInstant(since)} (${formatDuration(at - since)})` },
    ...(datapoints.length === 0 && reason !== '' ? [{ label: 'CloudWatch says', text: cleanText(reason, 512) }] : []),
    { label: 'Ends', text: ends },
  ];
}

function valueLines({ alarm, change: { datapoints } }: AlarmNews): readonly string[] {
  const rule = `rings when it is ${limitText(alarm)} in ${windowText(alarm)}`;
  if (datapoints.length === 0) return [`no data, which is taken for ${missingWords[alarm.missing]}`, rule];
  const values = datapoints.slice(0, mostValues).map(({ value }) => formatValue(alarm.unit, value));
  return [values.length === 1 ? (values[0] ?? '') : `${values.join(', ')} (the newest first)`, rule];
}

const missingWords = {
  breaching: 'over the limit',
  notBreaching: 'within the limit',
  ignore: 'no change',
  missing: 'nothing',
} as const;

function overRows(news: AlarmNews): readonly Row[] {
  const { alarm, change, firedAt } = news;
  const [newest] = change.datapoints;
  const value = newest === undefined ? '' : `, the newest value is ${formatValue(alarm.unit, newest.value)}`;
  const lasted = firedAt === undefined ? '' : ` (${formatDuration(change.at - firedAt)})`;
  return [
    { label: 'How', text: `it is no longer ${limitText(alarm)} in ${windowText(alarm)}${value}` },
    ...(firedAt === undefined ? [] : [{ label: 'From', text: formatInstant(firedAt) }]),
    { label: 'To', text: `${formatInstant(change.at)}${lasted}` },
  ];
}

const firedAtOf = ({ change, firedAt = change.at }: AlarmNews): number => Math.min(firedAt, change.at);

/** What shows its state and the values that led to it, in the region of its ARN. */
function describeCommand({ name, arn }: AlarmChange): string {
  const region = /^arn:[\w-]+:cloudwatch:([a-z0-9-]+):/.exec(arn)?.[1];
  const where = region === undefined ? '' : ` --region ${region}`;
  return `aws cloudwatch describe-alarms${where} --alarm-names ${quoteLightly([name])}`;
}

function idOf(parts: readonly (string | number)[], digits: number): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits);
}
