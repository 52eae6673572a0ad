import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { copyProject, removeProject, serverless } from '../support/package.ts';
import { endAll, type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';

const run = promisify(execFile);

/** Planted in SSM, and sent to a target that shouts it back in its status line, headers and body. */
const token = 'tok/en "planted" 7f3a9c51';
const forms = [
  token,
  'planted\\" 7f3a9c51',
  '7f3a9c51',
  encodeURIComponent(token),
  Buffer.from(token).toString('base64'),
  Buffer.from(token).toString('base64url'),
  Buffer.from(token).toString('hex'),
];

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const file = join(folder.path, 'monitors.yml');
let target: Server;
let local: Running | undefined;

beforeAll(async () => {
  target = createServer((request, response) => {
    const authorization = String(request.headers.authorization);
    response.writeHead(500, { 'content-type': 'application/json', 'x-said': encodeURIComponent(authorization) });
    response.end(JSON.stringify({ error: `not allowed: ${authorization}`, path: request.url }));
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const { port } = target.address() as AddressInfo;
  writeFileSync(file, config(port));
  mkdirSync(data, { recursive: true });
  local = await startLocalMode(data, '--config', file, '--interval', '1s');
  const parameters = join(data, 'parameters.json');
  const known = JSON.parse(readFileSync(parameters, 'utf8'));
  writeFileSync(parameters, JSON.stringify({ ...known, '/planted/token': token }), { mode: 0o600 });
}, 40_000);

afterAll(async () => {
  await endAll(local);
  await new Promise((resolve) => target.close(resolve));
  folder.remove();
}, 20_000);

const config = (port: number) => `version: 1
service: secrets
channels:
  oncall: { type: email, to: oncall@example.com }
monitors:
  leaky:
    type: http
    allowPrivate: true
    request:
      url: http://127.0.0.1:${port}/path?token=\${ssm:/planted/token}
      headers: { authorization: "Bearer \${ssm:/planted/token}" }
    assertions:
      - { source: json, path: $.error, op: equals, value: none }
      - { source: header, path: x-said, op: equals, value: nothing }
      - status == 200
      - { source: json, path: $.path, op: equals, value: none }
      - body contains "fine"
    alerts: [{ for: { failures: 2, of: 3 }, notify: [oncall] }]
slos:
  leaky-availability:
    indicator: { monitors: [leaky] }
    objective: 99.99%
    window: 30d
    alerts: [{ severity: page, budget: 2%, long: 1h, notify: [oncall] }]
`;

describe('a token planted in the configuration', () => {
  it('is sent to the target, and is nowhere in what we keep, show, log or send', async () => {
    // Both alerts: that of the SLO is in the ledger a moment after that of the monitor.
    await local?.until(({ inbox }) => inbox.length >= 2, 60_000);
    while (!(await scanTables(local?.aws ?? '')).includes('leaky-availability')) await pause(200);
    const state = await local?.state();
    // The target really shouts it: otherwise this test could not fail.
    expect(state?.monitors[0]?.message).toContain('not allowed: Bearer ***');
    const places = {
      state: JSON.stringify(state),
      inbox: JSON.stringify(state?.inbox),
      output: local?.output() ?? '',
      ledger: await scanTables(local?.aws ?? ''),
      metrics: await (await listMetrics(local?.aws ?? '')).text(),
      ...readTree(data),
    };
    expect(Object.keys(places).filter((place) => place.startsWith('build/')).length).toBeGreaterThan(10);
    expect(places.ledger).toContain('leaky-availability');
    expect(found(places)).toEqual([]);
  }, 90_000);

  it('is not in what the command line prints, as a table, as JSON or as a log', async () => {
    const argv = ['infra/cli/burnwatch.js', 'probe', '--config', file];
    const env = { ...process.env, ...awsEnvironment(local?.aws ?? '') };
    const outputs = await Promise.all(
      [argv, [...argv, '--json'], ['infra/cli/burnwatch.js', 'validate', '--config', file, '--json']].map((args) =>
        run(process.execPath, args, { cwd: root, env }).catch((error) => error),
      ),
    );
    expect(String(outputs[1]?.stdout)).toContain('***');
    const places = Object.fromEntries(
      outputs.map(({ stdout, stderr }, index) => [`run ${index}`, `${stdout}${stderr}`]),
    );
    expect(found(places)).toEqual([]);
  }, 60_000);

  it('is in no bundle, no template and nothing else that is packaged for AWS', async () => {
    const project = copyProject();
    try {
      writeFileSync(join(project, 'planted.yml'), readFileSync(file));
      const flags = ['--param', 'config=planted.yml', '--param', 'shortener=off'];
      const { code, stdout, stderr } = await serverless(project, ['package', ...flags]);
      expect(code).toBe(0);
      const places = {
        output: `${stdout}${stderr}`,
        ...readTree(join(project, 'dist')),
        ...readTree(join(project, '.serverless')),
      };
      expect(Object.keys(places)).toEqual(expect.arrayContaining(['probe/shards/s00.json', 'probe.zip']));
      expect(JSON.stringify(places)).toContain('/planted/token');
      expect(found(places)).toEqual([]);
    } finally {
      removeProject(project);
    }
  }, 90_000);

  it('is refused where it stands in the file itself, without being quoted', async () => {
    const literal = join(folder.path, 'literal.yml');
    writeFileSync(literal, config(1).replaceAll('${ssm:/planted/token}', 'planted-7f3a9c51'));
    const { code, stdout, stderr } = await run(
      process.execPath,
      ['infra/cli/burnwatch.js', 'validate', '--config', literal],
      { cwd: root },
    ).catch((error) => error);
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain('monitors.leaky.request.headers.authorization');
    expect(found({ output: `${stdout}${stderr}` })).toEqual([]);
  }, 30_000);
});

function found(places: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(places)
    .filter(([place]) => !place.startsWith('parameters.json'))
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([place]) => place);
}

/** Every file below a folder by its path, as text in which bytes are characters. */
function readTree(top: string): Record<string, string> {
  const files = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(top, name)).isFile(),
  );
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(top, name), 'latin1')]));
}

async function scanTables(endpoint: string): Promise<string> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { TableNames: names = [] } = await client.send(new ListTablesCommand());
  const tables = await Promise.all(names.map((TableName) => client.send(new ScanCommand({ TableName }))));
  client.destroy();
  const asText = (_key: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
  return JSON.stringify(tables, asText);
}

const listMetrics = (endpoint: string) =>
  fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
      authorization:
        'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: '{}',
  });

const awsEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
});
