import { redact } from '../../../shared/assertion/redact.ts';
import { BurnwatchError, type HttpRequest, type Text } from '../../../shared/config/model.ts';
import type { HttpAttempt, Sign } from '../../../shared/http/model.ts';
import { prepareRequest } from '../../../shared/probe/request.ts';
import { localhostCertificate } from '../../support/certificates.ts';
import { httpMonitor, probeDeps } from '../../support/http-monitor.ts';

const parameters: Readonly<Record<string, string>> = {
  '/key': 'k3y 7f3a',
  '/quoted': 'say "7f3a"\n\\o/',
  '/line': 'a\r\nx-evil: 1',
  '/wide': 'ā',
  '/url': 'https://hooks.example/a|b/7f3a?k=v|w',
  '/ca': localhostCertificate.cert,
};
const read = { parameter: async (path: string) => parameters[path], output: () => undefined };
const key: Text = [{ ssm: '/key' }];
const limits = { timeoutMs: 50, maxBodyBytes: 10 };

const prepare = (request: Partial<HttpRequest>, changes: Parameters<typeof probeDeps>[0] = {}) =>
  prepareRequest(
    httpMonitor({ request: { url: 'https://a.example/x', ...request } }).request,
    limits,
    probeDeps({ read, ...changes }),
  );

async function ready(
  ...request: Parameters<typeof prepare>
): Promise<{ attempt: HttpAttempt; secrets: readonly string[] }> {
  const prepared = await prepare(...request);
  if ('unsent' in prepared) throw new Error(prepared.unsent);
  return { attempt: prepared.value, secrets: prepared.secrets };
}

