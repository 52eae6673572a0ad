import { formatCount } from '../../../shared/message/format.ts';
import { previewedPpm, type RulePreview, type SloPreview } from '../../../shared/slo/preview.ts';
import { formatNumber, formatSpan } from '../../../shared/slo/words.ts';
import { joinLines, renderTitled, type TextStyle, wrapLines } from '../burst/lines.ts';
import { paint } from '../terminal.ts';
import { minutesText, ruleText } from './rule-text.ts';

/** How soon the rules of an SLO fire, how many bad events they take, and what should be mended. */
export function renderPreview(preview: SloPreview, style: TextStyle): string {
  const parts = [
    joinLines(headOf(preview), style).join('\n'),
    preview.rules.length === 0 ? '' : renderRules(preview, style),
    ...preview.findings.map((finding) => {
      const rule = preview.rules[finding.ruleIndex ?? -1]?.rule;
      const about = rule === undefined ? finding.field : ruleText(rule);
      const text = `${finding.level} ${about}: ${finding.message}`;
      return paintFirst(wrapLines(text, style), finding.level, style);
    }),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headOf({ slo, expected, budget, seenBy }: SloPreview): readonly string[] {
  const name = `${slo.id}: ${slo.objective} of ${formatSpan(slo.windowMs)}`;
  if (expected === undefined || budget === undefined) return [name, 'as if a thousand events came each minute'];
  const unit = slo.slices === undefined ? 'probes' : 'slices';
  const together = seenBy === undefined ? [] : [`a failure is one that is seen by ${seenBy}`];
  return [name, `${formatCount(expected)} ${unit} in it, of which ${formatCount(budget)} may be bad`, ...together];
}

function renderRules({ slo, rules }: SloPreview, style: TextStyle): string {
  const isScheduled = rules.some(({ expected }) => expected !== undefined);
  const titles = [
    'RULE',
    'ABOVE',
    ...(isScheduled ? [slo.slices === undefined ? 'FAILURES' : 'BAD SLICES'] : []),
    ...previewedPpm.map((ppm) => `${ppm / 10_000} %`),
    'RESOLVES',
  ];
  const rows = rules.map((each) => [
    ruleText(each.rule),
    `${formatNumber(each.threshold)}×`,
    ...(isScheduled ? [failuresText(each)] : []),
    ...each.detection.map((minutes) => (minutes === undefined ? '–' : minutesText(minutes))),
    formatSpan(each.resolvesAfterMs),
  ]);
  const table = renderTitled(titles, rows, titles.map((_, index) => index).slice(1), style);
  const legend =
    'How soon each rule fires once that part of the events fails, evenly spread, and how long after the last bad one it resolves.';
  return [table, '', ...wrapLines(legend, style).map((line) => paint(line, 'dim', style))].join('\n');
}

function failuresText({ badEvents, expected = 0 }: RulePreview): string {
  return badEvents === undefined ? 'never' : `${formatCount(badEvents)} of ${formatCount(expected)}`;
}

function paintFirst(lines: readonly string[], level: 'error' | 'warning', style: TextStyle): string {
  return lines.join('\n').replace(level, paint(level, level === 'error' ? 'red' : 'yellow', style));
}
