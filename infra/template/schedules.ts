import {
  accountId,
  arnOf,
  type FunctionName,
  functions,
  getAtt,
  nameOf,
  type Resource,
  type Resources,
  ref,
  type Stack,
} from './model.ts';
import { allow, role, trust } from './roles.ts';
import type { Shard } from './shards.ts';

/** What a late tick is worth: nothing. Neither the Scheduler nor Lambda's own queue keeps one for longer than this. */
const oldestEventSeconds = 60;

/**
 * A schedule a shard and one for evaluate, in a group of their own, every minute on the minute (`rate()` would count
 * from its creation), and the role that lets them invoke these functions and nothing else.
 */
export function schedules(stack: Stack, shards: readonly Shard[]): Resources {
  return {
    ScheduleGroup: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: nameOf(stack, 'ticks') } },
    SchedulerRole: schedulerRole(stack),
    ...Object.fromEntries(
      shards.map(({ id }) => [`ProbeSchedule${id}`, schedule(stack, 'probe', `probe-${id}`, { shard: id })]),
    ),
    EvaluateSchedule: schedule(stack, 'evaluate', 'evaluate', {}),
    ProbeInvokeConfig: invokeConfig('probe'),
    EvaluateInvokeConfig: invokeConfig('evaluate'),
  };
}

function schedule(stack: Stack, target: FunctionName, thing: string, input: { shard?: string }): Resource {
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: nameOf(stack, thing),
      GroupName: ref('ScheduleGroup'),
      Description: `Invokes ${target} every minute.`,
      ScheduleExpression: 'cron(* * * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
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
    allow(['lambda:InvokeFunction'], [getAtt(functions.probe, 'Arn'), getAtt(functions.evaluate, 'Arn')]),
  ]);
}
