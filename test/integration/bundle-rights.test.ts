import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundle, writeRuntimeConfig } from '../../infra/build.ts';
import { createFunctionHost } from '../../infra/local/function/host.ts';
import { buildResources } from '../../infra/resources.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';

/** Something of everything, so that every role has all that its function may ever need. */
const everything = `
version: 1
service: shop
acknowledge: link
channels:
  oncall: { type: email, to: oncall@example.com }
  chat: { type: slack, url: "\${ssm:/shop/slack}" }
monitors:
  site:
    type: http
    request: { url: https://example.com/, headers: { authorization: "Bearer \${ssm:/shop/token}" } }
    alerts: [{ notify: [oncall, chat] }]
  nightly: { type: heartbeat, period: 1d, grace: 1h, alerts: [{ notify: [oncall] }] }
bursts:
  peak:
    schedule: cron(0 3 * * ? *)
    request: { url: https://example.com/, headers: { x-key: "\${ssm:/shop/key}" } }
    stages: [{ hold: 10/s, for: 5s }]
    limits: { concurrency: 10, requests: 100 }
    thresholds: [p99 < 300ms]
    requireBudget: { left: 50%, slos: [probes, bursts, api] }
    alerts: [{ notify: [oncall] }]
slos:
  probes: { indicator: { monitors: [site] }, objective: 99.9%, window: 30d, notify: [oncall] }
  bursts: { indicator: { bursts: [peak] }, objective: 99%, window: 30d, notify: [oncall] }
  api:
    indicator: { cloudwatch: { namespace: AWS/ApiGateway, dimensions: { ApiId: abc }, bad: 5xx, total: Count } }
    objective: 99.5%
    window: 28d
    notify: [oncall]
`;

/** Calls that the SDK carries with it and makes only where endpoint discovery is switched on, which it is nowhere. */
const neverMade = ['dynamodb:DescribeEndpoints'];

/**
 * What a role allows that no bundle calls: what Lambda does in the function's name. Its log is written by the runtime, and
 * what it could not handle is put into the queue by Lambda itself.
 */
const doneByLambda = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];

/**
 * Calls of modules that are loaded at first use, and so are bundled whole, of which this function takes a part. Its role
 * refuses them, as it should.
 */
const unused: Readonly<Record<string, readonly string[]>> = {
  probe: ['dynamodb:UpdateItem'], // remembers calls of heartbeats: status does, the probe reads them
  status: ['dynamodb:PutItem'], // archives incidents: evaluate does, status acknowledges them
};

