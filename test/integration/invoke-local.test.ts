import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { copyProject, removeProject, serverless } from '../support/package.ts';

import.meta.jest.setTimeout(120_000);
let root = '';
let server: Server;
let origin = '';
const invoke = async (...args: string[]) => {
  const event = JSON.stringify({ monitors: ['shortener-health'] });
  const said = await serverless(root, ['invoke', 'local', '-f', 'probe', '-d', event, ...args]);
  // The handler's own log lines come before its answer.
  return { ...said, answer: JSON.parse(said.stdout.slice(said.stdout.search(/^\{\n/m))) };
};
const localMode = (change: object) => {
  mkdirSync(join(root, '.burnwatch'), { recursive: true });
  const state = { outputs: { ShortenerUrl: origin }, awsEndpoint: 'http://127.0.0.1:1', pid: process.pid, ...change };
  writeFileSync(join(root, '.burnwatch', 'local.json'), JSON.stringify(state));
};

beforeAll(async () => {
  root = copyProject();
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  removeProject(root);
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

describe('serverless invoke local, with nothing deployed and no credentials', () => {
  it('probes the local mode that is running', async () => {
    localMode({});
    const { code, answer } = await invoke();
    expect(code).toBe(0);
    expect(answer.results).toEqual([
      expect.objectContaining({ monitor: 'shortener-health', outcome: 'passed', statusCode: 200 }),
    ]);
  });

  it('probes the URL that -e gives, whatever is running', async () => {
    localMode({ outputs: { ShortenerUrl: 'http://127.0.0.1:1' } });
    const { answer } = await invoke('-e', `OUTPUT_ShortenerUrl=${origin}`, '-e', `BURNWATCH_ALLOW_ORIGINS=${origin}`);
    expect(answer.results[0]).toMatchObject({ outcome: 'passed' });
  });

  it('without either says what is missing, and does not call that a failure of the target', async () => {
    localMode({ pid: 2 ** 22 + 1 });
    const { answer, stderr } = await invoke();
    expect(stderr).toContain('OUTPUT_ShortenerUrl is not known: start local mode (npm start), or say -e OUTPUT_Shor');
    expect(answer.results[0]).toMatchObject({ outcome: 'unknown', errorType: 'monitor' });
  });
});

describe('serverless invoke local of a burst, with nothing deployed and no credentials', () => {
  const config = `version: 1
service: shortener
monitors:
  own: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" } }
bursts:
  redirects:
    request: { url: "\${output:ShortenerUrl}/demo" }
    concurrency: 2
    requests: 20
    limits: { duration: 60s }
    thresholds: [errorRatio < 1%]
`;
  const burst = async (...args: string[]) => {
    writeFileSync(join(root, 'loads.yml'), config);
    const event = JSON.stringify({ burst: 'redirects' });
    const options = ['-f', 'burst', '-d', event, '--param', 'config=loads.yml'];
    return serverless(root, ['invoke', 'local', ...options, ...args]);
  };

  it('loads the local mode that is running, and keeps nothing, however long it may take', async () => {
    localMode({});
    const { code, stdout } = await burst();
    expect(code).toBe(0);
    expect(JSON.parse(stdout.slice(stdout.search(/^\{\n/m)))).toMatchObject({
      burst: 'redirects',
      requests: 20,
      failures: 0,
      thresholds: [{ threshold: 'errorRatio < 1%', passed: true }],
    });
  });

  it('says what is missing where none is running, and sends nothing', async () => {
    localMode({ pid: 2 ** 22 + 1 });
    const { stdout, stderr } = await burst();
    expect(stderr).toContain('OUTPUT_ShortenerUrl is not known: start local mode (npm start), or say -e OUTPUT_Shor');
    expect(stdout + stderr).toContain('redirects was not sent: the output ShortenerUrl is not known');
  });
});
