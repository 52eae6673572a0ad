import fc from 'fast-check';
import { fromAnswer, routeOf, toEvent } from '../../../infra/local/gateway/event.ts';

const call = { requestId: 'r', apiId: 'local', at: Date.UTC(2026, 10, 21, 1, 2, 3) };
const socket = { remoteAddress: '127.0.0.1', localPort: 4001 };
const request = (url: string, ...rawHeaders: string[]) => ({
  method: 'POST',
  url,
  rawHeaders,
  httpVersion: '1.1',
  socket,
});
const event = (url: string, body = '', ...headers: string[]) =>
  toEvent(request(url, ...headers), Buffer.from(body), call);

describe('the route of a request', () => {
  it.each([
    ['/heartbeats/a/b', 'ANY /heartbeats/{proxy+}'],
    ['/heartbeats/a?x=/', 'ANY /heartbeats/{proxy+}'],
    ['http://h:1/heartbeats/a', 'ANY /heartbeats/{proxy+}'],
    ['/heartbeats/', '$default'],
    ['/heartbeats', '$default'],
    ['/x/heartbeats/a', '$default'],
    ['/?/heartbeats/a', '$default'],
  ])('of %s is %s', (url, route) => {
    expect(routeOf(url)).toBe(route);
  });
});

describe('a request as an event', () => {
  it('carries what an HTTP API tells', () => {
    expect(event('/links?a=1', '{}', 'Host', 'h:1', 'Content-Type', 'application/json', 'User-Agent', 'u')).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/links',
      rawQueryString: 'a=1',
      headers: {
        host: 'h:1',
        'content-type': 'application/json',
        'user-agent': 'u',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '4001',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { a: '1' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: 'h:1',
        domainPrefix: 'h:1',
        http: { method: 'POST', path: '/links', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'u' },
        requestId: 'r',
        routeKey: '$default',
        stage: '$default',
        time: '21/Nov/2026:01:02:03 +0000',
        timeEpoch: call.at,
      },
      body: '{}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ['/', '/', ''],
    ['/a%2Fb%20c', '/a%2Fb%20c', ''],
    ['/%', '/%', ''],
    ['//evil.example/x', '//evil.example/x', ''],
    ['/a/../b', '/a/../b', ''],
    ['/a?', '/a', ''],
    ['/a?b=1&b=2?c', '/a', 'b=1&b=2?c'],
    ['http://host:1/abs?q=1', '/abs', 'q=1'],
    ['http://host', '/', ''],
    ['*', '*', ''],
  ])('keeps the bytes of %s', (url, rawPath, rawQueryString) => {
    expect(event(url)).toMatchObject({ rawPath, rawQueryString });
  });

  it('joins what comes several times, and keeps cookies apart', () => {
    expect(event('/?a=1&a=2', '', 'X-A', '1', 'x-a', '2', 'Cookie', 'c=1; d=2', 'cookie', 'e=3')).toMatchObject({
      headers: { 'x-a': '1,2' },
      queryStringParameters: { a: '1,2' },
      cookies: ['c=1', 'd=2', 'e=3'],
    });
  });

  it('is not fooled by names of the prototype', () => {
    const made = event('/?__proto__=1', '', '__proto__', 'x', 'constructor', 'y');
    expect(Object.getPrototypeOf(made.headers)).toBe(Object.prototype);
    expect(made.headers).toMatchObject({ constructor: 'y' });
  });

  it.each([
    ['application/json; charset=utf-8', 'é', { body: 'é', isBase64Encoded: false }],
    ['text/plain', 'x', { body: 'x', isBase64Encoded: false }],
    ['application/problem+json', 'x', { body: 'x', isBase64Encoded: false }],
    ['application/x-www-form-urlencoded', 'a=1', { body: 'YT0x', isBase64Encoded: true }],
    ['', 'x', { body: 'eA==', isBase64Encoded: true }],
  ])('encodes a body of type %j as API Gateway does', (type, body, expected) => {
    expect(event('/', body, 'content-type', type)).toMatchObject(expected);
  });

  it('loses no byte of any body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.constantFrom('text/plain', 'image/png'), (bytes, type) => {
        const made = toEvent(request('/', 'content-type', type), Buffer.from(bytes), call);
        const back = Buffer.from(made.body ?? '', made.isBase64Encoded ? 'base64' : 'utf8');
        expect(back.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});

describe('an answer', () => {
  it.each([
    ['"text"', { statusCode: 200, headers: { 'content-type': 'application/json' }, body: 'text' }],
    ['{"a":1}', { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' }],
    ['null', { statusCode: 200, headers: { 'content-type': 'application/json' }, body: 'null' }],
    ['{"statusCode":204}', { statusCode: 204, headers: {}, body: '' }],
    ['{"statusCode":200,"body":"aGk=","isBase64Encoded":true}', { statusCode: 200, headers: {}, body: 'hi' }],
    [
      '{"statusCode":"302","headers":{"Location":"x","Connection":"close"}}',
      { statusCode: 302, headers: { location: 'x' }, body: '' },
    ],
  ])('%s becomes HTTP', (payload, expected) => {
    const answer = fromAnswer(payload);
    expect({ ...answer, body: answer?.body.toString() }).toMatchObject(expected);
  });

  it.each(['{"statusCode":99}', '{"statusCode":"x"}', '{"statusCode":200,"body":{}}', '{"statusCode":600}'])(
    '%s is none that HTTP could carry',
    (payload) => {
      expect(fromAnswer(payload)).toBeUndefined();
    },
  );

  it('has its cookies in a list, and text beyond ASCII as UTF-8', () => {
    const answer = fromAnswer('{"statusCode":200,"cookies":["a=1","b=2"],"headers":{"x":"é"}}');
    expect(answer).toMatchObject({ cookies: ['a=1', 'b=2'], headers: { x: Buffer.from('é').toString('latin1') } });
  });
});
