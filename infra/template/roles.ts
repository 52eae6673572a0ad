import { hasBurstAlerts } from '../../shared/alert/burst.ts';
import { BurnwatchError, type Config, type Indicator, type Slo } from '../../shared/config/model.ts';
import { namespace } from '../../shared/metrics/catalogue.ts';
import { useKey } from './encryption.ts';
import {
  acknowledgeKeyParameter,
  heartbeatKeyParameter,
  metricsTokenParameter,
  writeTokenParameter,
} from './environment.ts';
import { logGroupId } from './logs.ts';
import {
  arnOf,
  type FunctionName,
  functionsOf,
  getAtt,
  nameOf,
  type Resource,
  type Resources,
  ref,
  roleNameOf,
  type Stack,
} from './model.ts';
import { burstUsers, channelUsers, monitorUsers, parametersOf, requiredSlos, type User } from './references.ts';
import { allow, type Statement, trust } from './statements.ts';
import { inVpc } from './vpc-rights.ts';

/** One role a function, each with what its function does and nothing else. */
export function functionRoles(config: Config, stack: Stack): Resources {
  return Object.fromEntries(
    functionsOf(stack).map((name) => [
      `${capitalized(name)}Role`,
      role(stack, name, trust('lambda.amazonaws.com'), [
        writeLogs(name),
        ...statements(name, config, stack),
        ...useKey(name, stack),
      ]),
    ]),
  );
}

function statements(name: FunctionName, config: Config, stack: Stack): readonly Statement[] {
  switch (name) {
    case 'probe':
      return [
        writeTicks(stack),
        ...(stack.hasHeartbeats ? [readHeartbeats] : []),
        putMetricsOf(stack),
        ...readParameters(name, monitorUsers(config), stack),
        ...inVpc(name, stack),
      ];
    case 'burst':
      return [
        ...keepRuns,
        ...readBudgets(config),
        putMetrics,
        ...readParameters(name, burstUsers(config), stack),
        ...inVpc(name, stack),
      ];
    case 'evaluate':
      return [
        ...judgeTicks,
        ...goDrills,
        ...(hasBurstAlerts(config) ? [readVerdicts] : []),
        ...(config.slos.some(isOver('bursts')) ? [readRunCounts] : []),
        ...(config.slos.some(isOver('cloudwatch')) ? [getMetrics, keepCounted, readCounted] : []),
        putMetrics,
        allow(['sns:Publish'], ref('AlertsTopic')),
        ...(stack.hasLinks ? [readKey(acknowledgeKeyParameter)] : []),
      ];
    case 'shortener':
      return [
        allow(
          ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
          getAtt('LinksTable', 'Arn'),
        ),
        readKey(writeTokenParameter),
      ];
    case 'notify':
      return [
        rememberTold,
        allow(['sns:Publish'], ref('AlertsTopic')),
        allow(['sqs:SendMessage'], getAtt('UndeliveredQueue', 'Arn')),
        ...readParameters(name, channelUsers(config), stack),
        ...(stack.isNotifyPrivate ? inVpc(name, stack) : []),
      ];
    case 'status':
      return [
        ...(stack.hasHeartbeats ? [writeHeartbeats, readKey(heartbeatKeyParameter)] : []),
        ...(stack.hasLinks ? [...changeAlerts, readKey(acknowledgeKeyParameter)] : []),
        ...(stack.areMetricsOn ? exposeAll(config) : []),
      ];
    default:
      return name satisfies never;
  }
}

/** A role that `trusted` may take, with one inline policy. */
export function role(stack: Stack, thing: string, trusted: Statement, policy: readonly Statement[]): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: roleNameOf(stack, thing),
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trusted] },
      Policies: [{ PolicyName: thing, PolicyDocument: { Version: '2012-10-17', Statement: policy } }],
    },
  };
}

/** The log group is there before the function, so that none is ever made without a retention. */
function writeLogs(name: FunctionName): Statement {
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], getAtt(logGroupId(name), 'Arn'));
}

/**
 * Rows of ticks and nothing else: reading one back tells a repeated write from a duplicate tick. Of several locations each speaks
 * for itself alone.
 */
function writeTicks(stack: Stack): Statement {
  const partition = stack.isOneOfSeveral ? `tick#${stack.region}#*` : 'tick#*';
  const statement = allowLedger(['dynamodb:GetItem', 'dynamodb:PutItem'], [partition]);
  const { elsewhere } = stack;
  if (elsewhere === undefined) return statement;
  return { ...statement, Resource: arnOf('dynamodb', `table/${nameOf(stack, 'ledger')}`, elsewhere.home) };
}

/** Steps the alerts, folds what is over and archives what is closed; a tick is read, and never written. */
const judgeTicks: readonly Statement[] = [
  allowLedger(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['alerts']),
  allowLedger(['dynamodb:PutItem'], ['hour#*', 'day#*', 'incidents']),
  allowLedger(['dynamodb:Query'], ['tick#*', 'hour#*', 'day#*']),
];

/** What calls left behind: read by the probe, all of it at once, and written by the function that takes the calls. */
const readHeartbeats = allowLedger(['dynamodb:Query'], ['heartbeat']);
const writeHeartbeats = allowLedger(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['heartbeat']);

