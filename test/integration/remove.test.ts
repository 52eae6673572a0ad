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

/** When the stack was deployed before, without a shortener. */
const earlier = '2026-03-02T10:00:00.000Z';
const earlierFile = `/bucket/serverless/shortener/dev/${Date.parse(earlier)}-${earlier}/compiled-cloudformation-template.json`;

/** CloudFormation, DynamoDB and S3 of a stack that is deployed, as far as a removal or a rollback asks before it begins. */
const asked: string[] = [];
const aws: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const action = String(request.headers['x-amz-target'] ?? form.get('Action')).replace(/^.*\./, '');
    asked.push(action);
    if (decodeURIComponent(request.url ?? '').startsWith(earlierFile))
      return response.end(JSON.stringify(buildResources(config, { ...options, isShortenerOn: false })));
    if (action === 'DescribeStackResource')
      return response.end(
        '<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail><PhysicalResourceId>bucket</PhysicalResourceId></StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>',
      );
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

const run = (command: string, ...args: string[]) => {
  asked.length = 0;
  const access = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  return serverless(root, [command, '--stage', 'dev', ...args], access);
};

describe('serverless remove', () => {
  it('of a stack with tables of its own stops before anything is deleted, and says what would be', async () => {
    const { code, stdout, stderr } = await run('remove');
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(
      'is deleted for good: the table shortener-dev-links (made today, about 7 items, 1 kB)',
    );
    expect(stdout + stderr).toContain('If that is meant: the same command with --param delete=true');
    expect(new Set(asked)).toEqual(new Set(['GetTemplate', 'DescribeTable', 'GetCallerIdentity']));
  });

  it('goes on where that is meant', async () => {
    const { stdout, stderr } = await run('remove', '--param', 'delete=true');
    expect(stdout + stderr).toContain('is deleted for good: the table shortener-dev-ledger');
    expect(stdout + stderr).not.toContain('was not removed');
    expect(asked).toContain('DescribeStacks');
  });
});

describe('serverless rollback', () => {
  it('to before a table was made stops before anything is changed', async () => {
    const { code, stdout, stderr } = await run('rollback', '--timestamp', String(Date.parse(earlier)));
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(
      'the table shortener-dev-links is no part of it any more, and would be deleted\nIf that is meant: the same command with --param delete=true',
    );
    expect(asked.filter((action) => /Update|Create|Delete|Put/.test(action))).toEqual([]);
  });
});