describe('a request', () => {
  it('is sent as it stands when there is nothing to resolve', async () => {
    expect(await ready({ ipVersion: 6, httpVersion: '2' })).toEqual({
      attempt: {
        method: 'GET',
        url: 'https://a.example/x',
        headers: {},
        httpVersion: '2',
        ipVersion: 6,
        followRedirects: true,
        maxRedirects: 5,
        ...limits,
      },
      secrets: [],
    });
  });

  it.each([
    ['https://a.example/x', 'https://a.example/x?b=1&a=2%203%26%C3%BC&b=%2B'],
    ['https://a.example/x?q=%2F&r', 'https://a.example/x?q=%2F&r&b=1&a=2%203%26%C3%BC&b=%2B'],
    ['https://a.example?', 'https://a.example/?b=1&a=2%203%26%C3%BC&b=%2B'],
    ['https://a.example/x?q=1#part', 'https://a.example/x?q=1&b=1&a=2%203%26%C3%BC&b=%2B#part'],
  ])('to %s has its query added in its order: %s', async (url, expected) => {
    const query = [
      ['b', '1'],
      ['a', '2 3&ü'],
      ['b', '+'],
    ] as const;
    expect((await ready({ url, query })).attempt.url).toBe(expected);
  });

  it('keeps a value with quotes one JSON string, wherever it is put', async () => {
    const json = { a: ['', 1], b: { '0': '', keep: '' }, c: '' };
    const quoted: Text = ['<', { ssm: '/quoted' }, '>'];
    const fills = [
      { path: ['a', 0], text: quoted },
      { path: ['b', '0'], text: key },
      { path: ['gone', 'x'], text: key },
    ];
    const { attempt, secrets } = await ready({ method: 'POST', body: { kind: 'json', json, fills } });
    expect(JSON.parse(String(attempt.body))).toEqual({
      a: ['<say "7f3a"\n\\o/>', 1],
      b: { '0': 'k3y 7f3a', keep: '' },
      c: '',
    });
    expect(attempt.headers).toEqual({ 'content-type': 'application/json' });
    expect(redact(String(attempt.body), secrets)).not.toContain('7f3a');
    expect(json.a[0]).toBe('');
  });

  it('may be JSON that is a text as a whole, or holds a key that objects have of their own', async () => {
    const whole = await ready({ body: { kind: 'json', json: '', fills: [{ path: [], text: key }] } });
    expect(String(whole.attempt.body)).toBe('"k3y 7f3a"');
    const json = JSON.parse('{"__proto__":{"a":""}}');
    const odd = await ready({ body: { kind: 'json', json, fills: [{ path: ['__proto__', 'a'], text: key }] } });
    expect(String(odd.attempt.body)).toBe('{"__proto__":{"a":"k3y 7f3a"}}');
  });

  it('writes a form, and a text', async () => {
    const fields = [
      ['a b', key],
      ['c', "1&2='!"],
    ] as const;
    const form = await ready({ body: { kind: 'form', fields } });
    expect(String(form.attempt.body)).toBe("a%20b=k3y%207f3a&c=1%262%3D'!");
    expect([...new URLSearchParams(String(form.attempt.body))]).toEqual([
      ['a b', 'k3y 7f3a'],
      ['c', "1&2='!"],
    ]);
    expect(form.attempt.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
    const text = await ready({ body: { kind: 'text', text: ['ü', { ssm: '/key' }] } });
    expect(String(text.attempt.body)).toBe('ük3y 7f3a');
    expect(text.attempt.headers).toEqual({ 'content-type': 'text/plain; charset=utf-8' });
  });

  it('leaves the type of the body to a monitor that sets it', async () => {
    const { attempt } = await ready({ headers: { 'content-type': 'text/csv' }, body: { kind: 'text', text: 'a' } });
    expect(attempt.headers).toEqual({ 'content-type': 'text/csv' });
  });

  it('has its certificates resolved', async () => {
    const { cert: ca } = localhostCertificate;
    const tls = {
      rejectUnauthorized: false,
      servername: 'b.example',
      minVersion: 'TLSv1.3',
      ca: [{ ssm: '/ca' }],
    } as const;
    const { attempt, secrets } = await ready({ tls });
    expect(attempt.tls).toEqual({ ...tls, ca });
    expect(secrets).toContain(ca);
  });
});

describe('authentication', () => {
  const credentials = Buffer.from('a:k3y 7f3a').toString('base64');
  it.each([
    ['basic', { type: 'basic', username: 'a', password: key }, { authorization: `Basic ${credentials}` }],
    ['bearer', { type: 'bearer', token: key }, { authorization: 'Bearer k3y 7f3a' }],
    ['apiKey', { type: 'apiKey', in: 'header', name: 'X-Api-Key', value: key }, { 'x-api-key': 'k3y 7f3a' }],
  ] as const)('%s is in the headers', async (_name, auth, headers) => {
    const { attempt, secrets } = await ready({ auth });
    expect(attempt.headers).toEqual(headers);
    const said = redact(JSON.stringify(attempt.headers), secrets);
    expect(said).toContain('***');
    for (const part of ['7f3a', credentials.slice(0, 8)]) expect(said).not.toContain(part);
  });

  it('by an API key may be in the query', async () => {
    const auth = { type: 'apiKey', in: 'query', name: 'api key', value: key } as const;
    const { attempt, secrets } = await ready({ auth, query: [['a', '1']] });
    expect(attempt.url).toBe('https://a.example/x?a=1&api%20key=k3y%207f3a');
    expect(redact(attempt.url, secrets)).toBe('https://a.example/x?a=1&api%20key=***');
  });

  it('is secret although it was not read from anywhere secret', async () => {
    expect((await ready({ auth: { type: 'bearer', token: 'plain' } })).secrets).toContain('plain');
  });
});

describe('a signed request', () => {
  const headers = {
    authorization: 'AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=abc123',
    'x-amz-security-token': 't0ken',
    'x-amz-date': '20300102T030405Z',
  };

  it('is signed for the service, and once ahead, with all that is sent', async () => {
    const asked: Parameters<Sign>[0][] = [];
    const signer = (service: string, region: string | undefined) => async (request: Parameters<Sign>[0]) => {
      expect([service, region]).toEqual(['execute-api', 'eu-west-1']);
      asked.push(request);
      return headers;
    };
    const auth = { type: 'sigv4', service: 'execute-api', region: 'eu-west-1' } as const;
    const body = { kind: 'text', text: 'hi' } as const;
    const { attempt, secrets } = await ready({ method: 'POST', auth, body, query: [['a', 'b']] }, { signer });
    const sent = {
      method: 'POST',
      url: new URL('https://a.example/x?a=b'),
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: Buffer.from('hi'),
    };
    expect(asked).toEqual([sent]);
    expect(attempt.headers).not.toHaveProperty('authorization');
    expect(await attempt.sign?.(asked[0] as Parameters<Sign>[0])).toEqual(headers);
    const said = redact(`${JSON.stringify(headers)} abc123`, secrets);
    expect(said).toBe('{"authorization":"***","x-amz-security-token":"***","x-amz-date":"20300102T030405Z"} ***');
  });

  it('is not sent when there is nothing to sign with', async () => {
    const signer = () => () => Promise.reject(new BurnwatchError('BURN_X', 'there are no AWS credentials'));
    const auth = { type: 'sigv4', service: 'lambda' } as const;
    expect(await prepare({ auth }, { signer })).toEqual({ unsent: 'there are no AWS credentials' });
  });
});

describe('what cannot be sent', () => {
  const unsendable =
    'what its references stand for holds a line break, another control character or one beyond Latin-1';
  it.each([
    [{ headers: { 'x-a': [{ ssm: '/line' }] } }, `the header x-a cannot be sent: ${unsendable}`],
    [{ headers: { 'x-b': [{ ssm: '/wide' }] } }, `the header x-b cannot be sent: ${unsendable}`],
    [{ auth: { type: 'bearer', token: [{ ssm: '/line' }] } }, `the header authorization cannot be sent: ${unsendable}`],
    [{ url: [{ ssm: '/key' }] }, 'the URL of the monitor is not an http or https URL'],
    [{ url: ['ftp://', { ssm: '/key' }] }, 'the URL of the monitor is not an http or https URL'],
    [
      { url: ['http://', { ssm: '/key' }, ':x@a.example'] },
      'the URL of the monitor holds a user name or password: use auth for them',
    ],
    [{ headers: { a: [{ ssm: '/gone' }] } }, 'the parameter /gone does not exist'],
    [{ body: { kind: 'form', fields: [['a', [{ ssm: '/gone' }]]] } }, 'the parameter /gone does not exist'],
    [{ tls: { rejectUnauthorized: true, cert: [{ ssm: '/gone' }] } }, 'the parameter /gone does not exist'],
  ] as const)('%j is said without its secrets', async (request, unsent) => {
    expect(await prepare(request)).toEqual({ unsent });
  });

  it('is what a parameter store that hangs would be needed for, after the timeout', async () => {
    const unsent = 'its references were not resolved within 50 ms';
    expect(await prepare({}, { resolveText: () => new Promise(() => {}) })).toEqual({ unsent });
  });

  it('is all that comes after the probe was stopped', async () => {
    const signal = AbortSignal.abort();
    expect(await prepare({}, { signal })).toEqual({ unsent: 'the probe was stopped before it was sent' });
  });
});

describe('a secret in a URL', () => {
  it('is known in the form in which the URL holds it', async () => {
    const { attempt, secrets } = await ready({
      url: ['https://a.example/', { ssm: '/url' }, '/x?y=', { ssm: '/quoted' }],
    });
    expect(redact(attempt.url, secrets)).toBe('https://a.example/***/x?y=***');
  });

  it('that is one is known as messages show it, without its query', async () => {
    const { attempt, secrets } = await ready({ url: [{ ssm: '/url' }] });
    expect(redact(attempt.url, secrets)).toBe('***');
    expect(redact('https://hooks.example/a|b/7f3a redirects', secrets)).toBe('*** redirects');
  });
});
