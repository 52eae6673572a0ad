import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localize, localVariables, readLocalMode } from '../../../infra/invoke-local.ts';

const expression = { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] };
const local = localVariables({
  outputs: { ShortenerUrl: 'http://127.0.0.1:4001' },
  awsEndpoint: 'http://127.0.0.1:4566',
});

describe('invoking locally', () => {
  it('against a running local mode gives its addresses, leave to probe them, and its AWS', () => {
    const environment = { LEDGER_TABLE: 'shortener-dev-ledger', OUTPUT_ShortenerUrl: expression };
    expect(localize(environment, {}, local)).toEqual([]);
    expect(environment).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      OUTPUT_ShortenerUrl: 'http://127.0.0.1:4001',
      BURNWATCH_ALLOW_ORIGINS: 'http://127.0.0.1:4001',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: '',
    });
  });

  it('what the shell says wins over local mode', () => {
    const environment: Record<string, unknown> = { OUTPUT_ShortenerUrl: expression };
    localize(environment, { OUTPUT_ShortenerUrl: 'https://example.com' }, local);
    expect(environment['OUTPUT_ShortenerUrl']).toBe('https://example.com');
  });

  it('without a local mode takes the expressions out, and says which outputs are not known', () => {
    const environment = { LEDGER_TABLE: 'l', OUTPUT_ShortenerUrl: expression, ALERT_TOPIC_ARN: { Ref: 'AlertsTopic' } };
    expect(localize(environment, {}, {})).toEqual(['OUTPUT_ShortenerUrl']);
    expect(environment).toEqual({ LEDGER_TABLE: 'l' });
  });
});

describe('finding a running local mode', () => {
  const root = mkdtempSync(join(tmpdir(), 'burnwatch-local-'));
  const say = (text: string) => {
    mkdirSync(join(root, '.burnwatch'), { recursive: true });
    writeFileSync(join(root, '.burnwatch/local.json'), text);
  };
  afterAll(() => rmSync(root, { recursive: true }));

  it('there is none before it was ever started', () => {
    expect(readLocalMode(join(root, 'nowhere'))).toBeUndefined();
  });

  it.each([
    ['half a file', '{"outputs":'],
    ['a process that is gone', JSON.stringify({ outputs: {}, pid: 2 ** 22 + 1 })],
    ['no process', JSON.stringify({ outputs: {} })],
    ['no outputs', JSON.stringify({ pid: process.pid })],
    ['a process group instead of a process', JSON.stringify({ outputs: {}, pid: 0 })],
    ['null', 'null'],
  ])('%s is none', (_, text) => {
    say(text);
    expect(readLocalMode(root)).toBeUndefined();
  });

  it('a living one says where it is; what is not text is left out', () => {
    say(
      JSON.stringify({
        outputs: { ShortenerUrl: 'http://127.0.0.1:4001', Odd: 1 },
        awsEndpoint: 'http://127.0.0.1:4566',
        pid: process.pid,
      }),
    );
    expect(readLocalMode(root)).toEqual({
      outputs: { ShortenerUrl: 'http://127.0.0.1:4001' },
      awsEndpoint: 'http://127.0.0.1:4566',
    });
  });
});
