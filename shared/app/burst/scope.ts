import { hostNameOf, hostTextOf, hostTextsOf, isOutputHost, isSameText } from '../../config/host-text.ts';
import type { Burst, Config, FlowMonitor, Text, TextPart } from '../../config/model.ts';
import { type ReadReference, resolveText } from '../../probe/resolve-text.ts';
import type { BurstScope } from './model.ts';

/** Every host that a configuration names, once: those that a monitor sends to, and those under `allow:`. */
export function namedHosts({ monitors, allow }: Pick<Config, 'monitors' | 'allow'>): readonly Text[] {
  return distinct([...monitors.flatMap(hostTextsOf), ...allow]);
}

/**
 * What a burst of this configuration may reach: the hosts that it names, and what is an output of this very stack. Hosts that
 * only a parameter tells are in it where the burst itself is written with the same one. Who asks for several bursts finds the
 * named ones once.
 */
export function scopeOf(
  config: Pick<Config, 'monitors' | 'allow'>,
  burst: Burst,
  named: readonly Text[] = namedHosts(config),
): BurstScope {
  const own = burst.mix.flatMap((unit) => ('request' in unit ? [hostTextOf(unit.request.url)] : []));
  const isOurs = (host: Text) => own.some((other) => isSameText(other, host));
  const known = named.filter((host) => isKnownAhead(host) || isOurs(host));
  const flows = burst.mix.flatMap((unit) => ('flow' in unit ? [unit.flow] : []));
  return {
    hosts: distinct([...known, ...own.filter(isOutputHost)]),
    flows: config.monitors.filter(
      (monitor): monitor is FlowMonitor => monitor.type === 'flow' && flows.includes(monitor.id),
    ),
  };
}

/** The names and addresses behind the hosts of a scope, as URLs write them. One that does not resolve is none. Never rejects. */
export async function resolveHosts(
  { hosts }: Pick<BurstScope, 'hosts'>,
  references: ReadReference,
): Promise<ReadonlySet<string>> {
  const names = await Promise.all(
    hosts.map(async (host) => {
      const found = await resolveText(host, references);
      return 'unresolved' in found ? '' : hostNameOf(found.value);
    }),
  );
  return new Set(names.filter((name) => name !== ''));
}

const partsOf = (host: Text): readonly TextPart[] => (typeof host === 'string' ? [host] : host);
const isKnownAhead = (host: Text): boolean =>
  partsOf(host).every((part) => typeof part === 'string' || 'output' in part);

function distinct(hosts: readonly Text[]): readonly Text[] {
  return [...new Map(hosts.map((host) => [JSON.stringify(host), host])).values()];
}
