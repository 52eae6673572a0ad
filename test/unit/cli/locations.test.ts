import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { tickKey } from '../../../shared/ledger/keys.ts';
import { createIo } from './io.ts';

const text = `version: 1
service: shop
locations: { home: eu-west-1, also: [us-east-1, ap-southeast-2] }
monitors:
  own: { type: http, request: { url: "\${output:ShortenerUrl}/health" } }
  job: { type: heartbeat, period: 1h, grace: 5m }
`;
const url = 'https://abc.execute-api.eu-west-1.amazonaws.com';
const changed = '2026-11-20T10:00:00Z';

/** What CloudFormation, the Scheduler and the ledger have of one region. */
type There = { readonly status?: string; readonly schedules?: readonly string[]; readonly rowAgeMs?: number };
let regions: Readonly<Record<string, There>> = {};
let folder = '';
let aws: Server;
const keys = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'secret', AWS_EC2_METADATA_DISABLED: 'true' };
const before = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, keys);
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-locations-'));
  aws = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, region = '', service] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const { status, body } = answerOf(service, region, Buffer.concat(chunks).toString());
    response.statusCode = status;
    response.end(body);
  });
  await new Promise<void>((done) => aws.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  for (const name of Object.keys(keys)) delete process.env[name];
  Object.assign(process.env, before);
  aws.closeAllConnections();
  await new Promise((done) => aws.close(done));
  rmSync(folder, { recursive: true });
});

function answerOf(service: string | undefined, region: string, asked: string): { status: number; body: string } {
  const there = regions[region];
  switch (service) {
    case 'cloudformation':
      return stackAnswer(there?.status, region);
    case 'scheduler': {
      const Schedules = (there?.schedules ?? []).map((Name) => ({ Name, State: 'ENABLED' }));
      return { status: 200, body: JSON.stringify({ Schedules }) };
    }
    default:
      return rowAnswer(asked);
  }
}

