import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLimits } from '../../../infra/local/function/limits.ts';
import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import { environmentOf } from '../../../infra/template/environment.ts';
import { stackOf } from '../../../infra/template/model.ts';
import { withoutShortener } from '../../../infra/template/references.ts';
import { packageChannels } from '../../../shared/app/notify/model.ts';
import type { Config, Json } from '../../../shared/config/model.ts';
import { functionTimeouts, ownTables, presets } from '../../../shared/config/parse/alarm-presets.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const root = join(import.meta.dirname, '../../..');
const options: StackOptions = {
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const head = `version: 1
service: shop
acknowledge: link
channels:
  oncall: { type: email, to: oncall@example.com }
  boss: { type: email, to: boss@example.com }
  chat: { type: slack, url: "\${ssm:/slack}" }
monitors: { api: { type: http, request: { url: https://example.com/ } } }
bursts: { load: { request: { url: https://example.com/ }, stages: [{ hold: 1/s for 10s }] } }
`;
function configOf(alarms: string): Config {
  const answer = parseConfig(`${head}alarms:\n${alarms}`, { file: 'm.yml', env: {} });
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.config;
}
const build = (alarms: string) => buildResources(configOf(alarms), options).Resources;
type Built = ReturnType<typeof build>;
const named = (resources: Built, name: string): Readonly<Record<string, Json>> =>
  Object.values(resources).find(({ Properties }) => Properties['AlarmName'] === `shop-dev-${name}`)?.Properties ?? {};

describe('an alarm of the configuration', () => {
  const apiId = [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }];
  const where = 'namespace: AWS/ApiGateway, dimensions: { ApiId: "${output:ApiId}" }';

  it('over a ratio is metric math that has no data without traffic, with its reason and runbook in the description', () => {
    const alarm = named(
      build(
        `  pay: { ratio: { ${where}, bad: 5xx, total: Count }, above: 2.5%, for: { datapoints: 2, of: 4 }, period: 5m, missing: ignore, notify: [oncall], reason: Customers cannot pay, runbook: docs/pay.md }`,
      ),
      'pay',
    );
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/ApiGateway', MetricName, Dimensions: apiId }, Period: 300, Stat: 'Sum' },
      ReturnData: false,
    });
    expect(alarm).toMatchObject({
      AlarmDescription:
        'PAGE: Customers cannot pay. Rings when 5xx of Count in AWS/ApiGateway is above 2.5 % in 2 of 4 periods of 5 min. ' +
        'Look first: docs/pay.md',
      Metrics: [
        { Id: 'ratio', Expression: 'IF(total > 0, FILL(bad, 0) / total)', ReturnData: true },
        stat('bad', '5xx'),
        stat('total', 'Count'),
      ],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0.025,
      EvaluationPeriods: 4,
      DatapointsToAlarm: 2,
      TreatMissingData: 'ignore',
    });
    expect(Object.keys(alarm)).not.toContain('Period');
  });

  it('by the second divides the sum by the period, an alarm for each level', () => {
    const resources = build(
      `  rate: { metric: { ${where}, name: 5xx }, perSecond: true, levels: { ticket: 0.1, page: 0.5 }, notify: [oncall], reason: Why. }`,
    );
    expect([named(resources, 'rate-ticket'), named(resources, 'rate-page')]).toMatchObject([
      { Threshold: 0.1, AlarmDescription: expect.stringContaining('TICKET: Why. Rings when 5xx per second') },
      { Threshold: 0.5, AlarmDescription: expect.stringContaining('is above 0.5/s in 3 of 5 periods of 1 min') },
    ]);
    expect(named(resources, 'rate-page')['Metrics']).toMatchObject([
      { Expression: 'count / PERIOD(count)', ReturnData: true },
      { Id: 'count', ReturnData: false },
    ]);
  });

  it('on one metric is no math: a statistic, or an extended one', () => {
    const resources = build(
      `  slow: { metric: { namespace: Shop, name: Latency, dimensions: { Api: "a-\${output:ApiId}" }, stat: p99.9 }, above: 300ms, notify: [oncall], reason: Slow. }
  few: { metric: { namespace: Shop, name: Orders, stat: sampleCount }, below: 1, period: 30s, notify: [oncall], reason: Few. }`,
    );
    expect(named(resources, 'slow')).toMatchObject({
      Namespace: 'Shop',
      MetricName: 'Latency',
      Dimensions: [{ Name: 'Api', Value: { 'Fn::Join': ['', ['a-', { Ref: 'HttpApi' }]] } }],
      ExtendedStatistic: 'p99.9',
      Threshold: 300,
      TreatMissingData: 'notBreaching',
    });
    expect(named(resources, 'slow')).not.toHaveProperty('Statistic');
    expect(named(resources, 'few')).toMatchObject({
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      Period: 30,
      Dimensions: [],
    });
  });

  it('with levels and a suffix for each metric stays one resource each, whatever the names are like', () => {
    const resources = build(`  a-1: { preset: errorRate, notify: [oncall] }
  a1: { preset: tableThrottles, table: ledger, notify: [oncall] }`);
    const names = Object.values(resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::CloudWatch::Alarm' ? [Properties['AlarmName']] : [],
    );
    const own = ['probe-dead', 'evaluate-dead', 'undelivered'];
    const asked = ['a-1-ticket', 'a-1-page', 'a1-reads', 'a1-writes'];
    expect(names.toSorted()).toEqual([...own, ...asked].map((name) => `shop-dev-${name}`).sort());
  });
});

