import { join } from 'node:path';
import { isDue } from '../../shared/config/cron.ts';
import type { BurstSchedule, Config, Json } from '../../shared/config/model.ts';
import { buildResources } from '../resources.ts';
import { environmentOf } from '../template/environment.ts';
import { gigabytesOf } from '../template/memory.ts';
import {
  type FunctionName,
  functions as functionIds,
  functionsOf,
  nameOf,
  type Resource,
  type Stack,
  stackOf,
} from '../template/model.ts';
import { minuteMs, shardsOf } from '../template/shards.ts';
import type { Alarm } from './alarm/model.ts';
import { alarmOf } from './alarm/model.ts';
import { account, region } from './aws/service.ts';
import { subscriptionOf, topicArn } from './aws/sns.ts';
import type { Subscription } from './aws/sns-store.ts';
import { type PlayedDashboard, playedDashboards } from './dashboards.ts';
import type { FunctionSettings } from './function/host.ts';
import type { Limits } from './function/limits.ts';
import { type Names, resolveIntrinsics } from './intrinsics.ts';

/** The environment that local mode plays, as `--stage` would name it. */
export const environment = 'local';
/** The id of the one HTTP API. */
export const apiId = 'local';

/** Where local mode's own servers are, without trailing slashes. */
export type Origins = { readonly console: string; readonly shortener: string; readonly aws: string };

/** What the configuration asks of AWS, ready to be played. */
export type LocalStack = {
  readonly config: Config;
  /** How often its schedules tick. */
  readonly tickMs: number;
  readonly functions: readonly FunctionSettings[];
  readonly tables: readonly Json[];
  readonly topics: readonly string[];
  readonly subscriptions: readonly Subscription[];
  /** The name of the queue of what could not be told, where there is one. */
  readonly queue?: string;
  readonly alarms: readonly Alarm[];
  readonly dashboards: readonly PlayedDashboard[];
  readonly schedules: readonly Schedule[];
  /** The saved queries of Logs Insights. */
  readonly queries: readonly SavedLogQuery[];
};
export type SavedLogQuery = { readonly name: string; readonly query: string; readonly groups: readonly string[] };

/** One schedule: the short name of its function, and its event's JSON with the time left open. */
export type Schedule = {
  readonly functionName: string;
  readonly input: string;
  /** Its invocation covers the time until the next tick, or more, so nobody waits for its end. */
  readonly isSpan: boolean;
  /** When it comes, where that is not every tick. */
  readonly times?: BurstSchedule;
};

/** The schedules that come at a tick (epoch ms): those with times of their own at the first tick of a minute in which they come. */
export function schedulesAt({ schedules, tickMs }: LocalStack, at: number): readonly Schedule[] {
  const isFirst = at % minuteMs < tickMs;
  return schedules.filter(({ times }) => times === undefined || (isFirst && isDue(times, at)));
}

/** Of each function by its short name. */
export type LimitsByName = Readonly<Record<string, Limits>>;

/**
 * The stack that this configuration would be on AWS, made of the very template that is deployed. Throws the template's
 * BurnwatchError when it cannot be built.
 */
export function buildStack(
  config: Config,
  origins: Origins,
  buildFolder: string,
  limits: LimitsByName,
  tickMs: number = minuteMs,
): LocalStack {
  // What costs a key in AWS is there for the asking here.
  const played: Config = { ...config, acknowledge: 'link' };
  const stack = stackOf(played, {
    stage: environment,
    region,
    isShortenerOn: true,
    areFaultsOn: true,
    isRetained: false,
    logRetentionDays: 30,
    areMetricsOn: true,
    repository: origins.console,
    tickMs,
  });
  const { Resources } = buildResources(played, stack);
  const names = namesOf(stack, Resources, origins);
  const all = (type: string): Properties[] =>
    Object.values(Resources)
      .filter((resource) => resource.Type === type)
      .map((resource) => resolveIntrinsics(resource.Properties, names) as Properties);
  const spans = shardsOf(config.monitors, tickMs).flatMap(({ id, spanMs }) => (spanMs === undefined ? [] : [id]));
  return {
    config,
    tickMs,
    functions: functionsOf(stack).map((name) => ({
      name,
      functionName: nameOf(stack, name),
      functionArn: functionArn(nameOf(stack, name)),
      file: join(buildFolder, name, 'index.js'),
      environment: {
        ...runtimeEnvironment(stack, nameOf(stack, name), limitsOf(limits, name, stack), origins),
        ...texts(resolveIntrinsics(environmentOf(name, config, stack), names)),
        ...localEnvironment(name, origins),
      },
      ...limitsOf(limits, name, stack),
    })),
    tables: all('AWS::DynamoDB::Table').map(tableInput),
    topics: all('AWS::SNS::Topic').map((topic) => topicArn(String(topic['TopicName']))),
    subscriptions: all('AWS::SNS::Subscription').map(readSubscription),
    ...queueOf(all('AWS::SQS::Queue')),
    alarms: all('AWS::CloudWatch::Alarm').flatMap((alarm) => alarmOf(alarm) ?? []),
    dashboards: playedDashboards(stack, played, names),
    schedules: all('AWS::Scheduler::Schedule').map((schedule) => readSchedule(schedule, stack, spans)),
    queries: all('AWS::Logs::QueryDefinition').map((definition) => ({
      name: String(definition['Name']),
      query: String(definition['QueryString']),
      groups: (definition['LogGroupNames'] as readonly Json[]).map(String),
    })),
  };
}

