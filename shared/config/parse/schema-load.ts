import { z } from 'zod';
import { longestRunMs, mostRequests, type Stage } from '../model.ts';
import { type Paced, type PaceWord, readFactor, readStatusEntry, shortestStageMs } from './burst-values.ts';
import { choice, type Fields, map, own, refuse, type Sink } from './fields.ts';
import { minute, most, second } from './limits.ts';

/** A stage as it was written: its rate, held or reached. Where a ramp begins follows from the stage before it. */
export type StageEntry = { readonly kind: 'hold' | 'ramp'; readonly perSecond: number; readonly durationMs: number };

const modes = 'open (stages), closed (concurrency with requests or for) or breakingPoint (search). Follows from those.';

/** How much is sent, and when: the keys of the three models side by side. */
export function loadShape(fields: Fields) {
  return {
    mode: choice(['open', 'closed', 'breakingPoint']).optional().meta({ description: modes }),
    stages: z
      .array(stageSchema(fields))
      .min(1)
      .max(most.stages)
      .optional()
      .meta({ description: 'The open model: starts happen at these rates, whatever the target does.' }),
    concurrency: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'The closed model: so many callers, each of which waits for its answer.' }),
    requests: requests('So many requests of the closed model.').optional(),
    for: runTime(fields, 'So long the closed model goes on.').optional(),
    search: searchSchema(fields).optional(),
  };
}

function requests(description: string) {
  return z.int().min(1).max(mostRequests).meta({ description });
}

function runTime(fields: Fields, description: string) {
  return fields.duration(description, shortestStageMs, longestRunMs);
}

function stageSchema(fields: Fields) {
  const shape = {
    hold: fields.paced('A rate, and how long: 200/s for 10s.', 'for').optional(),
    for: runTime(fields, 'How long the rate is held.').optional(),
    rampTo: fields.paced('A rate, and how long the way there takes: 200/s over 5s.', 'over').optional(),
    over: runTime(fields, 'How long the ramp takes, from the rate of the stage before it, or from 0.').optional(),
  };
  return map(shape).transform((written, sink): StageEntry => {
    const { hold, rampTo } = written;
    if ((hold === undefined) === (rampTo === undefined)) {
      return refuse(sink, { code: 'STAGE', message: 'must have exactly one of hold and rampTo' });
    }
    if (hold !== undefined) return toStage('hold', hold, written, sink);
    return toStage('ramp', rampTo as Paced, written, sink);
  });
}

const forms = {
  hold: { key: 'hold', word: 'for', other: 'over', wrong: 'belongs to rampTo: a hold has for' },
  ramp: { key: 'rampTo', word: 'over', other: 'for', wrong: 'belongs to hold: a ramp has over' },
} as const satisfies Readonly<
  Record<StageEntry['kind'], { key: string; word: PaceWord; other: PaceWord; wrong: string }>
>;

type Times = { readonly for?: number | undefined; readonly over?: number | undefined };

function toStage(kind: StageEntry['kind'], { perSecond, durationMs }: Paced, times: Times, sink: Sink): StageEntry {
  const { key, word, other, wrong } = forms[kind];
  const own = times[word];
  if (times[other] !== undefined) return refuse(sink, { code: 'STAGE', message: wrong }, other);
  if (kind === 'hold' && perSecond === 0) return refuse(sink, { code: 'RATE', message: 'must be above 0/s' }, key);
  if (own !== undefined && durationMs !== undefined) {
    return refuse(sink, { code: 'STAGE', message: `stands beside the time that ${key} has already: keep one` }, word);
  }
  const time = own ?? durationMs;
  if (time !== undefined) return { kind, perSecond, durationMs: time };
  const lack = kind === 'hold' ? 'says not how long' : 'has no end';
  return refuse(
    sink,
    { code: 'STAGE', message: `${lack}: write ${key}: 200/s ${word} 10s, or ${word}: 10s beside it` },
    key,
  );
}

/** Stages with the rates at which each of them begins: that at which the one before it ended, 0 for the first. */
export function toStages(entries: readonly StageEntry[]): Stage[] {
  return entries.map(({ kind, perSecond, durationMs }, index) => ({
    fromPerSecond: kind === 'hold' ? perSecond : (entries[index - 1]?.perSecond ?? 0),
    toPerSecond: perSecond,
    durationMs,
  }));
}

function searchSchema(fields: Fields) {
  const shape = {
    from: fields.rate('The first rate.'),
    to: fields.rate('The highest rate that is tried.'),
    hold: fields.duration('How long each rate is held. 5s by default.', second, 5 * minute).optional(),
    factor: own(
      { type: 'number', description: 'How much faster each step is, until one breaks. 2 by default.' },
      readFactor,
    ).optional(),
    precision: fields
      .share('How close it closes in, as a share of the rate, from 0.1% to 50%. 5% by default.')
      .transform((ppm, sink) => {
        if (ppm >= 1_000 && ppm <= 500_000) return ppm;
        return refuse(sink, { code: 'PERCENT', message: 'must be from 0.1% to 50%' });
      })
      .optional(),
  };
  return map(shape).meta({
    description: 'The search for the breaking point: rates step by step until a threshold breaks.',
  });
}

/** What no run goes beyond. */
export function limitsSchema(fields: Fields) {
  const shape = {
    concurrency: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Requests under way at once: 100 by default, at most 800 for each shard. Others wait.' }),
    requests: requests('Requests of a run. What is scheduled by default.').optional(),
    duration: runTime(fields, 'The whole run, at most 13m. What its stages take by default.').optional(),
  };
  return map(shape).meta({ description: 'What no run goes beyond.' });
}

export function statusesSchema(description: string) {
  const meta = { type: ['string', 'integer'] as const, examples: ['500-599', '5xx', 429] };
  return z
    .array(own({ ...meta, type: [...meta.type] }, readStatusEntry))
    .max(most.statuses)
    .meta({ description });
}

/** What ends a run early. */
export function abortSchema(fields: Fields) {
  const shape = {
    errorRatio: fields.share('Failures ÷ ended requests is above this.').optional(),
    latency: fields.duration('The p99 of the latency so far is above this.', 1, minute).optional(),
    after: fields.duration('Not before this. 2s by default.', 0, longestRunMs).optional(),
    statuses: statusesSchema('What errorRatio counts; without one, a single answer of these ends it.').optional(),
  };
  return map(shape)
    .meta({ description: 'Ends a run early.' })
    .transform((abort, sink) => {
      if (abort.errorRatio === 1_000_000) {
        return refuse(sink, { code: 'ABORT', message: 'must be below 100%: no ratio is above it' }, 'errorRatio');
      }
      const hasReason = abort.errorRatio !== undefined || abort.latency !== undefined || abort.statuses !== undefined;
      if (hasReason) return abort;
      return refuse(sink, { code: 'ABORT', message: 'must have errorRatio, latency or statuses' });
    });
}
