import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createAlarms } from '../../infra/local/alarm/alarms.ts';
import type { AlarmState } from '../../infra/local/alarm/model.ts';
import { openCloudWatchStore, type Sample } from '../../infra/local/aws/cloudwatch-store.ts';
import { buildStack } from '../../infra/local/stack.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';
import type { Running } from './local-mode.ts';

/** An alarm changed by what was recorded in the second that began at `at`, and before. */
export type SlowChange = { readonly alarm: string; readonly to: AlarmState; readonly at: number };

const minuteMs = 60_000;
const startAt = Date.UTC(2026, 10, 21, 12);

/**
 * Plays what a local mode recorded in its CloudWatch in slow motion, each second of it as a minute in which the same happened all
 * the time, and has the alarms of its configuration evaluated: what takes them five minutes takes five seconds.
 */
export function ringSlowly(
  database: string,
  configFile: string,
  { console: page, shortener, aws }: Running,
  fromAt: number,
  toAt: number,
): readonly SlowChange[] {
  const parsed = parseConfig(readFileSync(configFile), { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error('monitors.yml is wrong');
  const stack = buildStack(parsed.config, { console: page, shortener, aws }, '/nowhere', {});
  const fromSeconds = Math.floor(fromAt / 1_000);
  const store = openCloudWatchStore(':memory:');
  store.put(samplesOf(database, fromSeconds, Math.ceil(toAt / 1_000)).map((sample) => slowed(sample, fromSeconds)));
  let now = startAt - 60 * minuteMs;
  const alarms = createAlarms({ store, publish: () => '', now: () => now });
  alarms.replace(stack.alarms);
  const changes: SlowChange[] = [];
  // From long before, so that no alarm waits for its first full range.
  for (let minute = -60; minute <= Math.ceil((toAt - fromAt) / 1_000); minute += 1) {
    now = startAt + minute * minuteMs + 3_000;
    for (const { alarm, to } of alarms.evaluate())
      changes.push({ alarm: alarm.name, to, at: (fromSeconds + minute - 1) * 1_000 });
  }
  store.close();
  return changes;
}

/** A minute of the same: sixty times as many, none of them slower. */
const slowed = (sample: Sample, fromSeconds: number): Sample => ({
  ...sample,
  atSeconds: startAt / 1_000 + (sample.atSeconds - fromSeconds) * 60,
  count: sample.count * 60,
  sum: sample.sum * 60,
});

function samplesOf(file: string, fromSeconds: number, toSeconds: number): readonly Sample[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare(
      'SELECT namespace, name, dimensions, at, unit, count, sum, min, max FROM sample JOIN metric ON metric.id = sample.metric WHERE at >= ? AND at < ?',
    )
    .all(fromSeconds, toSeconds);
  database.close();
  return rows.map((row) => ({
    metric: {
      ...{ namespace: String(row['namespace']), name: String(row['name']) },
      dimensions: dimensionsOf(String(row['dimensions'])),
    },
    atSeconds: Number(row['at']),
    unit: String(row['unit']),
    ...{ count: Number(row['count']), sum: Number(row['sum']), min: Number(row['min']), max: Number(row['max']) },
  }));
}

/** As the store writes them. */
function dimensionsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(JSON.parse(text) as [string, string][]);
}
