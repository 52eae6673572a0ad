import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is installed, pinned: the first MiniStack that osls and the JavaScript SDK work with. */
const tools = ['ministack==1.5.33', 'moto[server]==5.2.5', 'awscli==1.46.3'];
const folder = resolve('node_modules', '.cache', 'burnwatch-emulator');
const installed = join(folder, 'installed');
/** Where `python` and `aws` are. */
export const programs = join(folder, 'bin');
export const python = join(programs, 'python');

/** The variable by which whoever tried to install tells all others that it cannot be done, and why. */
export const refusal = 'BURNWATCH_NO_EMULATOR';

export type Emulator = {
  /** Where every AWS service answers. */
  readonly endpoint: string;
  /** What serverless, the SDK and functions need to reach it. */
  readonly env: Readonly<Record<string, string>>;
  /** One call of any AWS API, by its name in Python: `call('lambda', 'list_functions')`. Rejects with AWS's own words. */
  call(service: string, operation: string, input?: object, region?: string): Promise<unknown>;
  stop(): Promise<void>;
};

/** Why there is no emulator here, in a few words. */
export class NoEmulator extends Error {}

/**
 * The emulator at AWS_ENDPOINT_URL, or else a MiniStack of its own: a Python environment with it (kept in node_modules),
 * on a free port, with state in memory, roles enforced, and Node 24 first in its path. Throws NoEmulator where it cannot be had.
 */
export async function startEmulator(): Promise<Emulator> {
  await installTools();
  const given = process.env['AWS_ENDPOINT_URL'];
  if (given !== undefined && given !== '')
    return connect(given, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }, async () => {});
  const [port = 0, mqtt = 0, sftp = 0] = await freePorts(3);
  const state = mkdtempSync(join(tmpdir(), 'burnwatch-emulator-'));
  const endpoint = `http://127.0.0.1:${port}`;
  const keys = { AWS_ACCESS_KEY_ID: 'root', AWS_SECRET_ACCESS_KEY: 'root' };
  const log = join(state, 'log');
  const child = spawn(python, [resolve('test', 'deploy', 'emulator.py')], {
    cwd: state,
    env: {
      ...keys,
      PATH: [resolve('node_modules', '.bin'), process.env['PATH']].join(delimiter),
      HOME: state,
      AUTH: 'true',
      GATEWAY_PORT: String(port),
      IOT_MTLS_PORT: String(mqtt),
      SFTP_PORT: String(sftp),
      STATE_DIR: join(state, 'state'),
      S3_DATA_DIR: join(state, 's3'),
      // The API of the stack answers on loopback, which probes refuse elsewhere. Functions inherit it.
      BURNWATCH_ALLOW_ORIGINS: endpoint,
    },
    stdio: ['ignore', openSync(log, 'w'), openSync(join(state, 'errors'), 'w')],
  });
  const stop = async () => {
    await end(child);
    rmSync(state, { recursive: true, force: true });
  };
  try {
    await ready(`${endpoint}/_ministack/health`, child);
  } catch (error) {
    const said = readFileSync(log, 'utf8').slice(-2_000);
    await stop();
    throw new Error(`MiniStack did not start: ${said}`, { cause: error });
  }
  return connect(endpoint, keys, stop);
}

/** The Python environment with the emulators and the AWS CLI, in `node_modules`, once. Throws NoEmulator where it cannot be had. */
export async function installTools(): Promise<void> {
  const wanted = tools.join('\n');
  const refused = process.env[refusal];
  if (refused !== undefined) throw new NoEmulator(refused);
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: 120_000 });
    // What is never imported need not be compiled.
    const flags = ['--quiet', '--no-compile', '--disable-pip-version-check'];
    await run(python, ['-m', 'pip', 'install', ...flags, ...tools], { timeout: 300_000 });
    writeFileSync(installed, wanted);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new NoEmulator(`Python 3 with ${tools.join(', ')} could not be had`, { cause: error });
  }
}

function connect(endpoint: string, keys: Readonly<Record<string, string>>, stop: () => Promise<void>): Emulator {
  const env = { ...keys, AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' };
  const call = async (service: string, operation: string, input = {}, region = 'us-east-1') => {
    const args = [resolve('test', 'deploy', 'call.py'), service, operation, JSON.stringify(input)];
    const options = {
      env: { ...env, AWS_REGION: region, AWS_DEFAULT_REGION: region },
      timeout: 180_000,
      maxBuffer: 64e6,
    };
    return JSON.parse((await run(python, args, options)).stdout) as unknown;
  };
  return { endpoint, env, call, stop };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('it was not ready within 120 s');
}

/** SIGTERM ends it and the functions that it runs. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = AbortSignal.timeout(10_000);
  late.addEventListener('abort', () => child.kill('SIGKILL'));
  await gone;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) =>
          server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
