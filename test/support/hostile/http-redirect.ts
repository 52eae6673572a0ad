import type { HttpRow } from './http.ts';
import { blocked, type Expected, failed, passed, type Running } from './row.ts';
import { ok, redirect } from './wire.ts';

const metadata: Expected = {
  ...blocked,
  message: /is a metadata or runtime address, which is never allowed$/,
  redirects: 1,
  attempts: 1,
};
const noUrl = failed('redirect', /redirects to is not a URL$/);

/** Redirects the first request to this place, and answers all others well. */
function leadsTo(
  name: string,
  location: string,
  expected: Expected | readonly Expected[],
  more: Partial<HttpRow> = {},
): HttpRow {
  return {
    name: `redirects to ${name}`,
    answer: (socket, head) => socket.write(/^\w+ \/\?/.test(head) ? redirect(location) : ok('ok')),
    expected,
    ...more,
  };
}

/** Redirects this many times, and then answers. */
function chain(hops: number, expected: Expected): HttpRow {
  return {
    name: `redirects ${hops} times`,
    answer: (socket, head) => {
      const at = Number(/^GET \/(\d*)/.exec(head)?.[1] ?? 0);
      socket.write(at < hops ? redirect(`/${at + 1}`) : ok('ok'));
    },
    expected,
  };
}

/** The host names of one loopback server are other origins: what is configured must stay with the first. */
const keepsSecrets = ({ received }: Running): readonly string[] =>
  received.slice(1).filter((request) => /s3cret|x-secret|cookie|authorization/i.test(request));

const answered = (name: string, status: number, location: string): HttpRow => ({
  name,
  answer: (socket) => socket.write(redirect(location, status)),
  assertions: [`status == ${status}`],
  expected: { ...passed, redirects: 0 },
});

