import { renderQuantity } from '../burst/quantity.ts';
import type { Burst, BurstUnit, Compare, Load, Stage } from '../config/model.ts';
import { formatCount, formatPercent, formatWindow, plural } from './format.ts';
import { type Outputs, showText } from './shell.ts';

/** What a burst sends, a line a unit: `GET https://example.com/demo`, `3 of 4: flow shorten-and-follow`. No secret is in it. */
export function renderSent({ mix }: Burst, outputs: Outputs): readonly string[] {
  const all = mix.reduce((sum, { weight }) => sum + weight, 0);
  return mix.map((unit) => `${mix.length > 1 ? `${unit.weight} of ${all}: ` : ''}${unitText(unit, outputs)}`);
}

function unitText(unit: BurstUnit, outputs: Outputs): string {
  if ('flow' in unit) return `flow ${unit.flow}`;
  return `${unit.request.method} ${showText(unit.request.url, outputs)}`;
}

/** How it is sent: `ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s`, `10 at once, 1,000 requests`. */
export function renderLoad(load: Load): string {
  switch (load.model) {
    case 'open':
      return load.stages.map(stageText).join(', ');
    case 'closed': {
      const requests = load.requests === undefined ? [] : [plural(load.requests, 'request')];
      const time = load.forMs === undefined ? [] : [`for ${formatWindow(load.forMs)}`];
      const isEither = requests.length + time.length > 1;
      return `${formatCount(load.concurrency)} at once, ${[...requests, ...time].join(', ')}${isEither ? ' at most' : ''}`;
    }
    case 'breakingPoint': {
      const { fromPerSecond, toPerSecond, holdMs } = load;
      return `search from ${rate(fromPerSecond)} to ${rate(toPerSecond)}, each rate held for ${formatWindow(holdMs)}`;
    }
    default:
      return load satisfies never;
  }
}

function stageText({ fromPerSecond, toPerSecond, durationMs }: Stage): string {
  const span = formatWindow(durationMs);
  if (fromPerSecond === toPerSecond) return `hold ${rate(toPerSecond)} for ${span}`;
  return `ramp from ${rate(fromPerSecond)} to ${rate(toPerSecond)} over ${span}`;
}

/** What is asked of each run: its thresholds as they were typed, and how much worse than its baseline it may be. */
export function renderWanted({ thresholds, compare }: Burst): string {
  return [...thresholds.map(({ text }) => text), ...(compare === undefined ? [] : [compareText(compare)])].join(', ');
}

function compareText({ baseline, toleratePpm }: Compare): string {
  const runs = baseline === 1 ? 'last good run' : `last ${baseline} good runs`;
  return `at most ${formatPercent(toleratePpm)} worse than its ${runs}`;
}

const rate = (perSecond: number): string => renderQuantity('rate', perSecond);
