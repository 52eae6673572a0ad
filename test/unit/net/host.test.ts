import { parseEndpoint, parseHost } from '../../../shared/net/host.ts';

describe('a host', () => {
  it.each([
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['a.'.repeat(127), 'a.'.repeat(127).slice(0, -1)],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('%s is %s', (text, expected) => {
    expect(parseHost(text)).toBe(expected);
  });

  it.each([
    '',
    '.',
    'a..b',
    '.a',
    'a b',
    'a/b',
    'a@b',
    'a:80',
    'http://a',
    '-a.example',
    '127.1',
    '0x7f000001',
    '2130706433',
    '[192.0.2.1]',
    '[2001:db8::1',
    '１２７.１',
    `${'a'.repeat(64)}.example`,
    `aa.${'a.'.repeat(126)}`,
  ])('is not %j', (text) => {
    expect(parseHost(text)).toBeUndefined();
  });
});

describe('an endpoint', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', 53],
    ['192.0.2.1:5353', '192.0.2.1', 5353],
    ['ns1.example:53', 'ns1.example', 53],
    ['2001:db8::1', '2001:db8::1', 53],
    ['[2001:db8::1]', '2001:db8::1', 53],
    ['[2001:db8::1]:65535', '2001:db8::1', 65_535],
  ])('%s is %s at %i', (text, host, port) => {
    expect(parseEndpoint(text, 53)).toEqual({ host, port });
  });

  it.each(['', ':53', 'a:', 'a:0', 'a:65536', 'a:b', 'a:53:53', '[a]:53', '[2001:db8::1]x'])('is not %j', (text) => {
    expect(parseEndpoint(text, 53)).toBeUndefined();
  });
});
