import type { ProbeResult, StepResult } from '../../../shared/probe/result.ts';
import { wrap } from '../wrap.ts';
import { type Colors, paint, renderTimes } from './bar.ts';

export type DetailStyle = Colors & {
  /** Longer lines are wrapped. */
  readonly width: number;
  /** Epoch ms. */
  readonly now: number;
};

/** A line, its colour, a painted sign before it, and how far the lines go in that it is wrapped to. */
type Detail = {
  readonly text: string;
  readonly color?: number;
  readonly sign?: readonly [string, number];
  readonly indent?: number;
  readonly hang?: number;
};

/** What there is to say under a probe's line: what was wrong, its certificate, and whether its times can be trusted. */
export function renderDetails(result: ProbeResult, style: DetailStyle): readonly string[] {
  const { steps = [], attempts, isContaminated, certificateExpiresAt, outcome } = result;
  const isShownBelow = steps.some((step) => step.outcome !== 'passed');
  return [
    ...(isShownBelow ? [] : troubleOf(result)),
    ...(outcome !== 'passed' && attempts > 0 && steps.length === 0 ? [{ text: renderTimes(result.phases) }] : []),
    ...(outcome !== 'passed' && attempts > 1 ? [{ text: `confirmed by attempt ${attempts}` }] : []),
    ...(isContaminated ? [{ text: 'times not trusted: this machine was short of CPU', color: yellow }] : []),
    ...(certificateExpiresAt === undefined ? [] : [certificateDetail(certificateExpiresAt - style.now)]),
  ].flatMap((detail) => renderDetail(detail, style));
}

/** What there is to say under the line of a flow's step. */
export function renderStepDetails(step: StepResult, style: DetailStyle): readonly string[] {
  return troubleOf(step).flatMap((detail) => renderDetail(detail, style));
}

const [red, yellow] = [31, 33];

function troubleOf({ outcome, errorType, message, assertions }: ProbeResult | StepResult): readonly Detail[] {
  if (outcome === 'passed') return [];
  const missed = assertions.filter(({ passed }) => !passed);
  const isMiss = missed.some(({ assertion }) => message?.startsWith(`${assertion}, but found`));
  const isSaidBelow = isMiss && (errorType === undefined || errorType === 'assertion');
  const said = message === undefined || isSaidBelow ? [] : [{ text: errorType ? `${errorType}: ${message}` : message }];
  const misses = missed.flatMap(({ assertion, expected, actual, severity }): Detail[] => [
    { sign: severity === 'fail' ? ['✗', red] : ['!', yellow], text: assertion, hang: 2 },
    { text: `expected  ${expected}`, indent: 2, hang: 10 },
    { text: `actual    ${actual ?? 'nothing'}`, indent: 2, hang: 10 },
  ]);
  return [...said, ...misses];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const soonMs = 21 * dayMs;

function certificateDetail(leftMs: number): Detail {
  const span = Math.abs(leftMs);
  const text = span < 2 * dayMs ? count(Math.floor(span / hourMs), 'hour') : count(Math.floor(span / dayMs), 'day');
  if (leftMs < 0) return { text: `certificate expired ${text} ago`, color: red };
  return { text: `certificate expires in ${text}`, ...(leftMs < soonMs ? { color: yellow } : {}) };
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function renderDetail({ text, color, sign, indent = 0, hang = 0 }: Detail, style: DetailStyle): readonly string[] {
  const before = sign ? `${paint(sign[0], sign[1], style)} ` : '';
  const lines = wrap(text, Math.max(20, style.width - indent - Math.max(hang, sign ? 2 : 0)));
  return lines.map((line, index) => {
    const painted = color === undefined ? line : paint(line, color, style);
    return ' '.repeat(indent + (index === 0 ? 0 : hang)) + (index === 0 ? before : '') + painted;
  });
}
