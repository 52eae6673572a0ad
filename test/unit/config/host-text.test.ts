import { hostNameOf, hostTextOf, hostTextsOf } from '../../../shared/config/host-text.ts';
import type { Text } from '../../../shared/config/model.ts';
import { aMonitor } from '../../support/config.ts';

const rows: [Text, Text][] = [
  ['https://example.com/health', 'example.com'],
  ['HTTPS://Example.COM:8443', 'example.com'],
  ['https://example.com.?q=1', 'example.com'],
  ['https://bücher.example/', 'xn--bcher-kva.example'],
  ['http://[2001:DB8::1]:80/', '2001:db8::1'],
  ['http://127.0.0.1:3000#top', '127.0.0.1'],
  [[{ output: 'ShortenerUrl' }, '/demo'], [{ output: 'ShortenerUrl' }]],
  [[{ output: 'ShortenerUrl' }], [{ output: 'ShortenerUrl' }]],
  [
    [{ output: 'ShortenerUrl' }, '.example.com/'],
    [{ output: 'ShortenerUrl' }, '.example.com'],
  ],
  [['https://', { ssm: '/host' }, ':8080/path'], [{ ssm: '/host' }]],
  [
    ['https://eu.', { ssm: '/host' }, '/', { random: 'hex8' }],
    ['eu.', { ssm: '/host' }],
  ],
  [['https://example.com/', { data: 'code' }], 'example.com'],
];

describe('the host of a URL that may hold references', () => {
  it.each(rows)('%j is %j', (url, host) => {
    expect(hostTextOf(url)).toEqual(host);
  });

  it.each([
    ['https://example.com:8443/x', 'example.com'],
    ['Example.com', 'example.com'],
    ['example.com:80', 'example.com'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['', ''],
  ])('once resolved, %s names %s', (text, host) => {
    expect(hostNameOf(text)).toBe(host);
  });

  it('of a monitor that has none is nothing', () => {
    const { request, ...rest } = aMonitor();
    expect(hostTextsOf(aMonitor())).toEqual(['example.com']);
    expect(hostTextsOf({ ...rest, type: 'tcp', request: { host: 'Db.example.com', port: 1, dialogue: [] } })).toEqual([
      'db.example.com',
    ]);
    expect(hostTextsOf({ ...rest, type: 'heartbeat', periodMs: 1, graceMs: 1 })).toEqual([]);
    expect(
      hostTextsOf({
        ...rest,
        type: 'flow',
        steps: [
          { id: 'a', request, timeoutMs: 1, maxBodyBytes: 1, assertions: [], extract: [], always: false },
          {
            id: 'b',
            request: { ...request, url: 'https://other.example' },
            timeoutMs: 1,
            maxBodyBytes: 1,
            assertions: [],
            extract: [],
            always: false,
          },
        ],
      }),
    ).toEqual(['example.com', 'other.example']);
  });
});
