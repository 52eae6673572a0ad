import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from './measured.ts';
import { burnwatch, findRivals, type Rival } from './rivals.ts';

const [serverCore, clientCore] = ['0', '1'];
const connections = 50;
const seconds = 8;
const rounds = 3;

type Row = { readonly perSecond: number; readonly cpuMicros: number; readonly peakMb: number };

/** The bars: requests per second beside two rivals, CPU beside wrk's, memory. */
const bars = { autocannon: 1.15, hey: 1.8, wrkCpu: 1.5, peakMb: 130 };

/**
 * Requests per second, CPU per request and memory over kept-alive connections, nginx on one core and the whole command
 * `burnwatch burst` or a rival's on the other, in turns. Only the ratios are claims.
 */
export async function runThroughput(): Promise<void> {
  const { rivals, missing } = findRivals();
  if (spawnSync('nginx', ['-v']).error) return console.log('Requests per second: not run, nginx is missing');
  for (const name of missing) console.log(`${name} is missing: not compared`);
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-bench-'));
  const port = await freePort();
  const nginx = startNginx(folder, port);
  try {
    await answering(port);
    print(await measureAll([burnwatch, ...rivals], `http://127.0.0.1:${port}/`));
  } finally {
    nginx.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(all: readonly Rival[], url: string): Promise<ReadonlyMap<string, readonly Row[]>> {
  const rows = new Map<string, Row[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const rival of all) {
      const { stdout, cpuMs, peakMb } = await measure(clientCore, rival.command(url, connections, seconds));
      const said = rival.read(stdout);
      const row = { perSecond: said.requests / said.seconds, cpuMicros: (1_000 * cpuMs) / said.requests, peakMb };
      rows.get(rival.name)?.push(row);
    }
  }
  return rows;
}

function print(rows: ReadonlyMap<string, readonly Row[]>): void {
  const medians = new Map([...rows].map(([name, all]) => [name, medianOf(all)]));
  const ours = medians.get(burnwatch.name) ?? medianOf([]);
  console.log(`${connections} kept-alive connections for ${seconds} s, median of ${rounds} runs`);
  console.log('client         requests/s   ours ÷ theirs   CPU µs/request   ours ÷ theirs   peak MB');
  for (const [name, row] of medians) {
    const cells = [
      Math.round(row.perSecond).toLocaleString('en-US').padStart(12),
      ratio(ours.perSecond, row.perSecond).padStart(16),
      row.cpuMicros.toFixed(2).padStart(17),
      ratio(ours.cpuMicros, row.cpuMicros).padStart(16),
      row.peakMb.toFixed(0).padStart(10),
    ];
    console.log(`${name.padEnd(13)}${cells.join('')}`);
  }
  const of = (name: string) => medians.get(name);
  verdict(
    'requests/s beside autocannon',
    ours.perSecond / (of('autocannon')?.perSecond ?? Number.NaN),
    '≥',
    bars.autocannon,
  );
  verdict('requests/s beside hey', ours.perSecond / (of('hey')?.perSecond ?? Number.NaN), '≥', bars.hey);
  verdict('CPU per request beside wrk', ours.cpuMicros / (of('wrk')?.cpuMicros ?? Number.NaN), '≤', bars.wrkCpu);
  verdict('peak memory, MB', ours.peakMb, '≤', bars.peakMb);
}

function verdict(what: string, value: number, sign: '≥' | '≤', bar: number): void {
  const isMet = sign === '≥' ? value >= bar : value <= bar;
  const words = Number.isNaN(value) ? 'not measured' : isMet ? 'met' : 'missed';
  console.log(`${what}: ${value.toFixed(2)}, bar ${sign} ${bar}: ${words}`);
}

const ratio = (ours: number, theirs: number): string => (ours / theirs).toFixed(2);

function medianOf(rows: readonly Row[]): Row {
  const middle = (read: (row: Row) => number) =>
    rows.map(read).sort((a, b) => a - b)[Math.floor(rows.length / 2)] ?? Number.NaN;
  return {
    perSecond: middle((row) => row.perSecond),
    cpuMicros: middle((row) => row.cpuMicros),
    peakMb: middle((row) => row.peakMb),
  };
}

/** One worker that answers 200 and 15 bytes, and never closes a connection by itself. */
function startNginx(folder: string, port: number): ChildProcess {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/logs/error.log;
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  server { listen 127.0.0.1:${port}; location / { default_type text/plain; return 200 "a short answer\\n"; } }
}
`,
  );
  const args = [
    '-c',
    serverCore,
    'nginx',
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-e',
    join(folder, 'logs/error.log'),
  ];
  return spawn('taskset', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function answering(port: number): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx does not answer');
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
