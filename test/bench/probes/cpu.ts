import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concurrency, type Order } from './cpu-order.ts';

const exporterFile = '/usr/bin/prometheus-blackbox-exporter';
const [serverCore, clientCore] = ['0', '1'];
const rounds = 7;
/** Linux counts the CPU of a process in hundredths of a second (`getconf CLK_TCK`). */
const tickMs = 10;

type Scheme = 'http' | 'https';
/** How much CPU ours may take, beside the exporter's. */
const bars: Readonly<Record<Scheme, number>> = { http: 0.45, https: 0.9 };
const counts: Readonly<Record<Scheme, number>> = { http: 3_000, https: 1_500 };

type Targets = Readonly<Record<Scheme, string>> & { readonly ca: string };
type Costs = Record<Scheme, { ours: number[]; exporter: number[] }>;

/**
 * CPU time of one probe on a fresh connection, 50 at once on one core: the whole path of the probe function, beside
 * prometheus-blackbox-exporter on the same targets in turns. Only the ratio is a claim.
 */
export async function runCpu(): Promise<void> {
  const missing = whatIsMissing();
  if (missing) return console.log(`CPU per probe: not run, ${missing} is missing`);
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-bench-'));
  const children: ChildProcess[] = [];
  try {
    const server = startOurs('cpu-server.ts', serverCore);
    children.push(server);
    const [targets] = (await once(server, 'message')) as [Targets];
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, targets.ca);
    const client = startOurs('cpu-client.ts', clientCore);
    children.push(client);
    const exporter = await startExporter(folder, caFile);
    children.push(exporter.process);
    print(await measureAll(targets, caFile, client, exporter));
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function whatIsMissing(): string | undefined {
  if (!existsSync(exporterFile)) return exporterFile;
  return spawnSync('taskset', ['--version']).error ? 'taskset' : undefined;
}

async function measureAll(targets: Targets, caFile: string, client: ChildProcess, exporter: Exporter): Promise<Costs> {
  const costs: Costs = { http: { ours: [], exporter: [] }, https: { ours: [], exporter: [] } };
  for (let round = 0; round <= rounds; round += 1) {
    for (const scheme of ['http', 'https'] as const) {
      const order = { url: targets[scheme], caFile, count: counts[scheme] };
      const ours = await measureOurs(client, order);
      const theirs = await measureExporter(exporter, order);
      // The first round compiles our code and fills their caches.
      if (round === 0) continue;
      costs[scheme].ours.push(ours);
      costs[scheme].exporter.push(theirs);
    }
  }
  return costs;
}

function print(costs: Costs): void {
  console.log(`CPU per probe on a fresh connection, ${concurrency} at once, ms`);
  console.log('target   burnwatch   blackbox_exporter   ratio   bar');
  for (const scheme of ['http', 'https'] as const) {
    const [ours, theirs] = [median(costs[scheme].ours), median(costs[scheme].exporter)];
    const cells = [
      ours.toFixed(3).padStart(12),
      theirs.toFixed(3).padStart(20),
      (ours / theirs).toFixed(2).padStart(8),
    ];
    const verdict = ours / theirs <= bars[scheme] ? 'met' : 'missed';
    console.log(`${scheme.padEnd(6)}${cells.join('')}   ≤ ${bars[scheme].toFixed(2)} ${verdict}`);
  }
}

function startOurs(file: string, core: string): ChildProcess {
  const child = spawn('taskset', ['-c', core, process.execPath, join(import.meta.dirname, file)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.once('exit', (code) => {
    if (code) throw new Error(`${file} ended with ${code}`);
  });
  return child;
}

async function measureOurs(client: ChildProcess, order: Order): Promise<number> {
  const answer = once(client, 'message');
  client.send(order);
  const [cpuMs] = (await answer) as [number];
  return cpuMs;
}

type Exporter = { readonly process: ChildProcess; readonly port: number };

async function startExporter(folder: string, caFile: string): Promise<Exporter> {
  const config = join(folder, 'blackbox.yml');
  writeFileSync(config, moduleText(caFile));
  const port = await freePort();
  const args = ['-c', clientCore, exporterFile, `--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn('taskset', [...args, '--log.level=error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let turn = 0; turn < 100; turn += 1) {
    if (await ask(`http://127.0.0.1:${port}/-/healthy`, new Agent()).then(Boolean, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { process: child, port };
}

/** The same two questions to the answer; no retries, no redirects to follow, IPv4. */
function moduleText(caFile: string): string {
  return `modules:
  same:
    prober: http
    timeout: 10s
    http:
      preferred_ip_protocol: ip4
      valid_status_codes: [200]
      fail_if_body_not_matches_regexp: ['ok']
      tls_config: { ca_file: ${JSON.stringify(caFile)} }
`;
}

async function measureExporter({ process: child, port }: Exporter, { url, count }: Order): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const question = `http://127.0.0.1:${port}/probe?module=same&target=${encodeURIComponent(url)}`;
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      if (!(await ask(question, agent)).includes('\nprobe_success 1')) throw new Error(`the exporter fails on ${url}`);
    }
  };
  const before = cpuOf(child);
  await Promise.all(Array.from({ length: concurrency }, work));
  agent.destroy();
  return (cpuOf(child) - before) / count;
}

/** User and system time of a process, ms (proc(5), `stat`, fields 14 and 15). */
function cpuOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: 15_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
