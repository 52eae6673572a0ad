import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import { type ChannelServer, startChannelServer } from '../support/channel-servers.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const file = join(folder.path, 'monitors.yml');
let hook: ChannelServer;
let local: Running;
let client: CloudWatchClient;
let load: NodeJS.Timeout;
/** What is published each second. */
const shop = { lost: 20, sent: 100, isVisited: true };

beforeAll(async () => {
  hook = await startChannelServer('webhook');
  writeFileSync(
    file,
    `version: 1
service: shop
channels:
  oncall: { type: email, to: oncall@example.com }
  boss: { type: email, to: boss@example.com }
  hook: { type: webhook, url: ${hook.origin}/x, secret: "\${ssm:/planted/hook}", allowPrivate: true }
monitors: { health: { type: http, request: { url: "\${output:ShortenerUrl}/health/liveness" } } }
alarms:
  lost-orders: { ratio: { namespace: Shop, bad: Lost, total: Sent }, above: 10%, for: { datapoints: 1 }, period: 10s, notify: [oncall, hook], reason: Orders are lost., runbook: docs/runbooks/orders.md }
  lost-rate: { metric: { namespace: Shop, name: Lost }, perSecond: true, above: 5, for: { datapoints: 1 }, period: 10s, notify: [boss], reason: Orders are lost. }
  few-visits: { metric: { namespace: Shop, name: Visits, stat: p50 }, below: 1, for: { datapoints: 1 }, period: 10s, missing: breaching, notify: [boss], reason: Nobody comes. }
`,
  );
  mkdirSync(data, { recursive: true });
  local = await startLocalMode(data, '--config', file, '--interval', '5s');
  const parameters = join(data, 'parameters.json');
  const known = JSON.parse(readFileSync(parameters, 'utf8'));
  writeFileSync(parameters, JSON.stringify({ ...known, '/planted/hook': 'a secret of many characters' }), {
    mode: 0o600,
  });
  client = new CloudWatchClient({
    endpoint: local.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  load = setInterval(() => void put(), 1_000);
}, 90_000);
afterAll(async () => {
  clearInterval(load);
  client?.destroy();
  await endAll(local);
  await hook?.close();
  folder.remove();
}, 20_000);

async function put(): Promise<void> {
  const datum = (MetricName: string, Value: number) => ({
    MetricName,
    Value,
    Timestamp: new Date(),
    StorageResolution: 1,
  });
  const visits = shop.isVisited ? [datum('Visits', 3)] : [];
  const MetricData = [datum('Lost', shop.lost), datum('Sent', shop.sent), ...visits];
  await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData })).catch(() => {});
}

const mailsTo = ({ inbox }: ConsoleState, to: string, word: string) =>
  inbox.filter((mail) => mail.to.startsWith(to) && mail.subject.includes(word));

describe('alarms of the configuration in local mode', () => {
  it('ring by what somebody publishes: on the addresses that they name, and on channels as messages of ours', async () => {
    const state = await local.until(
      (now) =>
        mailsTo(now, 'oncall', 'lost-orders').length > 0 &&
        mailsTo(now, 'boss', 'lost-rate').length > 0 &&
        mailsTo(now, 'hook', 'lost-orders')[0]?.delivery?.state === 'delivered',
      90_000,
    );
    const [mail] = mailsTo(state, 'oncall', 'lost-orders');
    expect(mail?.subject).toBe('ALARM: "shop-local-lost-orders" in US East (N. Virginia)');
    expect(mail?.text).toContain(
      'PAGE: Orders are lost. Rings when Lost of Sent in Shop is above 10 % in one period of 10 s. Look first: docs/runbooks/orders.md',
    );
    expect(mailsTo(state, 'oncall', 'lost-rate')).toEqual([]);
    expect(mailsTo(state, 'boss', 'lost-orders')).toEqual([]);
    const message = JSON.parse(hook.got[0]?.body ?? '');
    expect(message).toMatchObject({
      subject: '[PAGE] lost-orders: Lost of Sent 20 %, above 10 % (shop local)',
      kind: 'fired',
      transitions: [
        { about: 'alarm', alarm: 'shop-local-lost-orders', value: 0.2, limit: 0.1, runbook: 'docs/runbooks/orders.md' },
      ],
      links: [{ label: 'Dashboard', url: local.console }],
    });
    expect(mailsTo(state, 'hook', 'lost-orders')[0]?.text).toContain(message.id);
  }, 120_000);

  it('stand in DescribeAlarms with their math, their state and why', async () => {
    const { MetricAlarms: alarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'shop-local-' }),
    );
    const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `shop-local-${name}`);
    expect(named('lost-orders')).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringMatching(/^Threshold Crossed: 1 datapoint \[0\.2 \(/),
      Threshold: 0.1,
    });
    expect(named('lost-orders')?.Metrics?.map(({ Expression }) => Expression)).toEqual([
      'IF(total > 0, FILL(bad, 0) / total)',
      undefined,
      undefined,
    ]);
    expect(named('few-visits')).toMatchObject({
      StateValue: 'OK',
      ExtendedStatistic: 'p50',
      TreatMissingData: 'breaching',
    });
    expect(alarms.map(({ AlarmName }) => AlarmName)).toContain('shop-local-evaluate-dead');
  });

  it('end where they began, and a channel hears how long it lasted, once', async () => {
    shop.isVisited = false;
    shop.lost = 0;
    const state = await local.until(
      (now) =>
        mailsTo(now, 'oncall', 'OK: ').length > 0 &&
        mailsTo(now, 'boss', 'OK: "shop-local-lost-rate"').length > 0 &&
        mailsTo(now, 'hook', 'Resolved')[0]?.delivery?.state === 'delivered',
      90_000,
    );
    expect(mailsTo(state, 'oncall', 'lost-rate')).toEqual([]);
    const told = hook.got.map(({ body }) => JSON.parse(body));
    expect(told.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    expect(told[1].subject).toMatch(/^Resolved: lost-orders after (\d+ s|\d+ min) \(shop local\)$/);
    expect(told[1].incident).toMatchObject({ id: told[0].incident.id, openedAt: told[0].transitions[0].at });
  }, 120_000);

  it('ring for data that no longer comes, where that is said to be trouble, and for nobody else', async () => {
    const state = await local.until((now) => mailsTo(now, 'boss', 'ALARM: "shop-local-few-visits"').length > 0, 90_000);
    expect(mailsTo(state, 'boss', 'few-visits')[0]?.text).toContain('no datapoints were received');
    expect(state.inbox.filter(({ subject }) => /ALARM.*lost-/.test(subject))).toHaveLength(2);
    expect(local.output()).not.toContain('was refused');
  }, 120_000);
});
