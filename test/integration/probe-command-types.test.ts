import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { probeCommand } from '../../infra/cli/probe/command.ts';

/** A small app with a login: whoever has its token may create and delete. It repeats the token wherever it can. */
const token = 'k3y-7f3a/x';
let folder: string;
let app: Server;
let mail: TcpServer;
let followed = 302;
const ports = { app: 0, mail: 0 };
beforeEach(async () => {
  followed = 302;
  app = createServer((request, response) => {
    response.setHeader('x-token', token);
    const isAllowed = request.url === '/login' || request.headers.authorization === `Bearer ${token}`;
    const status = isAllowed ? ({ POST: 201, DELETE: 204 }[request.method ?? ''] ?? followed) : 401;
    const body = JSON.stringify({ token, code: 'c1', asked: request.rawHeaders });
    response.writeHead(status, { location: `/${token}` }).end(status === 204 ? undefined : body);
  });
  mail = createTcpServer((socket) => socket.on('error', () => {}).end('220 mail ready\r\n'));
  await Promise.all([app, mail].map((each) => new Promise<void>((done) => each.listen(0, '127.0.0.1', done))));
  ports.app = (app.address() as AddressInfo).port;
  ports.mail = (mail.address() as AddressInfo).port;
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-probe-'));
  writeFileSync(join(folder, 'monitors.yml'), config());
});
afterEach(async () => {
  app.closeAllConnections();
  await Promise.all([app, mail].map((each) => new Promise((closed) => each.close(closed))));
  rmSync(folder, { recursive: true });
});

const config = () => `version: 1
service: demo
defaults: { allowPrivate: true, retry: { limit: 0 } }
monitors:
  links:
    type: flow
    steps:
      - id: login
        request: { url: "http://127.0.0.1:${ports.app}/login", method: POST }
        assertions: [status == 201]
        extract: { token: { source: json, path: $.token } }
      - id: create
        request: { method: POST, url: "http://127.0.0.1:${ports.app}/links", auth: { type: bearer, token: "\${vars.token}" } }
        assertions: [status == 201]
        extract: { code: { source: json, path: $.code } }
      - id: follow
        request: { url: "http://127.0.0.1:${ports.app}/\${vars.code}", headers: { authorization: "Bearer \${vars.token}" }, followRedirects: false }
        assertions: [status == 302, body notContains 7f3a, header x-token == none]
      - id: cleanup
        always: true
        request: { method: DELETE, url: "http://127.0.0.1:${ports.app}/links/\${vars.code}", auth: { type: bearer, token: "\${vars.token}" } }
  mail:
    type: tcp
    request: { host: 127.0.0.1, port: ${ports.mail}, dialogue: [{ expect: "220 " }] }
  backup: { type: heartbeat, period: 1d, grace: 1h }
`;

async function run(argv: readonly string[], columns = 80): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const code = await probeCommand.run(argv, {
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
    stdin: new PassThrough(),
    isInteractive: false,
    isTerminal: true,
    hasColors: false,
    columns,
    progressColumns: 0,
    env: {},
    cwd: folder,
    signal: new AbortController().signal,
  });
  return { code, ...said };
}

/** Without times and bars, which differ from run to run. */
const still = (table: string) =>
  table
    .split('\n')
    .filter((line) => !/^ +[rctpx]+$|times not trusted|^Phases:|^$/.test(line.replace('│', '')))
    .map((line) => line.replace(/ +\d+\.\d ms( +[rctpx]*)?$/, '').replace(/ (connect|processing) .* ms$/, ''));

describe('burnwatch probe of all kinds of monitors', () => {
  it('shows each step of a flow, and says that a heartbeat cannot be probed from here', async () => {
    const { code, stdout } = await run([], 120);
    expect(code).toBe(1);
    expect(still(stdout).slice(0, 6)).toEqual([
      'MONITOR      TYPE       OUTCOME   STATUS     LATENCY  PHASES',
      'links        flow       failed       3/4',
      '  ├ login               passed       201',
      '  ├ create              passed       201',
      '  ├ follow              failed       302',
      '  │   ✗ body notContains 7f3a',
    ]);
    expect(stdout).toContain('✗ header x-token == none');
    expect(stdout).toContain('└ cleanup');
    expect(stdout).toContain('monitor: it waits to be called, and who called is known to the deployed stack alone');
    expect(stdout.replaceAll(/notContains "?7f3a"?/g, '')).not.toContain('7f3a');
  });

  it('counts a heartbeat for its exit code only where it is named', async () => {
    const file = join(folder, 'counted.yml');
    const mail = `mail: { type: tcp, request: { host: 127.0.0.1, port: ${ports.mail}, dialogue: [{ expect: "220 " }] } }`;
    const backup = 'backup: { type: heartbeat, period: 1d, grace: 1h }';
    writeFileSync(
      file,
      `version: 1\nservice: x\ndefaults: { allowPrivate: true }\nmonitors:\n  ${mail}\n  ${backup}\n`,
    );
    expect(await run(['--config', file])).toMatchObject({ code: 0, stdout: expect.stringContaining('backup') });
    expect((await run(['--config', file, 'mail', 'backup'])).code).toBe(1);
  });

  it('gives a step a row of its own in JSON, without its secrets', async () => {
    const { stdout, stderr } = await run(['--json', 'links', 'mail']);
    const [links, mailRow] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(links.steps.map((step: { step: string; outcome: string }) => [step.step, step.outcome])).toEqual([
      ['login', 'passed'],
      ['create', 'passed'],
      ['follow', 'failed'],
      ['cleanup', 'passed'],
    ]);
    expect(links.message).toMatch(/^step follow: body notContains/);
    expect(mailRow).toMatchObject({ monitor: 'mail', outcome: 'passed' });
    expect(mailRow).not.toHaveProperty('statusCode');
    expect(mailRow).not.toHaveProperty('steps');
    expect(stdout + stderr).not.toContain(token);
  });

  it('names the step that failed', async () => {
    followed = 404;
    const { stdout } = await run(['links', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ statusCode: 404, message: 'step follow: status == 302, but found 404' });
  });
});
