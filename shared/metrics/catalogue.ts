import type { Datum } from './model.ts';

export const namespace = 'Burnwatch';

export type Metric = {
  readonly name: string;
  readonly unit: Datum['unit'];
  /** The dimension beside Service and Environment that names whose metric it is. */
  readonly of: 'Monitor' | 'Burst' | 'Slo';
  /** Sent only when there is something to say; graphs fill the gaps. */
  readonly isSparse: boolean;
  readonly help: string;
  /** When it is sent, where that is not plain: a sentence for who reads it in CloudWatch. */
  readonly sent?: string;
};

/**
 * Every metric that is published, under the key that code uses. A metric's name is written here and nowhere else. Each
 * costs $0.30 a month for every monitor, burst or SLO, prorated by the hours in which it is sent (us-east-1, first 10,000).
 */
export const metrics = {
  probeLatency: {
    name: 'ProbeLatency',
    unit: 'Milliseconds',
    of: 'Monitor',
    isSparse: false,
    help: 'From the start of resolution to the last byte, in the last attempt. Its sample count counts the probes whose time can be trusted.',
  },
  probeFailures: {
    name: 'ProbeFailures',
    unit: 'Count',
    of: 'Monitor',
    isSparse: true,
    help: 'Probes that failed in each of their attempts.',
    sent: 'Sent only when there are any.',
  },
  probeUnjudged: {
    name: 'ProbeUnjudged',
    unit: 'Count',
    of: 'Monitor',
    isSparse: true,
    help: 'Probes that could not be judged: blocked by policy, or our own fault. They lower coverage, never the SLI.',
  },
  burstLatency: {
    name: 'BurstLatency',
    unit: 'Milliseconds',
    of: 'Burst',
    isSparse: false,
    help: 'From the intended start to the last byte, of every request, failures included: its sample count counts the requests. Each value is at most 0.2 % off.',
  },
  burstFailures: {
    name: 'BurstFailures',
    unit: 'Count',
    of: 'Burst',
    isSparse: true,
    help: 'Requests without a valid answer, or with a status that counts as a failure.',
    sent: 'Sent only when there are any.',
  },
  burstDropped: {
    name: 'BurstDropped',
    unit: 'Count',
    of: 'Burst',
    isSparse: true,
    help: 'Scheduled starts that were never sent, since too many requests were under way until the end.',
    sent: 'Sent only when there are any.',
  },
  burstUnmet: {
    name: 'BurstUnmet',
    unit: 'Count',
    of: 'Burst',
    isSparse: true,
    help: 'What did not hold in a run: a threshold, its whole length, a quantity against its baseline, its shards.',
    sent: 'Sent only when there is any.',
  },
  burstSustained: {
    name: 'BurstSustained',
    unit: 'Count/Second',
    of: 'Burst',
    isSparse: false,
    help: 'The highest rate at which every threshold held, as the search for the breaking point found it; 0 where none did.',
  },
  burnRate: {
    name: 'BurnRate',
    unit: 'None',
    of: 'Slo',
    isSparse: true,
    help: 'Error ratio over the last hour ÷ (1 − objective); 1 lands exactly on the objective.',
    sent: 'Sent only above zero.',
  },
  errorBudgetLeft: {
    name: 'ErrorBudgetLeft',
    unit: 'Percent',
    of: 'Slo',
    isSparse: true,
    help: 'What is left of the error budget; below zero when overspent.',
    sent: 'Sent once a day, and each minute while it burns.',
  },
} as const satisfies Record<string, Metric>;

export type MetricKey = keyof typeof metrics;

/** Whose metrics they are: the dimensions that every one of them carries. `location` says from where a monitor was probed, where it is one of several. */
export type MetricIdentity = { readonly service: string; readonly environment: string; readonly location?: string };

/** What the metrics of a monitor carry beside the others where several locations probe it. */
export const locationDimension = 'Location';

/** The dimensions of one metric, in the order in which CloudWatch shows them. */
export function dimensionsOf(key: MetricKey, identity: MetricIdentity, id: string): Readonly<Record<string, string>> {
  const { service, environment, location } = identity;
  const own = { Service: service, Environment: environment, [metrics[key].of]: id };
  return location === undefined || metrics[key].of !== 'Monitor' ? own : { ...own, [locationDimension]: location };
}

/** One value of one metric at an instant. */
export function datum(key: MetricKey, identity: MetricIdentity, id: string, at: number, value: number): Datum {
  const { name, unit } = metrics[key];
  return { name, unit, at, value, dimensions: dimensionsOf(key, identity, id) };
}
