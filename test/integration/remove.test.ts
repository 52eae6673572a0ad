import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildResources, type StackOptions } from '../../infra/resources.ts';
import { configOf } from '../support/monitored.ts';
import { copyProject, removeProject, serverless } from '../support/package.ts';

import.meta.jest.setTimeout(120_000);

const options: StackOptions = {
  ...{ stage: 'dev', region: 'us-east-1', isShortenerOn: true, areFaultsOn: false },
  ...{ isRetained: false, logRetentionDays: 30 },
};
const config = configOf(
  'version: 1\nservice: shortener\nmonitors: { site: { type: http, request: { url: https://example.com/ } } }\n',
);
const now = Date.now() / 1_000;

/** CloudFormation and DynamoDB of a stack that is deployed, as far as a removal asks before it begins. */
const asked: string[] = [];
const aws: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const action = String(request.headers['x-amz-target'] ?? form.get('Action')).replace(/^.*\./, '');
    asked.push(action);
    if (action === 'DescribeTable')
      return response.end(JSON.stringify({ Table: { ItemCount: 7, TableSizeBytes: 700, CreationDateTime: now } }));
    if (action !== 'GetTemplate') return response.writeHead(400).end();
    const body = JSON.stringify(buildResources(config, options)).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    response.end(
      `<GetTemplateResponse><GetTemplateResult><TemplateBody>${body}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
    );
  });
});
let root = '';
let endpoint = '';
beforeAll(async () => {
  root = copyProject();
  await new Promise<void>((done) => aws.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
});
afterAll(async () => {
  removeProject(root);
  aws.closeAllConnections();
  await new Promise((done) => aws.close(done));
});

const remove = (...args: string[]) => {
  asked.length = 0;
  const access = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  return serverless(root, ['remove', '--stage', 'dev', ...args], access);
};

describe('serverless remove', () => {
  it('of a stack with tables of its own stops before anything is deleted, and says what would be', async () => {
    const { code, stdout, stderr } = await remove();
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(
      'is deleted for good: the table shortener-dev-links (made today, about 7 items, 1 kB)',
    );
    expect(stdout + stderr).toContain('If that is meant: the same command with --param delete=true');
    expect(new Set(asked)).toEqual(new Set(['GetTemplate', 'DescribeTable', 'GetCallerIdentity']));
  });

  it('goes on where that is meant', async () => {
    const { stdout, stderr } = await remove('--param', 'delete=true');
    expect(stdout + stderr).toContain('is deleted for good: the table shortener-dev-ledger');
    expect(stdout + stderr).not.toContain('was not removed');
    expect(asked).toContain('DescribeStacks');
  });
});
