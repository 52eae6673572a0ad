import { checks, examine } from '../../../infra/doctor/checks.ts';
import { attempt } from '../../../infra/doctor/look.ts';
import type { Expected, Finding, LocationSeen, StackSeen } from '../../../infra/doctor/model.ts';
import { clockOf } from '../../../infra/doctor/read-clock.ts';
import { parseKeyPolicy } from '../../../infra/doctor/read-topics.ts';

const expected: Expected = {
  mails: [
    { topic: 'shop-prod-alerts', address: 'ann@example.com', channels: ['oncall'] },
    { topic: 'shop-prod-alarms', address: 'ann@example.com', channels: ['oncall'] },
  ],
  topics: ['shop-prod-alerts', 'shop-prod-alarms'],
  alarms: ['shop-prod-probe-dead'],
  schedules: ['shop-prod-probe-s00', 'shop-prod-evaluate'],
  functions: ['shop-prod-probe', 'shop-prod-shortener'],
  ticking: ['shop-prod-probe'],
  publisher: 'shop-prod-eu-west-1-evaluate',
  concurrency: 5,
  parameters: [{ path: '/shop/token', usedBy: 'monitor api' }],
  locations: [
    { location: 'eu-west-1', isHome: true, schedules: ['shop-prod-probe-s00', 'shop-prod-evaluate'] },
    { location: 'us-east-1', isHome: false, schedules: ['shop-prod-probe-s00'] },
  ],
};
const calm = { name: 'shop-prod-probe', invocations: 60, errors: 0, throttles: 0, lately: 10 };
const alarm = { name: 'shop-prod-probe-dead', state: 'OK', isTelling: true };
const target = {
  user: 'monitor api',
  host: 'api.example',
  addresses: [{ address: '93.184.216.34', kind: 'public' }],
  allowPrivate: false,
} as const;
const state = { status: 'UPDATE_COMPLETE', changedAt: 0, outputs: {} };
const home: LocationSeen = {
  location: 'eu-west-1',
  stack: { value: state },
  schedules: { value: [] },
  newestRowAgeMs: { value: 20_000 },
};
const elsewhere: LocationSeen = {
  ...home,
  location: 'us-east-1',
  schedules: { value: [{ name: 'shop-prod-probe-s00', isEnabled: true }] },
  newestRowAgeMs: { value: 5 * 60_000 },
};
const well: StackSeen = {
  subscriptions: {
    value: {
      'shop-prod-alerts': { 'ann@example.com': 'confirmed' },
      'shop-prod-alarms': { 'ann@example.com': 'confirmed' },
    },
  },
  alarms: { value: [alarm] },
  keys: { value: [] },
  schedules: { value: expected.schedules.map((name) => ({ name, isEnabled: true })) },
  functions: { value: expected.functions.map((name) => ({ name, state: 'there' })) },
  runs: { value: [calm, { ...calm, name: 'shop-prod-shortener', invocations: 0, lately: 0 }] },
  concurrency: { value: 1_000 },
  parameters: { '/shop/token': { value: 'there' } },
  targets: [target],
  clock: { value: -900 },
  locations: [home, elsewhere],
};

/** What is found where this one thing is otherwise: the check, how bad, and the sentence. */
function found(change: Partial<StackSeen>): readonly string[] {
  return examine({ ...well, ...change }, expected).flatMap(({ id, findings }) =>
    findings.map(({ severity, what }) => `${id} ${severity}: ${what}`),
  );
}

const kmsKey = (policy: object, topic = 'shop-prod-alarms', keyId = 'key-1') => ({
  keys: { value: [{ topic, keyId, policy: { value: parseKeyPolicy(JSON.stringify(policy)) } }] },
});
const allow = (principal: unknown, action: unknown, effect = 'Allow') => ({
  Effect: effect,
  Principal: principal,
  Action: action,
  Resource: '*',
});
const alarmsMay = allow({ Service: 'cloudwatch.amazonaws.com' }, ['kms:Decrypt', 'kms:GenerateDataKey*']);
const role = { AWS: 'arn:aws:iam::1:role/shop-prod-eu-west-1-evaluate' };
const metadata = { address: '169.254.169.254', kind: 'metadata' } as const;
const inside = { address: '10.0.0.7', kind: 'private' } as const;

