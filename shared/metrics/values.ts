import type { DatumValue } from './model.ts';

/** Distinct values of one datum: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const mostValues = 150;

/** Distinct values with how often each occurred, above zero, 150 of them a datum; CloudWatch adds up datums of the same instant. */
export function spread(distinct: readonly (readonly [value: number, count: number])[]): readonly DatumValue[] {
  return Array.from({ length: Math.ceil(distinct.length / mostValues) }, (_, index) => {
    const part = distinct.slice(index * mostValues, (index + 1) * mostValues);
    return { values: part.map(([value]) => value), counts: part.map(([, count]) => count) };
  });
}
