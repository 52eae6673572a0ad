/** One entry of a PutMetricData call, in our own words. */
export type Datum = {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly at: number;
  readonly value: number;
  readonly unit: 'Milliseconds' | 'Count' | 'Percent' | 'None';
};
