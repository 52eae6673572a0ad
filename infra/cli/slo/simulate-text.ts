import type { Simulated, SimulatedRule } from '../../../shared/app/simulate.ts';
import type { Slo } from '../../../shared/config/model.ts';
import { formatCount, formatDuration, plural } from '../../../shared/message/format.ts';
import type { Trouble } from '../../../shared/slo/trouble.ts';
import { formatPercent, formatSpan } from '../../../shared/slo/words.ts';
import { joinLines, renderTitled, type TextStyle, wrapLines } from '../burst/lines.ts';
import { percentText } from '../numbers.ts';
import { paint } from '../terminal.ts';
import { minutesText, ruleText } from './rule-text.ts';

const minuteMs = 60_000;

/** When each rule would fire and resolve, and what the trouble would take of the budget. */
export function renderSimulation(slo: Slo, trouble: Trouble, simulated: Simulated, style: TextStyle): string {
  const parts = [
    joinLines([`${slo.id}: ${slo.objective} of ${formatSpan(slo.windowMs)}`, troubleText(trouble)], style).join('\n'),
    renderRules(simulated.rules, trouble, style),
    wrapLines(summaryOf(simulated), style).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function troubleText({ errorPpm, minutes }: Trouble): string {
  const span = formatDuration(minutes * minuteMs);
  return errorPpm === 1_000_000 ? `a total outage of ${span}` : `${formatPercent(errorPpm)} of errors for ${span}`;
}

function renderRules(rules: readonly SimulatedRule[], { minutes }: Trouble, style: TextStyle): string {
  if (rules.length === 0) return '';
  const rows = rules.map((each) => [
    ruleText(each.rule),
    firedText(each, style),
    each.resolvedMinute === undefined ? '' : `${minutesText(each.resolvedMinute)}`,
    each.resolvedMinute === undefined ? '' : `${minutesText(Math.max(0, each.resolvedMinute - minutes))}`,
    heldText(each),
  ]);
  return renderTitled(['RULE', 'FIRES', 'RESOLVES', 'AFTER ITS END', ''], rows, [1, 2, 3], style);
}

function firedText({ rule, firedMinute }: SimulatedRule, style: TextStyle): string {
  if (firedMinute === undefined) return paint('never', 'dim', style);
  return paint(minutesText(firedMinute), rule.severity === 'page' ? 'red' : 'yellow', style);
}

/** A ticket waits while a page is open. */
function heldText({ firedMinute, toldMinute }: SimulatedRule): string {
  if (firedMinute === undefined || firedMinute === toldMinute) return '';
  return toldMinute === undefined
    ? 'never told: a page is open until its end'
    : `told at ${minutesText(toldMinute)}, when no page is open any more`;
}

function summaryOf({ events, bad, badSlices, budgetSpentRatio }: Simulated): string {
  const share =
    budgetSpentRatio > 1
      ? `${formatCount(budgetSpentRatio)} times the budget`
      : `${percentText(budgetSpentRatio)} of the budget`;
  const slices = badSlices === undefined ? '' : `, in ${plural(badSlices, 'bad slice')}`;
  return `Bad events: ${formatCount(bad)} of ${formatCount(events)}${slices}, which takes ${share}`;
}
