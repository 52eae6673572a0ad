import type { DnsMonitor, IpVersion, Monitor, TcpMonitor, Text, TlsMonitor, TlsSettings } from '../config/model.ts';
import { targetOf } from '../config/texts.ts';
import { renderCurl } from './curl.ts';
import { type Outputs, type Piece, piecesOf, printf, quoteLightly, showText } from './shell.ts';

/** `GET https://…`, `tcp host:port`: what a monitor asks, for people. No secret is in it. */
export function renderTarget(monitor: Monitor, outputs: Outputs): { readonly verb: string; readonly target: string } {
  const { verb, target } = targetOf(monitor);
  return { verb, target: showText(target, outputs) };
}

/**
 * A line for a POSIX shell that does what a monitor does, with the tool that everyone has for it; a flow needs the monitor
 * itself. Secrets stay variables. Undefined for a heartbeat: there is nothing to ask.
 */
export function renderCommand(monitor: Monitor, outputs: Outputs): string | undefined {
  switch (monitor.type) {
    case 'http':
      return renderCurl(monitor, outputs);
    case 'tcp':
      return tcpCommand(monitor, outputs);
    case 'tls':
      return tlsCommand(monitor, outputs);
    case 'dns':
      return dnsCommand(monitor, outputs);
    case 'flow':
      return `npx burnwatch probe ${monitor.id}`;
    case 'heartbeat':
      return undefined;
    default:
      return monitor satisfies never;
  }
}

/** Who speaks STARTTLS on which port, for s_client, which speaks the words before it by itself. */
const startTlsPorts: Readonly<Record<number, string>> = {
  21: 'ftp',
  25: 'smtp',
  110: 'pop3',
  143: 'imap',
  587: 'smtp',
};

function tcpCommand({ request, timeoutMs }: TcpMonitor, outputs: Outputs): string {
  const { host, port, dialogue, tls, ipVersion } = request;
  const sent = dialogue.flatMap((step) => ('send' in step ? piecesOf(step.send, outputs) : []));
  const lead = sent.length === 0 ? '' : `${printf(sent)} | `;
  const end = sent.length === 0 ? ' </dev/null' : '';
  const isStarted = dialogue.some((step) => 'startTls' in step);
  if (tls && (!isStarted || startTlsPorts[port])) {
    const start = isStarted ? [`-starttls ${startTlsPorts[port]}`] : [];
    return `${lead}${sClient(host, port, ipVersion, tls, ['-quiet', ...start], outputs)}${end}`;
  }
  const words = ['nc', ...(dialogue.length === 0 ? ['-vz'] : []), ...family(ipVersion), `-w ${seconds(timeoutMs)}`];
  const target = `${quoteLightly(piecesOf(host, outputs))} ${port}`;
  return `${lead}${[...words, target].join(' ')}${dialogue.length === 0 ? '' : end}`;
}

function tlsCommand({ request }: TlsMonitor, outputs: Outputs): string {
  const { host, port, ipVersion, startTls, tls } = request;
  const more = ['-showcerts', ...(startTls === undefined ? [] : [`-starttls ${startTls}`])];
  return `${sClient(host, port, ipVersion, tls, more, outputs)} </dev/null`;
}

function sClient(
  host: Text,
  port: number,
  ipVersion: IpVersion | undefined,
  tls: TlsSettings,
  more: readonly string[],
  outputs: Outputs,
): string {
  const pieces = piecesOf(host, outputs);
  const name = tls.servername === undefined ? pieces : [tls.servername];
  const shown = quoteLightly(name);
  return [
    'openssl s_client',
    ...family(ipVersion),
    `-connect ${quoteLightly([...bracketed(pieces), `:${port}`])}`,
    ...(isAddress(shown) ? ['-noservername'] : [`-servername ${shown}`]),
    ...(tls.rejectUnauthorized ? [`${isAddress(shown) ? '-verify_ip' : '-verify_hostname'} ${shown}`] : []),
    ...(tls.minVersion === undefined ? [] : [`-min_protocol ${tls.minVersion}`]),
    ...(tls.ca === undefined ? [] : ['-CAfile "$CA_FILE"']),
    ...(tls.cert === undefined ? [] : ['-cert "$CERT_FILE"']),
    ...(tls.key === undefined ? [] : ['-key "$KEY_FILE"']),
    ...more,
  ].join(' ');
}

const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':');

/** An IPv6 address before a port. */
function bracketed(pieces: readonly Piece[]): readonly Piece[] {
  const [only, ...others] = pieces;
  return others.length === 0 && typeof only === 'string' && only.includes(':') ? [`[${only}]`] : pieces;
}

function dnsCommand({ request, timeoutMs }: DnsMonitor, outputs: Outputs): string {
  const { name, recordType, server, transport } = request;
  const { host, port } = server === undefined ? {} : splitPort(piecesOf(server, outputs));
  return [
    'dig',
    ...(host === undefined ? [] : [quoteLightly(['@', ...host])]),
    ...(port === undefined ? [] : [`-p ${port}`]),
    quoteLightly([name]),
    recordType,
    ...(transport === 'tcp' ? ['+tcp'] : []),
    '+tries=1',
    `+time=${seconds(timeoutMs)}`,
  ].join(' ');
}

/** `host:port` and `[::1]:53`; an address of version 6 alone has no port. */
function splitPort(pieces: readonly Piece[]): { readonly host?: readonly Piece[]; readonly port?: string } {
  const last = pieces.at(-1);
  const [, head, port] = (typeof last === 'string' && /^(\[.*\]|[^:]*):(\d+)$/.exec(last)) || [];
  if (head === undefined || port === undefined) return { host: pieces };
  return { host: [...pieces.slice(0, -1), head.replaceAll(/[[\]]/g, '')], port };
}

const family = (version: IpVersion | undefined): readonly string[] => (version === undefined ? [] : [`-${version}`]);
const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));
