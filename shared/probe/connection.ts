import type { IpVersion, Monitor, Text } from '../config/model.ts';
import type { Endpoint } from '../net/address-policy.ts';
import { type Conversation, type ConversationOptions, converse } from '../net/conversation.ts';
import { openEndpoint } from '../net/endpoint.ts';
import { AttemptError } from '../net/error.ts';
import { parseHost } from '../net/host.ts';
import { describeTls, secureConnection } from '../net/tls.ts';
import type { CertificateFacts, ResolvedTls, TlsFacts } from '../net/tls-model.ts';
import type { Run } from './measure.ts';
import type { ReadText } from './prepare.ts';
import { type ProbeDeps, policyOf } from './prober.ts';

/** Where a connection of a monitor goes, its references resolved. */
export type Target = { readonly endpoint: Endpoint; readonly ipVersion?: IpVersion };

type Request = { readonly host: Text; readonly port: number; readonly ipVersion?: IpVersion };

/** Rejects with an AttemptError where the host is none. */
export async function readTarget({ host, port, ipVersion }: Request, read: ReadText): Promise<Target> {
  const name = parseHost(await read(host));
  if (name !== undefined) return { endpoint: { host: name, port }, ...(ipVersion ? { ipVersion } : {}) };
  throw new AttemptError('monitor', 'the host of the monitor is neither a name nor an address');
}

export type ConnectionDeps = { readonly monitor: Monitor; readonly deps: ProbeDeps; readonly run: Run };

/** Connects to the target where the policy of the monitor lets it, and listens. Close what it answers. */
export async function openConversation(
  { endpoint, ipVersion }: Target,
  { monitor, deps, run }: ConnectionDeps,
  limits: Pick<ConversationOptions, 'limitBytes' | 'limitType'>,
): Promise<Conversation> {
  const { signal, stopwatch, onPhase } = run;
  const policy = policyOf(monitor, deps);
  const socket = await openEndpoint(endpoint, {
    policy,
    signal,
    stopwatch,
    onPhase,
    ...(ipVersion ? { ipVersion } : {}),
  });
  return converse(socket, { ...limits, clock: deps.clock, signal, stopwatch, onPhase });
}

/** Goes on over TLS, and answers what is known of it. When the chain expires is kept in the run, also where it is refused. */
export async function secureConversation(
  conversation: Conversation,
  { host }: Endpoint,
  settings: ResolvedTls,
  run: Run,
): Promise<TlsFacts> {
  const { signal, stopwatch } = run;
  const onSecured = () => stopwatch.mark('tls');
  const onCertificate = ({ expiresAt }: CertificateFacts) => {
    run.certificateExpiresAt = expiresAt;
  };
  const secured = await conversation.upgrade((socket) =>
    secureConnection(socket, { host, settings, alpn: [], signal, onSecured, onCertificate }),
  );
  return describeTls(secured);
}