describe('who hears of an alarm', () => {
  const one = (notify: string) =>
    `  mine: { metric: { namespace: Shop, name: Lost, stat: sum }, above: 1, notify: [${notify}], reason: Why. }`;
  const topicOf = (resources: Built): string =>
    (named(resources, 'mine')['AlarmActions'] as unknown as readonly [{ Ref: string }])[0].Ref;
  const subscribersOf = (resources: Built, topic: string) =>
    Object.values(resources)
      .filter(
        ({ Type, Properties }) =>
          Type === 'AWS::SNS::Subscription' &&
          JSON.stringify(Properties['TopicArn']) === JSON.stringify({ Ref: topic }),
      )
      .map(({ Properties }) => (Properties['Protocol'] === 'email' ? Properties['Endpoint'] : Properties['Protocol']));

  it.each([
    ['oncall, boss', 'shop-dev-alarms', ['boss@example.com', 'oncall@example.com']],
    ['oncall', 'shop-dev-alarms_oncall', ['oncall@example.com']],
    ['oncall, chat', 'shop-dev-alarms_oncall', ['oncall@example.com', 'lambda']],
    ['chat', 'shop-dev-alarms_channels', ['lambda']],
    ['oncall, boss, chat', 'shop-dev-alarms', ['boss@example.com', 'oncall@example.com', 'lambda']],
  ])('that notifies [%s] is the topic %s, and nobody else', (notify, name, told) => {
    const resources = build(one(notify));
    const topic = topicOf(resources);
    expect(resources[topic]?.Properties['TopicName']).toBe(name);
    expect(subscribersOf(resources, topic)).toEqual(told);
    expect(named(resources, 'mine')['OKActions']).toEqual([{ Ref: topic }]);
  });

  it('is an alarm of this stack and account to SNS, whatever the topic', () => {
    const resources = build(one('chat'));
    const policies = Object.entries(resources).filter(([id]) => /^AlarmsTopic.*Policy$/.test(id));
    expect(policies).toHaveLength(2);
    for (const [, { Properties }] of policies)
      expect(JSON.stringify(Properties['PolicyDocument'])).toContain('alarm:shop-dev-*');
  });

  it('the function is invoked by the topics that it is subscribed to alone, and what fails there is kept', () => {
    const resources = build(one('chat'));
    const topic = topicOf(resources);
    expect(resources[`${topic}Permission`]?.Properties['SourceArn']).toEqual({ Ref: topic });
    expect(resources[`${topic}ToNotify`]?.Properties['RedrivePolicy']).toBeDefined();
    expect(JSON.stringify(resources['UndeliveredQueuePolicy']?.Properties)).toContain(
      `"aws:SourceArn":[{"Ref":"AlertsTopic"},{"Ref":"${topic}"}]`,
    );
    expect(Object.keys(resources)).not.toContain('AlarmsTopicToNotify');
  });

  it('the function is told of those alone that name a channel of its own, and where their outputs and the dashboard are', () => {
    const config = configOf(`${one('oncall')}
  ours: { preset: errorRatio, notify: [oncall, chat] }`);
    expect(packageChannels(config).alarms?.map(({ id }) => id)).toEqual(['ours']);
    expect(environmentOf('notify', config, stackOf(config, options))).toMatchObject({
      OUTPUT_ApiId: { Ref: 'HttpApi' },
      DASHBOARD_URL: expect.stringContaining('dashboards'),
    });
    const plain = configOf(one('oncall'));
    expect(packageChannels(plain)).not.toHaveProperty('alarms');
    expect(environmentOf('notify', plain, stackOf(plain, options))).not.toHaveProperty('DASHBOARD_URL');
  });
});

