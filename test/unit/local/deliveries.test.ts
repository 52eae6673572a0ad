import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createSns } from '../../../infra/local/aws/sns.ts';
import { parsePublish } from '../../../infra/local/aws/sns-message.ts';
import { openSnsStore } from '../../../infra/local/aws/sns-store.ts';
import { channelText } from '../../../infra/local/channel-text.ts';
import { createDeliveries } from '../../../infra/local/deliveries.ts';
import { createAsyncInvoker } from '../../../infra/local/function/async-invoke.ts';
import { parseMachine } from '../../../shared/message/machine.ts';
import { aPager, aSlack, aTeams, channelsOfAllTypes } from '../../support/channels.ts';

const { jest } = import.meta;
const json = readFileSync('test/fixtures/messages/monitor-fired.json', 'utf8');
const stored: Record<string, unknown> = JSON.parse(json);
const message = { ...stored, channels: ['oncall', 'chat', 'pager'] };
const id = String(stored['id']);
const topic = 'arn:aws:sns:us-east-1:000000000000:alerts';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:shop-local-notify';
const channels = [aSlack(), aPager(), aTeams()];

/** As createTopic publishes it, in the Query protocol. */
const publication = parsePublish({
  Subject: 'subject',
  MessageStructure: 'json',
  Message: JSON.stringify({ default: JSON.stringify(message), email: 'the mail' }),
  MessageAttributes: [
    { Name: 'channels', Value: { DataType: 'String.Array', StringValue: '["oncall","chat","pager"]' } },
  ],
});

function world() {
  const store = openSnsStore(':memory:');
  const events: { functionArn: string; event: string }[] = [];
  const told: string[] = [];
  const sns = createSns(
    store,
    () => 1_000,
    () => {},
    (arn, event) => events.push({ functionArn: arn, event }),
  );
  const deliveries = createDeliveries({
    mails: store,
    channels: () => [{ id: 'oncall', type: 'email', to: 'a@example.com' }, ...channels],
    now: () => 2_000,
    onChange: (channel, problem) => told.push(problem === undefined ? channel : `${channel}: ${problem}`),
  });
  store.addTopic(topic);
  const subscribe = (protocol: string, endpoint: string, filter: object) =>
    store.addSubscription({
      arn: `${topic}:${protocol}`,
      topicArn: topic,
      protocol,
      endpoint,
      filter: JSON.stringify(filter),
    });
  return { store, sns, deliveries, events, told, subscribe };
}

describe('SNS of local mode', () => {
  it('mails to addresses and invokes functions, each with its own text, as their filters say', () => {
    const { store, sns, events, subscribe } = world();
    subscribe('email', 'a@example.com', { channels: ['oncall'] });
    subscribe('lambda', functionArn, { channels: ['chat', 'room'] });
    sns.publish(topic, publication);
    expect(store.mails(9).map(({ to, text }) => [to, text])).toEqual([['a@example.com', 'the mail']]);
    expect(events).toHaveLength(1);
    expect(events[0]?.functionArn).toBe(functionArn);
    expect(JSON.parse(events[0]?.event ?? '')).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          Sns: {
            TopicArn: topic,
            Message: JSON.stringify(message),
            Subject: 'subject',
            MessageAttributes: { channels: { Type: 'String.Array', Value: '["oncall","chat","pager"]' } },
          },
        },
      ],
    });
    sns.publish(topic, { ...publication, attributes: { channels: ['oncall'] } });
    expect(events).toHaveLength(1);
    store.close();
  });
});