function stackAnswer(state: string | undefined, region: string): { status: number; body: string } {
  const error = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id shop-prod does not exist</Message></Error></ErrorResponse>`;
  if (state === undefined) return { status: 400, body: error };
  const outputs =
    region === 'eu-west-1'
      ? `<Outputs><member><OutputKey>ShortenerUrl</OutputKey><OutputValue>${url}</OutputValue></member></Outputs>`
      : '';
  const stack = `<StackName>shop-prod</StackName><StackStatus>${state}</StackStatus><CreationTime>${changed}</CreationTime>${outputs}`;
  const body = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  return { status: 200, body };
}

/** The newest row, where the partition that is asked for is that of its hour. */
function rowAnswer(asked: string): { status: number; body: string } {
  if (regions['eu-west-1'] === undefined) return { status: 400, body: '{"__type":"x#ResourceNotFoundException"}' };
  const pk: string = JSON.parse(asked).ExpressionAttributeValues[':pk'].S;
  const rows = Object.entries(regions).flatMap(([region, { rowAgeMs }]) =>
    rowAgeMs === undefined ? [] : [tickKey(region, Date.now() - rowAgeMs, 's00')],
  );
  const row = rows.find((key) => key.pk === pk);
  const Items = row === undefined ? [] : [{ pk: { S: row.pk }, sk: { S: row.sk } }];
  return { status: 200, body: JSON.stringify({ Items, Count: Items.length }) };
}

async function ask(args: readonly string[] = [], config = text, env: Readonly<Record<string, string>> = {}) {
  const file = join(folder, 'monitors.yml');
  writeFileSync(file, config);
  const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const { io, written } = createIo({ cwd: folder, env: { AWS_ENDPOINT_URL: endpoint, ...env } });
  return { code: await run(['locations', '--stage', 'prod', ...args], io), ...written };
}

const probe = 'shop-prod-probe-s00';
const home = { status: 'UPDATE_COMPLETE', schedules: [probe, 'shop-prod-evaluate'], rowAgeMs: 20_000 };
const minuteMs = 60_000;

describe('burnwatch locations', () => {
  it('says what there is of each, and how to deploy and remove them, with the outputs of home', async () => {
    regions = {
      'eu-west-1': home,
      'us-east-1': { status: 'CREATE_COMPLETE', schedules: [probe], rowAgeMs: 90.5 * minuteMs },
    };
    const { code, stdout, stderr } = await ask();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = `--param outputs=ShortenerUrl=${url}`;
    expect(
      stdout.replaceAll(/\d+ s ago/g, '20 s ago'),
    ).toBe(`LOCATION          STACK            CHANGED               SCHEDULES  NEWEST ROW
eu-west-1 (home)  UPDATE_COMPLETE  2026-11-20 10:00 UTC  2 of 2     20 s ago
us-east-1         CREATE_COMPLETE  2026-11-20 10:00 UTC  1 of 1     90 min ago
ap-southeast-2    none             –                     0 of 1     none within a day

To deploy shop in prod, home first:
  npx serverless deploy --stage prod --region eu-west-1
  npx serverless deploy --stage prod --region us-east-1 ${told}
  npx serverless deploy --stage prod --region ap-southeast-2 ${told}

To remove it, home last:
  npx serverless remove --stage prod --region ap-southeast-2
  npx serverless remove --stage prod --region us-east-1
  npx serverless remove --stage prod --region eu-west-1
`);
  });

  it('prints the commands with placeholders where nobody answers, and says what was not looked at', async () => {
    const { code, stdout } = await ask([], text, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(code).toBe(0);
    expect(stdout).toContain('us-east-1         not looked at  –        not looked at  not looked at\n');
    expect(stdout).toContain("--region us-east-1 --param 'outputs=ShortenerUrl=<ShortenerUrl>'\n");
    expect(stdout).toMatch(/^not looked at in eu-west-1, us-east-1, ap-southeast-2: AWS did not answer \S+:\w+ \(/m);
  });

  it('takes outputs that are typed where home does not answer', async () => {
    const typed = ['--param', `outputs=ShortenerUrl=${url}/typed`, '--json'];
    const silent = JSON.parse((await ask(typed, text, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).stdout);
    expect(silent.locations[1].deploy).toMatch(/us-east-1 --param outputs=ShortenerUrl=https:\S+\/typed$/);
    regions = { 'eu-west-1': home };
    expect(JSON.parse((await ask(typed)).stdout).locations[1].deploy).not.toContain('/typed');
  });

  it('hands on what was typed, but for subnets, which are those of home', async () => {
    regions = { 'eu-west-1': home };
    const subnets = ['--param', 'vpcSubnets=subnet-01234567', '--param', 'vpcSecurityGroups=sg-01234567'];
    const { stdout } = await ask([...subnets, '--param', 'telemetry=logs', '--json']);
    const [first, second] = JSON.parse(stdout).locations;
    expect(first.deploy).toBe(
      'npx serverless deploy --stage prod --region eu-west-1 --param vpcSubnets=subnet-01234567 --param vpcSecurityGroups=sg-01234567 --param telemetry=logs',
    );
    expect(second.deploy).toBe(
      `npx serverless deploy --stage prod --region us-east-1 --param 'vpcSubnets=<vpcSubnets>' --param 'vpcSecurityGroups=<vpcSecurityGroups>' --param telemetry=logs --param outputs=ShortenerUrl=${url}`,
    );
    expect(second.remove).toBe('npx serverless remove --stage prod --region us-east-1 --param telemetry=logs');
  });

  it('answers JSON: null is what is missing, and what was not looked at is not there', async () => {
    regions = { 'eu-west-1': home };
    const { stdout } = await ask(['--json']);
    const { service, environment, locations } = JSON.parse(stdout);
    expect([service, environment]).toEqual(['shop', 'prod']);
    expect(locations[0]).toMatchObject({
      ...{ location: 'eu-west-1', isHome: true, schedules: { expected: 2, enabled: 2 }, unseen: [] },
      stack: { status: 'UPDATE_COMPLETE', changedAt: Date.parse(changed), outputs: { ShortenerUrl: url } },
      newestRowAgeMs: expect.any(Number),
    });
    expect(locations[1]).toMatchObject({ stack: null, newestRowAgeMs: null, schedules: { expected: 1, enabled: 0 } });
    const unseen = JSON.parse((await ask(['--json'], text, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).stdout);
    expect(Object.keys(unseen.locations[1])).toEqual(['location', 'isHome', 'unseen', 'deploy', 'remove']);
  });

  it('of a configuration that names none has one, and says how another is added', async () => {
    regions = {};
    const one = text.replace(/^locations.*\n/m, '');
    const { code, stdout, stderr } = await ask([], one, { AWS_REGION: 'eu-west-1' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^eu-west-1 \(home\) +none +– +0 of 2 +none within a day$/m);
    expect(stdout.match(/npx serverless/g)).toHaveLength(2);
    expect(stderr).toContain('Another: locations: { home: eu-west-1, also: [us-east-1] }\n');
  });

  it('takes home for home, whatever AWS_REGION says', async () => {
    regions = { 'eu-west-1': home };
    expect((await ask([], text, { AWS_REGION: 'us-east-1' })).stdout).toMatch(/^eu-west-1 \(home\) +UPDATE_COMPLETE/m);
  });

  it('refuses a configuration that is wrong, and one with an output that nobody has', async () => {
    expect(await ask([], 'version: 1\n')).toMatchObject({ code: 2, stdout: '' });
    const wrong = await ask([], text.replace('ShortenerUrl', 'ShortnerUrl'));
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('${output:ShortnerUrl}, used by own: the stack has no such output');
  });
});
