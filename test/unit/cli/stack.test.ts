import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type StackChoice, withStack } from '../../../infra/cli/stack.ts';
import { createIo } from './io.ts';

type Answer = { readonly status: number; readonly body: object };
let folder = '';
let dynamodb: Server;
let answer: Answer;
let asked: { table: string; region: string | undefined; key: string | undefined }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-stack-'));
  [answer, asked] = [{ status: 200, body: {} }, []];
  dynamodb = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const [, key, region] = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(String(request.headers.authorization)) ?? [];
    asked.push({ table: body.TableName, region, key });
    response.statusCode = answer.status;
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => dynamodb.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  dynamodb.closeAllConnections();
  await new Promise((resolve) => dynamodb.close(resolve));
  rmSync(folder, { recursive: true });
});

const endpoint = () => `http://127.0.0.1:${(dynamodb.address() as AddressInfo).port}`;

/** A running local mode, which this very process is. */
function playLocalMode(data = '.burnwatch'): void {
  mkdirSync(join(folder, data));
  const said = { pid: process.pid, outputs: {}, awsEndpoint: endpoint() };
  writeFileSync(join(folder, data, 'local.json'), JSON.stringify(said));
}

async function ask(
  choice: Omit<StackChoice, 'folders'>,
  env: Readonly<Record<string, string>> = {},
  locations?: { readonly home: string; readonly also: readonly string[] },
) {
  const { io, written } = createIo({ cwd: folder, env });
  const config = { service: 'shop', ...(locations && { locations }) };
  const seen = await withStack(config, { ...choice, folders: [folder] }, io, async (stack) => {
    const Key = { pk: { S: 'alerts' }, sk: { S: 'state' } };
    await stack.client.send(new GetItemCommand({ TableName: stack.table, Key }));
    return { environment: stack.environment, table: stack.table, region: stack.region };
  });
  return { ...seen, stderr: written.stderr };
}

describe('the stack that a command asks', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'secret' };
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, keys));
  afterEach(() => {
    for (const name of Object.keys(keys)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it('is the running local mode without a stage', async () => {
    playLocalMode();
    expect(await ask({})).toEqual({
      environment: 'local',
      table: 'shop-local-ledger',
      region: 'us-east-1',
      stderr: `Using the running local mode (${join(folder, '.burnwatch', 'local.json')})\n`,
    });
    expect(asked).toEqual([{ table: 'shop-local-ledger', region: 'us-east-1', key: 'local' }]);
  });

  it.each([
    ['the region that is named', { stage: 'prod', region: 'eu-west-1' }, { AWS_REGION: 'us-west-2' }, 'eu-west-1'],
    ['the region of the environment', { stage: 'prod' }, { AWS_REGION: 'us-west-2' }, 'us-west-2'],
    ['the region that is deployed to by default', { stage: 'prod' }, {}, 'us-east-1'],
  ])('is, with a stage, the one in AWS, in %s', async (_, choice, env, region) => {
    playLocalMode();
    const told = await ask(choice, { ...env, AWS_ENDPOINT_URL: endpoint() });
    expect(told).toEqual({ environment: 'prod', table: 'shop-prod-ledger', region, stderr: '' });
    expect(asked).toEqual([{ table: 'shop-prod-ledger', region, key: 'mine' }]);
  });

  it('is that of home where there are locations, whatever the environment says', async () => {
    const locations = { home: 'eu-west-1', also: ['us-west-2'] };
    const env = { AWS_REGION: 'us-west-2', AWS_ENDPOINT_URL: endpoint() };
    expect(await ask({ stage: 'prod' }, env, locations)).toMatchObject({ region: 'eu-west-1' });
    expect(await ask({ stage: 'prod', region: 'eu-west-1' }, env, locations)).toMatchObject({ region: 'eu-west-1' });
    await expect(ask({ stage: 'prod', region: 'us-west-2' }, env, locations)).rejects.toMatchObject({
      code: 'BURN_USAGE',
      message: '--region us-west-2: the ledger of all locations is at home, in eu-west-1; leave out --region',
    });
  });

  it('must be named where no local mode runs', async () => {
    await expect(ask({})).rejects.toMatchObject({
      code: 'BURN_USAGE',
      message:
        'no local mode runs here: start it (npm start), say where its data is (BURNWATCH_DATA=FOLDER), or name a stack in AWS with --stage, such as --stage prod',
    });
    await expect(ask({}, { BURNWATCH_DATA: 'other' })).rejects.toThrow(
      'no local mode runs with its data in other (BURNWATCH_DATA): start it (npm start), or name a stack in AWS',
    );
    expect(asked).toEqual([]);
  });

  it('is the local mode whose data is where BURNWATCH_DATA says, and no other', async () => {
    playLocalMode();
    await expect(ask({}, { BURNWATCH_DATA: 'other' })).rejects.toThrow('no local mode runs with its data in other');
    playLocalMode('other');
    const { environment, stderr } = await ask({}, { BURNWATCH_DATA: 'other' });
    expect([environment, stderr]).toEqual([
      'local',
      `Using the running local mode (${join(folder, 'other', 'local.json')})\n`,
    ]);
  });

  it('has a region with a stage alone: nobody means their local mode by one', async () => {
    playLocalMode();
    for (const choice of [{}, { stage: 'local' }])
      await expect(ask({ ...choice, region: 'eu-west-1' })).rejects.toMatchObject({
        code: 'BURN_USAGE',
        message: '--region eu-west-1 goes with --stage: without it the running local mode is asked',
      });
    expect(asked).toEqual([]);
  });

  it.each([
    ['ResourceNotFoundException', 'there is no table shop-prod-ledger in us-east-1: was prod deployed there'],
    ['AccessDeniedException', 'AWS refused to let you at shop-prod-ledger (AccessDeniedException)'],
    ['ExpiredTokenException', 'no AWS credentials that work were found (ExpiredTokenException)'],
    ['ThrottlingException', 'DynamoDB in us-east-1 did not answer (ThrottlingException): try again'],
  ])('that answers %s is told in a sentence', async (code, sentence) => {
    answer = { status: 400, body: { __type: code, message: 'x' } };
    const asking = ask({ stage: 'prod' }, { AWS_ENDPOINT_URL: endpoint() });
    await expect(asking).rejects.toMatchObject({ code: 'BURN_STACK_UNREACHABLE' });
    await expect(asking).rejects.toThrow(sentence);
  });

  it('that nobody is at is told in a sentence', async () => {
    const asking = ask({ stage: 'prod' }, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    await expect(asking).rejects.toThrow('DynamoDB in us-east-1 did not answer (ECONNREFUSED): try again');
  });

  it('leaves faults of our own as they are', async () => {
    playLocalMode();
    const { io } = createIo({ cwd: folder });
    const work = async () => Promise.reject(new TypeError('a slip'));
    await expect(withStack({ service: 'shop' }, { folders: [folder] }, io, work)).rejects.toThrow(TypeError);
  });
});
