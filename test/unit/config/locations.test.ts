import type { Config } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

function read(head: string, monitor = ''): Config {
  const text = `version: 1
service: api
${head}
monitors:
  web: { type: http, request: { url: https://example.com/ }${monitor} }
  job: { type: heartbeat, period: 1d }
`;
  const result = parseConfig(text, { file: 'm.yml', env: { HOME_REGION: 'eu-west-1' } });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.config;
}
const agreementOf = (head: string, monitor?: string) => read(head, monitor).monitors.map((each) => each.agreement);
const three = 'locations: { home: "${env:HOME_REGION}", also: [us-east-1, ap-southeast-2] }';

describe('locations', () => {
  it('without any, a configuration has no word of them', () => {
    expect(JSON.stringify(read(''))).not.toMatch(/location|quorum|agreement/i);
  });

  it('are the home region and others', () => {
    expect(read(three).locations).toEqual({ home: 'eu-west-1', also: ['us-east-1', 'ap-southeast-2'] });
  });

  it.each([
    ['nothing', '', '', { quorum: 'majority', minLocations: 1 }],
    ['the file', 'quorum: all\nminLocations: 2', '', { quorum: 'all', minLocations: 2 }],
    [
      'the monitor',
      'quorum: all\nminLocations: 2',
      ', quorum: any, minLocations: 3',
      { quorum: 'any', minLocations: 3 },
    ],
    ['a number', 'quorum: 3', '', { quorum: { count: 3 }, minLocations: 1 }],
    ['a share', '', ', quorum: 50%', { quorum: { sharePpm: 500_000 }, minLocations: 1 }],
  ])('a monitor takes what %s says, and a heartbeat is judged at home alone', (_, file, monitor, expected) => {
    expect(agreementOf(`${three}\n${file}`, monitor)).toEqual([expected, undefined]);
  });

  it('what is signed is signed for home, unless it says for which region, wherever it is sent from', () => {
    const text = (head: string) => `version: 1
service: api
${head}
monitors:
  a: { type: http, request: { url: https://example.com/, auth: { type: sigv4, service: execute-api } } }
  b: { type: http, request: { url: https://example.com/, auth: { type: sigv4, service: execute-api, region: sa-east-1 } } }
  c: { type: flow, steps: [{ id: one, request: { url: https://example.com/, auth: { type: sigv4, service: lambda } } }] }
`;
    const regions = (head: string) => {
      const result = parseConfig(text(head), { file: 'm.yml', env: { HOME_REGION: 'eu-west-1' } });
      if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
      const requests = result.config.monitors.flatMap((each) =>
        each.type === 'http' ? [each.request] : each.type === 'flow' ? each.steps.map(({ request }) => request) : [],
      );
      return requests.map(({ auth }) => (auth?.type === 'sigv4' ? auth.region : 'none'));
    };
    expect(regions(three)).toEqual(['eu-west-1', 'sa-east-1', 'eu-west-1']);
    expect(regions('')).toEqual([undefined, 'sa-east-1', undefined]);
  });

  it.each(['eu-west-1', 'us-gov-east-1', 'ap-southeast-7', 'eusc-de-east-1', 'il-central-1'])(
    '%s is a region',
    (region) => {
      expect(read(`locations: { home: ${region}, also: [cn-north-1] }`).locations?.home).toBe(region);
    },
  );
});