type Properties = { readonly [name: string]: Json };

const functionArn = (name: string) => `arn:aws:lambda:${region}:${account}:function:${name}`;
const fallbackLimits: Limits = { timeoutMs: 30_000, memoryMegabytes: 512 };
/** As their files say; what a file computes follows from the stack. */
const limitsOf = (limits: LimitsByName, name: FunctionName, stack: Stack): Limits => ({
  ...(limits[name] ?? fallbackLimits),
  memoryMegabytes: 1_024 * gigabytesOf(name, stack),
});

function namesOf(stack: Stack, resources: Readonly<Record<string, Resource>>, origins: Origins): Names {
  const refs: Record<string, string> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': nameOf(stack, 'stack'),
    HttpApi: apiId,
  };
  const attributes: Record<string, string> = { 'HttpApi.ApiEndpoint': origins.shortener };
  for (const name of functionsOf(stack)) {
    refs[functionIds[name]] = nameOf(stack, name);
    attributes[`${functionIds[name]}.Arn`] = functionArn(nameOf(stack, name));
  }
  for (const [id, { Type, Properties: properties }] of Object.entries(resources)) {
    if (Type === 'AWS::SNS::Topic') refs[id] = topicArn(String(properties['TopicName']));
    if (Type === 'AWS::Logs::LogGroup') refs[id] = String(properties['LogGroupName']);
    if (Type === 'AWS::DynamoDB::Table') refs[id] = String(properties['TableName']);
  }
  return { refs, attributes };
}

/** What Lambda itself sets, the service's own two, and where AWS is. The machine's own AWS files are kept out. */
function runtimeEnvironment(stack: Stack, functionName: string, limits: Limits, origins: Origins) {
  return {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(limits.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: origins.aws,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    BURNWATCH_SERVICE: stack.service,
    BURNWATCH_ENVIRONMENT: stack.stage,
  };
}

/** What differs on this machine: writes are open and unbounded, messages link to the console, probes may reach local mode itself. */
function localEnvironment(name: string, origins: Origins): Record<string, string> {
  if (name === 'probe' || name === 'burst')
    return { BURNWATCH_ALLOW_ORIGINS: Object.values(origins).flatMap(withLocalhost).join(',') };
  if (name === 'evaluate' || name === 'notify') return { DASHBOARD_URL: origins.console };
  if (name === 'status') return { METRICS: 'open', METRICS_PERIOD_SECONDS: '60' };
  return name === 'shortener' ? { WRITES: 'open', THROTTLE_API_PER_SECOND: '0', THROTTLE_MISSES_PER_SECOND: '0' } : {};
}

/** People write it either way. */
const withLocalhost = (origin: string): string[] => [origin, origin.replace('//127.0.0.1', '//localhost')];

function texts(variables: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(variables as Properties).map(([name, value]) => [name, String(value)]));
}

/** CreateTable's input: of the template's properties, those that both have. */
function tableInput({ TableName, AttributeDefinitions, KeySchema, BillingMode }: Properties): Json {
  return {
    TableName: TableName ?? null,
    AttributeDefinitions: AttributeDefinitions ?? null,
    KeySchema: KeySchema ?? null,
    BillingMode: BillingMode ?? 'PAY_PER_REQUEST',
  };
}

function queueOf([queue]: readonly Properties[]): { readonly queue?: string } {
  return queue === undefined ? {} : { queue: String(queue['QueueName']) };
}

function readSubscription({ TopicArn, Protocol, Endpoint, FilterPolicy }: Properties): Subscription {
  const filter = FilterPolicy === undefined ? '' : JSON.stringify(FilterPolicy);
  return subscriptionOf(String(TopicArn), String(Protocol), String(Endpoint), filter);
}

function readSchedule(properties: Properties, stack: Stack, spans: readonly string[]): Schedule {
  const { Target, ScheduleExpression, ScheduleExpressionTimezone } = properties;
  const { Arn, Input } = Target as Properties;
  const name = functionsOf(stack).find((one) => functionArn(nameOf(stack, one)) === Arn);
  const { shard, drill } = JSON.parse(String(Input)) as { readonly shard?: unknown; readonly drill?: unknown };
  const isBurst = name === 'burst';
  return {
    functionName: name ?? String(Arn),
    input: String(Input),
    isSpan: isBurst || spans.some((span) => span === shard),
    ...(isBurst || drill === true
      ? { times: { expression: String(ScheduleExpression), timezone: String(ScheduleExpressionTimezone) } }
      : {}),
  };
}
