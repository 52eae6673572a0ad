import { createHmac } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ConsoleState, InboxMessage } from '../../infra/local/console/state.ts';
import { type ChannelServer, type ServiceName, startChannelServer } from '../support/channel-servers.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const planted = {
  slack: 'PLANTED0slack7f3a9c51path',
  teams: 'PLANTED0teams7f3a9c51sig',
  pagerduty: 'PLANTED0pager7f3a9c51key00000032',
  alertmanager: 'PLANTED0am7f3a9c51token',
  webhook: 'PLANTED0hook7f3a9c51secret',
} as const;

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const file = join(folder.path, 'monitors.yml');
const servers = new Map<ServiceName, ChannelServer>();
const serverOf = (name: ServiceName): ChannelServer => servers.get(name) as ChannelServer;
const target = { status: 200 };
let web: Server;
let local: Running | undefined;

const config = (port: number) => `version: 1
service: told
channels:
  oncall: { type: email, to: oncall@example.com }
  chat: { type: slack, url: "\${ssm:/planted/slack}", allowPrivate: true }
  pager: { type: pagerduty, url: ${serverOf('pagerduty').origin}, routingKey: "\${ssm:/planted/pager}", allowPrivate: true }
  room: { type: teams, url: "\${ssm:/planted/teams}", allowPrivate: true }
  am: { type: alertmanager, url: ${serverOf('alertmanager').origin}, auth: { type: bearer, token: "\${ssm:/planted/am}" }, allowPrivate: true }
  hook: { type: webhook, url: ${serverOf('webhook').origin}/x, secret: "\${ssm:/planted/hook}", allowPrivate: true }
  unset: { type: slack, url: "\${ssm:/nobody/made/this}" }
monitors:
  web:
    type: http
    allowPrivate: true
    request: { url: http://127.0.0.1:${port}/ }
    alerts: [{ for: { failures: 2, of: 2 }, recover: { successes: 1 }, notify: [oncall, chat, pager, room, am, hook, unset] }]
`;

beforeAll(async () => {
  for (const name of Object.keys(planted) as ServiceName[]) servers.set(name, await startChannelServer(name));
  web = createServer((_, response) => response.writeHead(target.status).end());
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  writeFileSync(file, config((web.address() as AddressInfo).port));
  mkdirSync(data, { recursive: true });
  serverOf('teams').trouble({ status: 404, echo: true });
  local = await startLocalMode(data, '--config', file, '--interval', '1s');
  const parameters = join(data, 'parameters.json');
  const known = JSON.parse(readFileSync(parameters, 'utf8'));
  const own = {
    '/planted/slack': `${serverOf('slack').origin}/services/${planted.slack}`,
    '/planted/teams': `${serverOf('teams').origin}/workflows/w?sig=${planted.teams}`,
    '/planted/pager': planted.pagerduty,
    '/planted/am': planted.alertmanager,
    '/planted/hook': planted.webhook,
  };
  writeFileSync(parameters, JSON.stringify({ ...known, ...own }), { mode: 0o600 });
  target.status = 500;
}, 40_000);

afterAll(async () => {
  await endAll(local);
  for (const server of servers.values()) await server.close();
  await new Promise((resolve) => web.close(resolve));
  folder.remove();
}, 20_000);

const sentTo = ({ inbox }: ConsoleState, to: string): readonly InboxMessage[] =>
  inbox.filter((each) => each.to.startsWith(to));
const isSettled = (state: ConsoleState, count: number): boolean =>
  ['chat', 'pager', 'am', 'hook'].every(
    (name) => sentTo(state, name).filter(({ delivery }) => delivery?.state === 'delivered').length >= count,
  );

describe('alerts of local mode', () => {
  it('go out to every channel, and the inbox shows what each was sent and what came of it', async () => {
    const state = await local?.until(
      (now) =>
        isSettled(now, 1) && sentTo(now, 'oncall').length >= 2 && sentTo(now, 'unset')[0]?.delivery?.state === 'failed',
      60_000,
    );
    const newest = (to: string) => (state ? sentTo(state, to) : []).at(-1);
    expect(newest('chat (slack)')?.delivery).toEqual({ state: 'delivered', detail: 'delivered, answered 200' });
    expect(newest('chat (slack)')?.text).toContain('web failing: 2 of 2 probes, status 500');
    expect(newest('pager (pagerduty)')?.text).toContain('"event_action": "trigger"');
    expect(serverOf('slack').got[0]?.path).toBe(`/services/${planted.slack}`);
    expect(JSON.parse(serverOf('pagerduty').got[0]?.body ?? '')).toMatchObject({ routing_key: planted.pagerduty });
    const { headers, body } = serverOf('webhook').got[0] ?? { headers: {} as Record<string, string>, body: '' };
    const signature = createHmac('sha256', planted.webhook).update(`${headers['x-burnwatch-timestamp']}.${body}`);
    expect(headers['x-burnwatch-signature']).toBe(`v1=${signature.digest('hex')}`);
  }, 90_000);

  it('that a channel refuses are reported by mail at once, with what it answered', async () => {
    const state = await local?.until(
      (now) => sentTo(now, 'oncall').some(({ subject }) => subject.includes('room was not told')),
      30_000,
    );
    const report = state && sentTo(state, 'oncall').find(({ subject }) => subject.includes('room was not told'));
    expect(report?.subject).toBe('[PAGE] room was not told: web failing: 2 of 2 probes, status 500 (told local)');
    expect(report?.text).toContain('Teams answered 404: Cannot POST ***');
    expect(state && sentTo(state, 'room')[0]?.delivery?.state).toBe('failed');
  }, 40_000);

  it('whose secret nobody has put into the parameters go nowhere, and the inbox says why', async () => {
    const [message] = sentTo((await local?.state()) as ConsoleState, 'unset');
    expect(message?.delivery).toEqual({ state: 'failed', detail: 'the parameter /nobody/made/this does not exist' });
  });

  it('end where they began: every service hears that it is over', async () => {
    target.status = 200;
    await local?.until((now) => isSettled(now, 2), 60_000);
    expect(JSON.parse(serverOf('pagerduty').got.at(-1)?.body ?? '')).toMatchObject({ event_action: 'resolve' });
    const [first, last] = [serverOf('alertmanager').got[0], serverOf('alertmanager').got.at(-1)].map(
      (got) => JSON.parse(got?.body ?? '')[0],
    );
    expect(last.labels).toEqual(first.labels);
    expect(Date.parse(last.endsAt)).toBeLessThanOrEqual(Date.now());
  }, 90_000);

  it('leave none of their secrets in what is kept, shown or logged', async () => {
    const places: Record<string, string> = {
      state: JSON.stringify(await local?.state()),
      output: local?.output() ?? '',
    };
    for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' }))
      if (name !== 'parameters.json' && statSync(join(data, name)).isFile())
        places[name] = readFileSync(join(data, name), 'latin1');
    expect(places['logs/notify.log']).toContain('"burnwatch.outcome":"failed"');
    const found = Object.entries(places).flatMap(([place, text]) =>
      Object.values(planted).flatMap((secret) => (text.includes(secret) ? [`${place}: ${secret}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
