import type { ProbeRow } from '../../../shared/probe/row.ts';
import { assertionList } from './assertion-list.ts';
import { type BadgeView, badge } from './badge.ts';
import { byId, element } from './dom.ts';
import { icon } from './icons.ts';
import { monitorBadge } from './monitor-card.ts';
import type { ProbeAnswer } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { waterfall, waterfallLegend } from './waterfall.ts';
import { errorWords, latencyText, plural, roughSpanText, untrustedText } from './words.ts';

/** What the manual probe found, phase by phase. Built anew for every probe; closed by its reader. */
export function probeResultSection(): (answer: ProbeAnswer) => void {
  const section = byId('probe-result');
  return ({ results }) => {
    const close = element(
      'button',
      { type: 'button', class: 'button button-small button-icon' },
      icon('close'),
      'Close',
    );
    close.addEventListener('click', () => {
      section.hidden = true;
    });
    const title = element('h2', { id: 'probe-result-title' }, 'What this probe found');
    const sentAt = timeElement();
    setTime(sentAt, Date.now(), Date.now());
    const about = element(
      'p',
      { class: 'quiet' },
      'Sent at ',
      sentAt,
      ' for your eyes: it counts for no budget and no alert.',
    );
    const longest = results.reduce((most, result) => Math.max(most, result.latencyMs), 1);
    section.replaceChildren(
      element('div', { class: 'section-head' }, title, close),
      about,
      waterfallLegend(),
      element('ul', { class: 'stack' }, ...results.map((result) => resultCard(result, longest))),
      ...(results.length === 0 ? [element('p', { class: 'empty' }, 'There is no monitor to probe.')] : []),
    );
    section.hidden = false;
  };
}

function resultCard(result: ProbeRow, longestMs: number): HTMLElement {
  const isMeasured = result.attempts > 0;
  const head = resultHead('h3', monitorBadge(result.outcome), result.monitor, factsText(result), result, isMeasured);
  return element(
    'li',
    { class: 'result', 'data-outcome': result.outcome },
    head,
    reasonLine(result, isMeasured || result.outcome === 'blocked'),
    isMeasured ? waterfall(result, longestMs) : null,
    assertionList(result),
    result.steps === undefined
      ? null
      : element('ol', { class: 'steps' }, ...result.steps.map((step) => stepItem(step, longestMs))),
  );
}

type Step = NonNullable<ProbeRow['steps']>[number];

/** One step of a flow, as its monitor is shown. */
function stepItem(step: Step, longestMs: number): HTMLElement {
  const { outcome } = step;
  const isRun = outcome !== 'skipped';
  const look: BadgeView = isRun ? monitorBadge(outcome) : { icon: 'waiting', tone: 'calm', word: 'Not run' };
  const status = step.statusCode === undefined ? '' : `status ${step.statusCode}`;
  return element(
    'li',
    { class: 'result-step', 'data-outcome': outcome },
    resultHead('h4', look, step.step, status, step, isRun),
    reasonLine(step, isRun),
    isRun ? waterfall(step, longestMs) : null,
    assertionList(step),
  );
}

function resultHead(
  tag: 'h3' | 'h4',
  look: BadgeView,
  name: string,
  facts: string,
  { latencyMs }: { readonly latencyMs: number },
  isMeasured: boolean,
): HTMLElement {
  const state = badge();
  state.update(look);
  return element(
    'div',
    { class: 'card-head' },
    state.element,
    element(tag, { class: 'card-name' }, name),
    element('span', { class: 'quiet' }, facts),
    isMeasured ? element('span', { class: 'latency' }, latencyText(latencyMs)) : null,
  );
}

/** What is wrong; where nothing was sent, the message alone says it. */
function reasonLine(
  { errorType, message }: Pick<ProbeRow, 'errorType' | 'message'>,
  hasKind: boolean,
): HTMLElement | null {
  const kind = errorType === undefined || !hasKind ? '' : errorWords[errorType];
  const reason = [kind, message ?? ''].filter((part) => part !== '').join(': ');
  return reason === '' ? null : element('p', { class: 'reason' }, reason);
}

function factsText({ statusCode, attempts, contaminated, certificateExpiresAt }: ProbeRow): string {
  return [
    statusCode === undefined ? '' : `status ${statusCode}`,
    certificateExpiresAt === undefined ? '' : certificateText(Date.parse(certificateExpiresAt) - Date.now()),
    contaminated ? untrustedText : '',
    attempts === 0 ? 'nothing sent' : plural(attempts, 'attempt'),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function certificateText(leftMs: number): string {
  return leftMs > 0 ? `certificate ends in ${roughSpanText(leftMs)}` : 'certificate has ended';
}
