import type { Socket } from 'node:net';
import type { IpVersion } from '../config/model.ts';
import { type AddressPolicy, checkAddress, type Endpoint } from './address-policy.ts';
import { openConnection } from './connect.ts';
import type { Phase, Stopwatch } from './phases.ts';
import { type ResolveHost, resolveHost } from './resolve.ts';

export type EndpointDeps = {
  readonly policy: AddressPolicy;
  readonly signal: AbortSignal;
  readonly stopwatch: Stopwatch;
  /** Told what is going on before each part, so that time and errors can be charged to it. */
  readonly onPhase: (phase: Phase) => void;
  readonly ipVersion?: IpVersion;
  readonly resolve?: ResolveHost;
};

/**
 * Resolve, check, connect, check again, each in its own phase: the one way to a target for every protocol. Rejects with an
 * AttemptError, or with the signal's reason; no socket stays open then.
 */
export async function openEndpoint(endpoint: Endpoint, deps: EndpointDeps): Promise<Socket> {
  const { policy, signal, stopwatch, onPhase } = deps;
  const { host, port } = endpoint;
  onPhase('resolve');
  const addresses = await (deps.resolve ?? resolveHost)(host, signal, deps.ipVersion);
  if (addresses[0] !== host) stopwatch.mark('resolve');
  for (const address of addresses) checkAddress(address, endpoint, policy);
  onPhase('connect');
  const onConnected = () => stopwatch.mark('connect');
  const socket = await openConnection({ addresses, port, signal, onConnected });
  try {
    checkAddress(socket.remoteAddress ?? '', endpoint, policy);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