/** Servers that send a client elsewhere. */
export const redirectingServers: readonly HttpRow[] = [
  chain(1, { ...passed, redirects: 1 }),
  chain(5, { ...passed, redirects: 5 }),
  chain(6, { ...failed('redirect', /^more than 5 redirects, the last one at /), redirects: 5 }),
  {
    name: 'redirects to itself for ever',
    answer: (socket) => socket.write(redirect('/')),
    expected: { ...failed('redirect', /^more than 5 redirects, the last one at /), redirects: 5 },
  },
  {
    name: 'redirects to and fro',
    answer: (socket, head) => socket.write(redirect(head.startsWith('GET /a') ? '/b' : '/a')),
    expected: { ...failed('redirect'), redirects: 5 },
  },
  leadsTo('the metadata address', 'http://169.254.169.254/latest/meta-data/', metadata),
  leadsTo('the metadata address, over https', 'https://169.254.169.254/', metadata),
  leadsTo('the metadata address as one number', 'http://2852039166/', metadata),
  leadsTo('the metadata address in hexadecimal', 'http://0xa9fea9fe/', metadata),
  leadsTo('the metadata address in octal', 'http://0251.0376.0251.0376/', metadata),
  leadsTo('the metadata address in three parts', 'http://169.254.43518/', metadata),
  leadsTo('the metadata address with a dot after it', 'http://169.254.169.254./', metadata),
  leadsTo('the metadata address in full-width digits', 'http://%EF%BC%91%EF%BC%96%EF%BC%99.254.169.254/', metadata),
  leadsTo('the metadata address as an IPv4-mapped one', 'http://[::ffff:a9fe:a9fe]/', metadata),
  leadsTo('the metadata address by NAT64', 'http://[64:ff9b::a9fe:a9fe]/', metadata),
  leadsTo('the metadata address by 6to4', 'http://[2002:a9fe:a9fe::]/', metadata),
  leadsTo('the metadata address of IPv6', 'http://[fd00:ec2::254]/', metadata),
  leadsTo('the metadata address of Alibaba', 'http://100.100.100.200/', metadata),
  leadsTo('the metadata address of Azure', 'http://168.63.129.16/', metadata),
  leadsTo('the credentials of a container', 'http://169.254.170.2/v2/credentials', metadata),
  leadsTo('the metadata address behind a user name', 'http://example.com@169.254.169.254/', metadata),
  leadsTo('the metadata address with backslashes', '\\\\169.254.169.254\\latest', metadata),
  leadsTo('the metadata address without a scheme', '//169.254.169.254/', metadata),
  leadsTo('the metadata address with tabs in it', 'ht\ttp://169.254.\t169.254/', [metadata, failed('protocol'), noUrl]),
  leadsTo(
    'a private address',
    'http://10.1.2.3/',
    { ...blocked, redirects: 1 },
    { changes: { allowPrivate: false }, allowOrigin: true },
  ),
  leadsTo(
    'another port of loopback',
    'http://127.0.0.1:1/',
    { ...blocked, redirects: 1 },
    { changes: { allowPrivate: false }, allowOrigin: true },
  ),
  leadsTo(
    'loopback by its name',
    'http://localhost:1/',
    { ...blocked, redirects: 1 },
    { changes: { allowPrivate: false }, allowOrigin: true },
  ),
  leadsTo(
    'loopback of IPv6',
    'http://[::1]:1/',
    { ...blocked, redirects: 1 },
    { changes: { allowPrivate: false }, allowOrigin: true },
  ),
  leadsTo(
    'the unspecified address',
    'http://0.0.0.0:1/',
    { ...blocked, redirects: 1 },
    { changes: { allowPrivate: false }, allowOrigin: true },
  ),
  leadsTo('a file', 'file:///etc/passwd', failed('redirect', /redirects to a file: URL, which is not followed$/)),
  leadsTo(
    'a script',
    'javascript:alert(1)',
    failed('redirect', /redirects to a javascript: URL, which is not followed$/),
  ),
  leadsTo('data', 'data:text/plain,ok', failed('redirect')),
  leadsTo('FTP', 'ftp://127.0.0.1/', failed('redirect')),
  leadsTo('gopher', 'gopher://127.0.0.1:25/_HELO', failed('redirect')),
  leadsTo('a WebSocket', 'ws://127.0.0.1/', failed('redirect')),
  leadsTo('a scheme of 9,000 letters', `${'a'.repeat(9_000)}:b`, failed('redirect')),
  leadsTo('what is no URL', 'http://[', noUrl),
  leadsTo('a port that cannot be', 'http://127.0.0.1:99999/', noUrl),
  leadsTo('nothing', '', [noUrl, failed('redirect'), failed('assertion')]),
  leadsTo('a host with a NUL', 'http://a\0b/', [noUrl, failed('protocol')]),
  leadsTo('a name that does not exist', 'http://nowhere.invalid/', failed('resolve')),
  leadsTo('a name of 300 letters', `http://${'a'.repeat(300)}/`, [failed('resolve'), noUrl]),
  leadsTo('an empty label', 'http://a..b/', failed('resolve')),
  leadsTo('port 0', 'http://127.0.0.1:0/', failed('connect')),
  leadsTo('a port that refuses', 'http://127.0.0.1:1/', {
    ...failed('connect', 'the connection was refused by 127.0.0.1:1 (ECONNREFUSED)'),
    redirects: 1,
  }),
  leadsTo('a path of 30 kB', `/${'a'.repeat(30_000)}`, { ...passed, redirects: 1 }),
  leadsTo(
    'a path of 60 kB',
    `/${'a'.repeat(60_000)}`,
    failed('protocol', 'the headers of the answer are larger than 32 kB'),
  ),
  leadsTo('a path of bytes beyond ASCII', '/\xff\xfe\xc3\xa9', { ...passed, redirects: 1 }),
  leadsTo(
    'a path with encoded line breaks',
    '/%0d%0ax-injected:%20yes',
    { ...passed, redirects: 1 },
    {
      check: ({ received }) => received.filter((request) => /^x-injected/m.test(request)),
    },
  ),
  leadsTo('a path with encoded NUL', '/%00', { ...passed, redirects: 1 }),
  leadsTo('a fragment', '#part', { ...failed('redirect'), redirects: 5 }),
  leadsTo('two places at once', '/a\r\nlocation: /b', [{ ...passed, redirects: 1 }, failed('redirect')]),
  {
    name: 'redirects its https to http, where a secret would be read',
    answer: (socket, head) => socket.write(/^GET \/\?/.test(head) ? redirect('http://127.0.0.1:1/') : ok('ok')),
    expected: { ...failed('connect'), redirects: 1 },
  },
  {
    name: 'redirects its http to https, which it does not speak',
    answer: (socket) => socket.write(redirect(`https://127.0.0.1:${socket.localPort}/`)),
    expected: { ...failed('tls'), redirects: 1 },
  },
  {
    name: 'redirects to another origin, which must not see what is configured',
    answer: (socket, head) =>
      socket.write(/^POST \/\?/.test(head) ? redirect(`http://localhost:${socket.localPort}/next`, 307) : ok('ok')),
    request: {
      method: 'POST',
      body: { kind: 'text', text: [{ ssm: '/key' }] },
      auth: { type: 'bearer', token: [{ ssm: '/key' }] },
    },
    expected: { ...passed, redirects: 1 },
    check: keepsSecrets,
  },
  {
    name: 'redirects to another origin and back',
    answer: (socket, head) => {
      const other = `http://localhost:${socket.localPort}`;
      if (/^GET \/\?/.test(head)) socket.write(redirect(`${other}/away`));
      else if (head.startsWith('GET /away')) socket.write(redirect(`http://127.0.0.1:${socket.localPort}/back`));
      else socket.write(ok('ok'));
    },
    expected: { ...passed, redirects: 2 },
    check: ({ received }) => (received[1] ?? '').match(/s3cret|x-secret|cookie/i)?.slice() ?? [],
  },
  answered('answers 300 with a Location', 300, '/next'),
  answered('answers 304 with a Location', 304, '/next'),
  answered('answers 305 with a proxy', 305, 'http://169.254.169.254/'),
  answered('answers 201 with a Location', 201, 'http://169.254.169.254/'),
  {
    name: 'redirects without a Location',
    answer: (socket) => socket.write('HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n'),
    expected: { ...failed('assertion', 'status in 200-299, but found 302'), redirects: 0 },
  },
  {
    name: 'redirects, and is not followed',
    answer: (socket) => socket.write(redirect('http://169.254.169.254/')),
    request: { followRedirects: false },
    assertions: ['status == 302'],
    expected: { ...passed, redirects: 0 },
  },
];
