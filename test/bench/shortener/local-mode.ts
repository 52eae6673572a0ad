import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Running, root, startLocalMode, temporaryFolder } from '../../local/local-mode.ts';

const execute = promisify(execFile);
const connections = 50;
const seconds = 3;
const rounds = 3;
const burst = 14_000;

/**
 * Requests per second over kept-alive connections, in turns, from local mode and from a bare node:http server that answers
 * the same; only the ratios are claims. Then one burst, every click of which must be counted.
 */
export async function runLocalMode(bare: string): Promise<void> {
  const folder = temporaryFolder();
  const local = await startLocalMode(folder.path);
  try {
    const link = await makeLink(local);
    await compare([
      ['bare node:http', bare],
      ['the built-in link', `${local.shortener}/demo`],
      ['a link', link],
      ['a code without one', `${local.shortener}/nobody1`],
    ]);
    await sendBurst(link, local);
  } finally {
    await local.end();
    folder.remove();
  }
}

async function makeLink({ shortener }: Running): Promise<string> {
  const body = JSON.stringify({ url: 'https://example.com/', code: 'bench1' });
  const answer = await fetch(`${shortener}/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (answer.status !== 201) throw new Error(`no link was made: ${answer.status} ${await answer.text()}`);
  return `${shortener}/bench1`;
}

async function compare(targets: readonly (readonly [string, string])[]): Promise<void> {
  if (spawnSync('wrk', ['-v']).error) return console.log('Requests per second: not run, wrk is missing');
  const runs = new Map(targets.map(([name]) => [name, [] as Load[]]));
  for (let round = 0; round < rounds; round++) for (const [name, url] of targets) runs.get(name)?.push(await load(url));
  const median = (name: string) => runs.get(name)?.sort((a, b) => a.perSecond - b.perSecond)[(rounds - 1) / 2];
  const base = median('bare node:http')?.perSecond ?? Number.NaN;
  console.log(`\n${connections} connections for ${seconds} s   requests/s   ratio   p99 ms`);
  for (const [name] of targets) {
    const { perSecond, p99Ms } = median(name) ?? { perSecond: Number.NaN, p99Ms: Number.NaN };
    const cells = [
      Math.round(perSecond).toLocaleString('en-US').padStart(14),
      (perSecond / base).toFixed(2).padStart(8),
    ];
    console.log(`${name.padEnd(22)}${cells.join('')}${p99Ms.toFixed(1).padStart(9)}`);
  }
}

type Load = { readonly perSecond: number; readonly p99Ms: number };
const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

async function load(url: string): Promise<Load> {
  const { stdout } = await execute('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url]);
  if (/Socket errors/.test(stdout)) throw new Error(stdout);
  const [, value, unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99Ms: Number(value) * (units[unit] ?? Number.NaN),
  };
}

/** The clicks that are shown afterwards are those before and the burst's, to the last one. */
async function sendBurst(link: string, local: Running): Promise<void> {
  const clicks = async (): Promise<number> => {
    const answer = await fetch(`${local.shortener}/links/bench1`);
    return JSON.parse(await answer.text()).clicks;
  };
  const before = await clicks();
  const size = ['--concurrency', String(connections), '--requests', String(burst)];
  const command = [join(root, 'infra/cli/burnwatch.js'), 'burst', '--url', link, ...size, '--json'];
  const { stdout, stderr } = await execute(process.execPath, command).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  if (stdout === '') return console.log(`\nA burst of ${burst}: not run, ${stderr}`);
  const { requests, failures, dropped, throughputPerSecond, latencyMs } = JSON.parse(stdout);
  const counted = (await clicks()) - before;
  const rate = Math.round(throughputPerSecond).toLocaleString('en-US');
  console.log(
    `\nA burst of ${burst} on ${local.shortener}: ${requests} requests, ${failures} failures, ${dropped} dropped, ` +
      `${counted} clicks counted, ${rate}/s, p99 ${latencyMs.p99} ms`,
  );
}
