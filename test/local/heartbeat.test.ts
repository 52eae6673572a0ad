import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import { endAll, type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';

const run = promisify(execFile);
const page = readFileSync(join(root, 'docs/heartbeats.md'), 'utf8');
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const folder = temporaryFolder();
const config = `version: 1
service: hb
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  nightly-backup:
    type: heartbeat
    period: 1h
    grace: 1m
    alerts: [{ for: { failures: 1, of: 1 }, recover: { successes: 1 }, notify: [oncall] }]
`;
let local: Running;
let url = '';

beforeAll(async () => {
  // A data folder of an earlier version, which knew no heartbeats.
  const data = join(folder.path, '.burnwatch');
  mkdirSync(data);
  writeFileSync(join(data, '.burnwatch-data'), '');
  writeFileSync(join(data, 'parameters.json'), '{"/burnwatch/write-token": "kept"}');
  writeFileSync(join(folder.path, 'monitors.yml'), config);
  local = await startLocalMode(data, '--config', join(folder.path, 'monitors.yml'), '--interval', '1s');
}, 40_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
}, 20_000);

const stateOf = ({ monitors }: ConsoleState) => monitors[0]?.state;
const subjects = ({ inbox }: ConsoleState) => inbox.map(({ subject }) => subject);

describe('a heartbeat in local mode', () => {
  it('gets a key beside the parameters that were there', () => {
    const parameters = JSON.parse(readFileSync(join(local.data, 'parameters.json'), 'utf8'));
    expect(parameters).toEqual({
      '/burnwatch/write-token': 'kept',
      '/burnwatch/heartbeat-key': expect.stringMatching(/^[\w-]{32}$/),
      '/burnwatch/ack-key': expect.stringMatching(/^[\w-]{32}$/),
    });
  });

  it('has a URL, which the command of the page prints', async () => {
    expect(page).toContain('```sh\nnpx burnwatch heartbeat nightly-backup\n```');
    const program = [join(root, 'infra/cli/burnwatch.js'), 'heartbeat', 'nightly-backup'];
    const { stdout } = await run(process.execPath, program, { cwd: folder.path });
    url = stdout.split('\n')[0] ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/heartbeats\/nightly-backup\/[\w-]{22}$/);
  });

  it('waits until it is called, and tells nobody', async () => {
    const state = await local.until(({ nextTickAt }) => nextTickAt > 0, 10_000);
    expect([stateOf(state), state.inbox]).toEqual(['waiting', []]);
  });

  it.each(['GET', 'POST', 'HEAD'])('passes when it is called by %s', async (method) => {
    const body = method === 'POST' ? { body: 'x'.repeat(1_000_000) } : {};
    const response = await fetch(url, { method, ...body });
    expect([response.status, await response.text()]).toEqual([200, method === 'HEAD' ? '' : 'ok\n']);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    await local.until((state) => stateOf(state) === 'passed', 10_000);
  });

  it('answers everything that is not one of its calls alike', async () => {
    const wrong = [`${url}/stop`, `${url}x`, url.replace('nightly', 'daily'), `${url.slice(0, -22)}${'a'.repeat(22)}`];
    const answers = await Promise.all(
      wrong.map(async (each) => {
        const response = await fetch(each);
        const headers = [...response.headers].filter(([name]) => name !== 'date');
        return JSON.stringify([response.status, headers, await response.text()]);
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('[404,');
    const deleted = await fetch(url, { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('fails when its job says so, mails it, and resolves when the job says that all is well', async () => {
    await fetch(`${url}/3`);
    const failed = await local.until((state) => subjects(state).length === 1, 15_000);
    expect(failed.monitors[0]).toMatchObject({ state: 'failed', errorType: 'assertion' });
    expect(failed.monitors[0]?.message).toMatch(/^it said at .* UTC that it failed \(exit code 3\)$/);
    expect(subjects(failed)[0]).toContain('nightly-backup');
    await fetch(url);
    const mended = await local.until((state) => subjects(state).length === 2, 15_000);
    expect([stateOf(mended), subjects(mended)[0]]).toEqual(['passed', expect.stringMatching(/resolved/i)]);
  }, 40_000);

  it('fails when nobody has called for its period and its grace', async () => {
    await rewind(61 * 60_000 + 1_000);
    const state = await local.until((now) => stateOf(now) === 'failed', 10_000);
    expect(state.monitors[0]).toMatchObject({ errorType: 'timeout' });
    expect(state.monitors[0]?.message).toMatch(/^no call since .* UTC, one was due by .* UTC$/);
  }, 20_000);

  (hasCurl ? it : it.skip)(
    'is called by the lines of the page',
    async () => {
      const lines = [...page.matchAll(/```\w*\n([^`]*\$BACKUP_URL[^`]*)```/g)].map(([, text = '']) => text);
      expect(lines).toHaveLength(2);
      for (const [index, text] of lines.entries()) {
        const script = text
          .replace('0 3 * * * ', '')
          .replace('/usr/local/bin/backup', index === 0 ? 'true' : '(exit 7)');
        await run('/bin/sh', ['-c', script], { env: { ...process.env, BACKUP_URL: url } });
        const wanted = index === 0 ? 'passed' : 'failed';
        await local.until((state) => stateOf(state) === wanted, 10_000);
      }
    },
    30_000,
  );

  it('leaves its token and its key in no log and no store', () => {
    const { '/burnwatch/heartbeat-key': key } = JSON.parse(readFileSync(join(local.data, 'parameters.json'), 'utf8'));
    const token = url.split('/').at(-1) ?? '';
    expect(readFileSync(join(local.data, 'logs/status.log'), 'utf8')).toContain('"burnwatch.monitor":"nightly-backup"');
    const files = readdirSync(local.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const telling = files
      .filter(({ name }) => name !== 'parameters.json')
      .filter(({ parentPath, name }) => {
        const bytes = readFileSync(join(parentPath, name));
        return bytes.includes(token) || bytes.includes(key);
      });
    expect(telling.map(({ name }) => name)).toEqual([]);
  });
});

/** The newest good call was so much earlier. */
async function rewind(ms: number): Promise<void> {
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: local.aws, region: 'us-east-1', credentials });
  const key = JSON.parse(readFileSync(join(local.data, 'build/status/heartbeats.json'), 'utf8'))[0].key;
  await client.send(
    new UpdateItemCommand({
      TableName: 'hb-local-ledger',
      Key: { pk: { S: 'heartbeat' }, sk: { S: String(key) } },
      UpdateExpression: 'SET #record = :record',
      ExpressionAttributeNames: { '#record': 'record' },
      ExpressionAttributeValues: { ':record': { S: JSON.stringify({ succeededAt: Date.now() - ms }) } },
    }),
  );
  client.destroy();
}
