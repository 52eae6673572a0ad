import type { Sample } from './aws/cloudwatch-store.ts';

/**
 * The metrics in a line of a log, as CloudWatch Logs takes them out of it; none where the line is no JSON object with a valid
 * block `_aws`. What breaks a rule of the format is left out: a metric without a number, more than 100 values, a dimension that
 * is no text of 1 to 1,024 ASCII characters, a name space of AWS's own.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedSamples(line: string): readonly Sample[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const root = parse(line);
  const { Timestamp, CloudWatchMetrics } = record(root['_aws']);
  if (typeof Timestamp !== 'number' || !Number.isFinite(Timestamp) || !Array.isArray(CloudWatchMetrics)) return [];
  const atSeconds = Math.floor(Timestamp / 1_000);
  return CloudWatchMetrics.flatMap((directive) => samplesOf(record(directive), root, atSeconds));
}

type Fields = Readonly<Record<string, unknown>>;

const mostMetrics = 100;
const mostDimensions = 30;
const mostValues = 100;

function samplesOf({ Namespace, Dimensions, Metrics }: Fields, root: Fields, atSeconds: number): Sample[] {
  if (typeof Namespace !== 'string' || !/^[\w./#: -]{1,255}$/.test(Namespace) || Namespace.startsWith('AWS/'))
    return [];
  if (!Array.isArray(Dimensions) || !Array.isArray(Metrics) || Metrics.length > mostMetrics) return [];
  return Dimensions.flatMap((names) => {
    const dimensions = dimensionsOf(names, root);
    if (dimensions === undefined) return [];
    return Metrics.flatMap((metric) => {
      const { Name, Unit = 'None' } = record(metric);
      if (typeof Name !== 'string' || Name === '' || typeof Unit !== 'string') return [];
      return valuesOf(root[Name]).map(([value, count]) => ({
        metric: { namespace: Namespace, name: Name, dimensions },
        atSeconds,
        unit: Unit,
        count,
        sum: value * count,
        min: value,
        max: value,
      }));
    });
  });
}

function dimensionsOf(names: unknown, root: Fields): Readonly<Record<string, string>> | undefined {
  if (!Array.isArray(names) || names.length > mostDimensions) return undefined;
  const pairs = names.map((name) => [name, typeof name === 'string' ? root[name] : undefined] as const);
  const areValid = pairs.every(([, value]) => typeof value === 'string' && /^(?=.*[!-~])[ -~]{1,1024}$/.test(value));
  return areValid ? Object.fromEntries(pairs as [string, string][]) : undefined;
}

/** Distinct values, each with how often it is there. */
function valuesOf(value: unknown): readonly (readonly [value: number, count: number])[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > mostValues || !values.every((each) => typeof each === 'number')) return [];
  const counts = new Map<number, number>();
  for (const each of values as readonly number[]) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts];
}

function parse(line: string): Fields {
  try {
    return record(JSON.parse(line));
  } catch {
    return {}; // no JSON: no metrics in it
  }
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