const cases: readonly (readonly [idea: string, change: Partial<StackSeen>, findings: readonly string[]])[] = [
  ['nothing is wrong', {}, []],
  [
    'a location without a stack, of which nothing else is told',
    { locations: [home, { ...elsewhere, stack: { value: undefined }, newestRowAgeMs: { value: undefined } }] },
    ['locations wrong: there is no stack in us-east-1: nothing is probed from there'],
  ],
  [
    'a location whose schedules are gone, or disabled',
    {
      locations: [home, { ...elsewhere, schedules: { value: [{ name: 'shop-prod-probe-s01', isEnabled: false }] } }],
    },
    [
      'locations wrong: there is no schedule shop-prod-probe-s00 in us-east-1',
      'locations wrong: the schedule shop-prod-probe-s01 in us-east-1 is disabled',
    ],
  ],
  [
    'locations from which nothing comes any more, home among them',
    {
      locations: [
        { ...home, newestRowAgeMs: { value: 12 * 60_000 } },
        { ...elsewhere, newestRowAgeMs: { value: undefined } },
      ],
    },
    [
      'locations wrong: the newest row from eu-west-1 is 12 min old',
      'locations wrong: no row has come from us-east-1 within a day',
    ],
  ],
  [
    'a location whose deployment was rolled back',
    { locations: [home, { ...elsewhere, stack: { value: { ...state, status: 'UPDATE_ROLLBACK_COMPLETE' } } }] },
    ['locations doubtful: the stack in us-east-1 is in state UPDATE_ROLLBACK_COMPLETE'],
  ],
  [
    'a location that nobody may look at is neither well nor ill',
    { locations: [home, { ...elsewhere, stack: { unseen: 'needs cloudformation:DescribeStacks' } }] },
    ['locations unseen: us-east-1: needs cloudformation:DescribeStacks'],
  ],
  [
    'an address that nobody confirmed gets nothing',
    {
      subscriptions: {
        value: {
          'shop-prod-alerts': { 'ann@example.com': 'waiting' },
          'shop-prod-alarms': { 'ann@example.com': 'confirmed' },
        },
      },
    },
    ['e-mails wrong: the address of oncall is not confirmed for shop-prod-alerts: it gets nothing'],
  ],
  [
    'an address that is not subscribed, beside one of somebody else',
    {
      subscriptions: {
        value: {
          'shop-prod-alerts': { 'bob@example.com': 'confirmed' },
          'shop-prod-alarms': { 'ann@example.com': 'confirmed' },
        },
      },
    },
    ['e-mails wrong: the address of oncall is not subscribed to shop-prod-alerts'],
  ],
  [
    'a topic that is gone is told once',
    { subscriptions: { value: { 'shop-prod-alerts': { 'ann@example.com': 'confirmed' } } } },
    ['e-mails wrong: there is no topic shop-prod-alarms'],
  ],
  ['an alarm that is gone', { alarms: { value: [] } }, ['alarms wrong: there is no alarm shop-prod-probe-dead']],
  [
    'an alarm without actions',
    { alarms: { value: [{ ...alarm, isTelling: false }] } },
    ['alarms wrong: the alarm shop-prod-probe-dead tells nobody: it has no action, or its actions are off'],
  ],
  [
    'an alarm that rings',
    { alarms: { value: [{ ...alarm, state: 'ALARM' }] } },
    ['alarms wrong: the alarm shop-prod-probe-dead rings'],
  ],
  [
    'an alarm without data',
    { alarms: { value: [{ ...alarm, state: 'INSUFFICIENT_DATA' }] } },
    ['alarms doubtful: the alarm shop-prod-probe-dead has no data'],
  ],
  ['a key that lets CloudWatch use it', kmsKey({ Statement: alarmsMay }), []],
  [
    'a key that does not',
    kmsKey({ Statement: [allow({ AWS: 'arn:aws:iam::1:root' }, 'kms:*')] }),
    [
      'keys wrong: the key of shop-prod-alarms does not let cloudwatch.amazonaws.com use it: nothing that it publishes is told',
    ],
  ],
  [
    'a key that allows but one of two actions',
    kmsKey({ Statement: [allow({ Service: ['cloudwatch.amazonaws.com'] }, 'kms:Decrypt')] }),
    [
      'keys wrong: the key of shop-prod-alarms does not let cloudwatch.amazonaws.com use it: nothing that it publishes is told',
    ],
  ],
  [
    'a key that refuses what it allows',
    kmsKey({ Statement: [alarmsMay, allow('*', 'kms:Decrypt', 'Deny')] }),
    [
      'keys wrong: the key of shop-prod-alarms does not let cloudwatch.amazonaws.com use it: nothing that it publishes is told',
    ],
  ],
  ['a key of alerts is used by a role', kmsKey({ Statement: [allow(role, 'kms:*')] }, 'shop-prod-alerts'), []],
  [
    'a key of alerts that only CloudWatch may use',
    kmsKey({ Statement: [alarmsMay] }, 'shop-prod-alerts'),
    [
      'keys wrong: the key of shop-prod-alerts does not let shop-prod-eu-west-1-evaluate use it: nothing that it publishes is told',
    ],
  ],
  [
    'the key of AWS, by which CloudWatch cannot publish',
    kmsKey({}, 'shop-prod-alarms', 'alias/aws/sns'),
    [
      'keys wrong: shop-prod-alarms is encrypted with alias/aws/sns, by which CloudWatch cannot publish: no alarm is told',
    ],
  ],
  [
    'a key that leaves it to the account, which does not know of it',
    kmsKey({ Statement: [allow({ AWS: 'arn:aws:iam::123456789012:root' }, 'kms:*')] }, 'shop-prod-alerts'),
    [
      'keys wrong: the key of shop-prod-alerts does not let shop-prod-eu-west-1-evaluate use it: nothing that it publishes is told',
    ],
  ],
  [
    'a key that is switched off',
    {
      keys: { value: [{ topic: 'shop-prod-alarms', keyId: 'key-1', policy: { value: [] }, state: 'PendingDeletion' }] },
    },
    ['keys wrong: the key of shop-prod-alarms is PendingDeletion: nothing that is published is told'],
  ],
  ['the key of AWS for alerts, which roles may use', kmsKey({}, 'shop-prod-alerts', 'alias/aws/sns'), []],
  [
    'a key whose policy nobody may read',
    { keys: { value: [{ topic: 'shop-prod-alarms', keyId: 'key-1', policy: { unseen: 'needs kms:GetKeyPolicy' } }] } },
    ['keys unseen: the key of shop-prod-alarms: needs kms:GetKeyPolicy'],
  ],
  [
    'a schedule that is gone, and one that is disabled',
    { schedules: { value: [{ name: 'shop-prod-evaluate', isEnabled: false }] } },
    [
      'schedules wrong: there is no schedule shop-prod-probe-s00',
      'schedules wrong: the schedule shop-prod-evaluate is disabled',
    ],
  ],
  [
    'functions that are gone or cannot run',
    {
      functions: {
        value: [
          { name: 'shop-prod-probe', state: 'missing' },
          { name: 'shop-prod-shortener', state: 'there', trouble: 'InvalidSecurityGroup' },
        ],
      },
    },
    [
      'functions wrong: there is no function shop-prod-probe',
      'functions wrong: shop-prod-shortener cannot run as it should: InvalidSecurityGroup',
    ],
  ],
  [
    'some errors are doubtful',
    { runs: { value: [{ ...calm, errors: 1 }] } },
    ['runs doubtful: 1 run of shop-prod-probe failed in the last hour, of 60'],
  ],
  [
    'nothing but errors is wrong',
    { runs: { value: [{ ...calm, errors: 60 }] } },
    ['runs wrong: 60 runs of shop-prod-probe failed in the last hour, of 60'],
  ],
  [
    'throttles',
    { runs: { value: [{ ...calm, throttles: 2 }] } },
    ['runs wrong: shop-prod-probe was throttled 2 times in the last hour'],
  ],
  [
    'silence of a function that runs every minute',
    { runs: { value: [{ ...calm, lately: 0 }] } },
    ['runs wrong: shop-prod-probe has not run for ten minutes'],
  ],
  [
    'an account with less room than the schedules take',
    { concurrency: { value: 4 } },
    ['quotas wrong: the account may run 4 functions at once, and the schedules alone start 5'],
  ],
  [
    'a young account',
    { concurrency: { value: 10 } },
    ['quotas doubtful: the account may run only 10 functions at once: callers and bursts will be throttled'],
  ],
  ['an account with room', { concurrency: { value: 100 } }, []],
  [
    'a parameter that is missing',
    { parameters: { '/shop/token': { value: 'missing' } } },
    ['secrets wrong: the parameter /shop/token does not exist: monitor api cannot work'],
  ],
  [
    'a parameter that is empty',
    { parameters: { '/shop/token': { value: 'empty' } } },
    ['secrets wrong: the parameter /shop/token is empty: monitor api cannot work'],
  ],
  [
    'a parameter that was not asked for is never fine',
    { parameters: {} },
    ['secrets unseen: /shop/token: was not asked for'],
  ],
  [
    'a metadata address, whatever allowPrivate says',
    { targets: [{ ...target, host: metadata.address, addresses: [metadata], allowPrivate: true }] },
    ['targets wrong: monitor api is blocked at 169.254.169.254: a metadata address, never allowed'],
  ],
  [
    'a name with a private address',
    { targets: [{ ...target, addresses: [inside] }] },
    ['targets wrong: monitor api is blocked at api.example (10.0.0.7): not a public address'],
  ],
  [
    'a name with one private address of two',
    { targets: [{ ...target, addresses: [...target.addresses, inside] }] },
    ['targets doubtful: monitor api is blocked at api.example (10.0.0.7): not a public address'],
  ],
  ['a private address that is meant', { targets: [{ ...target, addresses: [inside], allowPrivate: true }] }, []],
  [
    'a name that does not resolve',
    { targets: [{ ...target, addresses: [] }] },
    ['targets doubtful: api.example, of monitor api, does not resolve from here'],
  ],
  ['a clock that is half a minute off', { clock: { value: 30_000 } }, []],
  ['a clock that is ahead', { clock: { value: 90_000 } }, ["clock doubtful: this machine's clock is 90 s ahead"]],
  [
    'a clock whose signatures are refused',
    { clock: { value: -300_000 } },
    ["clock wrong: this machine's clock is 5 min behind: AWS refuses what it signs"],
  ],
];

