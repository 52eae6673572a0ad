import type { z } from 'zod';
import { type Channel, isSent, type SentChannel, type Text } from '../model.ts';
import { withoutUndefined } from './assemble-http.ts';
import type { Fault } from './problem.ts';
import { literalOf } from './request.ts';
import type { Schemas } from './schema.ts';
import { warnOfBlockedUrl } from './target.ts';

type ChannelEntry = z.output<Schemas['channel']>;
export type Channels = { readonly channels: readonly Channel[]; readonly faults: Fault[]; readonly warnings: Fault[] };

const pagerDuty = 'https://events.pagerduty.com';

/** Channels with every default put in. A failure of one is told on its fallback: the first e-mail channel where it names none. */
export function buildChannels(entries: ReadonlyMap<string, ChannelEntry>): Channels {
  const mailed = [...entries].find(([, { type }]) => type === 'email')?.[0];
  const channels = [...entries].map(([id, entry]) => buildChannel(id, entry, mailed));
  const sent = channels.filter(isSent);
  return {
    channels,
    faults: sent.flatMap((channel) => [...checkFallback(channel), ...checkBase(channel)]),
    warnings: [...(mailed === undefined ? warnOfNoEmail(sent) : []), ...sent.flatMap(warnOfBlocked)],
  };
}

/** Addresses are kept without what is put behind them when they are asked. */
function buildChannel(id: string, entry: ChannelEntry, mailed: string | undefined): Channel {
  if (entry.type === 'email') return { id, ...entry };
  const fallback = entry.fallback ?? mailed;
  const common = { id, allowPrivate: entry.allowPrivate ?? false, ...(fallback === undefined ? {} : { fallback }) };
  switch (entry.type) {
    case 'slack':
      return { ...common, type: entry.type, url: entry.url };
    case 'teams':
      return { ...common, type: entry.type, url: entry.url };
    case 'pagerduty': {
      const { type, routingKey, url = pagerDuty } = entry;
      return { ...common, type, url: without(url, /\/+(v2\/enqueue\/?)?$/), routingKey };
    }
    case 'alertmanager': {
      const { type, url, auth } = entry;
      const base = without(url, /\/+(api\/v2\/?(alerts\/?)?)?$/);
      return { ...common, type, url: base, ...(auth === undefined ? {} : { auth: withoutUndefined(auth) }) };
    }
    case 'webhook':
      return { ...common, type: entry.type, url: entry.url, secret: entry.secret };
    default:
      return entry satisfies never;
  }
}

function without(url: Text, end: RegExp): Text {
  if (typeof url === 'string') return url.replace(end, '');
  const last = url.at(-1);
  return typeof last === 'string' ? [...url.slice(0, -1), last.replace(end, '')] : url;
}

function checkFallback({ id, fallback }: SentChannel): Fault[] {
  if (fallback !== id) return [];
  const message = 'is the channel itself, which cannot tell that it fails: name another one';
  return [{ code: 'BURN_CONFIG_FALLBACK', path: ['channels', id, 'fallback'], message }];
}

/** What a path is put to ends with its own. */
function checkBase({ id, type, url }: SentChannel): Fault[] {
  if ((type !== 'pagerduty' && type !== 'alertmanager') || !/[?#]/.test(literalOf(url))) return [];
  const message = 'must be without a query and a fragment: the path that is asked is put behind it';
  return [{ code: 'BURN_CONFIG_URL', path: ['channels', id, 'url'], message }];
}

/** The alarms on the monitoring itself are mailed and nothing else. */
function warnOfNoEmail(sent: readonly SentChannel[]): Fault[] {
  const lonely = sent.filter(({ fallback }) => fallback === undefined).map(({ id }) => id);
  if (sent.length === 0) return [];
  const failing = lonely.length === 0 ? '' : `, and nobody hears when ${lonely.join(' or ')} cannot be told`;
  const message = `has no e-mail channel: the alarms on the monitoring itself reach nobody${failing}`;
  return [{ code: 'BURN_CONFIG_NO_EMAIL', path: ['channels'], message }];
}

function warnOfBlocked({ id, url, allowPrivate }: SentChannel): Fault[] {
  return warnOfBlockedUrl(url, { allowPrivate, what: 'every message to it' }, ['channels', id, 'url']);
}