describe('what bundles call and what roles allow', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'burnwatch-rights-'));
  let bundles: readonly Bundle[] = [];
  beforeAll(async () => {
    bundles = await bundle(process.cwd(), outdir);
  }, 60_000);
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it.each(['probe', 'evaluate', 'burst', 'notify', 'status', 'shortener'])(
    '%s may do what its code calls, and nothing more',
    (name) => {
      const calls = callsOf(bundles.find((each) => each.name === name));
      expect(calls.length).toBeGreaterThan(2);
      const expected = calls.filter((call) => !neverMade.includes(call) && !unused[name]?.includes(call));
      expect(allowedTo(name).filter((action) => !doneByLambda.includes(action))).toEqual(expected);
    },
  );
  it.each([
    ['eu-west-1', { BURNWATCH_HOME_REGION: 'eu-west-1' }],
    ['us-east-1', {}],
  ])(
    'probe keeps what it finds in %s, wherever it runs, under the name of its own location',
    async (home, variables) => {
      const { asked, origin, close } = await startRegions();
      const parsed = parseConfig(
        // A failure is published on a busy machine, too, whose latencies are not.
        `version: 1
service: shop
monitors:
  site:
    type: http
    retry: { limit: 0 }
    request: { url: "${origin}/", headers: { x-key: "\${ssm:/key}" } }
    assertions: [status == 503]
`,
        { file: 'monitors.yml', env: {} },
      );
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      writeRuntimeConfig(parsed.config, outdir);
      const keys = {
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: origin,
      };
      const names = { BURNWATCH_SERVICE: 'shop', BURNWATCH_ENVIRONMENT: 'dev', LEDGER_TABLE: 'shop-dev-ledger' };
      const environment = { ...keys, ...names, ...variables, BURNWATCH_ALLOW_ORIGINS: origin };
      const named = {
        name: 'probe',
        functionName: 'shop-dev-probe',
        functionArn: 'arn:aws:lambda:us-east-1:1:function:x',
      };
      const limits = { timeoutMs: 30_000, memoryMegabytes: 512, file: join(outdir, 'probe', 'index.js') };
      const host = createFunctionHost({ ...named, ...limits, environment }, () => {});
      try {
        expect(await host.invoke(JSON.stringify({ shard: 's00' }))).toMatchObject({ isError: false });
        expect(asked).toEqual([
          `ssm ${home} GetParameter`,
          `dynamodb ${home} PutItem tick#us-east-1#`,
          `monitoring ${home} PutMetricData`,
        ]);
      } finally {
        await host.close(0);
        await close();
      }
    },
  );

  it('probe may do in a location that is not home what it may do there, but for heartbeats', () => {
    const elsewhere = allowedTo('probe', [], 'locations: { home: eu-west-1, also: [us-east-1] }\n');
    expect(elsewhere).toEqual(allowedTo('probe').filter((action) => action !== 'dynamodb:Query'));
  });

  /** No bundle calls KMS: services do in the name of a function, DynamoDB for all of them, SNS and SQS for those that send. */
  it.each([
    ['probe', ['kms:Decrypt']],
    ['evaluate', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['burst', ['kms:Decrypt']],
    ['notify', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['status', ['kms:Decrypt']],
    ['shortener', ['kms:Decrypt']],
  ])("%s may beside that use a key of one's own for what services do in its name", (name, added) => {
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const without = allowedTo(name);
    expect(allowedTo(name, [key]).filter((action) => !without.includes(action))).toEqual(added);
  });
});

/** A place for everything that is asked of AWS, and the target of the monitor: what was asked, of which service, in which region. */
async function startRegions() {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = String(request.headers['x-amz-target']).split('.')[1];
    const [, region, service] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const row = call === 'PutItem' ? JSON.parse(Buffer.concat(chunks).toString()).Item.pk.S.slice(0, -13) : '';
    if (service !== undefined) asked.push([service, region, call, row].join(' ').trim());
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(call === 'GetParameter' ? '{"Parameter":{"Value":"secret"}}' : '{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { asked, origin, close };
}

/** The API calls whose commands are in a bundle after everything that nobody asks for was shaken out. */
function callsOf(made: Bundle | undefined): string[] {
  const found = Object.values(made?.metafile.outputs ?? {})
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => {
      const [, service, call] = /@aws-sdk\/client-([\w-]+)\/.*\/(\w+)Command\.js$/.exec(path) ?? [];
      return service === undefined ? [] : [`${service}:${call}`];
    });
  return [...new Set(found)].sort();
}

function allowedTo(name: string, encryptionKeys: readonly string[] = [], locations = ''): string[] {
  const parsed = parseConfig(`${everything}${locations}`, { file: 'monitors.yml', env: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { Resources } = buildResources(parsed.config, {
    stage: 'dev',
    region: 'us-east-1',
    isShortenerOn: true,
    areFaultsOn: true,
    isRetained: false,
    logRetentionDays: 30,
    areMetricsOn: true,
    encryptionKeys,
  });
  const role = Resources[`${name[0]?.toUpperCase()}${name.slice(1)}Role`];
  const [policy] = JSON.parse(JSON.stringify(role?.Properties['Policies']));
  const actions = policy.PolicyDocument.Statement.filter(
    ({ Effect }: { Effect: string }) => Effect === 'Allow',
  ).flatMap(({ Action }: { Action: string[] }) => Action);
  return [...new Set<string>(actions)].sort();
}
