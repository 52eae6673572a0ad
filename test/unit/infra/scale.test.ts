import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRuntimeConfig } from '../../../infra/build.ts';
import { buildResources, shardsOf } from '../../../infra/resources.ts';
import { checkSize, frameworkShare, mostResources, mostTemplateBytes } from '../../../infra/template/stack-limits.ts';
import type { Config, HttpMonitor } from '../../../shared/config/model.ts';
import { aFleet } from '../../support/fleet.ts';
import { configOf } from '../../support/monitored.ts';
import { aMonitor } from './configs.ts';

const options = {
  ...{ stage: 'prod', region: 'eu-west-1', isShortenerOn: true, areFaultsOn: false },
  ...{ isRetained: true, logRetentionDays: 30, areMetricsOn: true },
};
/** Spread over the keys that there can be as those of names are. */
const monitorAt = (index: number): HttpMonitor => {
  const url = `https://service-${index % 800}.example.com/health/${index}`;
  const key = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return aMonitor({ id: `service-${index}`, key, request: { ...aMonitor().request, url } });
};
const fleetOf = (count: number) => Array.from({ length: count }, (_, index) => monitorAt(index));
/** What a large team has beside its monitors. */
const beside = configOf(aFleet(10, { isRich: true }));
const configWith = (monitors: Config['monitors']): Config => ({ ...beside, monitors });
const homesOf = (monitors: Config['monitors']) =>
  new Map(shardsOf(monitors).flatMap(({ id, monitors: some }) => some.map(({ key }) => [key, id] as const)));

describe('a fleet of 10,000 monitors with bursts, alarms, channels and all dashboards', () => {
  const template = buildResources(configWith(fleetOf(10_000)), options);
  const resources = Object.values(template.Resources);

  it('is one stack that CloudFormation takes', () => {
    const count = (type: string) => resources.filter(({ Type }) => Type === `AWS::${type}`).length;
    expect(count('Scheduler::Schedule')).toBeGreaterThan(130);
    expect(count('CloudWatch::Alarm')).toBeGreaterThan(40);
    expect(count('CloudWatch::Dashboard')).toBe(7);
    expect(resources.length).toBeLessThan(mostResources - frameworkShare.resources);
    expect(JSON.stringify(template).length).toBeLessThan(mostTemplateBytes - frameworkShare.bytes);
  });

  it('moves nothing when the file is put in another order, but what its dashboards show first', () => {
    const { Resources, Outputs } = buildResources(configWith(fleetOf(10_000).toReversed()), options);
    const withoutDashboards = (some: typeof Resources) =>
      Object.entries(some).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::Dashboard');
    expect(JSON.stringify([withoutDashboards(Resources), Outputs])).toBe(
      JSON.stringify([withoutDashboards(template.Resources), template.Outputs]),
    );
  });
});

it('writes the same shard files, byte for byte, whatever the order of the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-scale-'));
  const write = (name: string, monitors: Config['monitors']) => {
    writeRuntimeConfig(configWith(monitors), join(folder, name));
    const shards = join(folder, name, 'probe', 'shards');
    return readdirSync(shards).map((file) => [file, readFileSync(join(shards, file), 'utf8')]);
  };
  try {
    const quick = fleetOf(345).map((each, index) => (index < 30 ? { ...each, intervalMs: 10_000 } : each));
    const written = write('one', quick);
    expect(written.map(([file]) => file)).toHaveLength(18);
    expect(write('other', quick.toReversed())).toEqual(written);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('one more monitor', () => {
  it.each([
    [150, 0.05],
    [1_999, 0.05],
    [2_500, 0.1],
    [5_000, 0.1],
    [9_999, 0.05],
  ])('beside %i moves less than %d of them', (count, most) => {
    const [before, after] = [homesOf(fleetOf(count)), homesOf(fleetOf(count + 1))];
    const moved = [...before].filter(([key, shard]) => after.get(key) !== shard).length;
    expect(moved / count).toBeLessThan(most);
  });

  it('renamed with formerly stays where it was, for its key does', () => {
    const before = fleetOf(200);
    const renamed = before.map((each, index) => (index === 77 ? { ...each, id: 'another-name' } : each));
    expect(homesOf(renamed)).toEqual(homesOf(before));
  });
});

describe('past what one stack holds', () => {
  const quick = (count: number) => fleetOf(count).map((each) => ({ ...each, intervalMs: 30_000 }));

  it('it is refused, with what there is of each kind and what to do', () => {
    expect(() => buildResources(configWith(quick(10_000)), options)).toThrow(
      /^a stack of 10,000 monitors takes \d{3} resources \(5\d\d schedules, \d+ alarms, \d+ subscriptions\), and one may have 470: split them over several configurations with a service name each \(docs\/grow\.md\)$/,
    );
    expect(() => buildResources(configWith(quick(4_000)), options)).not.toThrow();
  });

  it('so is one elsewhere', () => {
    const home = { ...configWith(quick(10_000)), locations: { home: 'eu-west-1', also: ['us-east-1'] } };
    expect(() => buildResources(home, { ...options, region: 'us-east-1' })).toThrow('and one may have 470');
  });

  it('and one whose template is too large', () => {
    const Properties = { DashboardBody: 'x'.repeat(970_000) };
    const Resources = { OverviewDashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties } };
    expect(() => checkSize({ monitors: fleetOf(10) }, { Resources, Outputs: {} })).toThrow(
      /^a stack of 10 monitors takes 970,\d{3} bytes, and one may have 960,000: /,
    );
  });
});
