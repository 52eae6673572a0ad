import type { SloDetail } from '../../../shared/app/slo-report.ts';
import { formatCount, formatPercent } from '../../../shared/message/format.ts';
import { apportion, type BadReason, type Episode, type Part } from '../../../shared/slo/spending.ts';
import { renderTitled, type TextStyle } from '../burst/lines.ts';
import { count, paint } from '../terminal.ts';
import { minuteText } from './words.ts';

const mostEpisodes = 10;
const mostParts = 8;

/** Where the budget went: the dearest episodes, and its parts by monitor, location and reason where there are several. Empty where nothing was spent. */
export function renderSpending({ spending, budgetEvents }: SloDetail, style: TextStyle): string {
  if (spending.bad === 0) return '';
  const ofBudget = (bad: number) => (budgetEvents > 0 ? formatPercent((bad * 1_000_000) / budgetEvents) : '–');
  const rows = shortened(spending.episodes, mostEpisodes, 'smaller one').map(({ part, name, bad, share }) => [
    part === undefined ? name : spanText(part),
    formatCount(bad),
    share,
    ofBudget(bad),
    part === undefined ? '' : whatText(part),
  ]);
  const parts = [
    renderParts('BY MONITOR', spending.byMonitor, (name) => name, style),
    renderParts('BY LOCATION', spending.byLocation, (name) => name, style),
    renderParts('BY REASON', spending.byReason, reasonText, style),
  ];
  const table = renderTitled(['WHERE IT WENT', 'BAD', 'SHARE', 'OF BUDGET', 'MOSTLY'], rows, [1, 2, 3], style);
  return [table, ...parts.filter((part) => part !== '')].join('\n\n');
}

type Line<Each> = {
  /** Undefined for what is not shown one by one. */
  readonly part: Each | undefined;
  readonly name: string;
  readonly bad: number;
  readonly share: string;
};

/** The first few, and all others together: their shares add up to 100 % as they are shown. */
function shortened<Each extends { readonly bad: number }>(
  parts: readonly Each[],
  most: number,
  noun: string,
): readonly Line<Each>[] {
  const rest = parts.slice(most);
  const others = { part: undefined, name: count(rest.length, noun), bad: rest.reduce((sum, { bad }) => sum + bad, 0) };
  const shown = parts.slice(0, most).map((part) => ({ part, name: '', bad: part.bad }));
  const lines = rest.length === 0 ? shown : [...shown, others];
  const tenths = apportion(
    lines.map(({ bad }) => bad),
    1_000,
  );
  return lines.map((line, index) => ({ ...line, share: `${((tenths[index] ?? 0) / 10).toFixed(1)} %` }));
}

/** `2026-11-20 10:01 to 10:14`; over midnight with both days. */
function spanText({ fromAt, toAt, isWholeDay }: Episode): string {
  const [from, to] = [minuteText(fromAt), minuteText(toAt)];
  if (isWholeDay) return `${from.slice(0, 10)}, some time`;
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} to ${to.slice(11)}` : `${from} to ${to}`;
}

/** `api: timeout, incident 1a2b3c4d`. */
function whatText({ monitor, reason, incidentId }: Episode): string {
  const what = [monitor, reason === undefined ? undefined : reasonText(reason)].filter((word) => word !== undefined);
  const named = incidentId === undefined ? [] : [`incident ${incidentId}`];
  return [what.join(': '), ...named].filter((part) => part !== '').join(', ') || '–';
}

/** A list of one part says nothing that the others do not. */
function renderParts<Name extends string>(
  title: string,
  parts: readonly Part<Name>[],
  textOf: (name: Name) => string,
  style: TextStyle,
): string {
  if (parts.length < 2) return '';
  const rows = shortened(parts, mostParts, 'other').map(({ part, name, bad, share }) => [
    part === undefined ? name : part.name === undefined ? paint('unknown', 'dim', style) : textOf(part.name),
    formatCount(bad),
    share,
  ]);
  return renderTitled([title, 'BAD', 'SHARE'], rows, [1, 2], style);
}

const reasonTexts: Readonly<Partial<Record<BadReason, string>>> = {
  resolve: 'name not resolved',
  connect: 'no connection',
  tls: 'TLS refused',
  body: 'body cut or too large',
  assertion: 'assertion not met',
  slow: 'too slow',
};

const reasonText = (reason: BadReason): string => reasonTexts[reason] ?? reason;
