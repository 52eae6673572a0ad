import type { Transition } from '../alert/model.ts';
import type { RunFigures } from '../burst/verdict.ts';
import { type Json, monitorIdsOf } from '../config/model.ts';
import { burnRateOf, thresholdOf } from '../slo/burn.ts';
import { uniqueStandings } from './budget-text.ts';
import { type BurstItem, reasonsOf } from './burst-text.ts';
import { cleanText } from './clean.ts';
import { acknowledgedWords, closedWords, longestBy, longestNote } from './incident-text.ts';
import { mostDetailed } from './layout.ts';
import type { IncidentItem, Notice, NoticeItem, SeenFrom, SloStanding } from './model.ts';
import { mostTransitions } from './notice.ts';
import { rowsOf, rowsOfIncident } from './rows.ts';
import { commandsOf } from './sections.ts';
import { renderLine } from './subject.ts';
import { errorTypeOf, firingOf, nameOf } from './words.ts';

const mostBudgets = 50;
const longestUrl = 320;
const longestRunbook = 256;
/** Units of a burst. */
const mostSent = 20;
const longestReason = 128;
const longestSummary = 200;

/**
 * The notice for machines, as `message.schema.json` describes it: version 1, to which keys may be added, and of which
 * none goes away. Instants are epoch ms, spans ms, shares parts per million. Absent means not known; `null` is not used.
 */
export function renderJson(notice: Notice, head: { subject: string; kind: string; severity: string }): Json {
  const { id, service, environment, channels, incident, items, whole, acknowledgeUrl, links } = notice;
  const acknowledge = acknowledgeUrl === undefined ? [] : [{ label: 'Acknowledge', url: acknowledgeUrl }];
  return {
    version: 1,
    id,
    ...(notice.isTest && { isTest: true }),
    ...(notice.drill !== undefined && { drill: notice.drill }),
    kind: head.kind,
    severity: head.severity,
    subject: head.subject,
    service: cleanText(service, 64),
    environment: cleanText(environment, 64),
    channels,
    incident: { ...incident },
    transitions: [
      ...items.slice(0, mostTransitions).map((item, index) => transitionOf(item, index < mostDetailed)),
      ...whole.map(wholeOf),
    ],
    omittedTransitionsCount: Math.max(0, items.length - mostTransitions),
    budgets: uniqueStandings(items).slice(0, mostBudgets).map(budgetOf),
    reproduce: commandsOf(firingOf(notice)),
    links: [...acknowledge, ...links]
      .slice(0, 5)
      .map(({ label, url }) => ({ label: cleanText(label, 40), url: cleanText(url, 2_048) })),
  };
}

function transitionOf(item: NoticeItem, isDetailed: boolean): Json {
  const { id, kind, alertId, severity, at, firedAt, facts, n, heldBack } = item.transition;
  return {
    id,
    kind,
    alert: alertId,
    about: item.kind,
    name: nameOf(item),
    severity,
    at,
    firedAt,
    isWithdrawn: item.kind === 'withdrawn',
    ...(n !== undefined && { reminder: n }),
    ...(heldBack !== undefined && { heldBack }),
    summary: cleanText(renderLine(item, longestSummary), longestSummary),
    ...(isDetailed && { details: rowsOf(item).map((row) => ({ ...row })) }),
    ...subjectOf(item),
    ...numbersOf(item, facts),
  };
}

/** Members of an incident that are told. */
const mostMembers = 50;

function wholeOf(item: IncidentItem): Json {
  const { id, kind, alertId, severity, at, firedAt, incidentId, facts } = item.transition;
  const { by, note } = facts.kind === 'incident' ? facts : {};
  const words = kind === 'closed' ? closedWords : acknowledgedWords;
  return {
    id,
    kind,
    alert: alertId,
    about: 'incident',
    name: incidentId,
    severity,
    at,
    firedAt,
    isWithdrawn: false,
    summary: cleanText(words(item, 2, longestSummary / 2), longestSummary),
    details: rowsOfIncident(item).map((row) => ({ ...row })),
    ...(by !== undefined && { by: cleanText(by, longestBy) }),
    ...(note !== undefined && { note: cleanText(note, longestNote) }),
    members: item.members.slice(0, mostMembers).map(({ alertId: alert, ...rest }) => ({ alert, ...rest })),
    ...(kind === 'closed' && { spent: item.spent.map(({ sloId: slo, ...rest }) => ({ slo, ...rest })) }),
  };
}

