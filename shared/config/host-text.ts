import type { HttpRequest, Monitor, Text, TextPart } from './model.ts';

/**
 * The host of a URL, as it was written: a name or an address in lower case, without brackets and port. Where a reference
 * decides it, the parts up to the end of the host; `${output:Name}` stands for a whole URL and is alone in it.
 */
export function hostTextOf(url: Text): Text {
  const parts: readonly TextPart[] = typeof url === 'string' ? [url] : url;
  const host: TextPart[] = [];
  for (const [index, part] of parts.entries()) {
    if (typeof part !== 'string') {
      host.push(part);
      continue;
    }
    const text = index === 0 ? part.replace(/^https?:\/\//i, '') : part;
    const end = text.search(/[/?#\\]/);
    const own = end < 0 ? text : text.slice(0, end);
    if (own !== '') host.push(own.toLowerCase());
    if (end >= 0) break;
  }
  return tidy(host);
}

/** Every host that a monitor sends something to; none of a heartbeat. */
export function hostTextsOf(monitor: Monitor): readonly Text[] {
  switch (monitor.type) {
    case 'http':
      return [requestHost(monitor.request)];
    case 'flow':
      return monitor.steps.map(({ request }) => requestHost(request));
    case 'tcp':
    case 'tls':
      return [lower(monitor.request.host)];
    case 'dns':
    case 'heartbeat':
      return [];
    default:
      return monitor satisfies never;
  }
}

/** The host that a resolved text names: that of a whole URL, or one alone, with a port or without. */
export function hostNameOf(text: string): string {
  const host = /^https?:/i.test(text) ? hostTextOf(text) : bare(text.replace(/^([^:]+|\[.*\]):\d+$/, '$1'));
  return typeof host === 'string' ? host : '';
}

/** Whether two hosts were written in the same way. */
export function isSameText(one: Text, other: Text): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether it is an output of this very stack, and nothing besides: a URL of ours. One with text around it is what the text makes of it. */
export function isOutputHost(host: Text): boolean {
  const [only, ...rest] = typeof host === 'string' ? [host] : host;
  return rest.length === 0 && typeof only === 'object' && 'output' in only;
}

const requestHost = ({ url }: HttpRequest): Text => hostTextOf(url);
const lower = (text: Text): Text => (typeof text === 'string' ? bare(text) : text);

/** Without the port at the end. */
function tidy(parts: readonly TextPart[]): Text {
  const last = parts.at(-1);
  const trimmed = typeof last === 'string' ? [...parts.slice(0, -1), withoutPort(last, parts.length === 1)] : parts;
  const kept = trimmed.filter((part) => part !== '');
  const [only = ''] = kept;
  return kept.length <= 1 && typeof only === 'string' ? bare(only) : kept;
}

/** `[::1]:80` and `host:80`; what follows a reference is its port where it begins with a colon. */
function withoutPort(text: string, isWhole: boolean): string {
  return isWhole && text.startsWith('[') ? text.replace(/\]:\d*$/, ']') : text.replace(/:\d*$/, '');
}

/** As URLs write it: in lower case, international names in their ASCII form; here without brackets and the last dot. */
function bare(host: string): string {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  const url = `http://${plain.includes(':') ? `[${plain}]` : plain}`;
  const written = URL.canParse(url) ? new URL(url).hostname : plain.toLowerCase();
  return written.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
