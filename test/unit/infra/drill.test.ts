import { buildResources } from '../../../infra/resources.ts';
import type { Config } from '../../../shared/config/model.ts';
import { aConfig } from './configs.ts';

const options = { stage: 'dev', region: 'eu-west-1', logRetentionDays: 30 };
const build = (change: Partial<Config> = {}) =>
  buildResources(aConfig(change), { ...options, isShortenerOn: false, areFaultsOn: false, isRetained: false });
const schedule = { expression: 'cron(0 9 ? * MON *)', timezone: 'Europe/Amsterdam' };

describe('a stack with a drill', () => {
  it('has one schedule more, which asks the evaluation to start one, and nothing else', () => {
    const [without, withOne] = [build(), build({ drill: { schedule, notify: ['oncall'] } })];
    const added = Object.keys(withOne.Resources).filter((id) => !Object.hasOwn(without.Resources, id));
    expect(added).toEqual(['DrillSchedule']);
    expect(withOne.Resources['DrillSchedule']?.Properties).toMatchObject({
      Name: expect.stringMatching(/-dev-drill$/),
      ScheduleExpression: 'cron(0 9 ? * MON *)',
      ScheduleExpressionTimezone: 'Europe/Amsterdam',
      Target: {
        Arn: { 'Fn::GetAtt': ['EvaluateLambdaFunction', 'Arn'] },
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>","drill":true}',
        RetryPolicy: { MaximumRetryAttempts: 0 },
      },
    });
    expect(withOne.Resources['SchedulerRole']).toEqual(without.Resources['SchedulerRole']);
  });
});
