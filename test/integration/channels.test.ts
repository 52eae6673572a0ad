import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { prepareForChannels } from '../../shared/app/notify/channel-request.ts';
import type { Delivery, SendDeps } from '../../shared/channels/model.ts';
import { sendToChannel } from '../../shared/channels/send.ts';
import { type Clock, systemClock } from '../../shared/clock/clock.ts';
import type { SentChannel } from '../../shared/config/model.ts';
import { runHttpAttempt } from '../../shared/http/attempt.ts';
import { type MachineMessage, parseMachine } from '../../shared/message/machine.ts';
import { type ChannelServer, type ServiceName, startChannelServer } from '../support/channel-servers.ts';
import { anAlertmanager, aPager, aSlack, aTeams, aWebhook } from '../support/channels.ts';

const planted = {
  slack: 'T0PLANTED/B0PLANTED/plantedSlackToken24chars',
  teams: 'planted-teams-signature_0123456789',
  pagerduty: 'plantedroutingkey000000000000032',
  alertmanager: 'planted-am-token',
  webhook: 'planted-hook-secret-of-32-letters',
} as const;

const messageOf = (name: string): MachineMessage => {
  const parsed = parseMachine(readFileSync(`test/fixtures/messages/${name}.json`, 'utf8'));
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.message;
};
const fired = messageOf('three-together');

/** The channel of each service, at its server, with its secret where a user has it. */
function channelAt(service: ServiceName, origin: string): { channel: SentChannel; parameters: Record<string, string> } {
  switch (service) {
    case 'slack':
      return { channel: aSlack(), parameters: { '/burnwatch/slack-url': `${origin}/services/${planted.slack}` } };
    case 'teams': {
      const url = `${origin}/workflows/abc/triggers/manual/paths/invoke?api-version=1&sv=1.0&sig=${planted.teams}`;
      return { channel: aTeams(), parameters: { '/burnwatch/teams-url': url } };
    }
    case 'pagerduty':
      return { channel: aPager({ url: origin }), parameters: { '/burnwatch/pagerduty-key': planted.pagerduty } };
    case 'alertmanager':
      return {
        channel: anAlertmanager({ url: `${origin}/alertmanager/` }),
        parameters: { '/burnwatch/am-token': planted.alertmanager },
      };
    case 'webhook':
      return {
        channel: aWebhook({ url: `${origin}/hooks/x` }),
        parameters: { '/burnwatch/hook-secret': planted.webhook },
      };
    default:
      return service satisfies never;
  }
}

const names: readonly ServiceName[] = ['slack', 'pagerduty', 'teams', 'alertmanager', 'webhook'];
const servers = new Map<ServiceName, ChannelServer>();
beforeAll(async () => {
  for (const name of names) servers.set(name, await startChannelServer(name));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
});
const serverOf = (name: ServiceName): ChannelServer => servers.get(name) as ChannelServer;

/** Waits are noted and not waited for. */
function skippingClock(waits: number[]): Clock {
  return { ...systemClock, sleep: async (ms) => void waits.push(ms) };
}

type Options = {
  channel?: Partial<SentChannel>;
  message?: MachineMessage;
  timeoutMs?: number;
  signal?: AbortSignal;
  parameters?: Record<string, string> | 'fail';
};

async function send(
  service: ServiceName,
  options: Options = {},
): Promise<{ delivery: Delivery; waits: readonly number[] }> {
  const { channel, parameters } = channelAt(service, serverOf(service).origin);
  const waits: number[] = [];
  const known = options.parameters ?? parameters;
  const { prepare, readSecret } = prepareForChannels({
    references: {
      output: () => undefined,
      parameter: async (path) => {
        if (known === 'fail') throw new Error('SSM is away');
        return known[path];
      },
    },
    signer: () => async () => ({}),
  });
  const deps: SendDeps = {
    clock: skippingClock(waits),
    runHttp: runHttpAttempt,
    readSecret,
    prepare: (request, limits, signal) =>
      prepare(request, options.timeoutMs === undefined ? limits : { ...limits, timeoutMs: options.timeoutMs }, signal),
  };
  const whole = { ...channel, ...options.channel } as SentChannel;
  const signal = options.signal ?? AbortSignal.timeout(20_000);
  return { delivery: await sendToChannel(whole, options.message ?? fired, deps, signal), waits };
}

