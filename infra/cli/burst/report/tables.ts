import { STATUS_CODES } from 'node:http';
import { type BreakingPoint, type BurstSummary, type Comparison, isInRanges } from '../../../../shared/burst/model.ts';
import type { Burst } from '../../../../shared/config/model.ts';
import { countText, percentText, rateText, spanText } from '../../numbers.ts';
import { changeText, comparedText, comparisonText } from '../comparison.ts';
import { byCount, quantileNames } from '../tables.ts';
import { actualText, closedText, errorText, stepWord } from '../verdict.ts';
import { type Html, html } from './html.ts';

type Cell = Html | string;

/** A table as a card. The first column is of names; `words` are the indexes of other columns that are no numbers. */
function renderTable(
  title: string,
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  { words = [], note }: { words?: readonly number[]; note?: string } = {},
): Html {
  const kind = (index: number) => (index === 0 || words.includes(index) ? 'word' : 'number');
  const head = titles.map((each, index) => html`<th scope="col" class="${kind(index)}">${each}</th>`);
  const body = rows.map(
    ([first = '', ...others]) =>
      html`<tr><th scope="row" class="word">${first}</th>${others.map((cell, index) => html`<td class="${kind(index + 1)}">${cell}</td>`)}</tr>`,
  );
  return html`<section class="card"><h2>${title}</h2><div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${note === undefined ? '' : html`<p class="note">${note}</p>`}</section>
`;
}

/** What held and what did not, by a sign and a word, so that colour is not needed. */
export function renderSign(passed: boolean): Html {
  return passed ? html`<span class="sign held">✓ held</span>` : html`<span class="sign broke">✗ broke</span>`;
}

export function renderThresholds({ thresholds, breakingPoint }: BurstSummary, burst: Burst): readonly Html[] {
  if (breakingPoint) {
    const held = burst.thresholds.map(({ text }) => [text]);
    return [renderTable('What each rate had to hold', ['Threshold'], held)];
  }
  if (thresholds.length === 0) return [];
  const rows = thresholds.map((each) => [each.threshold, actualText(each), renderSign(each.passed)]);
  return [renderTable('Thresholds', ['Threshold', 'Actual', ''], rows, { words: [2] })];
}

export function renderQuantiles({ model, latencyMs, serviceTimeMs, startLagMs }: BurstSummary): Html {
  const isClosed = model === 'closed';
  const spans = isClosed ? [latencyMs] : [latencyMs, serviceTimeMs, startLagMs];
  const rows = quantileNames.map(([key, name]) => [name, ...spans.map((values) => spanText(values[key]))]);
  const titles = ['', 'Latency', 'Service time', 'Start lag'].slice(0, spans.length + 1);
  return renderTable('Quantiles', titles, rows, { note: isClosed ? closedText : openText });
}

const openText =
  'Latency counts from the moment at which a request should have started, service time from the moment at which it was sent. ' +
  'Start lag is what this generator was late.';

export function renderAnswers(burst: Burst, { statusCodes, errors, requests }: BurstSummary): readonly Html[] {
  const share = (count: number) => [countText(count), percentText(requests === 0 ? 0 : count / requests)];
  const answers = byCount(statusCodes).map(([status, count]) => [
    html`<span class="${isInRanges(Number(status), burst.failureStatuses) ? 'broke' : 'held'}">${status}</span>`,
    ...share(count),
    STATUS_CODES[status] ?? '',
  ]);
  const troubles = byCount(errors).map(([type, count]) => [
    html`<span class="broke">${type}</span>`,
    ...share(count),
    errorText(type, burst),
  ]);
  const rows = [...answers, ...troubles];
  return rows.length === 0 ? [] : [renderTable('Answers and errors', ['', 'Count', 'Share', ''], rows, { words: [3] })];
}

export function renderComparison(comparison: Comparison): Html {
  const rows = comparison.quantities.map((each) => [
    each.quantity,
    comparedText(each, each.baseline),
    comparedText(each, each.actual),
    changeText(each),
    html`<span class="${each.verdict === 'worse' ? 'broke' : 'plain'}">${each.verdict}</span>`,
  ]);
  const titles = ['', 'Before', 'Now', 'Change', ''];
  return renderTable('Beside its baseline', titles, rows, { words: [4], note: `${comparisonText(comparison)}.` });
}

export function renderCurve({ curve }: BreakingPoint): Html {
  const rows = curve
    .toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)
    .map((step) => [
      rateText(step.ratePerSecond),
      stepWord(step) === 'saturated' ? html`<span class="sign saturated">! saturated</span>` : renderSign(step.passed),
      rateText(step.throughputPerSecond),
      spanText(step.p50Ms),
      spanText(step.p99Ms),
      percentText(step.errorRatio),
      countText(step.dropped),
    ]);
  const titles = ['Asked', '', 'Reached', 'p50', 'p99', 'Errors', 'Dropped'];
  return renderTable('Rates that were tried', titles, rows, { words: [1] });
}
