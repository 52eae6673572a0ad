import type { StartTlsProtocol, TlsMonitor } from '../config/model.ts';
import type { ResolvedTls } from '../net/tls-model.ts';
import { type ConnectionDeps, openConversation, readTarget, secureConversation, type Target } from './connection.ts';
import { type Found, measureAttempt } from './measure.ts';
import { readTls } from './prepare.ts';
import type { Prober } from './prober.ts';
import { longestStartTls, startTls } from './start-tls.ts';
import { measureTcp } from './tcp.ts';
import { viewTls } from './tls-view.ts';
import { warmUpTcp } from './warm-up.ts';

/**
 * One attempt on a port that speaks TLS: connect, the plain dialogue of its protocol where it has one, the handshake with chain
 * and name verified. Nothing is sent over TLS. The end of the served chain is in the result also when the handshake is
 * refused for its certificate. The phases are resolve, connect, processing and transfer (of the plain dialogue), tls.
 */
export const probeTls: Prober<TlsMonitor> = async (monitor, deps) => {
  await warmUpTcp(measureTcp, deps);
  return measureAttempt(monitor, deps, {
    prepare: async (read) => ({
      target: await readTarget(monitor.request, read),
      settings: await readTls(monitor.request.tls, read),
    }),
    examine: ({ target, settings }, run) => examine(target, settings, monitor.request.startTls, { monitor, deps, run }),
  });
};

async function examine(
  target: Target,
  settings: ResolvedTls,
  protocol: StartTlsProtocol | undefined,
  connection: ConnectionDeps,
): Promise<Found> {
  const { deps, run } = connection;
  const limits = { limitBytes: longestStartTls, limitType: 'protocol' } as const;
  const conversation = await openConversation(target, connection, limits);
  try {
    if (protocol) await startTls(protocol, conversation, run);
    const facts = await secureConversation(conversation, target.endpoint, settings, run);
    return viewTls(facts, deps.clock.now());
  } finally {
    conversation.close();
  }
}
