import type { AlarmUnit, Severity, Watched } from '../model.ts';

/** Alarms that are there for the asking: what they watch, from where on it is too much, and what to do then. */
export type Preset = {
  /** For lists, in a few words. */
  readonly about: string;
  /** What of the stack is named beside it. */
  readonly of?: 'function' | 'table';
  /** An alarm for each; a suffix tells it from the others. */
  readonly watches: (of: string) => readonly { readonly suffix?: string; readonly watched: Watched }[];
  readonly unit: AlarmUnit;
  readonly limit: (of: string) => Limit;
  /** The limit in words, where it is another one for each. */
  readonly limitText?: string;
  readonly window: { readonly datapoints: number; readonly of: number };
  readonly reason: (of: string) => string;
  readonly runbook: string;
};
/** One alarm of a severity, or one for each. In the unit of what is watched. */
export type Limit =
  | { readonly threshold: number; readonly severity: Severity }
  | { readonly levels: Readonly<Record<Severity, number>> };

/** How long each function may run, ms, as serverless.yml and its neighbours say. */
export const functionTimeouts = {
  probe: 90_000,
  evaluate: 30_000,
  shortener: 29_000,
  status: 10_000,
  burst: 900_000,
  notify: 60_000,
} as const;
export type OwnFunction = keyof typeof functionTimeouts;
export const ownFunctions = Object.keys(functionTimeouts) as [OwnFunction, ...OwnFunction[]];
export const ownTables = ['ledger', 'links'] as const;

/** A function that comes so near to its timeout is soon cut off. */
const nearTimeoutRatio = 0.8;

const api = { namespace: 'AWS/ApiGateway', dimensions: { ApiId: [{ output: 'ApiId' }] } } as const;
const api5xx = { ...api, kind: 'metric', name: '5xx', stat: 'Sum' } as const;
const ofFunction = (name: string, stat: string) => (of: string) => [
  {
    watched: {
      namespace: 'AWS/Lambda',
      dimensions: { FunctionName: { own: of } },
      kind: 'metric',
      name,
      stat,
    } as const,
  },
];
const throttled = (name: string, suffix: string) => (of: string) =>
  ({
    suffix,
    watched: { namespace: 'AWS/DynamoDB', dimensions: { TableName: { own: of } }, kind: 'metric', name, stat: 'Sum' },
  }) as const;
const readsThrottled = throttled('ReadThrottleEvents', 'reads');
const writesThrottled = throttled('WriteThrottleEvents', 'writes');

const errorsRunbook = 'docs/runbooks/application-errors.md';

export const presets = {
  errorRatio: {
    about: 'the share of 5xx answers of the API',
    watches: () => [{ watched: { ...api, kind: 'ratio', bad: '5xx', total: 'Count' } }],
    unit: 'ratio',
    limit: () => ({ threshold: 0.05, severity: 'page' }),
    window: { datapoints: 3, of: 5 },
    reason: () => 'The application fails for more of its callers than anyone should accept.',
    runbook: errorsRunbook,
  },
  errorRate: {
    about: '5xx answers of the API by the second',
    watches: () => [{ watched: { ...api, kind: 'rate', name: '5xx' } }],
    unit: 'perSecond',
    limit: () => ({ levels: { ticket: 0.1, page: 0.5 } }),
    window: { datapoints: 3, of: 5 },
    reason: () => 'The application fails, again and again.',
    runbook: errorsRunbook,
  },
  errorsPerMinute: {
    about: '5xx answers of the API in one minute',
    watches: () => [{ watched: api5xx }],
    unit: 'none',
    limit: () => ({ threshold: 10, severity: 'ticket' }),
    window: { datapoints: 1, of: 1 },
    reason: () => 'The application has failed many times within a minute.',
    runbook: errorsRunbook,
  },
  latency: {
    about: 'how slow the API is, p99',
    watches: () => [{ watched: { ...api, kind: 'metric', name: 'Latency', stat: 'p99' } }],
    unit: 'milliseconds',
    limit: () => ({ threshold: 1_000, severity: 'ticket' }),
    window: { datapoints: 3, of: 5 },
    reason: () => 'One call of a hundred waits longer than people do.',
    runbook: 'docs/runbooks/application-latency.md',
  },
  functionErrors: {
    about: 'invocations of a function that failed',
    of: 'function',
    watches: ofFunction('Errors', 'Sum'),
    unit: 'none',
    limit: () => ({ threshold: 0, severity: 'ticket' }),
    window: { datapoints: 2, of: 5 },
    reason: (of) => `The function ${of} throws, runs out of memory, or is cut off at its timeout.`,
    runbook: 'docs/runbooks/function-errors.md',
  },
  functionThrottles: {
    about: 'invocations of a function that Lambda refused',
    of: 'function',
    watches: ofFunction('Throttles', 'Sum'),
    unit: 'none',
    limit: () => ({ threshold: 0, severity: 'ticket' }),
    window: { datapoints: 2, of: 5 },
    reason: (of) => `Lambda refuses to run ${of}: the account or the function is at its limit of concurrency.`,
    runbook: 'docs/runbooks/throttling.md',
  },
  functionDuration: {
    about: 'a function that comes near its timeout',
    of: 'function',
    watches: ofFunction('Duration', 'Maximum'),
    unit: 'milliseconds',
    limitText: 'above 80 % of its timeout',
    limit: (of) => ({ threshold: functionTimeouts[of as OwnFunction] * nearTimeoutRatio, severity: 'ticket' }),
    window: { datapoints: 3, of: 5 },
    reason: (of) => `The function ${of} takes nearly all the time that it has: soon it is cut off.`,
    runbook: 'docs/runbooks/function-duration.md',
  },
  tableThrottles: {
    about: 'reads and writes of a table that DynamoDB refused',
    of: 'table',
    watches: (of) => [readsThrottled(of), writesThrottled(of)],
    unit: 'none',
    limit: () => ({ threshold: 0, severity: 'ticket' }),
    window: { datapoints: 2, of: 5 },
    reason: (of) => `DynamoDB refuses requests to the table ${of}: its callers wait, and then fail.`,
    runbook: 'docs/runbooks/throttling.md',
  },
  failedNotifications: {
    about: 'alerts that SNS could not deliver',
    watches: () => [
      {
        watched: {
          namespace: 'AWS/SNS',
          dimensions: { TopicName: { own: 'alerts' } },
          kind: 'metric',
          name: 'NumberOfNotificationsFailed',
          stat: 'Sum',
        },
      },
    ],
    unit: 'none',
    limit: () => ({ threshold: 0, severity: 'page' }),
    window: { datapoints: 1, of: 1 },
    reason: () => 'Somebody who should have been told of an alert was not.',
    runbook: 'docs/runbooks/undelivered.md',
  },
} as const satisfies Readonly<Record<string, Preset>>;
export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
