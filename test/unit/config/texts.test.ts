import type { Monitor } from '../../../shared/config/model.ts';
import { needsTls } from '../../../shared/config/texts.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const http = httpMonitor;
const { type: _type, request: _request, ...base } = httpMonitor();

describe('needsTls', () => {
  it.each<[string, Monitor, boolean]>([
    ['http', http({ request: { url: 'http://a.example/' } }), false],
    ['https', http({ request: { url: 'https://a.example/' } }), true],
    ['https with a reference', http({ request: { url: ['https://a.example/', { ssm: '/path' }] } }), true],
    ['http with a reference', http({ request: { url: ['http://a.example/', { ssm: '/path' }] } }), false],
    ['an output, which may be either', http({ request: { url: [{ output: 'Url' }, '/'] } }), true],
    ['plain tcp', { ...base, type: 'tcp', request: { host: 'a.example', port: 25, dialogue: [] } }, false],
    [
      'tls',
      { ...base, type: 'tls', request: { host: 'a.example', port: 443, tls: { rejectUnauthorized: true } } },
      true,
    ],
  ])('%s', (_name, monitor, expected) => {
    expect(needsTls(monitor)).toBe(expected);
  });
});
