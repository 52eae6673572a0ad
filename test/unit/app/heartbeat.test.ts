import { type HeartbeatDeps, heartbeatsOf, takeCall } from '../../../shared/app/heartbeat/heartbeat.ts';
import { parseHeartbeatPath } from '../../../shared/app/heartbeat/path.ts';
import { heartbeatToken, readHeartbeatKey } from '../../../shared/app/heartbeat/token.ts';
import type { HeartbeatRecord } from '../../../shared/probe/heartbeat-record.ts';
import { monday } from '../../support/budget-examples.ts';
import { heartbeatMonitor } from '../../support/heartbeat.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const key = 'a key of many characters';
const parameter = '/burnwatch/heartbeat-key';
const heartbeats = heartbeatsOf({ monitors: [httpMonitor(), heartbeatMonitor()] });
const token = heartbeatToken(key, 'backup');
const path = `/heartbeats/backup/${token}`;

/** One record in memory, and what was said. */
function world(changes: Partial<HeartbeatDeps> = {}) {
  const told: string[] = [];
  const state = { record: {} as HeartbeatRecord, version: 0, conflicts: 0, saves: 0 };
  const deps: HeartbeatDeps = {
    heartbeats,
    keyParameter: parameter,
    readParameter: async (name) => (name === parameter ? `${key}\n` : undefined),
    loadStore: async () => ({
      load: async () => ({ record: state.record, version: state.version }),
      save: async (_, record, version) => {
        state.saves += 1;
        if (state.conflicts-- > 0 || version !== state.version) return 'conflict';
        Object.assign(state, { record, version: version + 1 });
        return 'saved';
      },
    }),
    now: () => monday,
    onCall: (id, call) => told.push(`${id} ${call.kind}`),
    onTrouble: (message, cause) => told.push(`${message}: ${cause instanceof Error ? cause.message : ''}`),
    deadline: new AbortController().signal,
    ...changes,
  };
  return { deps, state, told };
}

describe('the path of a call', () => {
  it.each([
    [path, { kind: 'success' }],
    [`${path}/0`, { kind: 'success' }],
    [`${path}/start`, { kind: 'start' }],
    [`${path}/fail`, { kind: 'fail' }],
    [`${path}/1`, { kind: 'fail', exitCode: 1 }],
    [`${path}/255`, { kind: 'fail', exitCode: 255 }],
  ])('%s says %p', (given, call) => {
    expect(parseHeartbeatPath(given)).toEqual({ id: 'backup', token, call });
  });

  it.each([
    '/heartbeats/backup',
    '/heartbeats/backup/',
    `${path}/`,
    `${path}/256`,
    `${path}/00`,
    `${path}/-1`,
    `${path}/Fail`,
    `${path}/fail/1`,
    `${path}x`,
    path.slice(0, -1),
    `/Heartbeats/backup/${token}`,
    `/heartbeats/Backup/${token}`,
    `/heartbeats/${'a'.repeat(65)}/${token}`,
    `/x/heartbeats/backup/${token}`,
    `${path}\n`,
    '',
  ])('%s says nothing', (given) => {
    expect(parseHeartbeatPath(given)).toBeUndefined();
  });
});

it('the path of a call that is too long is not even looked at', () => {
  expect(parseHeartbeatPath(path.padEnd(100_000, '/'))).toBeUndefined();
});

describe('the token of a heartbeat', () => {
  it('is the HMAC-SHA256 of its id, as openssl makes it', () => {
    // printf backup | openssl dgst -sha256 -hmac 'a key of many characters' -binary | basenc --base64url | cut -c1-22
    expect(token).toBe('2_OKgHGJQliEKp6faVBWBM');
  });

  it('is another one for another id and under another key', () => {
    expect(new Set([token, heartbeatToken(key, 'backup2'), heartbeatToken(`${key}2`, 'backup')]).size).toBe(3);
  });

  it.each([
    [undefined, `there is no key for heartbeats in the SSM parameter ${parameter}: aws ssm put-parameter`],
    [' \n', `there is no key for heartbeats in the SSM parameter ${parameter}: aws ssm put-parameter`],
    [
      'fifteen letters',
      `the key for heartbeats in the SSM parameter ${parameter} has 15 characters, fewer than 16: aws ssm put-parameter`,
    ],
  ])('needs a key, and %p is none', (value, sentence) => {
    expect(readHeartbeatKey(value, parameter)).toEqual({ problem: expect.stringContaining(sentence) });
  });

  it('takes a key that was stored with a line break', () => {
    expect(readHeartbeatKey(`${key}\n`, parameter)).toEqual({ key, older: [] });
  });

  it('takes several, a line each, of which the first makes tokens; none of them may be short', () => {
    expect(readHeartbeatKey(`the next key of ours\r\n\n${key}\n`, parameter)).toEqual({
      key: 'the next key of ours',
      older: [key],
    });
    expect(readHeartbeatKey(`${key}\nfifteen letters`, parameter)).toEqual({
      problem: expect.stringContaining('has 15 characters, fewer than 16'),
    });
  });
});

