import type { DnsRequest, StartTlsProtocol, TcpRequest, TlsRequest, TlsSettings } from '../model.ts';
import type { EntryOf } from './assemble.ts';
import type { Fault, Path } from './problem.ts';

type TlsEntry = NonNullable<EntryOf<'http'>['request']['tls']>;
type TcpRequestEntry = EntryOf<'tcp'>['request'];

/** How TLS is spoken, with what the file says nothing about left to its default. */
export function buildTls({ rejectUnauthorized = true, servername, minVersion, ca, cert, key }: TlsEntry): TlsSettings {
  return {
    rejectUnauthorized,
    ...(servername === undefined ? {} : { servername }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** A dialogue with a startTls asks for TLS, also where nothing else does. */
export function buildTcpRequest({ host, port, ipVersion, tls, dialogue = [] }: TcpRequestEntry): TcpRequest {
  const settings = typeof tls === 'object' ? tls : {};
  return {
    host,
    port,
    ...(ipVersion === undefined ? {} : { ipVersion }),
    dialogue,
    ...(speaksTls({ tls, dialogue }) ? { tls: buildTls(settings) } : {}),
  };
}

function speaksTls({ tls, dialogue = [] }: Pick<TcpRequestEntry, 'tls' | 'dialogue'>): boolean {
  return (tls !== undefined && tls !== false) || dialogue.some((step) => 'startTls' in step);
}

/** The ports where TLS begins inside the protocol; of mail that of submission, as functions cannot reach 25. */
const startTlsPorts: Readonly<Record<StartTlsProtocol, number>> = {
  smtp: 587,
  imap: 143,
  pop3: 110,
  ftp: 21,
  postgres: 5432,
};

export function buildTlsRequest({ host, port, ipVersion, startTls, ...tls }: EntryOf<'tls'>['request']): TlsRequest {
  return {
    host,
    port: port ?? (startTls === undefined ? 443 : startTlsPorts[startTls]),
    ...(ipVersion === undefined ? {} : { ipVersion }),
    ...(startTls === undefined ? {} : { startTls }),
    tls: buildTls(tls),
  };
}

export function buildDnsRequest(entry: EntryOf<'dns'>['request']): DnsRequest {
  const { name, recordType = 'A', server, transport = 'udp' } = entry;
  return { name, recordType, ...(server === undefined ? {} : { server }), transport };
}

/** A certificate is of no use without its key, nor a key without its certificate. */
export function checkClientCertificate({ cert, key }: TlsEntry, path: Path): Fault[] {
  if ((cert === undefined) === (key === undefined)) return [];
  const [has, lacks] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
  const message = `needs ${lacks} beside it: a client shows a certificate together with its key`;
  return [{ code: 'BURN_CONFIG_CLIENT_CERTIFICATE', path: [...path, has], message }];
}

/** What is wrong with the keys of a tcp monitor together. */
export function checkTcp({ request, assertions = [] }: EntryOf<'tcp'>, above: Path): Fault[] {
  const path = [...above, 'request'];
  const { tls, dialogue = [] } = request;
  const starts = dialogue.flatMap((step, index) => ('startTls' in step ? [index] : []));
  const again = starts.slice(1).map((index) => dialogueFault([...path, 'dialogue', index], secondStart));
  const never = tls === false && starts.length > 0 ? [dialogueFault([...path, 'tls'], noTls)] : [];
  const settings = typeof tls === 'object' ? checkClientCertificate(tls, [...path, 'tls']) : [];
  if (speaksTls(request)) return [...again, ...never, ...settings];
  const blind = assertions.flatMap(({ source }, index) =>
    source === 'tls' || source === 'certificate' ? [{ ...tlsMissing, path: [...above, 'assertions', index] }] : [],
  );
  return [...again, ...never, ...settings, ...blind];
}

const secondStart = 'is a second startTls: TLS begins once';
const noTls = 'is false, but the dialogue has a startTls: take out one of them';
const tlsMissing = {
  code: 'BURN_CONFIG_TLS_MISSING',
  message: 'can never be seen without TLS: set tls: true in the request',
} as const;

const dialogueFault = (path: Path, message: string): Fault => ({ code: 'BURN_CONFIG_DIALOGUE', path, message });