/** Claims its part of a run, keeps it, reads those of the other shards and the runs before, and tells what came of it. */
const keepRuns: readonly Statement[] = [
  allowLedger(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], ['burst-part#*']),
  allowLedger(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], ['burst#*']),
  allowLedger(['dynamodb:GetItem', 'dynamodb:PutItem'], ['burst-count#*']),
  allowLedger(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['burst-verdict']),
];

/** Says of an open incident that somebody is at it, or finds it among the closed ones. */
const changeAlerts: readonly Statement[] = [
  allowLedger(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['alerts']),
  allowLedger(['dynamodb:Query'], ['incidents']),
];

/** What is left of the budgets that bursts require, and which incidents are open. */
function readBudgets(config: Config): readonly Statement[] {
  if (!config.bursts.some(({ requireBudget }) => requireBudget)) return [];
  const required = requiredSlos(config);
  return [
    allowLedger(['dynamodb:GetItem'], ['alerts']),
    allowLedger(['dynamodb:Query'], ['tick#*', 'hour#*', 'day#*']),
    ...(required.some(isOver('bursts')) ? [readRunCounts] : []),
    ...(required.some(isOver('cloudwatch')) ? [readCounted] : []),
  ];
}

/** Reads all that `/metrics` tells of, and the token that opens it. */
function exposeAll(config: Config): readonly Statement[] {
  return [
    allowLedger(['dynamodb:GetItem'], ['alerts']),
    allowLedger(['dynamodb:Query'], ['tick#*', 'hour#*', 'day#*', 'incidents']),
    ...(config.bursts.length > 0 ? [allowLedger(['dynamodb:Query'], ['burst-verdict', 'burst#*'])] : []),
    ...(config.slos.some(isOver('bursts')) ? [readRunCounts] : []),
    ...(config.slos.some(isOver('cloudwatch')) ? [readCounted] : []),
    getMetrics,
    readKey(metricsTokenParameter),
  ];
}

const isOver =
  (kind: Indicator['kind']) =>
  ({ indicator }: Slo): boolean =>
    indicator.kind === kind;
/** What the runs of bursts came to, for SLOs over them. */
const readRunCounts = allowLedger(['dynamodb:Query'], ['burst-count#*']);

/** What the newest runs of bursts came to, of all of them at once. */
const readVerdicts = allowLedger(['dynamodb:Query'], ['burst-verdict']);

/** Takes drills up, starts those of the schedule, and looks what came of their messages. */
const goDrills: readonly Statement[] = [
  allowLedger(['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], ['drill']),
  allowLedger(['dynamodb:Query'], ['notify']),
];

/** Which channels have been told of what, and when one was last reported. Lambda takes its right to the queue from the function. */
const rememberTold = allowLedger(['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], ['notify']);

/** What was counted of metrics, for SLOs over them. */
const keepCounted = allowLedger(['dynamodb:PutItem'], ['metric#*']);
const readCounted = allowLedger(['dynamodb:Query'], ['metric#*']);
/** GetMetricData knows neither resources nor conditions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
const getMetrics = allow(['cloudwatch:GetMetricData'], '*');

/** What may be done in these partitions of the ledger: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
function allowLedger(actions: readonly string[], partitions: readonly string[]): Statement {
  return {
    ...allow(actions, getAtt('LedgerTable', 'Arn')),
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  };
}

/** PutMetricData knows no resources; the namespace is what can be bounded. */
const putMetrics: Statement = {
  ...allow(['cloudwatch:PutMetricData'], '*'),
  Condition: { StringEquals: { 'cloudwatch:namespace': namespace } },
};

/** Elsewhere, in the region of home alone. */
function putMetricsOf({ elsewhere }: Stack): Statement {
  if (elsewhere === undefined) return putMetrics;
  const where = { 'cloudwatch:namespace': namespace, 'aws:RequestedRegion': elsewhere.home };
  return { ...putMetrics, Condition: { StringEquals: where } };
}

/** What the inline policies of a role hold: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const longestPolicy = 10_240;
/** Kept for the other statements: those of `probe` take about 1,500 characters, those of `burst` and `notify` at most 2,500. */
const otherStatements = { probe: 2_000, burst: 3_000, notify: 3_000 };

function readParameters(
  name: keyof typeof otherStatements,
  users: readonly User[],
  { region, elsewhere }: Stack,
): readonly Statement[] {
  const paths = parametersOf(users);
  if (paths.length === 0) return [];
  const arns = paths.map((path) => `arn:aws-us-gov:ssm:${region}:123456789012:parameter${path}`);
  if (JSON.stringify(arns).length > longestPolicy - otherStatements[name])
    throw new BurnwatchError(
      'BURN_TOO_MANY_PARAMETERS',
      `${paths.length} different \${ssm:…} paths: one role cannot hold the right to read them all, because IAM takes ` +
        `${longestPolicy} characters. Let monitors share parameters, shorten the paths, or split the configuration`,
    );
  return [
    allow(
      ['ssm:GetParameter'],
      paths.map((path) => parameterArn(path, elsewhere?.home)),
    ),
  ];
}

const readKey = (parameter: string): Statement => allow(['ssm:GetParameter'], parameterArn(parameter));

/** Secrets are kept once, at home. */
function parameterArn(path: string, region?: string) {
  return arnOf('ssm', `parameter${path.startsWith('/') ? '' : '/'}${path}`, region);
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
