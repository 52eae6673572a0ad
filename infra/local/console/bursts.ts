import { burstCard } from './burst-card.ts';
import { type BurstCardView, cardsOf } from './burst-model.ts';
import { byId, element, keyedList, show } from './dom.ts';
import type { ConsoleState } from './state.ts';

/** What makes a newcomer's first burst; `/demo` is a link that the shortener always answers. */
const example = `bursts:
  redirects:
    schedule: cron(0 3 * * ? *)
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    stages: [{ rampTo: 200/s, over: 5s }, { hold: 200/s, for: 10s }]
    thresholds: [p99 < 300ms, errorRatio < 0.1%]
`;

/** The bursts, in the order of monitors.yml. */
export function burstsSection(): (state: ConsoleState, now: number) => void {
  const list = element('ul', { class: 'stack' });
  const empty = emptyState();
  byId('bursts').append(list, empty);
  const update = keyedList<BurstCardView>(list, ({ burst }) => burst.id, burstCard);
  return (state, now) => {
    show(empty, state.bursts.length === 0);
    update(cardsOf(state.bursts, state.liveRuns, now), now);
  };
}

function emptyState(): HTMLElement {
  return element(
    'div',
    { class: 'empty', hidden: '' },
    element(
      'p',
      {},
      'No bursts yet: short loads that tell what a target stands. Add one to monitors.yml, and it appears here:',
    ),
    element('pre', { class: 'example', tabindex: '0', 'aria-label': 'A burst in monitors.yml' }, example),
    element('p', {}, 'Without a file: ', element('code', {}, 'npx burnwatch burst --url URL --rate 200 --for 10s')),
  );
}