describe('the doctor', () => {
  it.each(cases)('finds: %s', (_, change, findings) => {
    expect(found(change)).toEqual(findings);
  });

  it('says of each check that could not be made which right it takes, and never that it is fine', () => {
    const unseen = { unseen: 'needs x:Y' };
    const nothing = { subscriptions: unseen, alarms: unseen, keys: unseen, schedules: unseen, functions: unseen };
    const seen = { ...well, ...nothing, runs: unseen, concurrency: unseen, clock: unseen };
    const locations = [home, { ...elsewhere, stack: unseen }];
    const told = examine({ ...seen, locations, parameters: { '/shop/token': unseen } }, expected);
    const expectedFinding: Finding = {
      severity: 'unseen',
      what: 'needs x:Y',
      mend: 'give the right x:Y to whoever runs this command',
    };
    for (const { id, findings } of told) {
      if (id === 'targets') continue; // asks no one but a name server
      const whose = { secrets: '/shop/token: ', locations: 'us-east-1: ' }[id] ?? '';
      expect([id, findings]).toEqual([id, [{ ...expectedFinding, what: `${whose}needs x:Y` }]]);
    }
    expect(told).toHaveLength(checks.length);
  });

  it('gives a mend with all that is wrong or doubtful', () => {
    for (const [, change] of cases)
      for (const { findings } of examine({ ...well, ...change }, expected))
        for (const { severity, mend } of findings) if (severity !== 'unseen') expect(mend).not.toBe('');
  });
});

describe('what could not be read', () => {
  const named = (name: string) => Object.assign(new Error('arn:aws:iam::123456789012:user/ann may not'), { name });

  it.each([
    ['AccessDeniedException', 'needs sns:ListTopics'],
    ['AuthorizationErrorException', 'needs sns:ListTopics'],
    ['CredentialsProviderError', 'no AWS credentials that work were found (CredentialsProviderError)'],
    ['TimeoutError', 'AWS did not answer sns:ListTopics (TimeoutError)'],
  ])('after %s says why', async (name, unseen) => {
    expect(await attempt('sns:ListTopics', () => Promise.reject(named(name)))).toEqual({ unseen });
  });
});

describe('the clock', () => {
  it('is compared in the middle of the second that was told', () => {
    const there = Date.parse('2026-11-26T18:00:00Z');
    expect(clockOf('Thu, 26 Nov 2026 18:00:00 GMT', there + 60_500)).toEqual({ value: 60_000 });
  });

  it.each([[null], ['yesterday']])('is unknown where the answer says %s', (date) => {
    expect(clockOf(date, 0)).toEqual({ unseen: 'no time came with the answer' });
  });
});
