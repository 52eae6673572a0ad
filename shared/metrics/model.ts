/** One entry of a PutMetricData call, in our own words. */
export type Datum = {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly at: number;
  readonly unit: 'Milliseconds' | 'Count' | 'Count/Second' | 'Percent' | 'None';
} & DatumValue;

/** One value; or distinct values and how often each occurred, at most 150 of them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type DatumValue =
  | { readonly value: number }
  | { readonly values: readonly number[]; readonly counts: readonly number[] };
