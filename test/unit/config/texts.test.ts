import type { Monitor } from '../../../shared/config/model.ts';
import { needsTls, referencesOfBurst, textsOfBurst } from '../../../shared/config/texts.ts';
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

describe('the texts of a burst', () => {
  const { request } = httpMonitor({
    request: {
      url: ['https://a.example/', { data: 'code' }],
      headers: { authorization: ['Bearer ', { ssm: '/t' }], accept: 'text/html' },
      query: [['at', [{ output: 'Name' }]]],
      body: { kind: 'json', json: { id: '' }, fills: [{ path: ['id'], text: [{ random: 'hex8' }] }] },
    },
  });
  const burst = {
    mix: [
      { weight: 1, request },
      { weight: 2, flow: 'buy' },
    ],
  };

  it('are all that its requests send; flows have theirs for themselves', () => {
    expect(textsOfBurst(burst)).toHaveLength(5);
    expect(referencesOfBurst(burst)).toEqual([{ data: 'code' }, { output: 'Name' }, { ssm: '/t' }, { random: 'hex8' }]);
  });
});
