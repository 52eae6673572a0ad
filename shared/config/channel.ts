import type { Auth, Text } from './model.ts';

/** Where alerts are delivered: an address that SNS mails to itself, or a service that the function `notify` sends to. */
export type Channel = EmailChannel | SentChannel;
export type EmailChannel = { readonly id: string; readonly type: 'email'; readonly to: string };
export type SentChannel = SlackChannel | PagerDutyChannel | TeamsChannel | AlertmanagerChannel | WebhookChannel;

/** What all share that are sent to. */
type Sent = {
  /** `[a-z0-9-]{1,64}` */
  readonly id: string;
  /** Private, loopback and link-local addresses are allowed. */
  readonly allowPrivate: boolean;
  /** The channel on which it is told when this one cannot be told; absent where there is none. Never itself. */
  readonly fallback?: string;
};

/** An incoming webhook, whose whole URL is a secret. */
export type SlackChannel = Sent & { readonly type: 'slack'; readonly url: Text };
/** Events API v2: the origin that takes events, and the key of an integration. */
export type PagerDutyChannel = Sent & { readonly type: 'pagerduty'; readonly url: Text; readonly routingKey: Text };
/** The webhook of a workflow, whose whole URL is a secret. */
export type TeamsChannel = Sent & { readonly type: 'teams'; readonly url: Text };
/** API v2: the address under which its `/api/v2` lies. */
export type AlertmanagerChannel = Sent & { readonly type: 'alertmanager'; readonly url: Text; readonly auth?: Auth };
/** Anything that takes JSON, signed with a secret that both sides know. */
export type WebhookChannel = Sent & { readonly type: 'webhook'; readonly url: Text; readonly secret: Text };

/** Whether `notify` sends to it; SNS mails to the others. */
export function isSent(channel: Channel): channel is SentChannel {
  return channel.type !== 'email';
}
