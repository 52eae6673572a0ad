import type {
  AlertmanagerChannel,
  PagerDutyChannel,
  SentChannel,
  SlackChannel,
  TeamsChannel,
  WebhookChannel,
} from '../../shared/config/model.ts';

const common = { allowPrivate: true, fallback: 'oncall' } as const;

/** Good channels of each type, whose secrets are parameters; loopback is allowed. */
export const aSlack = (change: Partial<SlackChannel> = {}): SlackChannel => ({
  ...common,
  id: 'chat',
  type: 'slack',
  url: [{ ssm: '/burnwatch/slack-url' }],
  ...change,
});
export const aPager = (change: Partial<PagerDutyChannel> = {}): PagerDutyChannel => ({
  ...common,
  id: 'pager',
  type: 'pagerduty',
  url: 'https://events.pagerduty.com',
  routingKey: [{ ssm: '/burnwatch/pagerduty-key' }],
  ...change,
});
export const aTeams = (change: Partial<TeamsChannel> = {}): TeamsChannel => ({
  ...common,
  id: 'room',
  type: 'teams',
  url: [{ ssm: '/burnwatch/teams-url' }],
  ...change,
});
export const anAlertmanager = (change: Partial<AlertmanagerChannel> = {}): AlertmanagerChannel => ({
  ...common,
  id: 'am',
  type: 'alertmanager',
  url: 'https://am.example.com',
  auth: { type: 'bearer', token: [{ ssm: '/burnwatch/am-token' }] },
  ...change,
});
export const aWebhook = (change: Partial<WebhookChannel> = {}): WebhookChannel => ({
  ...common,
  id: 'hook',
  type: 'webhook',
  url: 'https://hooks.example.com/x',
  secret: [{ ssm: '/burnwatch/hook-secret' }],
  ...change,
});
export const channelsOfAllTypes: readonly SentChannel[] = [aSlack(), aPager(), aTeams(), anAlertmanager(), aWebhook()];
