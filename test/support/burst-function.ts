import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createFunctionHost, type FunctionHost } from '../../infra/local/function/host.ts';

/** What one call of PutMetricData asked for, by metric: how many samples, or the value. */
export type Published = {
  readonly name: string;
  readonly samples: number;
  readonly at: string;
  readonly burst: string;
};

/** A CloudWatch that remembers what is published, and a parameter store with one value for every path. */
export async function startFakeAws(secret: string) {
  const published: Published[] = [];
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']);
    asked.push(target.split('.')[1] ?? '');
    const body = JSON.parse((await readBody(request)).toString('utf8'));
    if (target.endsWith('.PutMetricData')) published.push(...body.MetricData.map(publishedOf));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(target.endsWith('.GetParameter') ? JSON.stringify({ Parameter: { Value: secret } }) : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { endpoint, published, asked, close };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
}

function publishedOf(datum: {
  MetricName: string;
  Timestamp: number;
  Value?: number;
  Counts?: number[];
  Dimensions: { Name: string; Value: string }[];
}): Published {
  const { MetricName: name, Timestamp, Value = 0, Counts, Dimensions } = datum;
  return {
    name,
    samples: Counts === undefined ? Value : Counts.reduce((sum, count) => sum + count, 0),
    at: new Date(Timestamp * 1_000).toISOString(),
    burst: Dimensions.find(({ Name }) => Name === 'Burst')?.Value ?? '',
  };
}

/** The bundled burst function in a thread of its own, as one sandbox. */
export function startBurstFunction(outdir: string, environment: Readonly<Record<string, string>>) {
  let log = '';
  const host: FunctionHost = createFunctionHost(
    {
      name: 'burst',
      functionName: 'shop-test-burst',
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-test-burst',
      file: join(outdir, 'burst', 'index.js'),
      environment: {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
        BURNWATCH_SERVICE: 'shop',
        BURNWATCH_ENVIRONMENT: 'test',
        ...environment,
      },
      timeoutMs: 120_000,
      memoryMegabytes: 1_024,
    },
    (text) => {
      log += text;
    },
  );
  return {
    invoke: async (event: object) => {
      const { isError, payload } = await host.invoke(JSON.stringify(event));
      return { isError, answer: JSON.parse(payload) };
    },
    /** Its log lines, those that are JSON. */
    lines: (): Record<string, unknown>[] =>
      log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [])),
    log: () => log,
    close: () => host.close(0),
  };
}
