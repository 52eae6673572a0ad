import {
  type AlarmMemory,
  type AlarmSpan,
  isOfStack,
  type KnownAlarms,
  stepSpan,
} from '../../../shared/app/notify/alarm.ts';
import type { NotifyDeps, NotifyStore, Remembered } from '../../../shared/app/notify/model.ts';
import { notify } from '../../../shared/app/notify/notify.ts';
import type { Alarm } from '../../../shared/config/model.ts';
import type { AlarmChange } from '../../../shared/message/alarm-change.ts';
import type { MachineMessage } from '../../../shared/message/machine.ts';
import { aPager, aSlack } from '../../support/channels.ts';

const t0 = Date.UTC(2026, 10, 26, 17, 5);
const minute = 60_000;
const alarm: Alarm = {
  id: 'checkout-errors',
  watches: { namespace: 'Shop', dimensions: {}, kind: 'metric', name: 'Lost', stat: 'Sum' },
  comparison: 'above',
  threshold: 10,
  unit: 'none',
  periodMs: minute,
  datapoints: 1,
  of: 1,
  missing: 'notBreaching',
  severity: 'page',
  notify: ['oncall', 'chat'],
  reason: 'Customers cannot pay.',
  runbook: 'docs/a.md',
};
const known: KnownAlarms = {
  scope: { service: 'shop', environment: 'prod', outputs: {} },
  alarms: [alarm],
  neighbourArn: 'arn:aws:sns:eu-west-1:111122223333:shop-prod-alerts',
  links: [],
};
const arnOf = (name: string): string => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`;
/** As CloudWatch tells it; `at` in minutes. */
const told = (from: string, to: string, at: number, name = 'shop-prod-checkout-errors', arn = arnOf(name)) => ({
  AlarmName: name,
  AlarmArn: arn,
  OldStateValue: from,
  NewStateValue: to,
  NewStateReason: 'Threshold Crossed: 1 datapoint [12.0 (26/11/26 17:04:00)] was greater than the threshold (10.0).',
  StateChangeTime: new Date(t0 + at * minute).toISOString().replace('Z', '+0000'),
});
const eventOf = (...messages: readonly object[]) => ({
  Records: messages.map((message) => ({ Sns: { Message: JSON.stringify(message) } })),
});

function memoryStore(): NotifyStore {
  const told = new Map<string, Map<string, Remembered>>();
  return {
    load: async (id) => told.get(id) ?? new Map(),
    saveTold: async (id, channel) => void told.set(id, new Map(told.get(id)).set(channel, { isTold: true })),
    saveRefused: async () => {},
    countFailure: async () => 1,
    claimReport: async () => true,
    saveReport: async () => {},
  };
}

function scene({ memory }: { memory?: AlarmMemory } = {}) {
  const spans = new Map<string, AlarmSpan>();
  const sent: { channel: string; message: MachineMessage }[] = [];
  const warnings: string[] = [];
  const store = memoryStore();
  const remembering: AlarmMemory = memory ?? {
    load: async (name) => spans.get(name),
    save: async (name, span) => void spans.set(name, span),
  };
  const deps: NotifyDeps = {
    channels: [aSlack(), aPager()],
    invocationId: 'i',
    send: async (channel, message) => {
      sent.push({ channel: channel.id, message });
      return { outcome: 'delivered', statusCode: 200, answer: 'ok', attempts: 1 };
    },
    loadStore: async () => store,
    publish: async () => {},
    alarms: { known, loadMemory: async () => remembering },
    now: () => t0,
    onDelivery: () => {},
    onWarning: (message) => void warnings.push(message),
  };
  const tell = (...messages: readonly object[]) => notify(eventOf(...messages), deps);
  const subjects = () => sent.map(({ channel, message }) => `${channel}: ${message.subject}`);
  return { tell, sent, subjects, warnings };
}

describe('an alarm of this stack', () => {
  it('is told on those of its channels that are sent to, and so is its end, as one incident', async () => {
    const { tell, sent, subjects } = scene();
    expect(await tell(told('OK', 'ALARM', 0))).toEqual({ delivered: 1, skipped: 0, known: 0 });
    await tell(told('ALARM', 'OK', 12));
    expect(subjects()).toEqual([
      'chat: [PAGE] checkout-errors: sum of Lost 12, above 10 (shop prod)',
      'chat: Resolved: checkout-errors after 12 min (shop prod)',
    ]);
    expect(sent[0]?.message.incident.id).toBe(sent[1]?.message.incident.id);
    expect(sent[1]?.message.transitions[0]?.firedAt).toBe(t0);
  });

  it('is told once, however often SNS brings it, in whatever order', async () => {
    const { tell, subjects } = scene();
    await tell(told('OK', 'ALARM', 0));
    await tell(told('OK', 'ALARM', 0));
    await tell(told('ALARM', 'OK', 12));
    await tell(told('OK', 'ALARM', 0));
    expect(await tell(told('ALARM', 'OK', 12))).toEqual({ delivered: 0, skipped: 0, known: 1 });
    expect(subjects()).toHaveLength(2);
  });

  it('rings anew after its end: that is other news, and lasts from then on', async () => {
    const { tell, subjects } = scene();
    for (const change of [
      told('OK', 'ALARM', 0),
      told('ALARM', 'OK', 5),
      told('OK', 'ALARM', 60),
      told('ALARM', 'OK', 63),
    ])
      await tell(change);
    expect(subjects()).toHaveLength(4);
    expect(subjects()[3]).toContain('after 3 min');
  });

  it('that is new, or has data again, says nothing of being well', async () => {
    const { tell, sent } = scene();
    expect(await tell(told('INSUFFICIENT_DATA', 'OK', 0))).toEqual({ delivered: 0, skipped: 0, known: 0 });
    await tell(told('OK', 'INSUFFICIENT_DATA', 1), told('INSUFFICIENT_DATA', 'OK', 2));
    expect(sent).toEqual([]);
  });

  it('that rang, lost its data and is well then is over, since when it rang', async () => {
    const { tell, subjects } = scene();
    await tell(told('OK', 'ALARM', 0));
    await tell(told('ALARM', 'INSUFFICIENT_DATA', 5));
    await tell(told('INSUFFICIENT_DATA', 'OK', 30));
    expect(subjects()[1]).toBe('chat: Resolved: checkout-errors after 30 min (shop prod)');
  });

  it('is told without its duration where nobody remembers', async () => {
    const broken: AlarmMemory = {
      load: () => Promise.reject(new Error('throttled')),
      save: () => Promise.reject(new Error('throttled')),
    };
    const { tell, subjects, warnings } = scene({ memory: broken });
    await tell(told('OK', 'ALARM', 0));
    await tell(told('ALARM', 'OK', 12));
    expect(subjects()[1]).toBe('chat: Resolved: checkout-errors (shop prod)');
    expect(new Set(warnings)).toEqual(
      new Set(['nobody knows since when this alarm rings', 'it is not remembered since when this alarm rings']),
    );
  });

  it('that is mailed alone, or has left the configuration, is passed over without a word', async () => {
    const { tell, sent, warnings } = scene();
    await tell(told('OK', 'ALARM', 0, 'shop-prod-evaluate-dead'));
    expect({ sent, warnings }).toEqual({ sent: [], warnings: [] });
  });
});

describe('an alarm of somebody else', () => {
  it.each([
    ['another service', 'other-prod-checkout-errors', arnOf('other-prod-checkout-errors')],
    ['another environment', 'shop-dev-checkout-errors', arnOf('shop-dev-checkout-errors')],
    ['another account', 'shop-prod-checkout-errors', arnOf('shop-prod-checkout-errors').replace('1111', '9999')],
    ['another region', 'shop-prod-checkout-errors', arnOf('shop-prod-checkout-errors').replace('west-1', 'west-2')],
    ['an ARN of another alarm', 'shop-prod-checkout-errors', arnOf('shop-prod-other')],
    ['no ARN', 'shop-prod-checkout-errors', ''],
  ])('is refused with one line in the log: %s', async (_, name, arn) => {
    const { tell, sent, warnings } = scene();
    await tell(told('OK', 'ALARM', 0, name, arn));
    expect(sent).toEqual([]);
    expect(warnings).toEqual(['an alarm that is none of this stack was refused']);
  });

  it('keeps no message back that comes with it', async () => {
    const { tell, subjects } = scene();
    await tell(told('OK', 'ALARM', 0, 'other-prod-x'), told('OK', 'ALARM', 0));
    expect(subjects()).toHaveLength(1);
  });
});

it('what is no alarm and no message of ours is refused as before', async () => {
  const { tell } = scene();
  await expect(tell({ AlarmName: 'shop-prod-checkout-errors' })).rejects.toMatchObject({
    code: 'BURN_MESSAGE_INVALID',
  });
});

it('without an ARN to compare with, the name decides', () => {
  const { neighbourArn: _, ...local } = known;
  expect(isOfStack({ name: 'shop-prod-a', arn: '' }, local)).toBe(true);
  expect(isOfStack({ name: 'shop-a', arn: '' }, local)).toBe(false);
});

describe('what is remembered of an alarm', () => {
  const change = (from: string, to: AlarmChange['to'], at: number): AlarmChange => ({
    name: 'a',
    arn: '',
    from,
    to,
    at,
    reason: '',
    datapoints: [],
  });
  const open = { firedAt: 10 };
  const over = { firedAt: 10, resolvedAt: 20 };

  it.each([
    ['nothing, and it rings', undefined, change('OK', 'ALARM', 5), { firedAt: 5 }],
    ['that it rings, and the same comes again', open, change('OK', 'ALARM', 10), open],
    ['that it rings, and it rings after it had no data', open, change('INSUFFICIENT_DATA', 'ALARM', 15), open],
    [
      'that it rings, and it rings after it was well: its end was lost',
      open,
      change('OK', 'ALARM', 15),
      { firedAt: 15 },
    ],
    ['that it rings, and it is well', open, change('ALARM', 'OK', 20), over],
    ['its end, and the same comes again', over, change('ALARM', 'OK', 20), over],
    ['its end, and it is well after it had no data', over, change('INSUFFICIENT_DATA', 'OK', 30), undefined],
    ['its end, and it rings', over, change('OK', 'ALARM', 30), { firedAt: 30 }],
    ['what came later', open, change('ALARM', 'OK', 5), 'unknown'],
    ['nothing, and it is well', undefined, change('ALARM', 'OK', 5), 'unknown'],
    ['that it rings, and it has no data', open, change('ALARM', 'INSUFFICIENT_DATA', 15), undefined],
  ] as const)('is %s', (_, span, each, expected) => {
    expect(stepSpan(span, each)).toEqual(expected);
  });
});
