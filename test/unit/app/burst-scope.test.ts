import { resolveHosts, scopeOf } from '../../../shared/app/burst/scope.ts';
import type { Config, Text } from '../../../shared/config/model.ts';
import { aBurst } from '../../support/burst.ts';
import { aMonitor } from '../../support/config.ts';
import { flowMonitor, flowStep } from '../../support/flow-monitor.ts';

const asking = (url: Text, id = 'api') => aMonitor({ id, request: { ...aMonitor().request, url } });
const loading = (url: Text) => aBurst({ mix: [{ weight: 1, request: { ...aMonitor().request, url } }] });
const scope = (config: Partial<Config>, burst = aBurst()) => scopeOf({ monitors: [], allow: [], ...config }, burst);

describe('what a burst may reach', () => {
  it('is the hosts that monitors name and those that are allowed, each once', () => {
    const monitors = [
      asking('https://example.com/a'),
      asking('https://EXAMPLE.com:8443/', 'b'),
      asking('https://b.example', 'c'),
    ];
    expect(scope({ monitors, allow: ['partner.example', 'example.com'] }).hosts).toEqual([
      'example.com',
      'b.example',
      'partner.example',
    ]);
  });

  it('is not the host that it loads itself, unless that is an output of the stack', () => {
    expect(scope({}, loading('https://other.example/')).hosts).toEqual([]);
    expect(scope({}, loading([{ output: 'ShortenerUrl' }, '/demo'])).hosts).toEqual([[{ output: 'ShortenerUrl' }]]);
    expect(scope({}, loading([{ output: 'ShortenerUrl' }, '.other.example/'])).hosts).toEqual([]);
  });

  it('is a host behind a parameter only where a monitor and the burst name the same one', () => {
    const secret = ['https://', { ssm: '/host' }, '/'];
    expect(scope({ monitors: [asking(secret)] }, loading(['https://', { ssm: '/host' }, ':8080/x'])).hosts).toEqual([
      [{ ssm: '/host' }],
    ]);
    expect(scope({ monitors: [asking(secret)] }, loading('https://example.com/')).hosts).toEqual([]);
    expect(scope({ monitors: [asking(secret)] }, loading(['https://', { ssm: '/other' }, '/'])).hosts).toEqual([]);
  });

  it('holds the flows of its mix, and no others', () => {
    const flows = [
      flowMonitor([flowStep('create')], { id: 'shorten' }),
      flowMonitor([flowStep('create')], { id: 'other' }),
    ];
    expect(scope({ monitors: flows }, aBurst({ mix: [{ weight: 1, flow: 'shorten' }] })).flows).toEqual([flows[0]]);
  });

  it('is known by name once its references are resolved; one that does not resolve is no host', async () => {
    const hosts = ['example.com', [{ output: 'ShortenerUrl' }], [{ output: 'Gone' }], [{ ssm: '/host' }]];
    const references = {
      output: (name: string) => (name === 'ShortenerUrl' ? 'https://abc.execute-api.example/dev' : undefined),
      parameter: async () => 'Db.Example.com:5432',
    };
    expect([...(await resolveHosts({ hosts }, references))]).toEqual([
      'example.com',
      'abc.execute-api.example',
      'db.example.com',
    ]);
  });
});
