import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { copyProject, type Run, removeProject } from '../support/package.ts';
import { type Emulator, programs } from './emulator.ts';

/** A copy of the project whose commands go to an emulator. */
export type Project = {
  readonly root: string;
  /** What `serverless` said on both; on standard output alone where that is JSON. Rejects, with all of it, where it does not end with 0. */
  serverless(...args: string[]): Promise<string>;
  /** Runs `npx burnwatch` there, without npx, which takes its time. */
  burnwatch(...args: string[]): Promise<Run>;
  /** A line of a page, run by a shell there: with npx, and the AWS CLI. */
  shell(line: string): Promise<Run>;
  /** Ends what still runs, and takes the copy away. */
  remove(): void;
};

/** Longer than anything takes on a machine that has ten other things to do, ms. */
const slowest = 400_000;

export function openProject(emulator: Pick<Emulator, 'env'>): Project {
  const root = copyProject();
  const mutation = process.env['BURNWATCH_MUTATION'];
  if (mutation !== undefined) addPlugin(root);
  const home = mkdtempSync(join(tmpdir(), 'burnwatch-home-'));
  const env = {
    PATH: [resolve('node_modules', '.bin'), programs, process.env['PATH']].join(delimiter),
    // What npx links to the project there would be walked through in circles when the project is packaged.
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    // How often it asks how far CloudFormation is, ms: five seconds otherwise, and an emulator is quick.
    SLS_AWS_MONITORING_FREQUENCY: '300',
    ...(mutation === undefined ? {} : { BURNWATCH_MUTATION: mutation }),
    ...emulator.env,
  };
  const running = new Set<ChildProcess>();
  const run = (program: string, args: readonly string[]) => runIn({ root, env, running }, program, args);
  const node = (file: string, args: readonly string[]) => run(process.execPath, [join(root, file), ...args]);
  return {
    root,
    serverless: async (...args) => outputOf(await node('node_modules/serverless/bin/serverless.js', args)),
    burnwatch: (...args) => node('infra/cli/burnwatch.js', args),
    shell: (line) => run('/bin/sh', ['-c', line]),
    remove: () => {
      for (const child of running) child.kill();
      removeProject(root);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What it packages is broken by BURNWATCH_MUTATION: see mutate.ts. The framework takes plugins from the project's own folder alone. */
function addPlugin(root: string): void {
  mkdirSync(join(root, 'mutation'));
  for (const name of ['mutation-plugin.js', 'mutations.ts'])
    copyFileSync(join('test', 'deploy', name), join(root, 'mutation', name));
  const file = join(root, 'serverless.yml');
  const own = '  - ./infra/plugin.js\n';
  writeFileSync(file, readFileSync(file, 'utf8').replace(own, `${own}  - ./mutation/mutation-plugin.js\n`));
}

/** What the SDK reaches the emulator with. */
export function clientSettings({ env }: Pick<Emulator, 'env'>, region = 'us-east-1') {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = env;
  return { endpoint, region, credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } };
}

type Place = {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly running: Set<ChildProcess>;
};

function runIn({ root, env, running }: Place, program: string, args: readonly string[]): Promise<Run> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: slowest });
    running.add(child);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (chunk: Buffer) => {
        said[stream] += chunk.toString();
      });
    child.on('error', failed);
    child.on('close', (code) => {
      running.delete(child);
      done({ code, ...said });
    });
  });
}

function outputOf({ code, stdout, stderr }: Run): string {
  if (code !== 0) throw new Error(`serverless ended with ${code}: ${stdout}${stderr}`);
  return `${stdout}${stdout.startsWith('{') ? '' : stderr}`;
}
