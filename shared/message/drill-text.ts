import { cleanText } from './clean.ts';
import { formatDuration, formatInstant } from './format.ts';
import { section, wrap } from './layout.ts';
import type { Notice, NoticeItem } from './model.ts';

type PathItem = Extract<NoticeItem, { kind: 'path' }>;
const longestSeen = 200;

/** `Drill: nobody has to get up, alerts are tried`, in as much detail as asked for: 2, 1 or 0. */
export function drillWords({ transition }: NoticeItem, detail: number): string {
  const { kind, at, firedAt } = transition;
  if (kind !== 'resolved') return `Drill: nobody has to get up${detail === 0 ? '' : ', alerts are tried'}`;
  const after = detail === 0 ? '' : ` after ${formatDuration(at - firedAt)}`;
  return `Drill: over${after}${detail === 2 ? ', nobody has to get up' : ''}`;
}

/** The sections of a drill's mail. */
export function drillSections(notice: Notice): readonly (readonly string[])[] {
  return [
    ['This is a drill: nothing is wrong, and there is nothing to do.'],
    ...notice.items.map((item) => (item.transition.kind === 'resolved' ? overSection() : whySection(item))),
  ];
}

function whySection({ transition: { facts, at } }: NoticeItem): readonly string[] {
  const startedAt = facts.kind === 'drill' ? facts.startedAt : 0;
  const who = facts.kind === 'drill' && facts.isScheduled ? 'by the schedule of monitors.yml' : 'by hand';
  const asked = startedAt > 0 ? `asked for ${who} at ${formatInstant(startedAt)}` : `asked for ${who}`;
  const way = `it went the way of every alert, and was sent at ${formatInstant(at)}: that you read it shows that alerts arrive here`;
  return section('WHY IT COMES', [
    ...wrap(asked, '  '),
    ...wrap(way, '  '),
    ...wrap('the next evaluation ends it, and a second message says so', '  '),
  ]);
}

function overSection(): readonly string[] {
  const told =
    'the end of an alert arrives here, too; without this message after a drill, something on its way is broken';
  return section('WHAT IT SHOWS', wrap(told, '  '));
}

/** Of a drill that did not come through: at which hop, and what was seen there. */
export function pathSeen({ transition: { facts } }: PathItem): { readonly hop: string; readonly seen: string } {
  if (facts.kind !== 'path') return { hop: '', seen: '' };
  return { hop: cleanText(facts.hop, 64), seen: cleanText(facts.seen, longestSeen) };
}

/** `alerts may not arrive: the drill broke at chat, no delivery is recorded`. */
export function pathWords(item: PathItem, detail: number): string {
  const { hop, seen } = pathSeen(item);
  if (item.transition.kind === 'resolved') {
    const after = formatDuration(item.transition.at - item.transition.firedAt);
    return detail === 0 ? 'alerts arrive' : `alerts arrive, a drill came through after ${after}`;
  }
  const words = [
    'alerts may not arrive',
    hop === '' ? '' : `: the drill broke at ${hop}`,
    seen === '' ? '' : `, ${seen}`,
  ];
  return words.slice(0, detail + 1).join('');
}

/** When the drill began, where it broke, and what was seen there. */
export function pathLines(item: PathItem): readonly string[] {
  const { facts } = item.transition;
  const { hop, seen } = pathSeen(item);
  const began = facts.kind === 'path' && facts.startedAt > 0 ? ` of ${formatInstant(facts.startedAt)}` : '';
  return [
    ...wrap(`alerts: the scheduled drill${began} did not come through`, '  '),
    ...(hop === '' ? [] : wrap(`it broke at ${hop}${seen === '' ? '' : `: ${seen}`}`, '    ')),
    ...wrap('a real alert may be lost there in the same way', '    '),
  ];
}

export const pathEnding = 'resolves with the next drill that comes through, by schedule or by hand';

/** What to look at first, by the hop at which it broke. */
export function pathAdvice(item: PathItem): string {
  const { hop } = pathSeen(item);
  switch (hop) {
    case '':
      return '';
    case 'evaluate':
      return 'the log of the function evaluate says why it did not take the drill up, or did not end it';
    case 'SNS':
      return 'the log of the function evaluate says why SNS did not take the message';
    default:
      return `npx burnwatch notify test --channel ${hop} says what the service answers; the log of the function notify says what it was sent`;
  }
}
