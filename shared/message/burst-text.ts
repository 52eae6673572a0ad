import { renderQuantity } from '../burst/quantity.ts';
import { type BurstVerdict, isJudged, type RunFigures } from '../burst/verdict.ts';
import { nextRun } from '../config/cron.ts';
import type { BurstSchedule } from '../config/model.ts';
import { cleanText } from './clean.ts';
import { formatCount, formatInstant, plural } from './format.ts';
import { wrap } from './layout.ts';
import { renderLoad, renderWanted } from './load-text.ts';
import type { NoticeItem } from './model.ts';
import { failureWords } from './words.ts';

export type BurstItem = Extract<NoticeItem, { kind: 'burst' }>;

const mostSent = 3;
const longestSent = 512;
const longestReason = 128;

/** What did not hold in the run, and beside it what was sent, what was wanted and what came. */
export function brokenLines(item: BurstItem): string[] {
  const { burst, run, sent, transition } = item;
  const runAt = runAtOf(item);
  const which = runAt === 0 ? 'its newest run' : `its run of ${formatInstant(runAt)}`;
  const reasons = reasonsOf(item).map((reason) => cleanText(reason, longestReason));
  const unmet = transition.facts.kind === 'burst' ? transition.facts.unmet : 0;
  const rest = unmet - reasons.length;
  const more = sent.length - mostSent;
  return [
    ...wrap(`burst ${burst.id}: ${which} did not hold`, '  '),
    ...reasons.flatMap((reason) => wrap(reason, '    ')),
    ...(rest > 0 ? [`    and ${formatCount(rest)} more`] : []),
    ...told('sent', [
      ...sent.slice(0, mostSent).map((line) => cleanText(line, longestSent)),
      ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
      renderLoad(burst.load),
    ]),
    ...told('wanted', [renderWanted(burst)]),
    ...told('came', run?.figures === undefined ? [] : [cameText(run.figures)]),
  ];
}

/** A word and what is told under it, in a column of its own. */
function told(word: string, lines: readonly string[]): string[] {
  const column = ' '.repeat(12);
  const all = lines.filter((line) => line !== '').flatMap((line) => wrap(line, column));
  return all.map((line, index) => (index === 0 ? `    ${word.padEnd(8)}${line.slice(column.length)}` : line));
}

/** What came, in a line. */
export function cameText({
  requests,
  throughputPerSecond,
  p50Ms,
  p99Ms,
  sustainedPerSecond,
  ...rest
}: RunFigures): string {
  const figures =
    sustainedPerSecond === undefined
      ? [rate(throughputPerSecond), `p50 ${span(p50Ms)}`, `p99 ${span(p99Ms)}`]
      : [`sustains ${rate(sustainedPerSecond)}`];
  const failed = rest.failures === 0 ? 'none failed' : `${ratio(rest.errorRatio)} failed`;
  return [plural(requests, 'request'), ...figures, failed].join(', ');
}

/** The newest runs of each burst, the newest first. */
export function runLines(items: readonly NoticeItem[]): string[] {
  const bursts = new Map(items.flatMap((item) => (item.kind === 'burst' ? [[item.burst.id, item.runs] as const] : [])));
  return [...bursts].flatMap(([id, runs]) => [...(bursts.size > 1 ? [`  ${id}`] : []), ...tableOf(runs)]);
}

function tableOf(runs: readonly BurstVerdict[]): string[] {
  const rows = runs.map((run) => ({ run, cells: cellsOf(run.figures) }));
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  return rows.flatMap(({ run, cells }) => {
    const lead = `${formatInstant(run.runAt)}  ${run.outcome.padEnd(7)}`;
    if (!isJudged(run)) return wrap(`${lead}  ${cleanText(run.reasons[0] ?? '', longestReason)}`, '  ');
    return [`  ${lead}  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()];
  });
}

function cellsOf(figures: RunFigures | undefined): readonly string[] {
  if (figures === undefined) return [];
  const { p99Ms, errorRatio, throughputPerSecond, sustainedPerSecond } = figures;
  const failed = `${ratio(errorRatio)} failed`;
  if (sustainedPerSecond !== undefined) return [`sustains ${rate(sustainedPerSecond)}`, failed];
  return [`p99 ${span(p99Ms)}`, failed, rate(throughputPerSecond)];
}

/** What to look at first, whatever hour it is: whether anyone is hurt now, what failed, and since which run. */
export function burstCauseLines(item: BurstItem): string[] {
  const [first = '', ...others] = [
    "The load was the burst's own and is over: whether users are hurt now, the monitors say.",
    ...(item.run?.figures === undefined ? [] : figureCauses(item.run.figures)),
    ...sinceText(item),
  ];
  return [...wrap(`${item.burst.id}: ${first}`, '  '), ...others.flatMap((line) => wrap(line, '    '))];
}

function figureCauses({ failures, failed, isGeneratorSaturated }: RunFigures): readonly string[] {
  const most = Object.entries(failed).sort((a, b) => b[1] - a[1]);
  const listed = most.map(([what, count]) => `${failureWords(what)} (${formatCount(count)})`).join(', ');
  return [
    ...(isGeneratorSaturated
      ? [
          'What sent the load could not keep up: these latencies are partly its own. It needs more shards, or less load.',
        ]
      : []),
    ...(failures > 0 && listed !== '' ? [`${plural(failures, 'request')} failed: ${listed}`] : []),
  ];
}

function sinceText(item: BurstItem): readonly string[] {
  const runAt = runAtOf(item);
  const before = item.runs.filter((run) => run.runAt < runAt && isJudged(run));
  const held = before.find(({ outcome }) => outcome === 'passed');
  if (held) return [`What has changed since the run of ${formatInstant(held.runAt)}? That one held.`];
  if (before.length <= 1) return before.map(() => 'The run before it did not hold, either.');
  return [`None of the ${plural(before.length, 'run')} before it held, either.`];
}

/** When the alert can resolve. The command stays whole. */
export function burstEndLines(item: BurstItem): string[] {
  const { burst, transition, again } = item;
  const planned = burst.schedule === undefined ? '' : `, ${plannedText(burst.schedule, transition.at)}`;
  const lines = wrap(`${burst.id}: resolves with its next run that holds${planned}; at once by hand:`, '  ');
  return [...lines, `    ${again}`];
}

/** When a rate began nobody knows but the Scheduler. */
function plannedText(schedule: BurstSchedule, at: number): string {
  const next = schedule.expression.trim().startsWith('cron') ? nextRun(schedule, at) : undefined;
  return next === undefined ? `planned by ${schedule.expression}` : `planned for ${formatInstant(next)}`;
}

/** What repeating it costs the target. */
export function repeatLines(item: NoticeItem): string[] {
  if (item.kind !== 'burst') return [];
  const { id, limits } = item.burst;
  return wrap(`(burst ${id} sends the load once more: up to ${plural(limits.requests, 'request')})`, '');
}

/** What did not hold, as far as it is known: all of it with the run's verdict, else the gravest. */
export function reasonsOf({ run, transition }: BurstItem): readonly string[] {
  if (run !== undefined) return run.reasons;
  const { facts } = transition;
  return facts.kind === 'burst' && facts.reason !== undefined ? [facts.reason] : [];
}

/** The run that it is about, epoch ms; 0 where there is none. */
export function runAtOf({ transition: { facts } }: BurstItem): number {
  return facts.kind === 'burst' ? facts.runAt : 0;
}

const rate = (perSecond: number): string => renderQuantity('rate', perSecond);
const span = (ms: number): string => renderQuantity('span', ms);
const ratio = (value: number): string => renderQuantity('ratio', value);
