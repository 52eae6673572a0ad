import type { Sample } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';
import { isObject, readInstant, readNumber, readObjects, readText, requireText } from './read.ts';
import type { Input } from './service.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html and API_MetricDatum.html
const mostDatums = 1_000;
const mostValues = 150;
const mostDimensions = 30;
const largest = 2 ** 360;
const oldestMs = 14 * 86_400_000;
const newestMs = 2 * 3_600_000;
const units = new Set(
  `Seconds Microseconds Milliseconds Bytes Kilobytes Megabytes Gigabytes Terabytes Bits Kilobits Megabits Gigabits Terabits
   Percent Count Bytes/Second Kilobytes/Second Megabytes/Second Gigabytes/Second Terabytes/Second Bits/Second
   Kilobits/Second Megabits/Second Gigabits/Second Terabits/Second Count/Second None`.split(/\s+/),
);

/** The samples of a PutMetricData call. One bad datum refuses them all, as CloudWatch does. `now` in epoch ms. */
export function parsePutMetricData(input: Input, now: number): readonly Sample[] {
  const namespace = readNamespace(input);
  const datums = readObjects(input, 'MetricData');
  if (datums.length === 0) throw new AwsError('MissingParameter', 'The parameter MetricData is required.');
  if (datums.length > mostDatums)
    throw new AwsError(
      'InvalidParameterValue',
      `The collection MetricData must not have a size greater than ${mostDatums}.`,
    );
  return datums.flatMap((datum, index) => parseDatum(datum, `MetricData.member.${index + 1}`, namespace, now));
}

function readNamespace(input: Input): string {
  const namespace = requireText(input, 'Namespace');
  if (namespace.startsWith('AWS/') || !isName(namespace)) throw invalid('Namespace', namespace);
  return namespace;
}

function parseDatum(datum: Input, at: string, namespace: string, now: number): Sample[] {
  const name = readText(datum, 'MetricName') ?? '';
  if (!isName(name)) throw name === '' ? missing(`${at}.MetricName`) : invalid(`${at}.MetricName`, name);
  const unit = readUnit(datum, `${at}.Unit`);
  readResolution(datum, at);
  const dimensions = parseDimensions(datum, at);
  const atSeconds = Math.floor(readTime(datum, at, now) / 1_000);
  return parseValues(datum, at).map((values) => ({
    metric: { namespace, name, dimensions },
    atSeconds,
    unit,
    ...values,
  }));
}

export function readUnit(datum: Input, at = 'Unit'): string {
  const unit = readText(datum, 'Unit') ?? 'None';
  if (!units.has(unit)) throw invalid(at, unit);
  return unit;
}

function readResolution(datum: Input, at: string): void {
  const resolution = readNumber(datum, 'StorageResolution') ?? 60;
  if (resolution !== 1 && resolution !== 60) throw invalid(`${at}.StorageResolution`, resolution);
}

function readTime(datum: Input, at: string, now: number): number {
  const instant = readInstant(datum, 'Timestamp') ?? now;
  if (instant < now - oldestMs || instant > now + newestMs) {
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter ${at}.Timestamp must specify a time no more than two weeks in the past and two hours in the future.`,
    );
  }
  return instant;
}

/** The dimensions of a datum or a query: at most 30, ASCII, each named once, none empty. */
export function parseDimensions(datum: Input, at: string): Record<string, string> {
  const list = readObjects(datum, 'Dimensions');
  if (list.length > mostDimensions)
    throw new AwsError(
      'InvalidParameterValue',
      `The collection ${at}.Dimensions must not have a size greater than 30.`,
    );
  const dimensions: Record<string, string> = Object.create(null);
  for (const [index, { Name: name, Value: value }] of list.entries()) {
    const where = `${at}.Dimensions.member.${index + 1}`;
    if (typeof name !== 'string' || !isName(name) || name in dimensions) throw invalid(`${where}.Name`, name);
    if (typeof value !== 'string' || !isAscii(value) || value.trim() === '' || value.length > 1_024)
      throw invalid(`${where}.Value`, value);
    dimensions[name] = value;
  }
  return { ...dimensions };
}

type Values = Pick<Sample, 'count' | 'sum' | 'min' | 'max'>;

function parseValues(datum: Input, at: string): Values[] {
  const given = ['Value', 'Values', 'StatisticValues'].filter((name) => (datum[name] ?? null) !== null);
  if (given.length === 0) throw missing(`${at}.Value`);
  if (given.length > 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameters ${at}.${given[0]} and ${at}.${given[1]} are mutually exclusive and you have specified both.`,
    );
  }
  if (given[0] === 'StatisticValues') return [parseStatistics(datum['StatisticValues'], `${at}.StatisticValues`)];
  if (given[0] === 'Values') return parseArray(datum, at);
  const value = readValue(datum, 'Value', at);
  return [{ count: 1, sum: value, min: value, max: value }];
}

function parseArray(datum: Input, at: string): Values[] {
  const values = Array.isArray(datum['Values']) ? datum['Values'] : [];
  const counts: unknown[] = Array.isArray(datum['Counts']) ? datum['Counts'] : values.map(() => 1);
  if (values.length === 0) throw missing(`${at}.Values`);
  if (values.length > mostValues)
    throw new AwsError('InvalidParameterValue', `The collection ${at}.Values must not have a size greater than 150.`);
  if (counts.length !== values.length)
    throw new AwsError(
      'InvalidParameterValue',
      `The parameters ${at}.Values and ${at}.Counts must have the same size.`,
    );
  return values.map((_, index) => {
    const value = readValue({ Value: values[index] }, 'Value', `${at}.Values.member.${index + 1}`);
    const count = readNumber({ Count: counts[index] }, 'Count') ?? 0;
    if (count <= 0 || count > largest) throw invalid(`${at}.Counts.member.${index + 1}`, counts[index]);
    return { count, sum: value * count, min: value, max: value };
  });
}

function parseStatistics(statistics: unknown, at: string): Values {
  if (!isObject(statistics)) throw new AwsError('ValidationError', `The parameter ${at} must be a structure.`);
  const [count, sum, min, max] = ['SampleCount', 'Sum', 'Minimum', 'Maximum'].map((name) =>
    readValue(statistics, name, at),
  ) as [number, number, number, number];
  if (count <= 0) throw invalid(`${at}.SampleCount`, count);
  if (min > max) throw invalid(`${at}.Minimum`, min);
  return { count, sum, min, max };
}

function readValue(datum: Input, name: string, at: string): number {
  const value = readNumber(datum, name);
  if (value === undefined) throw missing(`${at}.${name}`);
  if (Math.abs(value) > largest) throw invalid(`${at}.${name}`, value);
  return value;
}

const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);
const isName = (text: string) => text.length <= 255 && isAscii(text) && text.trim() !== '' && !text.startsWith(':');

const missing = (at: string) => new AwsError('MissingParameter', `The parameter ${at} is required.`);
const invalid = (at: string, value: unknown) =>
  new AwsError('InvalidParameterValue', `The value ${String(value).slice(0, 64)} for parameter ${at} is invalid.`);
