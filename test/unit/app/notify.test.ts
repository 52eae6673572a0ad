import { readFileSync } from 'node:fs';
import type { NotifyDeps, NotifyStore, Publish, Remembered } from '../../../shared/app/notify/model.ts';
import { mostInvocations, notify } from '../../../shared/app/notify/notify.ts';
import type { Delivery } from '../../../shared/channels/model.ts';
import type { SentChannel } from '../../../shared/config/model.ts';
import { aPager, aSlack } from '../../support/channels.ts';

const minute = 60_000;
const text = readFileSync('test/fixtures/messages/monitor-fired.json', 'utf8');
const base = JSON.parse(text) as Record<string, unknown>;
const told = (change: object = {}) => ({ ...base, channels: ['oncall', 'chat', 'pager'], ...change });
/** As SNS invokes a function: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const eventOf = (...messages: readonly object[]) => ({
  Records: messages.map((message) => ({
    EventSource: 'aws:sns',
    Sns: { Message: JSON.stringify(message), MessageAttributes: {} },
  })),
});

const delivered: Delivery = { outcome: 'delivered', statusCode: 200, answer: 'ok', attempts: 1 };
const failed = (isFinal: boolean): Delivery => ({
  outcome: 'failed',
  isFinal,
  problem: isFinal ? 'Slack answered 404: no_service' : 'Slack answered 503',
  mend: 'Make another webhook.',
  attempts: isFinal ? 1 : 3,
});

/** The store's rules, in memory. */
function memoryStore(): NotifyStore {
  const known = new Map<string, Map<string, Remembered>>();
  const failures = new Map<string, number>();
  const reports = new Map<string, { by: string; claimedAt: number; reportedAt?: number }>();
  const note = (id: string, channel: string, remembered: Remembered) => {
    known.set(id, new Map(known.get(id)).set(channel, remembered));
  };
  return {
    load: async (id) => known.get(id) ?? new Map(),
    saveTold: async (id, channel) => note(id, channel, { isTold: true }),
    saveRefused: async (id, channel, refusal) => note(id, channel, { isTold: false, refusal }),
    countFailure: async (id, channel) => {
      const count = (failures.get(`${id} ${channel}`) ?? 0) + 1;
      failures.set(`${id} ${channel}`, count);
      return count;
    },
    claimReport: async (channel, by, now) => {
      const last = reports.get(channel);
      const isOpen =
        last?.reportedAt === undefined
          ? !last || last.by === by || now - last.claimedAt >= minute
          : now - last.reportedAt >= 60 * minute;
      if (isOpen) reports.set(channel, { by, claimedAt: now });
      return isOpen;
    },
    saveReport: async (channel, by, now) => {
      const last = reports.get(channel);
      if (last?.by === by) reports.set(channel, { ...last, reportedAt: now });
    },
  };
}

type Sent = readonly [channel: string, message: string];
type Published = Parameters<Publish>[0];
type Setup = {
  channels?: readonly SentChannel[];
  answers?: Readonly<Record<string, Delivery>>;
  store?: Partial<NotifyStore> | 'away';
};

/** A function with its world; what it sends and publishes is noted. */
function world({ channels = [aSlack(), aPager()], answers = {}, store = {} }: Setup = {}) {
  const sent: Sent[] = [];
  const published: Published[] = [];
  const warnings: string[] = [];
  const memory = memoryStore();
  const clock = { now: Date.UTC(2026, 10, 20, 10, 3, 20) };
  const now = { answers };
  const deps: NotifyDeps = {
    channels,
    invocationId: 'request-1',
    send: async ({ id }, message) => {
      sent.push([id, message.id]);
      return now.answers[id] ?? delivered;
    },
    loadStore: async () => {
      if (store === 'away') throw new Error('DynamoDB is away');
      return { ...memory, ...store };
    },
    publish: async (report) => void published.push(report),
    queue: 'shop-dev-undelivered',
    now: () => clock.now,
    onDelivery: () => {},
    onWarning: (message) => warnings.push(message),
  };
  return {
    sent,
    published,
    warnings,
    clock,
    answers: now,
    run: (event: unknown = eventOf(told())) => notify(event, deps),
    deps,
  };
}

