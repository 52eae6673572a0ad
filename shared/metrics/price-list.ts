/** What AWS asks for one kind of thing in us-east-1. Dollars, US; a month has 30 days. */
export type ListPrice = {
  /** What is counted. */
  readonly unit: string;
  /** Dollars each: those up to `upTo` of a month, then those beyond, and so on. The last has no `upTo`. */
  readonly tiers: readonly Tier[];
  /** So many a month cost nothing in an account that uses them for nothing else. */
  readonly free: number;
  readonly source: string;
  /** `checked`: read in the month of `asOf`, on AWS's page or quoted from it. `memory`: not looked up; look before you decide. */
  readonly grade: 'checked' | 'memory';
  /** Year and month. */
  readonly asOf: string;
};
export type Tier = { readonly dollars: number; readonly upTo?: number };

const million = 1e6;
const each = (dollars: number): readonly Tier[] => [{ dollars }];
const checked = (asOf: string) => ({ grade: 'checked', asOf }) as const;
const fromMemory = { grade: 'memory', asOf: '2026-11' } as const;

const cloudwatch = { source: 'https://aws.amazon.com/cloudwatch/pricing/', ...checked('2026-05') };
const lambda = { source: 'https://aws.amazon.com/lambda/pricing/', ...checked('2026-05') };
const dynamodb = { source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/', ...checked('2025-07') };
const sns = { source: 'https://aws.amazon.com/sns/pricing/', ...checked('2026-06') };

const kms = { source: 'https://aws.amazon.com/kms/pricing/', ...fromMemory };

const transfer = { source: 'https://aws.amazon.com/ec2/pricing/on-demand/', ...fromMemory };

/** The one table of prices: everything that prints one takes it from here. */
export const priceList = {
  metric: {
    /** By the hours in which they are sent: one that is sent in half of them is half of one. */
    unit: 'custom metrics',
    tiers: [
      { dollars: 0.3, upTo: 10_000 },
      { dollars: 0.1, upTo: 250_000 },
      { dollars: 0.05, upTo: 1_000_000 },
      { dollars: 0.02 },
    ],
    free: 10,
    ...cloudwatch,
  },
  metricCall: { unit: 'calls of CloudWatch', tiers: each(0.01 / 1_000), free: million, ...cloudwatch },
  metricRead: { unit: 'metrics read', tiers: each(0.01 / 1_000), free: 0, ...cloudwatch },
  alarm: { unit: 'metrics of alarms', tiers: each(0.1), free: 10, ...cloudwatch },
  quickAlarm: { unit: 'metrics of alarms with periods below a minute', tiers: each(0.3), free: 0, ...cloudwatch },
  /** The first three of at most 50 metrics are no part of this quantity: they cost nobody anything. */
  dashboard: { unit: 'dashboards beyond the free ones', tiers: each(3), free: 0, ...cloudwatch },
  logGigabyte: { unit: 'GB of logs', tiers: each(0.5), free: 5, ...cloudwatch },
  canaryRun: { unit: 'runs of canaries', tiers: each(0.0012), free: 100, ...cloudwatch, ...checked('2023-01') },
  invocation: { unit: 'invocations', tiers: each(0.2 / million), free: million, ...lambda },
  gigabyteSecond: { unit: 'GB-s on arm64', tiers: each(13.3334 / million), free: 400_000, ...lambda },
  schedule: {
    unit: 'invocations by EventBridge Scheduler',
    tiers: each(1 / million),
    free: 14 * million,
    source: 'https://aws.amazon.com/eventbridge/pricing/',
    ...checked('2026-03'),
  },
  writeUnit: { unit: 'write units', tiers: each(0.625 / million), free: 0, ...dynamodb },
  readUnit: { unit: 'read units', tiers: each(0.125 / million), free: 0, ...dynamodb },
  tableGigabyte: { unit: 'GB in tables', tiers: each(0.25), free: 25, ...dynamodb },
  recoveryGigabyte: { unit: 'GB with point-in-time recovery', tiers: each(0.2), free: 0, ...dynamodb, ...fromMemory },
  message: { unit: 'messages published', tiers: each(0.5 / million), free: million, ...sns },
  mail: { unit: 'e-mails', tiers: each(2 / 100_000), free: 1_000, ...sns },
  key: { unit: 'KMS keys of your own', tiers: each(1), free: 0, ...kms },
  keyRequest: { unit: 'requests to KMS keys', tiers: each(0.03 / 10_000), free: 20_000, ...kms },
  apiRequest: {
    unit: 'requests of an HTTP API',
    tiers: each(1 / million),
    free: 0,
    source: 'https://aws.amazon.com/api-gateway/pricing/',
    ...fromMemory,
  },
  gigabyteOut: {
    unit: 'GB sent to the internet',
    tiers: each(0.09),
    free: 100,
    ...transfer,
  },
  gigabyteBetween: { unit: 'GB sent to another region', tiers: each(0.02), free: 0, ...transfer },
} as const satisfies Record<string, ListPrice>;
export type PriceKey = keyof typeof priceList;

/** Dollars for the first of them: what a page says of one. */
export function priceOfOne(key: PriceKey): number {
  return priceList[key].tiers[0].dollars;
}

/** Dollars a month for so many, without anything free. */
export function listDollars(key: PriceKey, quantity: number): number {
  const { tiers }: ListPrice = priceList[key];
  let [dollars, from] = [0, 0];
  for (const { dollars: one, upTo = Number.POSITIVE_INFINITY } of tiers) {
    dollars += one * Math.max(0, Math.min(quantity, upTo) - from);
    from = upTo;
  }
  return dollars;
}
