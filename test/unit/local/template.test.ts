import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLimits } from '../../../infra/local/function/limits.ts';
import { resolveIntrinsics } from '../../../infra/local/intrinsics.ts';
import { buildStack, schedulesAt } from '../../../infra/local/stack.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const root = join(import.meta.dirname, '../../..');
const origins = { console: 'http://127.0.0.1:1', shortener: 'http://127.0.0.1:2', aws: 'http://127.0.0.1:3' };

describe('an intrinsic function', () => {
  const names = { refs: { Topic: 'arn:t', 'AWS::Region': 'here' }, attributes: { 'Api.Endpoint': 'http://x' } };
  it.each([
    [{ Ref: 'Topic' }, 'arn:t'],
    [{ Ref: 'Nobody' }, 'Nobody'],
    [{ 'Fn::GetAtt': ['Api', 'Endpoint'] }, 'http://x'],
    [{ 'Fn::GetAtt': 'Api.Endpoint' }, 'http://x'],
    [{ 'Fn::Sub': '${AWS::Region}/${Api.Endpoint}/${!kept}' }, 'here/http://x/${kept}'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Topic' }]] }, 'a-arn:t'],
    [
      { a: [{ Ref: 'Topic' }], b: 1, c: null },
      { a: ['arn:t'], b: 1, c: null },
    ],
  ])('%j becomes %j', (value, expected) => {
    expect(resolveIntrinsics(value, names)).toEqual(expected);
  });
});

describe('the limits of the functions', () => {
  it('are those of serverless.yml', () => {
    const limits = readLimits(root);
    expect(Object.keys(limits).sort()).toEqual(['burst', 'evaluate', 'notify', 'probe', 'shortener', 'status']);
    expect(limits['burst']).toEqual({ timeoutMs: 900_000, memoryMegabytes: 1_024 });
    expect(limits['probe']?.timeoutMs).toBe(90_000);
    expect(limits['shortener']).toEqual({ timeoutMs: 29_000, memoryMegabytes: 256 });
    expect(limits['status']?.timeoutMs).toBe(10_000);
    expect(limits['burst']).toEqual({ timeoutMs: 900_000, memoryMegabytes: 1_024 });
  });
});

describe('the stack of the shipped monitors.yml', () => {
  const parsed = parseConfig(readFileSync(join(root, 'monitors.yml')), { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error('monitors.yml is wrong');
  const stack = buildStack(parsed.config, origins, '/build', readLimits(root));

  it('has what the template has', () => {
    expect(stack.topics).toHaveLength(2);
    expect(stack.tables).toHaveLength(2);
    expect(stack.alarms.map(({ name, actions }) => [name, actions.ALARM])).toEqual([
      ['shortener-local-probe-dead', [stack.topics.find((arn) => arn.endsWith('alarms'))]],
      ['shortener-local-evaluate-dead', [stack.topics.find((arn) => arn.endsWith('alarms'))]],
    ]);
    expect(stack.subscriptions.map(({ endpoint, filter }) => [endpoint, filter])).toEqual([
      ['oncall@example.com', '{"channels":["oncall"]}'],
      ['oncall@example.com', ''],
    ]);
    expect(stack.schedules.map(({ functionName, input }) => [functionName, JSON.parse(input).shard])).toEqual([
      ['probe', 's00'],
      ['evaluate', undefined],
      ['burst', 0],
    ]);
  });

  it('gives each function the environment that it has on AWS, with local addresses', () => {
    const environment = Object.fromEntries(stack.functions.map((one) => [one.name, one.environment]));
    expect(environment['probe']).toMatchObject({
      BURNWATCH_SERVICE: 'shortener',
      BURNWATCH_ENVIRONMENT: 'local',
      LEDGER_TABLE: 'shortener-local-ledger',
      OUTPUT_ShortenerUrl: origins.shortener,
      AWS_ENDPOINT_URL: origins.aws,
      BURNWATCH_ALLOW_ORIGINS: expect.stringContaining('http://127.0.0.1:2,http://localhost:2'),
    });
    expect(environment['evaluate']).toMatchObject({
      ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:shortener-local-alerts',
      DASHBOARD_URL: origins.console,
    });
    expect(environment['shortener']).toMatchObject({
      LINKS_TABLE: 'shortener-local-links',
      WRITES: 'open',
      FAULTS: 'on',
    });
    expect(environment['evaluate']).not.toHaveProperty('BURNWATCH_ALLOW_ORIGINS');
  });
});

describe('the stack of a configuration with a burst', () => {
  const text = `version: 1
service: shop
monitors:
  own: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" } }
bursts:
  nightly:
    schedule: cron(30 4 * * ? *)
    timezone: Europe/Amsterdam
    request: { url: "\${output:ShortenerUrl}/demo" }
    stages: [{ hold: 10/s for 10s }]
`;
  const parsed = parseConfig(text, { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const stack = (tickMs?: number) => buildStack(parsed.config, origins, '/build', readLimits(root), tickMs);

  it('has its function, which may load local mode itself', () => {
    expect(stack().functions.find(({ name }) => name === 'burst')).toMatchObject({
      functionName: 'shop-local-burst',
      timeoutMs: 900_000,
      environment: {
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
        LEDGER_TABLE: 'shop-local-ledger',
        OUTPUT_ShortenerUrl: origins.shortener,
        BURNWATCH_ALLOW_ORIGINS: expect.stringContaining('http://127.0.0.1:2,http://localhost:2'),
      },
    });
  });

  // 04:30 in Amsterdam is 03:30 UTC in winter.
  it.each([
    ['2026-01-05T03:30:00Z', 60_000, true],
    ['2026-01-05T03:29:00Z', 60_000, false],
    ['2026-01-05T03:31:00Z', 60_000, false],
    ['2026-01-05T03:30:00Z', 5_000, true],
    ['2026-01-05T03:30:05Z', 5_000, false],
    ['2026-01-05T03:30:05Z', 7_000, true],
  ])('sends it at %s with a tick every %i ms: %s', (at, tickMs, isDue) => {
    const names = schedulesAt(stack(tickMs), Date.parse(at)).map(({ functionName }) => functionName);
    expect(names).toEqual(['probe', 'evaluate', ...(isDue ? ['burst'] : [])]);
  });

  it('does not wait for it until the next tick', () => {
    expect(stack().schedules.map(({ functionName, isSpan }) => [functionName, isSpan])).toEqual([
      ['probe', false],
      ['evaluate', false],
      ['burst', true],
    ]);
  });
});
