import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../../infra/cli/main.ts';
import { createIo } from '../unit/cli/io.ts';
import { endAll, isUp, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const deployed = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" }, alerts: [{ notify: [oncall] }] }
slos:
  availability: { indicator: { monitors: [api] }, objective: 99%, window: 30d, notify: [oncall] }
`;
/** The same with what is not deployed, not there, or not allowed. */
const broken = deployed.replace('channels: {', 'channels: { boss: { type: email, to: boss@example.com },').replace(
  'monitors:\n',
  `monitors:
  secret: { type: http, request: { url: "\${output:ShortenerUrl}/links", auth: { type: bearer, token: "\${ssm:/shop/token}" } } }
  credentials: { type: http, request: { url: http://169.254.169.254/latest/meta-data/ } }
`,
);

const folder = temporaryFolder();
let local: Running;
beforeAll(async () => {
  writeFileSync(join(folder.path, 'monitors.yml'), deployed);
  writeFileSync(join(folder.path, 'broken.yml'), broken);
  const data = join(folder.path, '.burnwatch');
  local = await startLocalMode(data, '--config', join(folder.path, 'monitors.yml'), '--interval', '1s');
  await local.until(isUp, 60_000);
  await haveRun('shop-local-evaluate', 30_000);
}, 150_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

async function burnwatch(argv: readonly string[], env: Record<string, string> = {}) {
  const { io, written } = createIo({ cwd: folder.path, env });
  return { code: await run(argv, io), ...written };
}

type Told = { readonly id: string; readonly findings: readonly { severity: string; what: string; mend: string }[] };
async function examined(argv: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout } = await burnwatch(['doctor', '--json', ...argv], env);
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Told[] };
  const found = checks.flatMap(({ id, findings }) =>
    findings.map(({ severity, what }) => `${id} ${severity}: ${what}`),
  );
  return { code, found, wrong: found.filter((line) => / wrong: /.test(line)), stdout };
}

/** Waits until a function's first run is told. */
async function haveRun(name: string, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  while ((await examined([])).found.some((line) => line.includes(`${name} has not run`))) {
    if (Date.now() > until) throw new Error(`${name} has not run:\n${local.output()}`);
    await pause(300);
  }
}

describe('burnwatch doctor on local mode', () => {
  it('finds nothing wrong where nothing is, and says what it could not look at', async () => {
    const { code, found, wrong } = await examined([]);
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    expect(found.filter((line) => / unseen: /.test(line)).map((line) => line.split(' ')[0])).toEqual([
      'functions',
      'schedules',
      'keys',
      'quotas',
    ]);
  });

  it('finds an address that is not subscribed, a parameter that is missing and a target that is blocked', async () => {
    const { code, wrong, stdout } = await examined(['--config', 'broken.yml']);
    expect(code).toBe(1);
    expect(wrong).toEqual([
      'e-mails wrong: the address of boss is not subscribed to shop-local-alerts',
      'e-mails wrong: the address of boss is not subscribed to shop-local-alarms',
      'secrets wrong: the parameter /shop/token does not exist: monitor secret cannot work',
      'targets wrong: monitor credentials is blocked at 169.254.169.254: a metadata address, never allowed',
    ]);
    expect(stdout).not.toContain('@example.com');
  });

  it('finds an alarm without actions and an address that waits, and says what it was refused', async () => {
    const proxy = await between(local.aws, [
      [/"AlarmActions":\["[^"]+"\]/g, '"AlarmActions":[]'],
      [/<SubscriptionArn>[^<]+</g, '<SubscriptionArn>PendingConfirmation<'],
    ]);
    try {
      const { code, wrong, found } = await examined([], { AWS_ENDPOINT_URL: proxy.url });
      expect(code).toBe(1);
      expect(wrong).toEqual([
        'alarms wrong: the alarm shop-local-probe-dead tells nobody: it has no action, or its actions are off',
        'alarms wrong: the alarm shop-local-evaluate-dead tells nobody: it has no action, or its actions are off',
        'e-mails wrong: the address of oncall is not confirmed for shop-local-alerts: it gets nothing',
        'e-mails wrong: the address of oncall is not confirmed for shop-local-alarms: it gets nothing',
      ]);
      expect(found).toContain(
        'secrets unseen: /burnwatch/write-token: needs ssm:GetParameter on /burnwatch/write-token, and kms:Decrypt on its key',
      );
    } finally {
      proxy.server.close();
      proxy.server.closeAllConnections();
    }
  });

  it('shows no secret', async () => {
    const { stdout } = await burnwatch(['doctor']);
    const secrets = Object.values(JSON.parse(readFileSync(join(local.data, 'parameters.json'), 'utf8')) as object);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(stdout).not.toContain(secret);
  });

  it('ends with 2 where no such stack is', async () => {
    writeFileSync(join(folder.path, 'other.yml'), deployed.replace('service: shop', 'service: other'));
    const { code, stdout, stderr } = await burnwatch(['doctor', '--config', 'other.yml']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('there is no table other-local-ledger');
  });
});

describe('burnwatch status on local mode', () => {
  it('ends with 0 while all is well', async () => {
    const { code, stdout } = await burnwatch(['status']);
    expect(stdout).toMatch(/^api +passed .*\n/m);
    expect(stdout).toMatch(/shop in local at .* UTC: nothing is wrong \(1 monitor, 1 SLO, 0 bursts\)\n$/);
    expect(code).toBe(0);
  });

  it('ends with 1 once the shortener fails', async () => {
    await fetch(`${local.shortener}/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ errorRatio: 1, for: '5m' }),
    });
    await local.until(({ monitors }) => monitors[0]?.state === 'failed', 60_000);
    const { code, stdout } = await burnwatch(['status', '--json']);
    const { service, environment, wrong, monitors } = JSON.parse(stdout);
    expect({ code, service, environment }).toEqual({ code: 1, service: 'shop', environment: 'local' });
    expect(wrong).toContain('api: failed (assertion)');
    expect(monitors[0]).toMatchObject({ id: 'api', state: 'failed', errorType: 'assertion' });
    expect(monitors[0]).not.toHaveProperty('history');
  });
});

type Change = readonly [pattern: RegExp, text: string];

/** Passes on what the AWS endpoint answers, changed; parameters are refused. */
async function between(origin: string, changes: readonly Change[]): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isSsm = String(request.headers['x-amz-target'] ?? '').startsWith('AmazonSSM');
      if (isSsm) {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        return void response.end('{"__type":"AccessDeniedException","message":"no"}');
      }
      const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
      const [method, body] = [request.method ?? 'GET', Buffer.concat(parts)];
      void fetch(`${origin}${request.url}`, {
        method,
        headers: headers as Record<string, string>,
        ...(body.length > 0 ? { body } : {}),
      }).then(async (answer) => {
        const text = changes.reduce((all, [pattern, other]) => all.replaceAll(pattern, other), await answer.text());
        const type = answer.headers.get('content-type') ?? 'text/plain';
        response.writeHead(answer.status, { 'content-type': type }).end(method === 'HEAD' ? '' : text);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
