import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedParameters } from '../../../infra/local/aws/ssm.ts';

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
