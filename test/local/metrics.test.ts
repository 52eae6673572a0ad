import { execFile, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { freePort } from '../differential/exporter.ts';
import { type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';

const run = promisify(execFile);
const promtool = process.env['PROMTOOL'] ?? 'promtool';
const prometheus = process.env['PROMETHEUS'] ?? 'prometheus';

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not installed: said below
  }
}

const canCheck = isThere(promtool);
const canScrape = isThere(prometheus);
if (!canCheck || !canScrape)
  console.warn('NOT RUN: there is no promtool or no prometheus (Debian: prometheus) to read /metrics with');

describe('/metrics of local mode', () => {
  const folder = temporaryFolder();
  let local: Running;
  const text = async (accept?: string) => {
    const answer = await fetch(`${local.shortener}/metrics`, { headers: accept === undefined ? {} : { accept } });
    expect(answer.status).toBe(200);
    return answer.text();
  };

  beforeAll(async () => {
    local = await startLocalMode(folder.path, '--interval', '5s');
    await local.until(({ monitors }) => (monitors[0]?.history.length ?? 0) > 1, 60_000);
  }, 120_000);
  afterAll(async () => {
    await local.end();
    folder.remove();
  });

  it('tells how the monitors and the budgets stand', async () => {
    const lines = (await text()).split('\n');
    expect(lines.some((line) => /^probe_success\{monitor="shortener-health"\} [01]$/.test(line))).toBe(true);
    expect(lines).toContain('burnwatch_slo_objective_ratio{slo="shortener-availability"} 0.999');
    expect((await text('application/openmetrics-text')).endsWith('\n# EOF\n')).toBe(true);
  }, 30_000);

  it.each(['DELETE', 'POST'])(
    'knows no %s',
    async (method) => {
      expect((await fetch(`${local.shortener}/metrics`, { method })).status).toBe(405);
    },
    30_000,
  );

  it("beside which the app's own metrics come out of its log, and its log answers queries", async () => {
    const make = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"url":"https://example.com/","code":"seen1"}',
    };
    expect((await fetch(`${local.shortener}/links`, make)).status).toBe(201);
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
    // A request that comes within a second of another is told with the next one, and may have no line of its own.
    const follow = async () => {
      const answer = await fetch(`${local.shortener}/seen1`, { redirect: 'manual', headers });
      await pause(1_200);
      return ask(folder.path, 'one-request-by-its-id', '--id', answer.headers.get('x-request-id') ?? '');
    };
    await follow(); // a miss of the cache; what follows are hits
    let rows: readonly Sample[] = [];
    for (let tries = 0; rows.length === 0 && tries < 10; tries++) rows = await follow();
    expect(rows).toMatchObject([{ function: 'shortener-local-shortener', route: '/{code}', status: '302' }]);
    expect(JSON.stringify(rows)).not.toContain('seen1');
    expect((await ask(folder.path, 'one-request-by-its-id', '--id', trace)).length).toBeGreaterThan(0);
    expect((await ask(folder.path, 'what-did-the-probe-see')).length).toBeGreaterThan(0);
    const { series } = await vended(local.aws, [
      'RequestLatency',
      'CacheHits',
      'CacheMisses',
      'ConcurrentExecutions',
      'Latency',
    ]);
    expect(series).toEqual(['RequestLatency', 'CacheHits', 'CacheMisses', 'ConcurrentExecutions', 'Latency']);
  }, 90_000);

  (canCheck ? it : it.skip)(
    'is what promtool takes, without a complaint',
    async () => {
      const input = await text();
      expect(execFileSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
    },
    30_000,
  );

  (canScrape ? it : it.skip)(
    'is scraped by Prometheus, which answers with what was told',
    async () => {
      const server = await scrapeWith(folder.path, new URL(local.shortener).host);
      try {
        expect(await server.query('probe_success', 30_000)).toMatchObject([{ monitor: 'shortener-health' }]);
        expect(await server.query('up', 30_000)).toEqual([{ value: 1 }]);
        expect(await server.query('burnwatch_slo_budget_left_ratio', 30_000)).toMatchObject([
          { slo: 'shortener-availability' },
        ]);
      } finally {
        await server.end();
      }
    },
    120_000,
  );
});

/** Those of these metrics that the local CloudWatch knows by now, or after some seconds. */
async function vended(aws: string, wanted: readonly string[]) {
  const client = new CloudWatchClient({
    endpoint: aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  try {
    for (let tries = 0; ; tries++) {
      const { Metrics = [] } = await client.send(new ListMetricsCommand({}));
      const series = wanted.filter((name) => Metrics.some((metric) => metric.MetricName === name));
      if (series.length === wanted.length || tries > 50) return { series };
      await pause(200);
    }
  } finally {
    client.destroy();
  }
}

/** The rows that `burnwatch logs` finds in the local mode whose data is in `folder`. */
async function ask(folder: string, ...argv: string[]): Promise<readonly Sample[]> {
  const { awsEndpoint } = JSON.parse(readFileSync(join(folder, 'local.json'), 'utf8'));
  const command = [join(root, 'infra/cli/burnwatch.js'), 'logs', ...argv, '--since', '5m', '--json'];
  const { stdout } = await run(process.execPath, command, {
    cwd: root,
    env: { ...process.env, AWS_ENDPOINT_URL: awsEndpoint },
  });
  return JSON.parse(stdout).rows;
}

type Sample = Readonly<Record<string, string | number>>;
/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-vectors */
type Answer = {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
};

/** A Prometheus that scrapes `target` every second, with its data in `folder`. */
async function scrapeWith(folder: string, target: string) {
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: [{ job_name: 'burnwatch', metrics_path: '/metrics', static_configs: [{ targets: [target] }] }],
  };
  writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(config));
  const child = spawn(
    prometheus,
    [
      `--config.file=${join(folder, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ask = async (query: string): Promise<readonly Sample[]> => {
    const address = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const { data } = (await (await fetch(address)).json()) as Answer;
    return data.result.map(({ metric, value }) => {
      const { __name__: _, instance: __, job: ___, ...labels } = metric;
      return { ...labels, value: Number(value[1]) };
    });
  };
  return {
    /** The samples of a query, once there are any. */
    query: async (query: string, withinMs: number) => {
      const until = Date.now() + withinMs;
      for (;;) {
        const samples = await ask(query).catch(() => []); // it may not listen yet
        if (samples.length > 0 || Date.now() > until) return samples;
        await pause(200);
      }
    },
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
