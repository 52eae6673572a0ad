import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { localhostCertificate } from '../../support/certificates.ts';
import { firstByteMs, lastByteMs, type Order, type Probed, type Sample, type Truth } from './accuracy-model.ts';
import { type Child, startChild } from './child.ts';

type Case = {
  readonly megabytes: number;
  readonly count: number;
  readonly rounds: number;
  /** Of the error of kept samples at p99, ms. */
  readonly barMs: number;
  /** Of the part of the samples that is kept; absent: it is printed. */
  readonly keptBar?: number;
};

const cases: readonly Case[] = [
  { megabytes: 1_769, count: 20, rounds: 40, barMs: 8, keptBar: 0.95 },
  { megabytes: 1_769, count: 100, rounds: 12, barMs: 8, keptBar: 0.95 },
  { megabytes: 512, count: 20, rounds: 15, barMs: 20 },
  { megabytes: 512, count: 100, rounds: 5, barMs: 20 },
  { megabytes: 256, count: 20, rounds: 15, barMs: 20 },
  { megabytes: 256, count: 100, rounds: 4, barMs: 20 },
  { megabytes: 128, count: 20, rounds: 12, barMs: 20 },
  { megabytes: 128, count: 100, rounds: 3, barMs: 20 },
];

const [serverCore, clientCore] = [0, 1];
const coreMegabytes = 1_769;

/**
 * How far the total that a whole tick path measures (preparing, pacing, watch, prober) is from the truth: https, a fresh
 * connection each, on a full core and on those of small Lambdas. The truth is 50 ms by the server's own clock, which says
 * of each answer what it really took, and when the server itself was held up: such samples are left out, marked or not.
 * `raw` is what would be published without marks; `at once` starts them together, too. A process's first batch is left
 * out as well, and the last column says how many of it were kept.
 */
export async function runAccuracy(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-bench-'));
  const authority = join(folder, 'ca.pem');
  writeFileSync(authority, localhostCertificate.cert);
  await bundle(folder);
  const server = await startChild(join(folder, 'accuracy-server.js'), serverCore, 1);
  try {
    const port = Number(await server.ask('port'));
    console.log(`Error of the total over https, ms, of ${firstByteMs + lastByteMs} ms`);
    console.log('core %  measured    n  samples  kept %  kept p50  kept p99  raw p99  at once p99  bar');
    for (const each of cases) {
      const share = each.megabytes / coreMegabytes;
      const client = await startChild(join(folder, 'accuracy-client.js'), clientCore, share, {
        NODE_EXTRA_CA_CERTS: authority,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(each.megabytes),
      });
      try {
        console.log(await runCase(each, server, client, port));
      } finally {
        await client.end();
      }
    }
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the function is: what is loaded at first use in files of its own. */
async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: ['accuracy-server.ts', 'accuracy-client.ts'].map((file) => join(import.meta.dirname, file)),
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
}

async function runCase(each: Case, server: Child, client: Child, port: number): Promise<string> {
  const probe = (round: string, isPaced: boolean): Order => ({ port, count: each.count, round, isPaced });
  const ask = async (order: Order) => (await client.ask(order)) as Probed;
  const cpuShare = Number(await client.ask('spin'));
  const { samples: first } = await ask(probe('first', true));
  const samples: Sample[] = [];
  for (let round = 0; round < each.rounds; round += 1)
    samples.push(...(await ask(probe(`round${round}`, true))).samples);
  const { samples: atOnce } = await ask(probe('atOnce', false));
  const truth = (await server.ask('truth')) as Truth;
  return row(each, {
    means: client.means,
    cpuShare,
    first,
    samples: samples.filter((one) => isKnown(one, truth)),
    atOnce,
    truth,
  });
}

type Measured = {
  readonly means: string;
  readonly cpuShare: number;
  readonly first: readonly Sample[];
  readonly samples: readonly Sample[];
  readonly atOnce: readonly Sample[];
  readonly truth: Truth;
};

function row({ megabytes, count, barMs, keptBar }: Case, measured: Measured): string {
  const { samples, atOnce, first, truth } = measured;
  const delays = new Map(truth.delays);
  const errorAt = (quantile: number, some: readonly Sample[]): number => {
    const errors = some.map(({ id, latencyMs }) => Math.abs(latencyMs - (delays.get(id) ?? Number.NaN)));
    return errors.sort((a, b) => a - b)[Math.ceil(quantile * errors.length) - 1] ?? Number.NaN;
  };
  const kept = samples.filter(isKept);
  const keptRatio = kept.length / samples.length;
  const isMet = errorAt(0.99, kept) <= barMs && keptRatio >= (keptBar ?? 0);
  const failed = [...samples, ...atOnce, ...first].filter(({ isPassed }) => !isPassed).length;
  const cells: [string, number][] = [
    [((100 * megabytes) / coreMegabytes).toFixed(1), 6],
    [(100 * measured.cpuShare).toFixed(1), 10],
    [String(count), 5],
    [String(samples.length), 9],
    [(100 * keptRatio).toFixed(1), 8],
    [errorAt(0.5, kept).toFixed(1), 10],
    [errorAt(0.99, kept).toFixed(1), 10],
    [errorAt(0.99, samples).toFixed(1), 9],
    [errorAt(0.99, atOnce).toFixed(1), 13],
  ];
  return [
    cells.map(([cell, width]) => cell.padStart(width)).join(''),
    `p99 <= ${barMs}${keptBar === undefined ? '' : `, kept >= ${keptBar * 100} %`}: ${isMet ? 'ok' : 'missed'}`,
    `(CPU by ${measured.means}; first batch: ${first.filter(isKept).length} kept${failed === 0 ? '' : `; ${failed} did not pass`})`,
  ].join('  ');
}

function isKnown({ startedAt, latencyMs }: Sample, { holdUps }: Truth): boolean {
  return !holdUps.some(([fromAt, toAt]) => fromAt < startedAt + latencyMs && toAt > startedAt);
}

const isKept = ({ isContaminated }: Sample): boolean => !isContaminated;
