import type { CloudWatchKey } from '../../../shared/metrics/entries.ts';
import { type PriceKey, priceOfOne } from '../../../shared/metrics/price-list.ts';
import { gigabytesOf } from '../memory.ts';
import { functionsOf, hasApi, nameOf, type Stack } from '../model.ts';
import { metric } from './metrics.ts';
import type { MetricRow } from './model.ts';
import { token } from './tokens.ts';

const perMillion = (key: PriceKey): number => Math.round(priceOfOne(key) * 1e12) / 1e6;

/** List prices of us-east-1, in dollars a million. */
export const pricesPerMillion = {
  gigabyteSecond: perMillion('gigabyteSecond'),
  invocation: perMillion('invocation'),
  apiRequest: perMillion('apiRequest'),
  readUnit: perMillion('readUnit'),
  writeUnit: perMillion('writeUnit'),
  message: perMillion('message'),
} as const;

const times = (price: keyof typeof pricesPerMillion) => `* ${pricesPerMillion[price]} / 1000000`;

type Part = {
  readonly id: string;
  readonly label: string;
  readonly expression: string;
  readonly rows: readonly MetricRow[];
};

/** What each service costs in a period, by its usage, and all of them together first. */
export function costRows(stack: Stack): readonly MetricRow[] {
  const parts = [
    functionsPart(stack),
    ...(hasApi(stack) ? [apiPart(stack)] : []),
    tablesPart(stack),
    topicsPart(stack),
  ];
  const total = parts.map(({ id }) => id).join(' + ');
  return [
    [{ expression: total, id: 'total', label: '$ together' }],
    ...parts.map(({ expression, id, label }): MetricRow => [{ expression, id, label: `$ ${label}` }]),
    ...parts.flatMap(({ rows }) => rows),
  ];
}

function functionsPart(stack: Stack): Part {
  const names = functionsOf(stack);
  const rows = names.flatMap((name, index) => [
    used(stack, 'functionDuration', { FunctionName: nameOf(stack, name) }, `d${index}`),
    used(stack, 'invocations', { FunctionName: nameOf(stack, name) }, `n${index}`),
  ]);
  const seconds = names.map((name, index) => `${gigabytesOf(name, stack)} * d${index}`).join(' + ');
  const runs = names.map((_, index) => `n${index}`).join(' + ');
  const expression = `(${seconds}) / 1000 ${times('gigabyteSecond')} + (${runs}) ${times('invocation')}`;
  return { id: 'functions', label: 'functions', expression, rows };
}

function apiPart(stack: Stack): Part {
  const rows = [used(stack, 'apiRequests', { ApiId: token('HttpApi') }, 'a0')];
  return { id: 'api', label: 'API', expression: `a0 ${times('apiRequest')}`, rows };
}

function tablesPart(stack: Stack): Part {
  const tables = ['ledger', ...(stack.isShortenerOn ? ['links'] : [])];
  const rows = tables.flatMap((table, index) => [
    used(stack, 'consumedReads', { TableName: nameOf(stack, table) }, `r${index}`),
    used(stack, 'consumedWrites', { TableName: nameOf(stack, table) }, `w${index}`),
  ]);
  const sum = (letter: string) => tables.map((_, index) => `${letter}${index}`).join(' + ');
  const expression = `(${sum('r')}) ${times('readUnit')} + (${sum('w')}) ${times('writeUnit')}`;
  return { id: 'tables', label: 'tables', expression, rows };
}

function topicsPart(stack: Stack): Part {
  const rows = ['alerts', 'alarms'].map((topic, index) =>
    used(stack, 'published', { TopicName: nameOf(stack, topic) }, `s${index}`),
  );
  return { id: 'topics', label: 'messages', expression: `(s0 + s1) ${times('message')}`, rows };
}

function used(stack: Stack, key: CloudWatchKey, values: Readonly<Record<string, string>>, id: string): MetricRow {
  return metric(stack, key, values, { id, stat: 'Sum', visible: false });
}
