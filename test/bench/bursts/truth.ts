import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { measure } from './measured.ts';
import { burnwatch, findRivals, type Rival } from './rivals.ts';

const [serverCore, clientCore] = ['0', '1'];
const ratePerSecond = 2_000;
const seconds = 10;
const connections = 50;

/**
 * Of 20,000 users who come at 2,000/s, 2,000 come during the second in which the server stands still, and the first of
 * them waits all of it: of their waits, which are spread evenly over that second, 1 % of all users wait longer than 900 ms.
 */
const trueP99Ms = 900;
/** How far the p99, and the p50 in ms, may be off. */
const bars = { p99Ratio: 0.1, p50Ms: 2 };

/** What each load generator says of a server that freezes once for a second at 2,000 requests a second over ten seconds. */
export async function runTruth(): Promise<void> {
  const { rivals } = findRivals();
  const server = startServer();
  try {
    const [port] = (await once(server, 'message')) as [number];
    const url = `http://127.0.0.1:${port}/`;
    console.log(`\nA server that freezes for 1 s, ${ratePerSecond}/s over ${seconds} s: true p99 ${trueP99Ms} ms`);
    console.log('client         requests    p50 ms    p99 ms   p99 ÷ truth');
    for (const rival of [burnwatch, ...rivals]) await measureOne(rival, url, server);
  } finally {
    server.kill('SIGKILL');
  }
}

async function measureOne(rival: Rival, url: string, server: ChildProcess): Promise<void> {
  server.send('afresh');
  const { stdout } = await measure(clientCore, rival.command(url, connections, seconds, ratePerSecond));
  const { requests, p50Ms, p99Ms } = rival.read(stdout);
  const cells = [
    requests.toLocaleString('en-US').padStart(10),
    p50Ms.toFixed(1).padStart(10),
    p99Ms.toFixed(1).padStart(10),
    (p99Ms / trueP99Ms).toFixed(3).padStart(14),
  ];
  console.log(`${rival.name.padEnd(13)}${cells.join('')}`);
  if (rival !== burnwatch) return;
  const isTrue = Math.abs(p99Ms / trueP99Ms - 1) <= bars.p99Ratio && p50Ms <= bars.p50Ms;
  console.log(`burnwatch: p99 within 10 % and p50 within ${bars.p50Ms} ms: ${isTrue ? 'met' : 'missed'}`);
}

function startServer(): ChildProcess {
  const file = join(import.meta.dirname, 'frozen-server.ts');
  return spawn('taskset', ['-c', serverCore, process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
