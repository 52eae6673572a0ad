import type { Monitor, MonitorType } from '../config/model.ts';
import { probeHttp } from './http.ts';
import type { AttemptResult, ProbeDeps, Prober } from './prober.ts';

type ProberOf<Type extends MonitorType> = Prober<Extract<Monitor, { type: Type }>>;
type Probers = { readonly [Type in MonitorType]: () => ProberOf<Type> | Promise<ProberOf<Type>> };

/** One prober per protocol, in a file of its own. Those but http are loaded when a monitor asks for them. */
const probers: Probers = {
  http: () => probeHttp,
  tcp: async () => (await import('./tcp.ts')).probeTcp,
  tls: async () => (await import('./tls.ts')).probeTls,
  dns: async () => (await import('./dns.ts')).probeDns,
  flow: async () => (await import('./flow.ts')).probeFlow,
  heartbeat: async () => (await import('./heartbeat.ts')).probeHeartbeat,
};

/** Runs one attempt with the prober of the monitor's protocol. */
export async function runAttempt(monitor: Monitor, deps: ProbeDeps): Promise<AttemptResult> {
  const load = probers[monitor.type] as () => Prober<Monitor> | Promise<Prober<Monitor>>;
  return (await load())(monitor, deps);
}

/** Loads what these monitors need before the first of them is measured. */
export async function prepareProbers(monitors: readonly Monitor[]): Promise<void> {
  await Promise.all([...new Set(monitors.map(({ type }) => type))].map((type) => probers[type]()));
}
