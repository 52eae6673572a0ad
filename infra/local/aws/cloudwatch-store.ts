import { DatabaseSync } from 'node:sqlite';

/** What names a series. Dimensions are sorted by name when they are stored. */
export type MetricName = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

/** `count` samples that together make `sum` and lie between `min` and `max`; they are one value where those are equal. */
export type Sample = {
  readonly metric: MetricName;
  /** Epoch seconds. */
  readonly atSeconds: number;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
};

export type Bucket = {
  readonly atSeconds: number;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
};

export type Span = { readonly fromSeconds: number; readonly toSeconds: number; readonly periodSeconds: number };

export type CloudWatchStore = ReturnType<typeof openCloudWatchStore>;
/** What reading its metrics takes of it. */
export type ReadableStore = Pick<CloudWatchStore, 'buckets' | 'samples'>;

/** How long a datum is kept: as CloudWatch keeps one-minute data. */
const keepSeconds = 15 * 86_400;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS metric(
    id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL,
    UNIQUE(namespace, name, dimensions));
  CREATE TABLE IF NOT EXISTS sample(
    metric INTEGER NOT NULL, at INTEGER NOT NULL, unit TEXT NOT NULL,
    count REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL);
  CREATE INDEX IF NOT EXISTS sample_by_time ON sample(metric, at);
  CREATE TABLE IF NOT EXISTS alarm(
    name TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL);
`;

// A number of JavaScript arrives as a REAL, which would divide without a rest.
const bucketed = `(at / CAST(:period AS INTEGER)) * CAST(:period AS INTEGER) AS atSeconds`;
const inSpan = `metric = :metric AND at >= :from AND at < :to AND (:unit IN ('', '*') OR unit = :unit)`;
const unitGroup = `CASE :unit WHEN '' THEN '' ELSE unit END`;

/** Metrics and the states of alarms, in one SQLite file with a write-ahead log. A put is all or nothing. */
export function openCloudWatchStore(file: string) {
  const database = new DatabaseSync(file, { timeout: 2_000 });
  database.exec(schema);
  const find = database.prepare('SELECT id FROM metric WHERE namespace = ? AND name = ? AND dimensions = ?');
  const add = database.prepare('INSERT INTO metric(namespace, name, dimensions) VALUES (?, ?, ?)');
  const put = database.prepare('INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)');
  const ids = new Map<string, number>();

  const idOf = (metric: MetricName, create: boolean): number | undefined => {
    const dimensions = canonical(metric.dimensions);
    const key = `${metric.namespace}\n${metric.name}\n${dimensions}`;
    const known = ids.get(key) ?? (find.get(metric.namespace, metric.name, dimensions)?.['id'] as number | undefined);
    if (known === undefined && !create) return undefined;
    const id = known ?? Number(add.run(metric.namespace, metric.name, dimensions).lastInsertRowid);
    ids.set(key, id);
    return id;
  };

  const spanOf = (metric: MetricName, span: Span, unit: string) => {
    const id = idOf(metric, false);
    if (id === undefined) return undefined;
    return { metric: id, from: span.fromSeconds, to: span.toSeconds, period: span.periodSeconds, unit };
  };

  return {
    put(samples: readonly Sample[]): void {
      try {
        transaction(database, () => {
          for (const { metric, atSeconds, unit, count, sum, min, max } of samples)
            put.run(idOf(metric, true) ?? 0, atSeconds, unit, count, sum, min, max);
        });
      } catch (error) {
        ids.clear(); // series that the undone transaction had added are gone again
        throw error;
      }
    },
    /** Buckets of a period, oldest first. `unit` takes one unit, '' all of them together, '*' each one for itself. */
    buckets(metric: MetricName, span: Span, unit = ''): readonly Bucket[] {
      const parameters = spanOf(metric, span, unit);
      if (!parameters) return [];
      return database
        .prepare(
          `SELECT ${bucketed}, MIN(unit) AS unit, SUM(count) AS count, SUM(sum) AS sum, MIN(min) AS min, MAX(max) AS max
           FROM sample WHERE ${inSpan} GROUP BY 1, ${unitGroup} ORDER BY 1, 2`,
        )
        .all(parameters) as unknown as Bucket[];
    },
    /** The samples behind those buckets, by value within a bucket: for quantiles. */
    samples(metric: MetricName, span: Span, unit = ''): readonly Bucket[] {
      const parameters = spanOf(metric, span, unit);
      if (!parameters) return [];
      return database
        .prepare(
          `SELECT ${bucketed}, ${unitGroup} AS unit, count, sum, min, max FROM sample WHERE ${inSpan} ORDER BY 1, min`,
        )
        .all(parameters) as unknown as Bucket[];
    },
    /** Every known series, in a stable order. */
    metrics(): readonly MetricName[] {
      return database
        .prepare('SELECT namespace, name, dimensions FROM metric ORDER BY namespace, name, dimensions')
        .all()
        .map((row) => ({
          namespace: String(row['namespace']),
          name: String(row['name']),
          dimensions: Object.fromEntries(JSON.parse(String(row['dimensions']))),
        }));
    },
    /** The newest instant of a series in epoch seconds. */
    newest(metric: MetricName): number | undefined {
      const id = idOf(metric, false);
      if (id === undefined) return undefined;
      const at = database.prepare('SELECT MAX(at) AS at FROM sample WHERE metric = ?').get(id)?.['at'];
      return typeof at === 'number' ? at : undefined;
    },
    loadAlarm(name: string): { state: string; reason: string; since: number } | undefined {
      const row = database.prepare('SELECT state, reason, since FROM alarm WHERE name = ?').get(name);
      return row as { state: string; reason: string; since: number } | undefined;
    },
    saveAlarm(name: string, state: string, reason: string, since: number): void {
      database.prepare('INSERT OR REPLACE INTO alarm VALUES (?, ?, ?, ?)').run(name, state, reason, since);
    },
    /** Drops what is older than 15 days before `now` (epoch ms). */
    prune(now: number): void {
      database.prepare('DELETE FROM sample WHERE at < ?').run(Math.floor(now / 1_000) - keepSeconds);
    },
    close: () => database.close(),
  };
}

const canonical = (dimensions: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** Runs `work` in one transaction; what it throws undoes it all. */
export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
