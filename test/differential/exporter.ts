import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const command = 'prometheus-blackbox-exporter';

/** What one module of the exporter's configuration says; JSON is YAML. */
export type ExporterModule = Readonly<Record<string, unknown>>;

/** Metrics by their name with its labels, as the exporter prints them. */
export type Metrics = ReadonlyMap<string, number>;

export type Exporter = {
  probe(module: string, target: string): Promise<Metrics>;
  stop(): void;
};

/** Its version, or undefined where it is not installed. */
export function exporterVersion(): string | undefined {
  try {
    const text = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return /version (\S+)/.exec(text)?.[1];
  } catch {
    // Not installed: the caller says so.
    return undefined;
  }
}

/** Starts the exporter on loopback. */
export async function startExporter(modules: Readonly<Record<string, ExporterModule>>): Promise<Exporter> {
  const folder = mkdtempSync(join(tmpdir(), 'blackbox-'));
  const config = join(folder, 'blackbox.yml');
  writeFileSync(config, JSON.stringify({ modules }));
  const port = await freePort();
  const child = spawn(command, [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(child, origin);
  return {
    probe: async (module, target) => {
      const query = new URLSearchParams({ module, target });
      const response = await fetch(`${origin}/probe?${query}`, { signal: AbortSignal.timeout(15_000) });
      return parseMetrics(await response.text());
    },
    stop: () => {
      child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The sum of all metrics of this name whose labels hold this text; undefined where there is none. */
export function sumOf(metrics: Metrics, name: string, label = ''): number | undefined {
  const found = [...metrics].filter(([key]) => (key === name || key.startsWith(`${name}{`)) && key.includes(label));
  return found.length === 0 ? undefined : found.reduce((sum, [, value]) => sum + value, 0);
}

/** The value of a label of the first metric of this name. */
export function labelOf(metrics: Metrics, name: string, label: string): string | undefined {
  const key = [...metrics.keys()].find((each) => each.startsWith(`${name}{`));
  return key === undefined ? undefined : new RegExp(`${label}="([^"]*)"`).exec(key)?.[1];
}

function parseMetrics(text: string): Metrics {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function untilReady(child: ChildProcess, origin: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = `${said}${text}`.slice(-2_000);
  });
  for (let turn = 0; turn < 100 && child.exitCode === null; turn += 1) {
    const isUp = await fetch(`${origin}/-/healthy`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  child.kill();
  throw new Error(`the exporter did not start: ${said}`);
}