describe('the inbox of what goes to channels', () => {
  const line = (channel: string, more: object) =>
    `${JSON.stringify({ message: 'told', 'burnwatch.message': id, 'burnwatch.channel': channel, ...more })}\n`;

  it('shows what each of them is sent, on its way, and then what came of it', () => {
    const { store, sns, deliveries, events, told, subscribe } = world();
    subscribe('lambda', functionArn, { channels: ['chat'] });
    sns.publish(topic, publication);
    deliveries.began(events[0]?.event ?? '');
    const views = () => store.mails(9).map(({ to, delivery }) => [to, JSON.parse(delivery ?? '')]);
    expect(views()).toEqual([
      ['pager (pagerduty)', { state: 'sending', detail: 'on its way' }],
      ['chat (slack)', { state: 'sending', detail: 'on its way' }],
    ]);
    const failed = {
      'burnwatch.outcome': 'failed',
      'exception.message': 'PagerDuty answered 503',
      'burnwatch.final': false,
    };
    deliveries.wrote(
      `not JSON\n${line('chat', { 'burnwatch.outcome': 'delivered', 'http.response.status_code': 200 })}${line('pager', failed)}`,
    );
    expect(views()).toEqual([
      [
        'pager (pagerduty)',
        { state: 'failed', detail: expect.stringMatching(/^PagerDuty answered 503; it is tried again/) },
      ],
      ['chat (slack)', { state: 'delivered', detail: 'delivered, answered 200' }],
    ]);
    expect(told).toEqual(['chat', 'pager', 'chat', expect.stringMatching(/^pager: PagerDuty answered 503/)]);
    store.close();
  });

  it('has each message once, and says when its function never said anything', () => {
    const { store, sns, deliveries, events, subscribe } = world();
    subscribe('lambda', functionArn, {});
    sns.publish(topic, publication);
    const event = events[0]?.event ?? '';
    deliveries.began(event);
    deliveries.began(event);
    expect(store.mails(9)).toHaveLength(2);
    deliveries.wrote(line('chat', { 'burnwatch.outcome': 'delivered', 'http.response.status_code': 200 }));
    deliveries.dropped(event);
    expect(store.mails(9).map(({ delivery }) => JSON.parse(delivery ?? '').state)).toEqual(['failed', 'delivered']);
    store.close();
  });

  it('takes what is no message of ours for none', () => {
    const { store, deliveries } = world();
    for (const event of ['', '{}', '{"Records":[{"Sns":{"Message":"Hello"}}]}']) {
      deliveries.began(event);
      deliveries.dropped(event);
    }
    expect(store.mails(9)).toEqual([]);
    store.close();
  });

  it('opens an inbox of before, which knew no channels', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const { mkdtempSync, rmSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/burnwatch-inbox-');
    const old = new DatabaseSync(`${folder}/sns.db`);
    old.exec(
      'CREATE TABLE mail(id INTEGER PRIMARY KEY AUTOINCREMENT, messageId TEXT NOT NULL, topic TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL)',
    );
    old.exec(
      "INSERT INTO mail(messageId, topic, recipient, subject, text, at) VALUES ('m', 't', 'a@example.com', 's', 'x', 1)",
    );
    old.close();
    const store = openSnsStore(`${folder}/sns.db`);
    expect(store.mails(9)).toMatchObject([{ to: 'a@example.com', delivery: '' }]);
    store.close();
    rmSync(folder, { recursive: true });
  });
});

describe('what a channel is sent, to read', () => {
  const parsed = parseMachine(JSON.stringify(message));
  if ('problem' in parsed) throw new Error(parsed.problem);

  it.each(channelsOfAllTypes)('$type: what matters is in it, and no markup of its program', (channel) => {
    const text = channelText(channel, parsed.message, 0);
    expect(text).toContain('shortener-health failing: 3 of 5 probes, status 503');
    expect(text).toContain(
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home#dashboards:name=urlshortener-prod',
    );
    if (channel.type === 'slack' || channel.type === 'teams') {
      expect(text).not.toMatch(/"type"|&amp;|mrkdwn|TextRun/);
      expect(text).toContain('[Dashboard] https://');
      expect(text).toMatch(/Failing since\W+2026-11-20 10:01:00 UTC/);
    } else expect(() => JSON.parse(text)).not.toThrow();
  });
});

describe('a function that nobody waits for', () => {
  afterEach(() => jest.useRealTimers());

  it('is invoked again a minute and two minutes after it failed, and then no more', async () => {
    jest.useFakeTimers();
    const asked: number[] = [];
    const dropped: string[] = [];
    const start = Date.now();
    const invoker = createAsyncInvoker(
      async () => {
        asked.push(Date.now() - start);
        return { isError: true };
      },
      (name, event) => dropped.push(`${name} ${event}`),
    );
    invoker.invoke('notify', '{}');
    await jest.advanceTimersByTimeAsync(600_000);
    expect(asked).toEqual([0, 60_000, 180_000]);
    expect([dropped, invoker.droppedCount()]).toEqual([['notify {}'], 1]);
  });

  it('is left alone once it went well, and once local mode stops', async () => {
    let count = 0;
    const invoker = createAsyncInvoker(
      async () => ({ isError: count++ === 9 }),
      () => {},
    );
    invoker.invoke('notify', '{}');
    await pause(10);
    const other = createAsyncInvoker(
      async () => ({ isError: true }),
      () => {},
    );
    other.invoke('notify', '{}');
    await pause(10);
    other.close();
    expect([count, invoker.droppedCount(), other.droppedCount()]).toEqual([1, 0, 0]);
  });
});