const undelivered = (problem: string) => ({ code: 'BURN_NOT_DELIVERED', message: problem });

describe('a message', () => {
  it('goes to those of its channels that are not e-mail addresses, each once', async () => {
    const { run, sent } = world();
    expect(await run()).toEqual({ delivered: 2, skipped: 0, known: 0 });
    expect(sent.map(([channel]) => channel)).toEqual(['chat', 'pager']);
    const other = world();
    expect(await other.run(eventOf(told({ channels: ['pager', 'gone'] })))).toEqual({
      delivered: 1,
      skipped: 0,
      known: 0,
    });
  });

  it('that comes twice goes nowhere the second time', async () => {
    const { run, sent } = world();
    await run();
    expect(await run()).toEqual({ delivered: 0, skipped: 0, known: 2 });
    expect(sent).toHaveLength(2);
  });

  it('goes again only to who has not had it, when Lambda asks again', async () => {
    const { run, sent, answers } = world({ answers: { chat: failed(false) } });
    await expect(run()).rejects.toMatchObject(undelivered('chat: Slack answered 503'));
    answers.answers = {};
    expect(await run()).toEqual({ delivered: 1, skipped: 0, known: 1 });
    expect(sent.map(([channel]) => channel)).toEqual(['chat', 'pager', 'chat']);
  });

  it('of which a channel needs to know nothing is done with', async () => {
    const { run, sent } = world({ answers: { pager: { outcome: 'skipped', reason: 'it goes on', attempts: 1 } } });
    expect(await run()).toEqual({ delivered: 1, skipped: 1, known: 0 });
    await run();
    expect(sent).toHaveLength(2);
  });

  it('is sent rather twice than never while nobody can remember anything', async () => {
    const { run, sent, warnings } = world({ store: 'away' });
    await run();
    await run();
    expect(sent).toHaveLength(4);
    expect(new Set(warnings)).toEqual(
      new Set([
        'nobody knows which channels have been told: they may be told twice',
        'it is not remembered what this channel was told: it may be told twice',
      ]),
    );
  });

  it('that fails on one channel keeps no other back, also of another message', async () => {
    const { run, sent } = world({ answers: { chat: failed(true) } });
    await expect(run(eventOf(told(), told({ id: 'ed52b52fb8dc023c' })))).rejects.toMatchObject({
      code: 'BURN_NOT_DELIVERED',
    });
    expect(sent).toHaveLength(4);
  });

  it.each([
    [{}, 'it is no event of SNS'],
    [{ Records: [] }, 'it is no event of SNS'],
    [{ Records: [{ Sns: { Message: 7 } }] }, 'it is no event of SNS'],
    [null, 'it is no event of SNS'],
    [eventOf({ version: 2 }), 'its version is not 1'],
    [{ Records: [{ Sns: { Message: 'Hello' } }] }, 'it is no JSON object'],
  ])('that is none of ours (%j) fails, and so ends in the queue', async (event, reason) => {
    const { run, sent } = world();
    await expect(run(event)).rejects.toMatchObject({
      code: 'BURN_MESSAGE_INVALID',
      message: expect.stringContaining(reason),
    });
    expect(sent).toEqual([]);
  });
});