function subjectOf(item: NoticeItem): { readonly [key: string]: Json } {
  if (item.kind === 'withdrawn' || item.kind === 'drill' || item.kind === 'path') return {};
  const runbook = 'runbook' in item && item.runbook ? { runbook: cleanText(item.runbook, longestRunbook) } : {};
  if (item.kind === 'burn') {
    const resolvesAt = item.resolvesAt === undefined ? {} : { resolvesAt: Math.round(item.resolvesAt) };
    const also = item.also.length === 0 ? {} : { also: item.also.map(({ rule }) => rule.id) };
    return {
      slo: item.slo.id,
      monitors: monitorIdsOf(item.slo),
      ...(item.counts === undefined ? {} : { counts: cleanText(item.counts, longestUrl) }),
      ...failureOf(item),
      ...resolvesAt,
      ...also,
      ...runbook,
    };
  }
  if (item.kind === 'burst') {
    const sent = item.sent.slice(0, mostSent).map((line) => cleanText(line, longestUrl));
    return { burst: item.burst.id, sent, ...runbook };
  }
  if (item.kind === 'location') return { location: item.location };
  const { monitor, target } = item;
  const url = cleanText(target.target, longestUrl);
  const dependency = 'dependency' in item && item.dependency ? { dependency: { ...item.dependency } } : {};
  const failure = item.kind === 'monitor' ? failureOf(item) : {};
  return { monitors: [monitor.id], type: monitor.type, url, ...failure, ...dependency, ...runbook };
}

function failureOf(item: Extract<NoticeItem, { kind: 'monitor' | 'burn' }>): { readonly [key: string]: Json } {
  const errorType = errorTypeOf(item);
  const { statusCode, message } = item.failure ?? {};
  return {
    ...(errorType && { errorType }),
    ...(statusCode !== undefined && { statusCode }),
    ...(message !== undefined && { message: cleanText(message, 256) }),
    ...seenOf(item.kind === 'monitor' ? item.seen : item.failure?.seen),
  };
}

function seenOf(seen: SeenFrom | undefined): { readonly [key: string]: Json } {
  return seen === undefined ? {} : { seenFrom: { failed: seen.failed, good: seen.good, silent: seen.silent } };
}

function numbersOf(item: NoticeItem, facts: Transition['facts']): { readonly [key: string]: Json } {
  if (item.kind === 'monitor' && facts.kind === 'monitor') {
    const { failures, of, firstFailureAt, lastFailureAt } = facts;
    return { failures, of, ...instants({ firstFailureAt, lastFailureAt }) };
  }
  if (item.kind === 'coverage' && facts.kind === 'coverage') return instants({ lastJudgedAt: facts.lastJudgedAt });
  if (item.kind === 'location' && facts.kind === 'location') return instants({ lastRowAt: facts.lastRowAt });
  if (item.kind === 'burst' && facts.kind === 'burst') return runOf(item, facts);
  if (item.kind === 'drill' && facts.kind === 'drill') return instants({ startedAt: facts.startedAt });
  if (item.kind === 'path' && facts.kind === 'path') return brokenOf(facts);
  if (item.kind !== 'burn' || facts.kind !== 'burn') return {};
  const { kind: _kind, lastFailureAt, ...counts } = facts;
  const { longMs, shortMs } = item.rule;
  return {
    longMs,
    shortMs,
    ...counts,
    longBurnRate: burnRateOf(item.slo, facts.longBad, facts.longExpected),
    shortBurnRate: burnRateOf(item.slo, facts.shortBad, facts.shortExpected),
    threshold: thresholdOf(item.slo, item.rule),
    ...instants({ lastFailureAt }),
  };
}

/** When the drill began, and at which hop it broke; of one that came through, when it began. */
function brokenOf({ startedAt, hop }: { startedAt: number; hop: string }): { readonly [key: string]: Json } {
  return { ...instants({ startedAt }), ...(hop !== '' && { hop: cleanText(hop, 64) }) };
}

/** What the run came to; its figures as far as they are still known. */
function runOf(item: BurstItem, { runAt, unmet }: { runAt: number; unmet: number }): { readonly [key: string]: Json } {
  const reasons = reasonsOf(item).map((reason) => cleanText(reason, longestReason));
  return { ...instants({ runAt }), unmet, reasons, ...(item.run?.figures && figuresOf(item.run.figures)) };
}

function figuresOf({ errorRatio, failed: _failed, ...figures }: RunFigures): { readonly [key: string]: Json } {
  return { ...figures, errorRatioPpm: Math.round(errorRatio * 1_000_000) };
}

/** 0 stands for "there is none" in an alert's facts; here the key is left out. */
function instants(values: Readonly<Record<string, number>>): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(values).filter(([, at]) => at > 0));
}

function budgetOf(standing: SloStanding): Json {
  const { sloId, objective, windowMs, calendar, budgetLeftPpm, ...rest } = standing;
  const { budgetEvents, badEvents, burnRate: rate } = rest;
  return {
    slo: sloId,
    objective,
    windowMs,
    ...(calendar !== undefined && { calendar }),
    budgetLeftPpm,
    budgetEvents,
    badEvents,
    burnRate: rate,
    ...exhaustionOf(standing),
  };
}

function exhaustionOf({ exhaustedAt, exhaustedEarliestAt, exhaustedLatestAt }: SloStanding): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries({ exhaustedAt, exhaustedEarliestAt, exhaustedLatestAt }).flatMap(([key, at]) =>
      at === undefined ? [] : [[key, Math.round(at)]],
    ),
  );
}
