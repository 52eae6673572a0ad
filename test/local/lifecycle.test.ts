import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  endAll,
  exitOf,
  freePorts,
  isThere,
  launch,
  type Running,
  startLocalMode,
  temporaryFolder,
} from './local-mode.ts';

const folder = temporaryFolder();
const started: Running[] = [];
const start = async (data: string, ...argv: string[]): Promise<Running> => {
  const running = await startLocalMode(data, ...argv);
  started.push(running);
  return running;
};
afterEach(() => endAll(...started));
afterAll(() => folder.remove());

const portOf = (origin: string): number => Number(new URL(origin).port);
const isListening = (origin: string): Promise<boolean> =>
  fetch(origin).then(
    () => true,
    () => false,
  );
/** The ids of all processes below one. */
const childrenOf = (pid: number | undefined): string[] => {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
};

/** Runs until it ends by itself, and answers its code and what it wrote. */
async function refusal(...argv: string[]) {
  const { child, output } = launch([...freePorts, ...argv]);
  return { code: await exitOf(child), output: output().trim() };
}

async function rowsOf(local: Running): Promise<Map<string, string>> {
  const client = new DynamoDBClient({
    endpoint: local.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { Items } = await client.send(new ScanCommand({ TableName: 'shortener-local-ledger' }));
  client.destroy();
  return new Map((Items ?? []).map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, JSON.stringify(item)]));
}

