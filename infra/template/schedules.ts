import { createHash } from 'node:crypto';
import { BurnwatchError, type Burst, type Config } from '../../shared/config/model.ts';
import { useScheduleKey, withKey } from './encryption.ts';
import {
  accountId,
  arnOf,
  type FunctionName,
  functions,
  functionsOf,
  getAtt,
  nameOf,
  type Resource,
  type Resources,
  ref,
  type Stack,
} from './model.ts';
import { role } from './roles.ts';
import type { Shard } from './shards.ts';
import { allow, trust } from './statements.ts';

/** What a late tick is worth: nothing. Neither the Scheduler nor Lambda's own queue keeps one for longer than this. */
const oldestEventSeconds = 60;

/** Every minute on the minute: `rate()` would count from its creation. */
const everyMinute = { expression: 'cron(* * * * ? *)', timezone: 'UTC' };

/** A schedule that a burst brings with it: one for each of its shards. */
export type BurstSchedule = { readonly burst: Burst; readonly shard: number };

/** Those of all bursts; none of a burst that is run by hand only. */
export function burstSchedules(bursts: readonly Burst[]): readonly BurstSchedule[] {
  return bursts.flatMap((burst) =>
    burst.schedule === undefined ? [] : Array.from({ length: burst.shards }, (_, shard) => ({ burst, shard })),
  );
}

/**
 * A schedule a shard, one for evaluate, one for drills where there are some, and those of the bursts, in a group of their own, and the role that lets them invoke
 * these functions and nothing else. Throws a BurnwatchError for a burst whose shards would not begin together.
 */
export function schedules(
  stack: Stack,
  shards: readonly Shard[],
  bursts: readonly BurstSchedule[],
  drill: Config['drill'],
): Resources {
  const isJudging = functionsOf(stack).includes('evaluate');
  return {
    ScheduleGroup: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: nameOf(stack, 'ticks') } },
    SchedulerRole: schedulerRole(stack),
    ...Object.fromEntries(
      shards.map(({ id }) => [
        `ProbeSchedule${id}`,
        schedule(stack, 'probe', { thing: `probe-${id}`, input: { shard: id }, what: 'Invokes probe every minute.' }),
      ]),
    ),
    ...(isJudging ? { EvaluateSchedule: evaluateSchedule(stack) } : {}),
    ...(drill ? { DrillSchedule: drillSchedule(stack, drill.schedule) } : {}),
    ...Object.fromEntries(bursts.map((each) => [`BurstSchedule${partOf(each, 'S')}`, burstSchedule(stack, each)])),
    ProbeInvokeConfig: invokeConfig('probe'),
    ...(isJudging ? { EvaluateInvokeConfig: invokeConfig('evaluate') } : {}),
    ...(stack.isBurstOn ? { BurstInvokeConfig: invokeConfig('burst') } : {}),
  };
}

function evaluateSchedule(stack: Stack): Resource {
  return schedule(stack, 'evaluate', { thing: 'evaluate', input: {}, what: 'Invokes evaluate every minute.' });
}

function drillSchedule(stack: Stack, rhythm: Invoked['rhythm']): Resource {
  const what = 'Sends a marked test alert the way of every alert.';
  return schedule(stack, 'evaluate', { thing: 'drill', input: { drill: true }, what, ...(rhythm && { rhythm }) });
}

/** `rate()` counts from the creation of each schedule, and so its shards would never agree on an instant. */
function burstSchedule(stack: Stack, part: BurstSchedule): Resource {
  const { burst, shard } = part;
  const { id, schedule: rhythm = everyMinute, shards } = burst;
  if (shards > 1 && rhythm.expression.startsWith('rate('))
    throw new BurnwatchError(
      'BURN_SHARDS_APART',
      `bursts.${id}: ${shards} shards begin together only by the clock: write cron(…) in place of ${rhythm.expression}`,
    );
  const ofShards = shards === 1 ? '' : `, shard ${shard + 1} of ${shards}`;
  return schedule(stack, 'burst', {
    thing: `burst-${partOf(part, '-')}`,
    input: { burst: id, shard },
    what: `Sends the burst ${id}${ofShards}.`,
    rhythm,
  });
}

/**
 * Names a burst's part in names of at most 64 characters that hold the service and the environment, too, and in logical ids,
 * which take letters and digits only.
 */
function partOf({ burst, shard }: BurstSchedule, separator: string): string {
  return `${createHash('sha256').update(burst.id).digest('hex').slice(0, 10)}${separator}${shard}`;
}

type Invoked = {
  readonly thing: string;
  readonly input: Readonly<Record<string, string | number | boolean>>;
  readonly what: string;
  readonly rhythm?: { readonly expression: string; readonly timezone: string };
};

function schedule(stack: Stack, target: FunctionName, { thing, input, what, rhythm = everyMinute }: Invoked): Resource {
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: nameOf(stack, thing),
      GroupName: ref('ScheduleGroup'),
      Description: what,
      ScheduleExpression: rhythm.expression,
      ScheduleExpressionTimezone: rhythm.timezone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ...withKey(stack, 'KmsKeyArn'),
      Target: {
        Arn: getAtt(functions[target], 'Arn'),
        RoleArn: getAtt('SchedulerRole', 'Arn'),
        Input: JSON.stringify({ scheduledTime: '<aws.scheduler.scheduled-time>', ...input }),
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: oldestEventSeconds },
      },
    },
  };
}

/** The Scheduler invokes asynchronously, so the function's own retries count too. */
function invokeConfig(target: FunctionName): Resource {
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(functions[target]),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: oldestEventSeconds,
    },
  };
}

/** Trusts the Scheduler for this group only: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function schedulerRole(stack: Stack): Resource {
  const isOurs = {
    Condition: {
      StringEquals: {
        'aws:SourceAccount': accountId,
        'aws:SourceArn': arnOf('scheduler', `schedule-group/${nameOf(stack, 'ticks')}`),
      },
    },
  };
  return role(stack, 'scheduler', trust('scheduler.amazonaws.com', isOurs), [
    allow(
      ['lambda:InvokeFunction'],
      scheduledOf(stack).map((name) => getAtt(functions[name], 'Arn')),
    ),
    ...useScheduleKey(stack),
  ]);
}

/** The functions that schedules invoke. */
function scheduledOf(stack: Stack): readonly FunctionName[] {
  return functionsOf(stack).filter((name) => name === 'probe' || name === 'evaluate' || name === 'burst');
}