describe('a channel that cannot be told', () => {
  it('and refuses is reported at once on its fallback, with what it should have been told', async () => {
    const { run, published } = world({ answers: { chat: failed(true) } });
    await expect(run()).rejects.toMatchObject(undelivered('chat: Slack answered 404: no_service'));
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      channels: ['oncall'],
      kind: 'undelivered',
      severity: 'page',
      subject: '[PAGE] chat was not told: shortener-health failing: 3 of 5 probes, status 503 (urlshortener prod)',
    });
    expect(published[0]?.text).toContain('Slack answered 404: no_service');
    expect(published[0]?.text).toContain('shop-dev-undelivered');
  });

  it('for good is not asked again when Lambda asks again, which fails all the same; by hand it is', async () => {
    const { run, sent, deps, answers } = world({ answers: { chat: failed(true) } });
    for (let invocation = 1; invocation <= mostInvocations; invocation += 1)
      await expect(run()).rejects.toMatchObject(undelivered('chat: Slack answered 404: no_service'));
    expect(sent.map(([channel]) => channel)).toEqual(['chat', 'pager']);
    answers.answers = {};
    expect(await notify(eventOf(told()), { ...deps, invocationId: 'by-hand' })).toEqual({
      delivered: 1,
      skipped: 0,
      known: 1,
    });
    expect(sent.map(([channel]) => channel)).toEqual(['chat', 'pager', 'chat']);
  });

  it('for the moment is reported when Lambda has asked for the last time, not before', async () => {
    const { run, published } = world({ answers: { chat: failed(false) } });
    for (let invocation = 1; invocation <= mostInvocations; invocation += 1) {
      await expect(run()).rejects.toThrow();
      expect(published).toHaveLength(invocation === mostInvocations ? 1 : 0);
    }
  });

  it('is reported once an hour, whatever it is not told meanwhile, and other channels for themselves', async () => {
    const { run, published, clock } = world({ answers: { chat: failed(true), pager: failed(true) } });
    const message = (index: number) => eventOf(told({ id: `${index}`.padStart(16, '0') }));
    for (let index = 0; index < 12; index += 1) {
      await expect(run(message(index))).rejects.toThrow();
      clock.now += 10 * minute;
    }
    expect(published.map(({ subject }) => subject.slice(7, 12))).toEqual(['chat ', 'pager', 'chat ', 'pager']);
  });

  it('is reported by the next attempt when the report itself was lost', async () => {
    const { run, published, deps } = world({ answers: { chat: failed(true) } });
    const lost = { ...deps, publish: async () => Promise.reject(new Error('SNS is away')) };
    await expect(notify(eventOf(told()), lost)).rejects.toMatchObject({ code: 'BURN_NOT_DELIVERED' });
    expect(published).toHaveLength(0);
    await expect(run()).rejects.toThrow();
    expect(published).toHaveLength(1);
  });

  it('is reported rather twice than never while nobody can count', async () => {
    const { run, published } = world({ answers: { chat: failed(false) }, store: 'away' });
    await expect(run()).rejects.toThrow();
    await expect(run()).rejects.toThrow();
    expect(published).toHaveLength(2);
  });

  it('is never reported on itself, and without a fallback only the log and the queue know', async () => {
    const { fallback: _, ...lonely } = aSlack();
    for (const channel of [lonely, aSlack({ fallback: 'chat' })]) {
      const { run, published, warnings } = world({ channels: [channel], answers: { chat: failed(true) } });
      await expect(run()).rejects.toThrow();
      expect([published, warnings]).toEqual([
        [],
        ['there is no channel on which it could be told that chat was not told'],
      ]);
    }
  });

  it('whose fallback is another that fails, too, does not report for ever', async () => {
    const channels = [aSlack({ fallback: 'pager' }), aPager({ fallback: 'chat' })];
    const { run, published } = world({ channels, answers: { chat: failed(true), pager: failed(true) } });
    await expect(run(eventOf(told({ channels: ['chat'] })))).rejects.toThrow();
    for (let next = 0; next < published.length && next < 10; next += 1)
      await expect(run(eventOf(published[next]?.json as object))).rejects.toThrow();
    expect(published.map(({ channels: to }) => to)).toEqual([['pager'], ['chat']]);
  });
});
