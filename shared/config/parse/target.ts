import { isIP } from 'node:net';
import { endpointOf, kindOfAddress } from '../../net/address-policy.ts';
import type { HttpRequest, Monitor, Text } from '../model.ts';
import type { Fault, Path } from './problem.ts';

/** Literal addresses that the address policy refuses, so that the monitor could never be anything but blocked. */
export function warnOfBlocked(monitor: Monitor, path: Path): Fault[] {
  return targetsOf(monitor).flatMap(({ host, at }) =>
    warnOfHost(host, { allowPrivate: monitor.allowPrivate, what: 'every probe of it' }, [...path, ...at]),
  );
}

/** The same of a request of a burst, `path` being that of its URL. */
export function warnOfBlockedRequest({ url }: HttpRequest, allowPrivate: boolean, path: Path): Fault[] {
  return warnOfBlockedUrl(url, { allowPrivate, what: 'every request to it' }, path);
}

/** The same of any URL. */
export function warnOfBlockedUrl(url: Text, sender: Sender, path: Path): Fault[] {
  return warnOfHost(hostOf(url), sender, path);
}

type Sender = { readonly allowPrivate: boolean; readonly what: string };

function warnOfHost(host: string | undefined, sender: Sender, path: Path): Fault[] {
  const message = host === undefined ? undefined : whyBlocked(host, sender);
  return message === undefined ? [] : [{ code: 'BURN_CONFIG_ALWAYS_BLOCKED', path, message }];
}

type Target = { readonly host: string | undefined; readonly at: Path };

function targetsOf(monitor: Monitor): Target[] {
  switch (monitor.type) {
    case 'http':
      return [{ host: hostOf(monitor.request.url), at: ['request', 'url'] }];
    case 'flow':
      return monitor.steps.map(({ request }, index) => ({
        host: hostOf(request.url),
        at: ['steps', index, 'request', 'url'],
      }));
    case 'tcp':
    case 'tls':
      return [{ host: literal(monitor.request.host), at: ['request', 'host'] }];
    case 'dns':
      return [{ host: serverHost(monitor.request.server), at: ['request', 'server'] }];
    case 'heartbeat':
      return [];
    default:
      return monitor satisfies never;
  }
}

const literal = (text: Text | undefined): string | undefined => (typeof text === 'string' ? text : undefined);

/** The host of a URL, where no reference decides it: it has ended before the first one. */
function hostOf(url: Text): string | undefined {
  const [start] = typeof url === 'string' ? [`${url}/`] : url;
  const origin = typeof start === 'string' ? /^https?:\/\/[^/?#]+(?=[/?#])/i.exec(start)?.[0] : undefined;
  return origin !== undefined && URL.canParse(origin) ? endpointOf(new URL(origin)).host : undefined;
}

function serverHost(server: Text | undefined): string | undefined {
  const text = literal(server);
  return text === undefined || isIP(text) !== 0 ? text : text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function whyBlocked(host: string, { allowPrivate, what }: Sender): string | undefined {
  const isLocal = /(^|\.)localhost\.?$/i.test(host);
  if (!isLocal && isIP(host) === 0) return undefined;
  const kind = isLocal ? 'private' : kindOfAddress(host);
  if (kind === 'metadata') return `${host} hands out credentials: ${what} is blocked, whatever allowPrivate says`;
  if (kind === 'public' || allowPrivate) return undefined;
  return `${host} is not a public address: ${what} is blocked; set allowPrivate: true if it is meant`;
}
