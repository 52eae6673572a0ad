import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Replayed, replay, replayPlain } from '../../shared/app/replay.ts';
import type { BurnRule } from '../../shared/config/model.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { configOf, sloOf, type Variant, variants } from './variants.ts';

/** The minutes in which a rule fires, counted from 1, as spans with both ends included: `401-405 411-415`. */
export type Spans = string;
/** By scenario, variant and rule. A rule that never fires has the empty text. */
export type Timelines = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Spans>>>>>>;

/** The textbook alone, or with what is ours. */
export const modes = ['plain', 'extras'] as const;
export type Mode = (typeof modes)[number];

/** Turns minutes in rising order into spans. */
export function spansOf(minutes: readonly number[]): Spans {
  const spans: [number, number][] = [];
  for (const minute of minutes) {
    const last = spans.at(-1);
    if (last?.[1] === minute - 1) last[1] = minute;
    else spans.push([minute, minute]);
  }
  return spans.map(([from, to]) => `${from}-${to}`).join(' ');
}

/** The minutes of spans, in rising order. */
export function minutesOf(spans: Spans): readonly number[] {
  return [...spans.matchAll(/(\d+)-(\d+)/g)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
}

/** What our own rules are to be taken through: all scenarios or some, with a window that is wrong on purpose or none. */
export type Replaying = {
  readonly mode: Mode;
  readonly some?: readonly string[];
  readonly wrong?: { readonly rule: string; readonly window: 'longMs' | 'shortMs'; readonly byMinutes: number };
};

/** How our own rules fire, each job in its turn. */
export async function replayAll(jobs: readonly Replaying[]): Promise<readonly Timelines[]> {
  const worker = new Worker(new URL('./replayer.ts', import.meta.url), { workerData: jobs });
  try {
    const [done] = await once(worker, 'message');
    return done;
  } finally {
    await worker.terminate();
  }
}

/** How our own rules fire. */
export function ourTimelines({ mode, some, wrong }: Replaying): Timelines {
  const configs = new Map([1, 5].map((minutes) => [minutes, configOf(minutes)]));
  const change = (rule: BurnRule): BurnRule =>
    shortName(rule) === wrong?.rule ? { ...rule, [wrong.window]: rule[wrong.window] + wrong.byMinutes * 60_000 } : rule;
  const chosen = scenarios.filter(({ name }) => some === undefined || some.includes(name));
  return tableOf(chosen, ({ series, intervalMinutes }, variant) => {
    const { monitors, slos } = configs.get(intervalMinutes) ?? configOf(intervalMinutes);
    const slo = sloOf(slos, variant);
    const changed = { ...slo, alerts: slo.alerts.map(change) };
    const replayed = mode === 'plain' ? replayPlain(changed, series) : replay(changed, monitors, series);
    return Object.fromEntries(slo.alerts.map((rule) => [shortName(rule), firingSpans(replayed, rule, series.length)]));
  });
}

/** A table with something for each scenario and variant. */
export function tableOf<T>(some: readonly Scenario[], cell: (scenario: Scenario, variant: Variant) => T) {
  return Object.fromEntries(
    some.map((scenario) => [
      scenario.name,
      Object.fromEntries(variants.map((variant) => [variant.name, cell(scenario, variant)])),
    ]),
  );
}

/** `page-1h`, the end of its id. */
const shortName = ({ id }: BurnRule): string => id.slice(id.lastIndexOf('/') + 1);

function firingSpans({ transitions }: Replayed, rule: BurnRule, minutes: number): Spans {
  const mine = transitions.filter((each) => each.rule.id === rule.id);
  return mine
    .flatMap(({ kind, minute }, index) =>
      kind === 'fired' ? [`${minute}-${(mine[index + 1]?.minute ?? minutes + 1) - 1}`] : [],
    )
    .join(' ');
}
