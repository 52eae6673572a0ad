import { z } from 'zod';
import { choice, type Fields, map } from './fields.ts';
import type { RequestFields } from './request-fields.ts';
import { authSchema } from './schema-request.ts';

const text = {
  fallback: 'The channel on which it is told when this one cannot be told. The first e-mail channel by default.',
  allowPrivate: 'Let it send to private, loopback and link-local addresses.',
  slack: 'The URL of an incoming webhook.',
  pagerduty:
    'Where events are taken: https://events.pagerduty.com by default, https://events.eu.pagerduty.com in Europe.',
  routingKey: 'The integration key of a service, of type Events API v2.',
  teams: 'The URL of a workflow that posts to a channel when a webhook request is received.',
  alertmanager: 'Under which its /api/v2 lies.',
  webhook: 'Where messages for machines are posted.',
  secret: 'What they are signed with (HMAC-SHA256): at least 16 characters.',
};

/** What belongs to channels of another type, and where it does. */
const elsewhere = {
  to: 'belongs to channels of type email',
  routingKey: 'belongs to channels of type pagerduty',
  auth: 'belongs to channels of type alertmanager',
  secret: 'belongs to channels of type webhook',
  channel: 'is chosen where the webhook is made: it posts to one channel',
};
const ofEmail = {
  ...elsewhere,
  url: 'is no key of an e-mail channel, which has an address (to)',
  fallback: 'belongs to channels of other types: SNS itself sends e-mail',
  allowPrivate: 'belongs to channels of other types: SNS itself sends e-mail',
};

/** A channel, read by the keys of its own type. */
export function channelSchema(fields: Fields, sent: RequestFields) {
  const common = {
    fallback: fields.channel().optional().meta({ description: text.fallback }),
    allowPrivate: z.boolean().optional().meta({ description: text.allowPrivate }),
  };
  return z.discriminatedUnion('type', [
    map({ type: choice(['email']), to: fields.email('The address that alerts are sent to.') }, [], ofEmail),
    map({ type: choice(['slack']), url: sent.secretUrl(text.slack), ...common }, [], elsewhere),
    map(
      {
        type: choice(['pagerduty']),
        routingKey: sent.secret(text.routingKey),
        url: sent.url(text.pagerduty).optional(),
        ...common,
      },
      [],
      elsewhere,
    ),
    map({ type: choice(['teams']), url: sent.secretUrl(text.teams), ...common }, [], elsewhere),
    map(
      {
        type: choice(['alertmanager']),
        url: sent.url(text.alertmanager),
        auth: authSchema(fields, sent).optional(),
        ...common,
      },
      [],
      elsewhere,
    ),
    map(
      { type: choice(['webhook']), url: sent.url(text.webhook), secret: sent.secret(text.secret), ...common },
      [],
      elsewhere,
    ),
  ]);
}
