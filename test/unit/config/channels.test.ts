import { readFileSync } from 'node:fs';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const monitors = 'monitors: { web: { type: http, request: { url: https://example.com/ } } }';
const parse = (channels: string, env: Readonly<Record<string, string>> = {}) => {
  const result = parseConfig(`version: 1\nservice: api\nchannels: ${channels}\n${monitors}\n`, { file: 'm.yml', env });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result;
};
const channelsOf = (channels: string, env?: Readonly<Record<string, string>>) => parse(channels, env).config.channels;
const email = 'oncall: { type: email, to: a@example.com }';

describe('channels', () => {
  it('are kept with the paths of their secrets and every default', () => {
    const text = readFileSync('test/fixtures/language.yml', 'utf8');
    const result = parseConfig(text, { file: 'language.yml', env: {} });
    expect(result.ok && result.config.channels).toEqual([
      { id: 'oncall', type: 'email', to: 'oncall@example.com' },
      { id: 'boss', type: 'email', to: 'boss@example.com' },
      { id: 'chat', type: 'slack', url: [{ ssm: '/burnwatch/slack-url' }], allowPrivate: false, fallback: 'oncall' },
      {
        id: 'eu',
        type: 'pagerduty',
        url: 'https://events.eu.pagerduty.com',
        routingKey: [{ ssm: '/burnwatch/pagerduty-key' }],
        allowPrivate: false,
        fallback: 'chat',
      },
      {
        id: 'pager',
        type: 'pagerduty',
        url: 'https://events.pagerduty.com',
        routingKey: [{ ssm: '/burnwatch/pagerduty-key' }],
        allowPrivate: false,
        fallback: 'oncall',
      },
      { id: 'room', type: 'teams', url: [{ ssm: '/burnwatch/teams-url' }], allowPrivate: false, fallback: 'oncall' },
      {
        id: 'am',
        type: 'alertmanager',
        url: 'http://10.0.0.7:9093',
        auth: { type: 'bearer', token: [{ ssm: '/burnwatch/am-token' }] },
        allowPrivate: true,
        fallback: 'oncall',
      },
      {
        id: 'amp',
        type: 'alertmanager',
        url: 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/alertmanager',
        auth: { type: 'sigv4', service: 'aps' },
        allowPrivate: false,
        fallback: 'oncall',
      },
      {
        id: 'hook',
        type: 'webhook',
        url: ['https://hooks.example.com/', { ssm: '/burnwatch/hook-path' }],
        secret: [{ ssm: '/burnwatch/hook-secret' }],
        allowPrivate: false,
        fallback: 'oncall',
      },
    ]);
  });

  it('tell of their failures on the first e-mail channel, in the order of the file, or on none', () => {
    const fallback = (channels: string) =>
      channelsOf(channels).map((channel) => ('fallback' in channel ? channel.fallback : ''));
    const slack = 'chat: { type: slack, url: "${ssm:/u}" }';
    expect(fallback(`{ ${slack}, boss: { type: email, to: b@example.com }, ${email} }`)).toEqual(['boss', '', '']);
    expect(fallback(`{ ${slack} }`)).toEqual(['']);
  });

  it.each([
    ['https://am.example.com/', 'https://am.example.com'],
    ['https://am.example.com/prefix/api/v2/alerts', 'https://am.example.com/prefix'],
    ['https://am.example.com/api/v2/', 'https://am.example.com'],
    ['https://am.example.com/api/v2x', 'https://am.example.com/api/v2x'],
  ])('of an Alertmanager at %s ask below %s', (typed, base) => {
    expect(channelsOf(`{ ${email}, am: { type: alertmanager, url: ${typed} } }`)[1]).toMatchObject({ url: base });
  });

  it.each(['https://events.eu.pagerduty.com/', 'https://events.eu.pagerduty.com/v2/enqueue'])(
    'of PagerDuty take %s for its origin',
    (typed) => {
      const channels = channelsOf(`{ ${email}, p: { type: pagerduty, routingKey: "\${ssm:/k}", url: ${typed} } }`);
      expect(channels[1]).toMatchObject({ url: 'https://events.eu.pagerduty.com' });
    },
  );

  it('take what is no secret from the environment', () => {
    const channels = channelsOf(`{ ${email}, am: { type: alertmanager, url: "\${env:AM}" } }`, {
      AM: 'https://am.example.com/',
    });
    expect(channels[1]).toMatchObject({ url: 'https://am.example.com' });
  });

  it('may be secret as a whole or in part', () => {
    const channels = channelsOf(
      `{ ${email}, chat: { type: slack, url: "https://hooks.slack.com/services/\${ssm:/path}" } }`,
    );
    expect(channels[1]).toMatchObject({ url: ['https://hooks.slack.com/services/', { ssm: '/path' }] });
  });
});
