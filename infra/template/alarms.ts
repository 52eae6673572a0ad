import { nameOf, type Resource, type Resources, ref, type Stack } from './model.ts';

/**
 * Dead-man alarms, in another failure domain than our code. Lambda sends an `Errors` datum for every invocation, 0 on
 * success; so one plain alarm sees a function that fails and, missing data being breaching, one that is never run.
 */
export function deadManAlarms(stack: Stack): Resources {
  return {
    ProbeDeadManAlarm: deadManAlarm(stack, 'probe', 'nothing is being probed'),
    EvaluateDeadManAlarm: deadManAlarm(stack, 'evaluate', 'no alert can be sent'),
  };
}

export function alarmName(stack: Stack, target: 'probe' | 'evaluate'): string {
  return nameOf(stack, `${target}-dead`);
}

function deadManAlarm(stack: Stack, target: 'probe' | 'evaluate', hurt: string): Resource {
  const name = nameOf(stack, target);
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarmName(stack, target),
      AlarmDescription:
        `${name} has failed or has not been run for five minutes, so ${hurt}. Look at its log, /aws/lambda/${name}, ` +
        'and at its schedules. Right after the first deployment this alarm may ring once and recover by itself. ' +
        'Look first: docs/runbooks/monitoring-dead.md',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      Statistic: 'Average',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
      TreatMissingData: 'breaching',
      AlarmActions: [ref('AlarmsTopic')],
      OKActions: [ref('AlarmsTopic')],
    },
  };
}
