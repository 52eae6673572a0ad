import { byId, element, setText, show } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { recall, remember } from './memory.ts';
import type { ConsoleState, Faults } from './state.ts';
import { countdownText, latencyText, plural, ratioText, roughSpanText, silentText } from './words.ts';

export type ConnectionState = 'connecting' | 'open' | 'lost';

/** What has to be said before anything else: no connection, a configuration that was not taken, a silent location, a drill, and the newcomer's hint. */
export function bannerSection(): (state: ConsoleState | null, connection: ConnectionState, now: number) => void {
  const lost = banner(
    'bad',
    'failed',
    'Connection to local mode lost. What you see is the last known state; reconnecting …',
  );
  const config = banner('bad', 'degraded', '');
  const problems = element('pre', { class: 'problems', tabindex: '0', 'aria-label': 'Errors in monitors.yml' });
  config.element.append(problems);
  const silent = banner('warn', 'unknown', '');
  const drill = banner('warn', 'maintenance', '');
  const hint = hintBanner();
  byId('banners').append(lost.element, config.element, silent.element, drill.element, hint.element);
  return (state, connection, now) => {
    show(lost.element, connection === 'lost');
    show(config.element, state !== null && state.configErrors.length > 0);
    setText(
      config.text,
      `monitors.yml has ${plural(state?.configErrors.length ?? 0, 'error')}: the last good configuration goes on until it is mended.`,
    );
    setText(problems, state?.configErrors.join('\n') ?? '');
    setText(silent.text, silentText(state?.locations ?? [], now));
    show(silent.element, silent.text.textContent !== '');
    const faults = state?.faults ?? null;
    show(drill.element, faults !== null && faults.until > now);
    if (faults !== null) setText(drill.text, faultsText(faults, now));
    hint.update(state);
  };
}

function banner(
  tone: string,
  iconName: IconName,
  words: string,
): { readonly element: HTMLElement; readonly text: HTMLElement } {
  const text = element('p', { class: 'banner-text' }, words);
  const line = element('div', { class: 'banner-line' }, element('span', { class: 'badge-icon' }, icon(iconName)), text);
  return { element: element('div', { class: 'banner', 'data-tone': tone, hidden: '' }, line), text };
}

/** What the drill does, in words. */
function faultsText(faults: Faults, now: number): string {
  const errors =
    faults.errorRatio >= 1
      ? 'every request is answered with 503'
      : faults.errorRatio > 0
        ? `${ratioText(faults.errorRatio)} of its requests are answered with 503`
        : '';
  const delay = faults.latencyMs > 0 ? `answers come ${latencyText(faults.latencyMs)} late` : '';
  const database = faults.databaseDown ? 'its database refuses everything' : '';
  const cache = faults.cacheCold ? 'its cache is cold' : '';
  const work = faults.cpuMs > 0 ? `each request burns ${latencyText(faults.cpuMs)} of CPU` : '';
  const what = [errors, delay, database, cache, work].filter((part) => part !== '').join(', and ');
  return `The shortener is broken on purpose: ${what}. Mends itself in ${countdownText(faults.until - now)}.`;
}

function hintBanner(): { readonly element: HTMLElement; readonly update: (state: ConsoleState | null) => void } {
  const hint = banner('info', 'mail', '');
  const close = element('button', { type: 'button', class: 'button button-small' }, 'Got it');
  let isSeen = recall('hint') === 'seen';
  close.addEventListener('click', () => {
    isSeen = true;
    remember('hint', 'seen');
    hint.element.hidden = true;
    byId('verdict').focus({ preventScroll: true });
  });
  hint.element.firstElementChild?.append(close);
  return {
    element: hint.element,
    update: (state) => {
      show(hint.element, state !== null && !isSeen);
      if (state !== null) setText(hint.text, hintText(state));
    },
  };
}

/** What to try, and how long it takes at this pace: as many probes as the quickest alert asks for, and one round more. */
function hintText(state: ConsoleState): string {
  const spans = state.monitors.flatMap((monitor) =>
    monitor.alerts.map((alert) => alert.needed * Math.max(monitor.intervalMs, state.tickMs)),
  );
  const quickest = spans.length === 0 ? '' : ` within about ${roughSpanText(Math.min(...spans) + state.tickMs)}`;
  return `Burnwatch is probing a real URL shortener on this machine. Press “Break the shortener” and an e-mail lands in the inbox${quickest}; press “Mend it”, and a second one tells that it is over.`;
}