describe('local mode', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends within two seconds at %s, and leaves nothing',
    async (signal) => {
      const local = await start(join(folder.path, signal));
      expect(childrenOf(local.child.pid)).toEqual([]);
      await local.state();
      const stream = await fetch(`${local.console}/api/events`);
      const at = performance.now();
      local.child.kill(signal);
      expect(await local.end(signal)).toBe(0);
      expect(performance.now() - at).toBeLessThan(2_000);
      await stream.body?.cancel().catch(() => {});
      for (const origin of [local.console, local.shortener, local.aws]) expect(await isListening(origin)).toBe(false);
      const left = readdirSync(local.data, { recursive: true, encoding: 'utf8' });
      expect(left.filter((name) => /lock|local\.json|-wal|-shm|\.dead/i.test(name))).toEqual([]);
      expect(local.output()).not.toContain('while stopping');
    },
    30_000,
  );

  it('listens on loopback only', async () => {
    const local = await start(join(folder.path, 'loopback'));
    const sockets = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    for (const origin of [local.console, local.shortener, local.aws]) {
      const hex = portOf(origin).toString(16).toUpperCase().padStart(4, '0');
      const listening = sockets.filter((columns) => columns[3] === '0A' && columns[1]?.endsWith(`:${hex}`));
      expect(listening.map((columns) => columns[1]?.split(':')[0])).toEqual(['0100007F']);
    }
  }, 30_000);

  it('has everything again after it was killed', async () => {
    const data = join(folder.path, 'killed');
    const first = await start(data, '--interval', '1s');
    await fetch(`${first.console}/api/faults`, { method: 'POST' });
    await first.until(({ inbox, incidents }) => inbox.length > 0 && incidents.length > 0, 20_000);
    const before = { rows: await rowsOf(first), state: await first.state() };
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    expect(isThere(data, 'lock')).toBe(true);

    const at = performance.now();
    const second = await start(data, '--interval', '1s');
    expect(performance.now() - at).toBeLessThan(10_000);
    const rows = await rowsOf(second);
    const lost = [...before.rows].filter(([key, item]) => /^tick#/.test(key) && rows.get(key) !== item);
    expect(lost).toEqual([]);
    expect([...before.rows.keys()].filter((key) => !rows.has(key))).toEqual([]);
    const state = await second.state();
    const inbox = new Map(state.inbox.map((mail) => [mail.id, mail]));
    for (const mail of before.state.inbox) expect(inbox.get(mail.id)).toEqual(mail);
    const incidents = new Map(state.incidents.map((one) => [one.id, one]));
    for (const incident of before.state.incidents) expect(incidents.get(incident.id)?.openedAt).toBe(incident.openedAt);
    expect(state.faults?.until).toBe(before.state.faults?.until);

    await fetch(`${second.console}/api/faults`, { method: 'DELETE' });
    const mended = await second.until((now) => now.inbox.some(({ subject }) => subject.startsWith('Resolved')), 20_000);
    expect(mended.monitors[0]?.state).toBe('passed');
  }, 60_000);

  it('names the flag when a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    for (const flag of ['--console-port', '--app-port', '--aws-port']) {
      const { code, output } = await refusal('--data', join(folder.path, 'port'), flag, String(port));
      expect({ code, output }).toEqual({
        code: 1,
        output: `port ${port} is taken: choose another with ${flag} <port>`,
      });
    }
    expect(isThere(folder.path, 'port', 'lock')).toBe(false);
    server.close();
  }, 30_000);

  it('names the flag when the folder is in use, and takes it over when nobody is there', async () => {
    const data = join(folder.path, 'locked');
    const local = await start(data);
    const { code, output } = await refusal('--data', data);
    expect(code).toBe(1);
    expect(output).toBe(
      `${data} is in use by another local mode (process ${local.child.pid}): stop it, or choose another folder with --data <folder>`,
    );
    await local.end('SIGKILL');
    await (await start(data)).end();
  }, 40_000);

  it.each([
    [['--interval', '10'], /^--interval must be 1s to 1h/],
    [['--nope'], /^npm start has no option "--nope": see npm start -- --help$/],
    [['--config', 'absent.yml'], /^there is no file absent\.yml: name another with --config <file>$/],
  ])(
    'refuses %j in one line, with exit code 2',
    async (argv, message) => {
      const { code, output } = await refusal('--data', join(folder.path, 'usage'), ...argv);
      expect(code).toBe(2);
      expect(output).toMatch(message);
      expect(output.split('\n')).toHaveLength(1);
    },
    20_000,
  );

  it('shows every error of its configuration, with exit code 2', async () => {
    const config = join(folder.path, 'wrong.yml');
    writeFileSync(config, 'version: 1\nservice: UPPER\nmonitorz: {}\n');
    const { code, output } = await refusal('--data', join(folder.path, 'usage'), '--config', config);
    expect(code).toBe(2);
    expect(output.split('\n').length).toBeGreaterThan(1);
    for (const line of output.split('\n')) expect(line).toMatch(/wrong\.yml:\d+:\d+ /);
  }, 20_000);

  it('leaves a folder alone that is not its own, even with --fresh', async () => {
    const data = temporaryFolder();
    writeFileSync(join(data.path, 'thesis.txt'), 'x');
    const { code, output } = await refusal('--data', data.path, '--fresh');
    expect([code, output]).toEqual([1, expect.stringContaining('choose an empty or new folder with --data <folder>')]);
    expect(readdirSync(data.path)).toEqual(['thesis.txt']);
    data.remove();
  }, 20_000);

  it('explains itself', async () => {
    const { child, output } = launch(['--help']);
    expect(await exitOf(child)).toBe(0);
    for (const flag of ['--console-port', '--app-port', '--aws-port', '--data', '--fresh', '--config', '--interval'])
      expect(output()).toContain(flag);
  }, 20_000);

  it('stops when it is told to before it is ready', async () => {
    const data = join(folder.path, 'early');
    const { child } = launch([...freePorts, '--data', data]);
    while (!isThere(data, 'lock')) await new Promise((resolve) => setTimeout(resolve, 5));
    const at = performance.now();
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(0);
    expect(performance.now() - at).toBeLessThan(2_500);
    expect(isThere(data, 'lock')).toBe(false);
    rmSync(data, { recursive: true, force: true });
  }, 20_000);
});
