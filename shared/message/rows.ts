import { paceTexts } from './budget-text.ts';
import { cameText, reasonsOf, runAtOf } from './burst-text.ts';
import { cleanText } from './clean.ts';
import { pathAdvice, pathEnding, pathSeen } from './drill-text.ts';
import { formatDuration, formatInstant } from './format.ts';
import { incidentRows } from './incident-text.ts';
import { whoKnows } from './indicator-text.ts';
import { renderLoad, renderWanted } from './load-text.ts';
import { meanwhileText, seenText, silentAdvice, silentText } from './location-text.ts';
import type { IncidentItem, NoticeItem } from './model.ts';
import { alsoTexts, ending, heldText, lateWords, overWords, stateText, targetText } from './sections.ts';
import { errorTypeOf, longCause, monitorOf } from './words.ts';

/** One thing that is said of an alert, under a label: what chat programs set in two columns. The text may have several lines. */
export type Row = { readonly label: string; readonly text: string };

/** A line of a row is at most so long. */
const longestLine = 512;
const mostLines = 4;

/** What there is to say of an alert beside its one line, in the order in which somebody who was woken needs it. */
export function rowsOf(item: NoticeItem): readonly Row[] {
  return cleaned(item.transition.kind === 'resolved' ? overRows(item) : [...stateRows(item), ...hurtRows(item)]);
}

/** The same of an incident as a whole. */
export function rowsOfIncident(item: IncidentItem): readonly Row[] {
  return cleaned(incidentRows(item));
}

function cleaned(rows: Rows): readonly Row[] {
  return rows.flatMap(([label, lines]) => {
    const said = lines.map((line) => cleanText(line, longestLine)).filter((line) => line !== '');
    return said.length === 0 ? [] : [{ label, text: said.slice(0, mostLines).join('\n') }];
  });
}

type Rows = readonly (readonly [label: string, lines: readonly string[]])[];

function overRows(item: NoticeItem): Rows {
  const { at, firedAt } = item.transition;
  return [
    ['How', [overWords(item)]],
    ['From', [formatInstant(firedAt)]],
    ['To', [`${formatInstant(at)} (${formatDuration(at - firedAt)})`]],
  ];
}

function stateRows(item: NoticeItem): Rows {
  return [
    ['State', [stateText(item)]],
    ['Also', alsoTexts(item).map((text) => text.replace('also: ', ''))],
  ];
}

function hurtRows(item: NoticeItem): Rows {
  switch (item.kind) {
    case 'monitor':
      return monitorRows(item);
    case 'burn':
      return burnRows(item);
    case 'burst':
      return burstRows(item);
    case 'coverage':
      return coverageRows(item);
    case 'location':
      return [
        ['Last heard', [silentText(item)]],
        ['Meanwhile', [meanwhileText]],
        ['Look at', [silentAdvice]],
        ['Ends', [ending(item)]],
      ];
    case 'path': {
      const { hop, seen } = pathSeen(item);
      return [
        ['Broke at', [hop]],
        ['Seen', [seen]],
        ['Look at', [pathAdvice(item)]],
        ['Ends', [pathEnding]],
      ];
    }
    case 'drill':
    case 'withdrawn':
      return [];
    default:
      return item satisfies never;
  }
}

function monitorRows(item: Extract<NoticeItem, { kind: 'monitor' }>): Rows {
  const { facts, at } = item.transition;
  if (facts.kind !== 'monitor') return [];
  const sinceAt = item.failingSinceAt ?? facts.firstFailureAt;
  const isHeartbeat = item.monitor.type === 'heartbeat';
  return [
    ['Target', [targetText(item)]],
    ['Seen', [seenText(item.seen)]],
    ['Failing since', sinceAt > 0 ? [`${formatInstant(sinceAt)} (${formatDuration(at - sinceAt)})`] : []],
    ['Cause', isHeartbeat ? [lateWords(item), ...causeOf(item).slice(-1)] : causeOf(item)],
    ['Told only now', [heldText(item)]],
    ['Ends', [ending(item)]],
  ];
}

function burnRows(item: Extract<NoticeItem, { kind: 'burn' }>): Rows {
  const texts = paceTexts(item);
  if (texts === undefined) return [];
  const { slo } = item;
  return [
    ['Burn rate', [texts.long, texts.short, texts.limit]],
    ['Counted', [item.counts ?? '']],
    ['Seen', [seenText(item.failure?.seen)]],
    ['Cause', [...causeOf(item), whoKnows(slo)]],
    ['Ends', [ending(item)]],
  ];
}

function burstRows(item: Extract<NoticeItem, { kind: 'burst' }>): Rows {
  const { burst, run, sent } = item;
  const runAt = runAtOf(item);
  return [
    ['Did not hold', reasonsOf(item)],
    ['Run of', runAt > 0 ? [formatInstant(runAt)] : []],
    ['Sent', [...sent.slice(0, mostLines - 1), renderLoad(burst.load)]],
    ['Wanted', [renderWanted(burst)]],
    ['Came', run?.figures === undefined ? [] : [cameText(run.figures)]],
  ];
}

function coverageRows(item: Extract<NoticeItem, { kind: 'coverage' }>): Rows {
  const { facts, at } = item.transition;
  const lastAt = facts.kind === 'coverage' ? facts.lastJudgedAt : 0;
  return [
    ['Target', [targetText(item)]],
    ['Last judged', [lastAt > 0 ? `${formatInstant(lastAt)} (${formatDuration(at - lastAt)} ago)` : 'never yet']],
    ['Ends', [ending(item)]],
  ];
}

function causeOf(item: Extract<NoticeItem, { kind: 'monitor' | 'burn' }>): readonly string[] {
  const lines = longCause(errorTypeOf(item), item.failure, monitorOf(item)?.type);
  const [first, ...rest] = lines;
  return item.kind === 'burn' && first !== undefined && item.failure !== undefined
    ? [`${item.failure.monitor.id}: ${first}`, ...rest]
    : lines;
}