describe('a call', () => {
  it('is remembered, and told by the id of its heartbeat alone', async () => {
    const { deps, state, told } = world();
    expect(await takeCall(path, deps)).toBe('taken');
    expect(state.record).toEqual({ succeededAt: monday });
    expect(await takeCall(`${path}/3`, { ...deps, now: () => monday + 1 })).toBe('taken');
    expect(state.record).toEqual({ succeededAt: monday, failedAt: monday + 1, exitCode: 3 });
    expect(told).toEqual(['backup success', 'backup fail']);
  });

  it('is taken under the next key and under the one before it, while both are in the parameter', async () => {
    const under = async (used: string, value: string) => {
      const { deps } = world({ readParameter: async () => value });
      return takeCall(`/heartbeats/backup/${heartbeatToken(used, 'backup')}`, deps);
    };
    const next = 'the next key of ours';
    expect([await under(key, `${next}\n${key}`), await under(next, `${next}\n${key}`)]).toEqual(['taken', 'taken']);
    expect([await under(key, next), await under('another key of ours', `${next}\n${key}`)]).toEqual([
      'refused',
      'refused',
    ]);
  });

  it('that is repeated is taken, and writes nothing', async () => {
    const { deps, state } = world();
    await takeCall(path, deps);
    expect(await takeCall(path, deps)).toBe('taken');
    expect(state.saves).toBe(1);
  });

  it.each([
    ['of no heartbeat', `/heartbeats/nobody/${heartbeatToken(key, 'nobody')}`],
    ['of a monitor that is none', `/heartbeats/target/${heartbeatToken(key, 'target')}`],
    ['with the token of another', `/heartbeats/backup/${heartbeatToken(key, 'other')}`],
    ['with a token under another key', `/heartbeats/backup/${heartbeatToken('another key of ours', 'backup')}`],
    ['of another path', `${path}/stop`],
  ])('%s is refused like any other, and neither told nor remembered', async (_, given) => {
    const { deps, state, told } = world();
    expect(await takeCall(given, deps)).toBe('refused');
    expect([state.saves, told]).toEqual([0, []]);
  });

  it('that meets another one is taken on what that one wrote', async () => {
    const { deps, state } = world();
    state.conflicts = 4;
    expect(await takeCall(path, deps)).toBe('taken');
    expect(state.saves).toBe(5);
  });

  it('that meets others for ever is not taken, and said to be', async () => {
    const { deps, state, told } = world();
    state.conflicts = 1_000;
    expect(await takeCall(path, deps)).toBe('unavailable');
    expect(told).toEqual([
      'a call of a heartbeat could not be taken: backup was called by so many at once that 5 writes met another one',
    ]);
  });

  const down = async () => {
    throw new Error('AWS is down');
  };
  it.each([
    ['the key cannot be read', { readParameter: down }, 'a call of a heartbeat could not be taken: AWS is down'],
    ['there is no key', { readParameter: async () => undefined }, 'there is no key for heartbeats'],
    ['the key is too short', { readParameter: async () => 'short' }, 'has 5 characters, fewer than 16'],
    ['the table cannot be read', { loadStore: down }, 'a call of a heartbeat could not be taken: AWS is down'],
  ])('is not taken while %s, and the log says why without the token or the key', async (_, changes, message) => {
    const { deps, told } = world(changes);
    expect(await takeCall(path, deps)).toBe('unavailable');
    expect(told).toEqual([expect.stringContaining(message)]);
    expect(told.join()).not.toMatch(new RegExp(`${token}|${key}`));
  });

  it('is answered in time when AWS hangs', async () => {
    const { deps } = world({ readParameter: () => new Promise(() => {}), deadline: AbortSignal.timeout(20) });
    expect(await takeCall(path, deps)).toBe('unavailable');
  });
});
