import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
const config = `version: 1
service: ack
channels:
  oncall: { type: email, to: oncall@example.com }
monitors:
  closed:
    type: http
    interval: 5s
    retry: { limit: 0 }
    request: { url: "http://127.0.0.1:1/" }
    allowPrivate: true
    alerts: [{ for: { failures: 1, of: 1 }, notify: [oncall] }]
`;
let local: Running;
let url = '';
beforeAll(async () => {
  writeFileSync(join(folder.path, 'monitors.yml'), config);
  local = await startLocalMode(
    join(folder.path, 'data'),
    '--config',
    join(folder.path, 'monitors.yml'),
    '--interval',
    '1s',
  );
}, 40_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
}, 20_000);

const texts = ({ inbox }: ConsoleState) => inbox.map(({ subject, text }) => `${subject}\n${text}`);

describe('the link of a message, in local mode', () => {
  it('is in the mail about what fires', async () => {
    const state = await local.until(({ inbox }) => inbox.length > 0, 30_000);
    const [mail = ''] = texts(state);
    [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/ack\/\S+/.exec(mail) ?? [];
    expect(url).toMatch(/\/ack\/[0-9a-f]{12}\/\d{13}\.[\w-]{43}$/);
    expect(mail).toMatch(/npx burnwatch ack [0-9a-f]{12}\n/);
  }, 40_000);

  it('opens a page, and changes nothing', async () => {
    const response = await fetch(url);
    const page = await response.text();
    expect([response.status, page.includes('<li>closed failing</li>')]).toEqual([200, true]);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await local.state()).incidents[0]).not.toHaveProperty('acknowledged');
  });

  it('says by its button who is at it, and that is told within a minute', async () => {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ by: 'Ann', note: 'on it' }) });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Ann, since')]);
    const state = await local.until(({ inbox }) => inbox.length > 1, 20_000);
    expect(texts(state)[0]).toMatch(/^Acknowledged by Ann: closed failing \(ack local\)\n/);
    expect(state.incidents[0]?.acknowledged).toMatchObject({ by: 'Ann', note: 'on it' });
    const again = await fetch(url, { method: 'POST' });
    expect(await again.text()).toContain('Somebody is at it already');
  }, 30_000);

  it('works in no other way', async () => {
    const answers = await Promise.all(
      [`${url}x`, url.replace(/.$/, '-'), url.replace(/\.[\w-]+$/, '.')].map((each) => fetch(each)),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const deleted = await fetch(url, { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('leaves its signature and its key in no log and no store but the inbox', () => {
    const { '/burnwatch/ack-key': key } = JSON.parse(readFileSync(join(local.data, 'parameters.json'), 'utf8'));
    const signature = url.slice(-43);
    const files = readdirSync(local.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const telling = files
      .filter(({ name }) => name !== 'parameters.json' && !name.startsWith('sns.db'))
      .filter(({ parentPath, name }) => {
        const bytes = readFileSync(join(parentPath, name));
        return bytes.includes(signature) || bytes.includes(key);
      });
    expect(telling.map(({ name }) => name)).toEqual([]);
    expect(readFileSync(join(local.data, 'logs/status.log'), 'utf8')).toContain('"burnwatch.incident"');
  });
});
