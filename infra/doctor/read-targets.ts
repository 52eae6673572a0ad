import { hostNameOf, hostTextOf, hostTextsOf } from '../../shared/config/host-text.ts';
import { type Channel, type Config, isSent, type Monitor, type Text } from '../../shared/config/model.ts';
import { kindOfAddress } from '../../shared/net/address-policy.ts';
import { resolveHost } from '../../shared/net/resolve.ts';
import { inTurns } from './look.ts';
import type { TargetSeen } from './model.ts';
import type { Asked } from './read.ts';

const atOnce = 10;
const patienceMs = 3_000;

type Target = Pick<TargetSeen, 'user' | 'host' | 'allowPrivate'>;

/**
 * The hosts that are written in the configuration, with the addresses that this machine finds. Those that a reference decides are
 * left out: an output is an address of the stack itself, and a secret is nobody's to look up.
 */
export async function readTargets(
  config: Config,
  { ownHosts, signal }: Pick<Asked, 'ownHosts' | 'signal'>,
): Promise<readonly TargetSeen[]> {
  const targets = targetsOf(config).map((target) =>
    ownHosts.includes(target.host) ? { ...target, allowPrivate: true } : target,
  );
  const hosts = [...new Set(targets.map(({ host }) => host))];
  const found = new Map(await inTurns(hosts, atOnce, async (host) => [host, await addressesOf(host, signal)] as const));
  return targets.map((target) => ({ ...target, addresses: found.get(target.host) ?? [] }));
}

async function addressesOf(host: string, signal: AbortSignal): Promise<TargetSeen['addresses']> {
  try {
    const addresses = await resolveHost(host, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
    return addresses.map((address) => ({ address, kind: kindOfAddress(address) }));
  } catch {
    // What does not resolve has no address to be judged; the check says so.
    return [];
  }
}

function targetsOf({ monitors, bursts, channels }: Config): readonly Target[] {
  const all = [
    ...monitors.flatMap((monitor) => named(`monitor ${monitor.id}`, hostsOfMonitor(monitor), monitor.allowPrivate)),
    ...bursts.flatMap(({ id, mix, allowPrivate }) => {
      const urls = mix.flatMap((unit) => ('request' in unit ? [hostTextOf(unit.request.url)] : []));
      return named(`burst ${id}`, urls, allowPrivate);
    }),
    ...channels.flatMap((channel) =>
      isSent(channel) ? named(`channel ${channel.id}`, [hostTextOf(urlOf(channel))], channel.allowPrivate) : [],
    ),
  ];
  return [...new Map(all.map((target) => [`${target.user} ${target.host}`, target])).values()];
}

const urlOf = ({ url }: Exclude<Channel, { readonly type: 'email' }>): Text => url;

/** A question goes to its name server, where it names one. */
function hostsOfMonitor(monitor: Monitor): readonly Text[] {
  if (monitor.type !== 'dns') return hostTextsOf(monitor);
  const { server } = monitor.request;
  return typeof server === 'string' ? [hostNameOf(server)] : [];
}

const named = (user: string, hosts: readonly Text[], allowPrivate: boolean): readonly Target[] =>
  hosts.flatMap((host) => (typeof host === 'string' && host !== '' ? [{ user, host, allowPrivate }] : []));
