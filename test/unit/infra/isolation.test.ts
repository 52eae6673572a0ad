import { buildResources } from '../../../infra/resources.ts';
import { environmentOf } from '../../../infra/template/environment.ts';
import { functionsOf, nameOf, stackOf } from '../../../infra/template/model.ts';
import type { Config } from '../../../shared/config/model.ts';
import { tickKey } from '../../../shared/ledger/keys.ts';
import { aBurst } from '../../support/burst.ts';
import { aSlack } from '../../support/channels.ts';
import { aConfig, aHeartbeat, aMonitor } from './configs.ts';

const regions = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
const stages = ['blue', 'green'] as const;
const [home, ...also] = regions;
const config: Config = aConfig({
  locations: { home, also },
  acknowledge: 'link',
  channels: [{ id: 'oncall', type: 'email', to: 'oncall@example.com' }, aSlack()],
  monitors: [aMonitor(), aHeartbeat()],
  bursts: [aBurst({ schedule: { expression: 'cron(0 3 * * ? *)', timezone: 'UTC' } })],
  drill: { schedule: { expression: 'cron(0 9 * * ? *)', timezone: 'UTC' }, notify: ['oncall'] },
});

const stacks = stages.flatMap((stage) =>
  regions.map((region) => {
    const options = {
      ...{ stage, region, isShortenerOn: true, areFaultsOn: false, isRetained: true, logRetentionDays: 30 },
      ...{ areMetricsOn: true, homeOutputs: { ShortenerUrl: 'https://abc.example' } },
    };
    const stack = stackOf(config, options);
    const { Resources } = buildResources(config, options);
    const environments = functionsOf(stack).map((name) => environmentOf(name, config, stack));
    return { stage, region, stack, Resources, text: JSON.stringify([Resources, environments]) };
  }),
);

/** Properties by which AWS knows a resource; of what has none it makes up a name, or it belongs to something that has one. */
const names = [
  ...['TableName', 'TopicName', 'QueueName', 'LogGroupName', 'AlarmName', 'DashboardName', 'RoleName', 'Name'],
] as const;
/** One of a name in an account, whatever the region. */
const isGlobal = (type: string) => type === 'AWS::IAM::Role' || type === 'AWS::CloudWatch::Dashboard';

/** Everything with a name that a stack makes: what it is, where, and how it is called. */
function namedIn({ region, stack, Resources }: (typeof stacks)[number]): string[] {
  const functions = functionsOf(stack).map((name) => `${region} AWS::Lambda::Function ${nameOf(stack, name)}`);
  const others = Object.values(Resources).flatMap(({ Type, Properties }) => {
    const name = names.map((property) => Properties[property]).find((each) => each !== undefined);
    return name === undefined ? [] : [`${isGlobal(Type) ? 'everywhere' : region} ${Type} ${String(name)}`];
  });
  return [...functions, ...others];
}

describe('two stages of one service, and the locations of one stage', () => {
  it('make nothing twice', () => {
    const all = stacks.flatMap(namedIn);
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  it('name nothing of the other stage: no resource, no ARN, no dimension of a metric', () => {
    for (const { stage, text } of stacks) {
      expect(text).toContain(stage);
      for (const other of stages.filter((each) => each !== stage)) expect(text).not.toContain(other);
    }
  });

  it('name no other region but home, which holds the ledger and whose dashboards show all', () => {
    for (const { region, Resources } of stacks) {
      const others = also.filter((each) => each !== region);
      const text = JSON.stringify(Object.values(Resources).filter(({ Type }) => Type !== 'AWS::CloudWatch::Dashboard'));
      expect(others.filter((other) => text.includes(other))).toEqual([]);
    }
  });

  it('write into partitions that none of the others may write', () => {
    const rights = stacks.map(({ stage, region, stack, text }) => {
      const [, pattern = ''] = /"dynamodb:LeadingKeys":\["(tick#[^"]*)\*"\]/.exec(text) ?? [];
      return { stage, region, pattern, table: nameOf(stack, 'ledger') };
    });
    for (const mine of rights)
      for (const theirs of rights) {
        const { pk } = tickKey(theirs.region, Date.UTC(2026, 10, 26), 's00');
        const mayWrite = mine.table === theirs.table && pk.startsWith(mine.pattern);
        expect(mayWrite).toBe(mine === theirs);
      }
  });
});
