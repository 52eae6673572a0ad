import { readFileSync } from 'node:fs';
import type { Monitor, MonitorType } from '../../../shared/config/model.ts';
import { type ParseOptions, parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';
import { referencesOf } from '../../../shared/config/texts.ts';

const language = readFileSync(new URL('../../fixtures/language.yml', import.meta.url), 'utf8');
const monitors = read(language);
const ofType = <T extends MonitorType>(id: string, type: T) => {
  const monitor = monitors.find((each) => each.id === id);
  if (monitor?.type !== type) throw new Error(`${id} is no ${type}`);
  return monitor as Extract<Monitor, { type: T }>;
};

function read(text: string, options: Partial<ParseOptions> = {}): readonly Monitor[] {
  const result = parseConfig(text, { file: 'm.yml', env: {}, ...options });
  if (!result.ok) throw new Error(result.errors.map(renderProblem).join('\n'));
  return result.config.monitors;
}
const head = 'version: 1\nservice: api\nchannels: { oncall: { type: email, to: a@example.com } }\n';
const one = (monitor: string, before = ''): Monitor =>
  read(`${head}${before}monitors: { a: ${monitor}, b: { type: heartbeat, period: 1h } }\n`)[0] as Monitor;
const problems = (monitor: string): string[] => {
  const result = parseConfig(`${head}monitors: { a: ${monitor} }\n`, { file: 'm.yml', env: { X: 'planted' } });
  return [...(result.ok ? [] : result.errors), ...result.warnings].map(({ path, message }) => `${path}: ${message}`);
};
const request = (inner: string) => `{ type: http, request: { url: https://example.com/, ${inner} } }`;

describe('http', () => {
  it('is a GET without anything else', () => {
    expect(ofType('plain', 'http').request).toEqual({
      method: 'GET',
      url: 'https://example.com/',
      query: [],
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      httpVersion: '1.1',
    });
  });

  it('takes every key of a request', () => {
    expect(ofType('whole', 'http').request).toEqual({
      method: 'PUT',
      url: ['https://example.com/orders/', { random: 'uuid' }, '?key=', { ssm: '/burnwatch/key' }],
      query: [
        ['page', '1'],
        ['full', 'true'],
        ['tag', 'a'],
        ['tag', 'b'],
        ['tag', '2.5'],
        ['at', [{ output: 'Name' }]],
      ],
      headers: { accept: 'application/json', 'x-run': [{ random: 'hex8' }] },
      body: {
        kind: 'json',
        json: { id: 5, name: 'probe', nothing: null, list: [1, '', { token: '', on: true }] },
        fills: [
          { path: ['list', 1], text: ['run-', { random: 'digits6' }] },
          { path: ['list', 2, 'token'], text: [{ ssm: '/burnwatch/token' }] },
        ],
      },
      auth: { type: 'basic', username: 'monitor', password: [{ ssm: '/burnwatch/password' }] },
      followRedirects: true,
      maxRedirects: 2,
      httpVersion: '2',
      ipVersion: 6,
      tls: {
        rejectUnauthorized: false,
        servername: 'shop.example.com',
        minVersion: 'TLSv1.3',
        ca: [{ ssm: '/ca' }],
        cert: [{ ssm: '/cert' }],
        key: [{ ssm: '/key' }],
      },
    });
  });

  it('has three kinds of bodies and four ways to say who asks', () => {
    expect(ofType('text', 'http').request).toMatchObject({
      body: { kind: 'text', text: 'a=b' },
      auth: { type: 'bearer', token: [{ ssm: '/t' }] },
    });
    expect(ofType('form', 'http').request).toMatchObject({
      body: {
        kind: 'form',
        fields: [
          ['user', 'monitor'],
          ['tag', 'a'],
          ['tag', 'b'],
        ],
      },
      auth: { type: 'apiKey', in: 'header', name: 'x-api-key', value: [{ ssm: '/t' }] },
    });
    expect(ofType('signed', 'http').request.auth).toEqual({
      type: 'sigv4',
      service: 'execute-api',
      region: 'eu-west-1',
    });
  });

  it.each([
    ['null', null],
    ['[]', []],
    ['text', 'text'],
    ['0', 0],
    ['[[{ a: [] }]]', [[{ a: [] }]]],
    ['"$$ {x} $5"', '$ {x} $5'],
  ])('sends %s as JSON', (text, json) => {
    expect(one(request(`method: POST, json: ${text}`))).toMatchObject({
      request: { body: { kind: 'json', json, fills: [] } },
    });
  });

  it('keeps a JSON that is one reference', () => {
    expect(one(request('method: POST, json: "${ssm:/all}"'))).toMatchObject({
      request: { body: { kind: 'json', json: '', fills: [{ path: [], text: [{ ssm: '/all' }] }] } },
    });
  });

  it('does not show what a secret in a body, a form, a query or auth holds', () => {
    const found = [
      request('method: POST, json: { deep: [{ apiKey: planted }] }'),
      request('method: POST, form: { password: planted }'),
      request('query: { token: [planted] }'),
      request('auth: { type: basic, username: a, password: planted }'),
      request('auth: { type: bearer, token: "${env:X}" }'),
      request('tls: { cert: planted, key: planted }'),
      request('auth: { type: planted }'),
      request('auth: [planted]'),
    ].map(problems);
    expect(found.map(({ length }) => length > 0)).toEqual(found.map(() => true));
    expect(found.flat().join('\n')).not.toContain('planted');
  });

  it('bounds what is sent', () => {
    expect(problems(request(`method: POST, body: ${'a'.repeat(65_537)}`))).toEqual([
      'monitors.a.request.body: must be at most 65,536 characters long',
    ]);
    expect(problems(request(`method: POST, json: [${'a'.repeat(65_537)}]`))).toEqual([
      'monitors.a.request.json: must be at most 65,536 characters long',
    ]);
    const many = Array.from({ length: 101 }, (_, index) => index);
    expect(problems(request(`query: { a: [${many}] }`))).toEqual([
      'monitors.a.request.query.a: must have at most 100 entries, got 101',
    ]);
    expect(problems(request(`query: { ${many.map((index) => `a${index}: 1`)} }`))).toEqual([
      'monitors.a.request.query: must have at most 100 entries, got 101',
    ]);
  });

  it('takes a certificate as it is written, when it is PEM', () => {
    const pem = '-----BEGIN CERTIFICATE-----\\nMIIB+/a=\\n-----END CERTIFICATE-----\\n';
    expect(one(request(`tls: { ca: "${pem}${pem}" }`))).toMatchObject({
      request: { tls: { ca: expect.stringContaining('MIIB') } },
    });
    expect(problems(request(`tls: { ca: "${pem}x" }`))).toHaveLength(1);
  });
});

describe('tcp', () => {
  it('takes a dialogue, and TLS from where it begins', () => {
    const { request, maxBodyBytes, assertions } = ofType('mail', 'tcp');
    expect(request).toEqual({
      host: 'smtp.example.com',
      port: 587,
      ipVersion: 4,
      dialogue: [
        { matches: '^220 ' },
        { send: 'EHLO burnwatch\r\n' },
        { expect: 'STARTTLS' },
        { send: 'STARTTLS\r\n' },
        { matches: '^220 ' },
        { startTls: true },
        { send: ['AUTH ', { ssm: '/burnwatch/mail' }, '\r\n'] },
      ],
      tls: { rejectUnauthorized: true, servername: 'mail.example.com' },
    });
    expect([maxBodyBytes, assertions.length]).toEqual([2_048, 5]);
  });

  it.each([
    ['tls: true', { rejectUnauthorized: true }],
    ['tls: {}', { rejectUnauthorized: true }],
    ['tls: { rejectUnauthorized: false }', { rejectUnauthorized: false }],
    ['dialogue: [{ startTls: true }]', { rejectUnauthorized: true }],
    ['tls: false', undefined],
    ['ipVersion: 4', undefined],
  ])('with %s speaks TLS as %j', (inner, tls) => {
    const monitor = one(`{ type: tcp, request: { host: a.example, port: 1, ${inner} } }`);
    expect(monitor.type === 'tcp' ? monitor.request.tls : 'none').toEqual(tls);
  });

  it('has no assertion of its own: the dialogue says what must come', () => {
    expect(ofType('redis', 'tcp')).toMatchObject({
      assertions: [],
      request: { host: [{ output: 'CacheHost' }], dialogue: [] },
    });
  });

  it('says at most 50 things', () => {
    const steps = Array.from({ length: 51 }, () => '{ send: a }');
    expect(problems(`{ type: tcp, request: { host: a.example, port: 1, dialogue: [${steps}] } }`)).toEqual([
      'monitors.a.request.dialogue: must have at most 50 entries, got 51',
    ]);
  });
});

describe('tls', () => {
  it('takes its settings beside the host, whose name may be in any script', () => {
    expect(ofType('certificate', 'tls').request).toEqual({
      host: 'xn--bcher-kva.example',
      port: 8443,
      ipVersion: 4,
      tls: {
        rejectUnauthorized: true,
        servername: 'example.com',
        minVersion: 'TLSv1.2',
        ca: [{ ssm: '/ca' }],
        cert: [{ ssm: '/cert' }],
        key: [{ ssm: '/key' }],
      },
    });
  });

  it.each([
    ['', 443],
    ['startTls: smtp', 587],
    ['startTls: imap', 143],
    ['startTls: pop3', 110],
    ['startTls: ftp', 21],
    ['startTls: postgres', 5432],
    ['startTls: smtp, port: 25', 25],
  ])('with %j connects to port %d', (inner, port) => {
    expect(one(`{ type: tls, request: { host: a.example${inner && `, ${inner}`} } }`)).toMatchObject({
      request: { port, tls: { rejectUnauthorized: true } },
    });
  });
});

describe('dns', () => {
  it('takes a name, a type, a server and a transport', () => {
    expect(ofType('name', 'dns').request).toEqual({
      name: '_sip._tcp.example.com',
      recordType: 'SRV',
      server: '[2606:4700:4700::1111]:5353',
      transport: 'tcp',
    });
    expect(ofType('nowhere', 'dns').request).toEqual({
      name: 'nowhere.example.com',
      recordType: 'A',
      transport: 'udp',
    });
  });

  it('asks for NOERROR unless an assertion looks at the rcode', () => {
    expect(ofType('name', 'dns').assertions[0]).toMatchObject({
      source: 'dns',
      path: 'rcode',
      op: 'equals',
      value: 'NOERROR',
      severity: 'fail',
    });
    expect(ofType('nowhere', 'dns').assertions.map(({ text }) => text)).toEqual(['dns.rcode == NXDOMAIN']);
  });

  it.each([
    ['192.0.2.53', '192.0.2.53'],
    ['192.0.2.53:5353', '192.0.2.53:5353'],
    ['ns1.example.com', 'ns1.example.com'],
    ['2001:db8::53', '2001:db8::53'],
    ['[2001:db8::53]', '2001:db8::53'],
    ['[2001:db8::53]:53', '[2001:db8::53]:53'],
    ['${output:NameServer}:53', [{ output: 'NameServer' }, ':53']],
    ['${output:NameServer}', [{ output: 'NameServer' }]],
  ])('takes %s as a server', (server, expected) => {
    const monitor = one(`{ type: dns, allowPrivate: true, request: { name: a.example, server: "${server}" } }`);
    expect(monitor).toMatchObject({ request: { server: expected } });
  });

  it.each(['.', 'com', 'example.com.', '_dmarc.example.com', 'a'.repeat(63)])('takes %s as a name', (name) => {
    expect(one(`{ type: dns, request: { name: "${name}" } }`)).toMatchObject({ request: { name } });
  });

  it.each(['..', 'a..b', '-a.example', `${'a'.repeat(64)}.example`, 'a b', '*.example', `${'a.'.repeat(127)}aa`])(
    'does not take %s as a name',
    (name) => {
      expect(problems(`{ type: dns, request: { name: "${name}" } }`)).toHaveLength(1);
    },
  );
});

describe('flow', () => {
  const flow = ofType('checkout', 'flow');

  it('has the deadline of all its steps as its timeout, 20 s by default', () => {
    expect([flow.timeoutMs, flow.degradedAfterMs, flow.assertions]).toEqual([15_000, 8_000, []]);
    expect(one('{ type: flow, steps: [{ id: a, request: { url: https://example.com/ } }] }').timeoutMs).toBe(20_000);
  });

  it('gives its steps the time of the defaults, or its deadline where that is shorter', () => {
    expect(flow.steps.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 4_000, 4_000]);
    const step = (deadline: string, before = '') =>
      one(`{ type: flow, deadline: ${deadline}, steps: [{ id: a, request: { url: https://example.com/ } }] }`, before);
    const timeouts = [step('3s'), step('20s'), step('20s', 'defaults: { timeout: 9s }\n')].map((each) =>
      each.type === 'flow' ? each.steps[0]?.timeoutMs : 0,
    );
    expect(timeouts).toEqual([3_000, 5_000, 9_000]);
  });

  it('asks each step for 200-299 unless it looks at the status', () => {
    expect(flow.steps.map(({ assertions }) => assertions.map(({ text }) => text))).toEqual([
      ['status == 201'],
      ['status in 200-299'],
      ['status in 200-299'],
    ]);
  });

  it('extracts values, those that speak of a secret securely unless it says otherwise', () => {
    expect(flow.steps[0]?.extract).toEqual([
      { name: 'cart', source: 'json', path: '$.id', isSecure: false },
      { name: 'place', source: 'header', path: 'location', pattern: 'carts/(.+)$', isSecure: true },
      { name: 'sessionToken', source: 'body', isSecure: true },
      { name: 'open', source: 'status', isSecure: false },
    ]);
  });

  it('puts variables into later steps, in clean-ups too', () => {
    expect(flow.steps.map(({ always }) => always)).toEqual([false, false, true]);
    expect(flow.steps[1]?.request).toMatchObject({
      url: [{ vars: 'place' }],
      auth: { type: 'bearer', token: [{ vars: 'sessionToken' }] },
      query: [['cart', [{ vars: 'cart' }]]],
    });
    expect(flow.steps[2]?.request.url).toEqual(['https://example.com/carts/', { vars: 'cart' }]);
    expect(referencesOf(flow)).toHaveLength(5);
  });

  it('tells of an unknown variable whatever else is wrong with the flow', () => {
    expect(
      problems('{ type: flow, steps: [{ id: 5, request: { url: "https://example.com/${vars.a}" } }], more: 1 }'),
    ).toEqual([
      'monitors.a.steps[0].id: must be a text such as create, got 5',
      'monitors.a.steps[0].request.url: uses ${vars.a}, which no earlier step extracts',
      expect.stringMatching(/^monitors\.a\.more: is no key that belongs here; there are type, .*deadline, steps/),
    ]);
  });
});

describe('heartbeat', () => {
  it('is judged every minute, without attempts, whatever the defaults say', () => {
    expect(ofType('backup', 'heartbeat')).toEqual({
      id: 'backup',
      key: expect.any(Number),
      type: 'heartbeat',
      intervalMs: 60_000,
      timeoutMs: 5_000,
      retry: { limit: 0, delayMs: 0 },
      allowPrivate: false,
      dependsOn: ['plain'],
      assertions: [],
      alerts: [
        {
          id: 'monitor/backup/0',
          failures: 1,
          of: 1,
          recoverSuccesses: 1,
          severity: 'page',
          notify: ['oncall'],
        },
      ],
      periodMs: 86_400_000,
      graceMs: 3_600_000,
    });
    expect(ofType('job', 'heartbeat')).toMatchObject({ periodMs: 300_000, graceMs: 60_000, alerts: [] });
  });

  it('follows the interval of the command line, and keeps its period', () => {
    const [job] = read(`${head}monitors: { b: { type: heartbeat, period: 1h } }\n`, { intervalMs: 2_000 });
    expect(job).toMatchObject({ intervalMs: 2_000, periodMs: 3_600_000 });
  });
});
