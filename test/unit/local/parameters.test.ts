import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSsm, seedParameters } from '../../../infra/local/aws/ssm.ts';

const secret = expect.stringMatching(/^[\w-]{32}$/);
let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-parameters-'));
  file = join(folder, 'parameters.json');
});
afterEach(() => rmSync(folder, { recursive: true }));
const seeded = () => {
  seedParameters(file);
  return readFileSync(file, 'utf8');
};

describe('the parameters of local mode', () => {
  it('begin with a random write token and random keys, for their owner alone', () => {
    const first = JSON.parse(seeded());
    const names = ['/burnwatch/write-token', '/burnwatch/heartbeat-key', '/burnwatch/ack-key'];
    expect(first).toEqual(Object.fromEntries(names.map((name) => [name, secret])));
    expect(new Set(Object.values(first)).size).toBe(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('that are there keep what they hold, and get the keys that they lack', () => {
    writeFileSync(file, '{"/mine": "1"}');
    const keys = { '/burnwatch/heartbeat-key': secret, '/burnwatch/ack-key': secret };
    expect(JSON.parse(seeded())).toEqual({ '/mine': '1', ...keys });
    expect(readdirSync(folder)).toEqual(['parameters.json']);
  });

  it.each(['{"/burnwatch/heartbeat-key":"short","/burnwatch/ack-key":"short"}', '{ not JSON', '[]', ''])(
    'are not touched as %j',
    (text) => {
      writeFileSync(file, text);
      expect(seeded()).toBe(text);
      expect(existsSync(`${file}.draft`)).toBe(false);
    },
  );
});

describe('a parameter that is put', () => {
  const put = (input: Readonly<Record<string, unknown>>) => createSsm(file)['PutParameter']?.(input);
  beforeEach(() => writeFileSync(file, '{"/mine":"before"}', { mode: 0o600 }));

  it('is read at once, beside the others, and stays its owner’s', () => {
    expect(put({ Name: '/new', Value: 'a\nb', Type: 'SecureString' })).toEqual({ Version: 1, Tier: 'Standard' });
    expect(put({ Name: '/mine', Value: 'after', Overwrite: true })).toMatchObject({ Version: 1 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ '/mine': 'after', '/new': 'a\nb' });
    expect([readdirSync(folder), statSync(file).mode & 0o777]).toEqual([['parameters.json'], 0o600]);
  });

  it.each([
    [{ Name: '/mine', Value: 'x' }, 'ParameterAlreadyExists'],
    [{ Name: '/new' }, 'MissingParameter'],
    [{ Name: '/a b', Value: 'x' }, 'ValidationException'],
    [{ Name: '/new', Value: 'é'.repeat(2_049) }, 'ValidationException'],
  ])('is refused as %j, and nothing is changed', (input, code) => {
    expect(() => put(input)).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(file, 'utf8')).toBe('{"/mine":"before"}');
  });
});
