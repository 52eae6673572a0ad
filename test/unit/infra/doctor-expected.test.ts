import { expectedOf } from '../../../infra/doctor/expected.ts';
import { readTargets } from '../../../infra/doctor/read-targets.ts';
import type { Config } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const text = `version: 1
service: shop
acknowledge: link
channels:
  oncall: { type: email, to: ann@example.com }
  office: { type: email, to: ann@example.com }
  chat: { type: slack, url: "\${ssm:/shop/slack}" }
  hook: { type: webhook, url: http://10.0.0.9/hook, secret: "\${ssm:/shop/hook}" }
monitors:
  own: { type: http, request: { url: "\${output:ShortenerUrl}/health" }, alerts: [{ notify: [oncall, chat, hook] }] }
  api: { type: http, allowPrivate: true, request: { url: "https://10.0.0.7:8443/x", auth: { type: bearer, token: "\${ssm:/shop/token}" } } }
  fast: { type: tcp, interval: 10s, request: { host: 169.254.169.254, port: 80 } }
  name: { type: dns, request: { name: www.example.com, recordType: A, server: "10.0.0.53:53" } }
  backup: { type: heartbeat, period: 1d, grace: 1h }
bursts:
  load: { schedule: cron(0 3 * * ? *), request: { url: "https://10.0.0.7:8443/x" }, stages: [{ hold: 1/s, for: 10s }], thresholds: [p99 < 1s] }
`;
const options = {
  ...{ stage: 'prod', region: 'eu-west-1', isShortenerOn: true, areFaultsOn: false, isRetained: false },
  logRetentionDays: 30,
};

function configOf(): Config {
  const parsed = parseConfig(text, { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
  return parsed.config;
}

describe('what should be deployed', () => {
  const expected = expectedOf(configOf(), options);

  it('has each address once a topic, with all of its channels', () => {
    expect(expected.mails).toEqual([
      { topic: 'shop-prod-alerts', address: 'ann@example.com', channels: ['oncall', 'office'] },
      { topic: 'shop-prod-alarms', address: 'ann@example.com', channels: ['oncall', 'office'] },
    ]);
  });

  it('has a schedule for each shard, evaluate and the burst, and the functions that they run', () => {
    expect(expected.schedules).toEqual([
      'shop-prod-probe-s00',
      'shop-prod-probe-f00',
      'shop-prod-evaluate',
      expect.stringMatching(/^shop-prod-burst-[0-9a-f]{10}-0$/),
    ]);
    expect(expected.functions).toEqual(
      ['probe', 'evaluate', 'shortener', 'status', 'burst', 'notify'].map((name) => `shop-prod-${name}`),
    );
    expect(expected.concurrency).toBe(4 + 4);
    expect(expected.publisher).toBe('shop-prod-eu-west-1-evaluate');
  });

  it('has every location with the schedules of its stack, and none where there is one', () => {
    expect(expected.locations).toEqual([]);
    const config = { ...configOf(), locations: { home: 'eu-west-1', also: ['us-east-1'] } };
    const [home, elsewhere, ...more] = expectedOf(config, options).locations;
    expect([home, more]).toEqual([{ location: 'eu-west-1', isHome: true, schedules: expected.schedules }, []]);
    const schedules = ['shop-prod-probe-s00', 'shop-prod-probe-f00'];
    expect(elsewhere).toEqual({ location: 'us-east-1', isHome: false, schedules });
  });

  it('has each parameter once, with what uses it', () => {
    expect(expected.parameters).toEqual([
      { path: '/shop/token', usedBy: 'monitor api' },
      { path: '/shop/slack', usedBy: 'channel chat' },
      { path: '/shop/hook', usedBy: 'channel hook' },
      { path: '/burnwatch/write-token', usedBy: "/links of the shortener's API" },
      { path: '/burnwatch/heartbeat-key', usedBy: 'heartbeats' },
      { path: '/burnwatch/ack-key', usedBy: 'links that acknowledge' },
    ]);
  });
});

describe('the targets that are looked at', () => {
  const signal = new AbortController().signal;

  it('are hosts that the configuration names, not those that a reference decides', async () => {
    const found = await readTargets(configOf(), { ownHosts: [], signal });
    expect(
      found.map(({ user, host, allowPrivate, addresses }) => [user, host, allowPrivate, addresses[0]?.kind]),
    ).toEqual([
      ['monitor api', '10.0.0.7', true, 'private'],
      ['monitor fast', '169.254.169.254', false, 'metadata'],
      ['monitor name', '10.0.0.53', false, 'private'],
      ['burst load', '10.0.0.7', expect.any(Boolean), 'private'],
      ['channel hook', '10.0.0.9', false, 'private'],
    ]);
  });

  it('are allowed where they are local mode itself', async () => {
    const found = await readTargets(configOf(), { ownHosts: ['10.0.0.9'], signal });
    expect(found.find(({ user }) => user === 'channel hook')?.allowPrivate).toBe(true);
  });
});
