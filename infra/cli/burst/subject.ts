import type { Burst, BurstUnit, HttpRequest, Load, Stage } from '../../../shared/config/model.ts';
import { countOf, durationText, percentText, rateText } from '../numbers.ts';
import { renderText } from '../reference-text.ts';

/** One unit of what a burst sends, without anything that may be a secret: no query, no user, no values of headers, no body. */
export type SentUnit = {
  /** `GET https://example.com/links`, `flow shorten-and-follow`. */
  readonly text: string;
  /** How much of the burst it is, 0 to 1. */
  readonly ratio: number;
  /** `headers accept, authorization`, `a body`, `follows redirects`. */
  readonly details: readonly string[];
};

/** What a burst sends, in its order. References stand as they were typed. */
export function describeSent({ mix }: Pick<Burst, 'mix'>): readonly SentUnit[] {
  const total = mix.reduce((sum, { weight }) => sum + weight, 0);
  return mix.map((unit) => ({ ...describeUnit(unit), ratio: unit.weight / total }));
}

function describeUnit(unit: BurstUnit): Omit<SentUnit, 'ratio'> {
  if ('flow' in unit) return { text: `flow ${unit.flow}`, details: [] };
  return { text: `${unit.request.method} ${plainUrl(unit.request)}`, details: detailsOf(unit.request) };
}

function plainUrl({ url }: HttpRequest): string {
  return renderText(url)
    .replace(/[?#].*$/s, '')
    .replace(/^(https?:\/\/)[^/]*@/i, '$1');
}

function detailsOf({ headers, query, body, auth, followRedirects, url }: HttpRequest): readonly string[] {
  const names = Object.keys(headers);
  const hasQuery = query.length > 0 || renderText(url).includes('?');
  return [
    ...(hasQuery ? ['a query'] : []),
    ...(names.length === 0 ? [] : [`${names.length === 1 ? 'header' : 'headers'} ${names.join(', ')}`]),
    ...(auth === undefined ? [] : [`${auth.type} authentication`]),
    ...(body === undefined ? [] : ['a body']),
    ...(followRedirects ? ['redirects are followed'] : []),
  ];
}

/** Whether a burst has a name of its own; one to a URL is called by what it sends. */
export const isNamed = ({ id }: Pick<Burst, 'id'>): boolean => !/^https?:/.test(id);

/** The units in one line: `GET https://example.com/`, `75 % GET …, 25 % flow …`. */
export function sentText(units: readonly SentUnit[]): string {
  if (units.length === 1) return units[0]?.text ?? '';
  return units.map(({ text, ratio }) => `${percentText(ratio)} ${text}`).join(', ');
}

/** How it is sent: `ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s`, `10 at once, 1,000 requests`. */
export function loadText(load: Load): string {
  switch (load.model) {
    case 'open':
      return load.stages.map(stageText).join(', ');
    case 'closed': {
      const ends = [
        ...(load.requests === undefined ? [] : [countOf(load.requests, 'request')]),
        ...(load.forMs === undefined ? [] : [`for ${durationText(load.forMs)}`]),
      ];
      return `${load.concurrency} at once, ${ends.join(', at most ')}`;
    }
    case 'breakingPoint':
      return `search from ${rateText(load.fromPerSecond)} to ${rateText(load.toPerSecond)}, each rate held for ${durationText(load.holdMs)}`;
    default:
      return load satisfies never;
  }
}

function stageText({ fromPerSecond, toPerSecond, durationMs }: Stage): string {
  const span = durationText(durationMs);
  if (fromPerSecond === toPerSecond) return `hold ${rateText(toPerSecond)} for ${span}`;
  return `ramp from ${rateText(fromPerSecond)} to ${rateText(toPerSecond)} over ${span}`;
}

/** The model in words, for people who come from ab, hey or wrk. */
export function modelText({ model }: Load): string {
  switch (model) {
    case 'open':
      return 'open model';
    case 'closed':
      return 'closed model';
    case 'breakingPoint':
      return 'breaking point';
    default:
      return model satisfies never;
  }
}

/** The rate that was asked for: `200/s asked`, of several stages their mean, `166.7/s asked on average`; undefined where none was. */
export function askedText(load: Load): string | undefined {
  if (load.model !== 'open') return undefined;
  const durationMs = load.stages.reduce((sum, stage) => sum + stage.durationMs, 0);
  const starts = load.stages.reduce((sum, stage) => sum + meanRate(stage) * stage.durationMs, 0);
  const rates = load.stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]);
  return `${rateText(starts / durationMs)} asked${new Set(rates).size > 1 ? ' on average' : ''}`;
}

const meanRate = ({ fromPerSecond, toPerSecond }: Stage): number => (fromPerSecond + toPerSecond) / 2;