describe.each(names)('%s', (name) => {
  const got = () => serverOf(name).got;

  it('takes a message of every kind at the first attempt, or has no word for it', async () => {
    for (const kind of [
      'monitor-fired',
      'mixed',
      'sixty-alerts',
      'hostile-text',
      'burst-several',
      'monitor-resolved',
      'test',
    ]) {
      const { delivery } = await send(name, { message: messageOf(kind) });
      expect([kind, delivery.outcome, delivery.attempts]).toEqual([kind, 'delivered', 1]);
    }
    expect(got().at(-1)?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^burnwatch\//),
    });
  });

  it('is asked again, after as long as it asks for, when it gets too many', async () => {
    serverOf(name).trouble({ status: 429, headers: { 'retry-after': '2' } }, { status: 503 });
    const { delivery, waits } = await send(name);
    expect(delivery).toMatchObject({ outcome: 'delivered', attempts: 3 });
    expect(waits).toEqual([2_000, 2_000]);
  });

  it('is left alone when it asks for longer than there is time', async () => {
    serverOf(name).trouble({ status: 429, headers: { 'retry-after': '60' } });
    const { delivery, waits } = await send(name);
    expect(delivery).toMatchObject({ outcome: 'failed', isFinal: false, statusCode: 429, attempts: 1 });
    expect(waits).toEqual([]);
  });

  it('is asked three times when it breaks, and no more: Lambda goes on', async () => {
    serverOf(name).trouble({ status: 500, body: 'rollup_error' }, 'reset', 'half');
    const before = got().length;
    const { delivery } = await send(name);
    expect(delivery).toMatchObject({ outcome: 'failed', isFinal: false, attempts: 3 });
    expect(got().length - before).toBe(3);
  });

  it('may hang: each attempt ends in time', async () => {
    serverOf(name).trouble('hang', 'hang', 'hang');
    const { delivery } = await send(name, { timeoutMs: 200 });
    expect(delivery).toMatchObject({
      outcome: 'failed',
      isFinal: false,
      problem: expect.stringMatching(/no answer came within 200 ms$/),
    });
  });

  it('may hang until the invocation ends: it is given up then', async () => {
    serverOf(name).trouble('hang');
    const { delivery } = await send(name, { signal: AbortSignal.timeout(300) });
    expect(delivery).toMatchObject({ outcome: 'failed', isFinal: false });
  });

  it('that refuses is not asked again, and what it says is told', async () => {
    serverOf(name).trouble({ status: 404, body: 'no_service' });
    const before = got().length;
    const { delivery } = await send(name);
    expect(delivery).toMatchObject({
      outcome: 'failed',
      isFinal: true,
      attempts: 1,
      problem: expect.stringMatching(/ answered 404: no_service$/),
    });
    expect(got().length - before).toBe(1);
  });

  it('that redirects is not followed: nobody else gets the message', async () => {
    const other = await startChannelServer(name);
    try {
      serverOf(name).trouble({ status: 307, headers: { location: `${other.origin}/elsewhere` } });
      const { delivery } = await send(name);
      expect(delivery).toMatchObject({
        outcome: 'failed',
        isFinal: true,
        statusCode: 307,
        mend: expect.stringContaining('Redirects are not followed'),
      });
      expect(other.got).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('on a private address gets nothing unless its channel allows it', async () => {
    const before = got().length;
    const { delivery } = await send(name, { channel: { allowPrivate: false } });
    expect(delivery).toMatchObject({
      outcome: 'failed',
      isFinal: true,
      problem: expect.stringContaining('set allowPrivate: true on the channel'),
    });
    expect(got().length).toBe(before);
  });

  it('may shout back all that it got: no secret is in what is said of it', async () => {
    serverOf(name).trouble({ status: 400, echo: true });
    const { delivery } = await send(name);
    expect(delivery).toMatchObject({
      outcome: 'failed',
      problem: expect.stringContaining(' answered 400: Cannot POST '),
    });
    // It really did: otherwise this could not fail.
    const last = got().at(-1);
    if (name !== 'webhook') expect(JSON.stringify(last)).toContain(planted[name]);
    const said = JSON.stringify(delivery);
    for (const secret of [planted[name], ...planted[name].split('/')]) expect(said).not.toContain(secret);
    if (name === 'slack' || name === 'teams' || name === 'webhook') expect(said).not.toContain(last?.path ?? '?');
  });

  it('whose secret is not there gets nothing, now or later; one that cannot be read may be read later', async () => {
    const before = got().length;
    const gone = await send(name, { parameters: {} });
    expect(gone.delivery).toMatchObject({
      outcome: 'failed',
      isFinal: true,
      problem: expect.stringMatching(/^the parameter \S+ does not exist$/),
    });
    const away = await send(name, { parameters: 'fail' });
    expect(away.delivery).toMatchObject({
      outcome: 'failed',
      isFinal: false,
      problem: expect.stringMatching(/could not be read/),
    });
    expect(got().length).toBe(before);
  });
});

describe('what goes over the wire', () => {
  const last = (name: ServiceName) => serverOf(name).got.at(-1);

  it('to PagerDuty carries the routing key, the incident and the path of events', async () => {
    await send('pagerduty');
    expect(last('pagerduty')?.path).toBe('/v2/enqueue');
    expect(JSON.parse(last('pagerduty')?.body ?? '')).toMatchObject({
      routing_key: planted.pagerduty,
      dedup_key: fired.incident.id,
      event_action: 'trigger',
    });
  });

  it('to PagerDuty is nothing as long as an incident goes on of which only a part is over', async () => {
    const before = serverOf('pagerduty').got.length;
    const { json, ...rest } = messageOf('monitor-resolved');
    const goesOn = { ...rest, json, incident: { id: rest.incident.id, openedAt: rest.incident.openedAt } };
    expect((await send('pagerduty', { message: goesOn })).delivery).toMatchObject({ outcome: 'skipped', attempts: 1 });
    expect(serverOf('pagerduty').got.length).toBe(before);
  });

  it('to Alertmanager is authenticated, below the path that it is under', async () => {
    await send('alertmanager');
    expect(last('alertmanager')?.path).toBe('/alertmanager/api/v2/alerts');
    expect(last('alertmanager')?.headers['authorization']).toBe(`Bearer ${planted.alertmanager}`);
    expect(JSON.parse(last('alertmanager')?.body ?? '')).toHaveLength(3);
  });

  it('to a webhook is the message itself, signed over its very bytes, with an id that stays and a time that does not', async () => {
    serverOf('webhook').trouble({ status: 500 });
    await send('webhook');
    const [first, second] = serverOf('webhook').got.slice(-2);
    for (const one of [first, second]) {
      const timestamp = one?.headers['x-burnwatch-timestamp'] ?? '';
      expect(Math.abs(Number(timestamp) * 1_000 - Date.now())).toBeLessThan(60_000);
      const expected = createHmac('sha256', planted.webhook).update(`${timestamp}.${one?.body}`).digest('hex');
      expect(one?.headers['x-burnwatch-signature']).toBe(`v1=${expected}`);
      expect(one?.headers['x-burnwatch-id']).toBe(fired.id);
      expect(JSON.parse(one?.body ?? '')).toEqual(fired.json);
    }
  });

  it('to a webhook is nothing where the secret is one that can be guessed', async () => {
    const { delivery } = await send('webhook', { parameters: { '/burnwatch/hook-secret': 'short' } });
    expect(delivery).toMatchObject({
      outcome: 'failed',
      isFinal: true,
      problem: expect.stringContaining('fewer than 16 characters'),
    });
  });

  it('of something else that answers 200 in the place of Slack is seen', async () => {
    serverOf('slack').trouble({ status: 200, body: '<html>Please log in to the hotel</html>' });
    const { delivery } = await send('slack');
    expect(delivery).toMatchObject({
      outcome: 'failed',
      isFinal: true,
      problem: expect.stringMatching(/^Slack answered 200: <html>/),
    });
  });
});
