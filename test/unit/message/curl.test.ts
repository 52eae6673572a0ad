import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { renderCurl } from '../../../shared/message/curl.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const outputs = { ShortenerUrl: 'https://abc.example' };
const bare = { url: 'https://a.example/', followRedirects: false } as const;

describe('renderCurl', () => {
  it.each([
    [{ url: 'https://a.example/' }, "curl -sS -i -L --max-redirs 5 --max-time 2 'https://a.example/'"],
    [{ url: 'https://a.example/', followRedirects: false }, "curl -sS -i --max-time 2 'https://a.example/'"],
    [
      { url: 'https://a.example/', method: 'POST', followRedirects: false },
      "curl -sS -i -X POST --max-time 2 'https://a.example/'",
    ],
    [
      { url: 'https://a.example/', method: 'HEAD', followRedirects: false },
      "curl -sS -i -I --max-time 2 'https://a.example/'",
    ],
    [
      { url: [{ output: 'ShortenerUrl' }, '/health'], followRedirects: false },
      "curl -sS -i --max-time 2 'https://abc.example/health'",
    ],
    [{ url: [{ output: 'Gone' }, '/x'], followRedirects: false }, `curl -sS -i --max-time 2 "$Gone"'/x'`],
    [
      {
        url: 'https://a.example/',
        followRedirects: false,
        headers: { authorization: ['Bearer ', { ssm: '/burnwatch/write-token' }] },
      },
      `curl -sS -i --max-time 2 -H 'authorization: Bearer '"$WRITE_TOKEN" 'https://a.example/'`,
    ],
    [
      { url: "https://a.example/it's?a=$HOME&b=`id`", followRedirects: false },
      `curl -sS -i --max-time 2 'https://a.example/it'\\''s?a=$HOME&b=\`id\`'`,
    ],
    [
      {
        url: 'https://a.example/',
        query: [
          ['q', 'a b'],
          ['t', [{ ssm: '/x/token' }]],
        ],
        followRedirects: false,
      },
      `curl -sS -i --max-time 2 'https://a.example/?q=a%20b&t='"$TOKEN"`,
    ],
    [
      { url: 'https://a.example/?a=1', query: [['q', '&']], followRedirects: false },
      "curl -sS -i --max-time 2 'https://a.example/?a=1&q=%26'",
    ],
    [
      {
        url: 'https://a.example/',
        method: 'POST',
        body: { kind: 'text', text: ['a=', { ssm: '/x/key' }] },
        followRedirects: false,
      },
      `curl -sS -i --max-time 2 -H 'content-type: text/plain; charset=utf-8' --data-raw 'a='"$KEY" 'https://a.example/'`,
    ],
    [
      {
        url: 'https://a.example/',
        method: 'PUT',
        headers: { 'content-type': 'application/vnd.a+json' },
        body: {
          kind: 'json',
          json: { list: [1, ''], 'a"b': { c: '' }, n: null },
          fills: [
            { path: ['list', 1], text: ['"', { ssm: '/x/key' }] },
            { path: ['a"b', 'c'], text: [{ random: 'hex8' }] },
          ],
        },
        followRedirects: false,
      },
      `curl -sS -i -X PUT --max-time 2 -H 'content-type: application/vnd.a+json' --data-raw '{"list":[1,"\\"'"$KEY"'"],"a\\"b":{"c":"'"$RANDOM_HEX8"'"},"n":null}' 'https://a.example/'`,
    ],
    [
      {
        url: 'https://a.example/',
        method: 'POST',
        body: {
          kind: 'form',
          fields: [
            ['a b', 'c&d'],
            ['k', [{ ssm: '/x/key' }]],
          ],
        },
        followRedirects: false,
      },
      `curl -sS -i --max-time 2 --data-urlencode 'a%20b=c&d' --data-urlencode 'k='"$KEY" 'https://a.example/'`,
    ],
    [
      { auth: { type: 'basic', username: 'me', password: [{ ssm: '/x/pass' }] }, ...bare },
      `curl -sS -i --max-time 2 -u 'me:'"$PASS" 'https://a.example/'`,
    ],
    [
      { auth: { type: 'basic', username: 'me', password: 'typed' }, ...bare },
      `curl -sS -i --max-time 2 -u 'me:'"$PASSWORD" 'https://a.example/'`,
    ],
    [
      { auth: { type: 'bearer', token: [{ ssm: '/x/write-token' }] }, ...bare },
      `curl -sS -i --max-time 2 -H 'authorization: Bearer '"$WRITE_TOKEN" 'https://a.example/'`,
    ],
    [
      { auth: { type: 'apiKey', in: 'header', name: 'x-key', value: 'typed' }, ...bare },
      `curl -sS -i --max-time 2 -H 'x-key: '"$API_KEY" 'https://a.example/'`,
    ],
    [
      { auth: { type: 'apiKey', in: 'query', name: 'key', value: [{ ssm: '/x/k' }] }, ...bare },
      `curl -sS -i --max-time 2 'https://a.example/?key='"$K"`,
    ],
    [
      { auth: { type: 'sigv4', service: 'execute-api' }, ...bare },
      `curl -sS -i --max-time 2 --aws-sigv4 'aws:amz:'"$AWS_REGION"':execute-api' -u "$AWS_ACCESS_KEY_ID"':'"$AWS_SECRET_ACCESS_KEY" -H 'x-amz-security-token: '"$AWS_SESSION_TOKEN" 'https://a.example/'`,
    ],
    [
      {
        httpVersion: '2',
        ipVersion: 6,
        tls: {
          rejectUnauthorized: false,
          minVersion: 'TLSv1.3',
          ca: [{ ssm: '/x/ca' }],
          cert: 'PEM',
          key: [{ ssm: '/x/k' }],
        },
        ...bare,
      },
      `curl -sS -i --max-time 2 --http2 -6 -k --tlsv1.3 --cacert "$CA_FILE" --cert "$CERT_FILE" --key "$KEY_FILE" 'https://a.example/'`,
    ],
  ] as const)('%j', (request, curl) => {
    expect(renderCurl(httpMonitor({ request }), outputs)).toBe(curl);
  });

  it('means to a shell exactly what it says', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
    fc.assert(
      fc.property(text, (value) => {
        const curl = renderCurl(httpMonitor({ request: { url: 'https://a.example/', headers: { 'x-a': value } } }), {});
        const words = execFileSync('sh', ['-c', `printf '%s\\0' ${curl}`], { env: {} })
          .toString('utf8')
          .split('\0');
        expect(words).toContain(`x-a: ${value}`);
      }),
      { numRuns: 30 },
    );
  });
});