describe('presets', () => {
  const every = Object.entries(presets).flatMap(([name, preset]) => {
    const of = 'of' in preset ? preset.of : undefined;
    const things = of === 'function' ? Object.keys(functionTimeouts) : of === 'table' ? ownTables : [''];
    return things.map((thing) => ({ name, line: `preset: ${name}${of ? `, ${of}: ${thing}` : ''}` }));
  });

  it.each(every)('$line names things that the stack has, a reason and a runbook that is there', ({ line }) => {
    const resources = build(`  it: { ${line}, notify: [oncall] }`);
    const alarms = Object.entries(resources).filter(([id]) => id.startsWith('PlainAlarm'));
    expect(alarms.length).toBeGreaterThan(0);
    for (const [, { Properties }] of alarms) {
      const text = JSON.stringify(Properties);
      const [, runbook = ''] = /Look first: (docs\/runbooks\/[\w-]+\.md)"/.exec(text) ?? [];
      expect(existsSync(join(root, runbook)) ? runbook : `${runbook} is not there`).toBe(runbook);
      const [, own] = /"Value":"shop-dev-([\w-]+)"/.exec(text) ?? [];
      const names = [...Object.keys(functionTimeouts), ...ownTables, 'alerts'];
      expect(own === undefined ? text.includes('HttpApi') : names.includes(own)).toBe(true);
    }
  });

  it('of alarms that are there without asking name a runbook that is there, too', () => {
    const resources = build('  it: { preset: latency, notify: [chat] }');
    for (const name of ['probe-dead', 'evaluate-dead', 'undelivered']) {
      const [, runbook = 'none'] = /Look first: (\S+)$/.exec(String(named(resources, name)['AlarmDescription'])) ?? [];
      expect(existsSync(join(root, runbook)) ? '' : `${name}: ${runbook}`).toBe('');
    }
  });

  it('on status ring where the deployment has it, and are refused where they never would', () => {
    const alarm = '  calls: { preset: functionErrors, function: status, notify: [oncall] }\n';
    const plain = head.replace('acknowledge: link\n', '');
    const answer = parseConfig(`${plain}alarms:\n${alarm}`, { file: 'm.yml', env: {} });
    if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
    const watched = buildResources(answer.config, { ...options, areMetricsOn: true }).Resources;
    expect(named(watched, 'calls')['Dimensions']).toEqual([{ Name: 'FunctionName', Value: 'shop-dev-status' }]);
    expect(() => buildResources(answer.config, options)).toThrow(
      'alarms.calls: the stack has no function status; it has probe, evaluate, shortener, burst, notify (status comes with a heartbeat, acknowledge: link or --param metrics=on)',
    );
  });

  it('know how long each function may run', () => {
    const limits = readLimits(root);
    expect(Object.fromEntries(Object.entries(limits).map(([name, { timeoutMs }]) => [name, timeoutMs]))).toEqual(
      functionTimeouts,
    );
  });
});

describe('a stack without the shortener', () => {
  it('leaves out the alarms that watch it, and says so', () => {
    const { config, left } = withoutShortener(
      configOf(`  api: { preset: latency, notify: [oncall] }
  fn: { preset: functionErrors, function: shortener, notify: [oncall] }
  table: { preset: tableThrottles, table: links, notify: [oncall] }
  kept: { preset: functionErrors, function: probe, notify: [oncall] }`),
    );
    expect(left).toEqual(['api', 'fn', 'table-reads', 'table-writes']);
    expect(config.alarms?.map(({ id }) => id)).toEqual(['kept']);
  });
});
