import type { Monitor, Text } from '../config/model.ts';

/** What a connection costs: with a TLS handshake, or without. */
export type ProbeKind = 'plain' | 'tls';

/** CPU of one fresh connection with all that belongs to it, ms of a full core. */
export type CpuCosts = Readonly<Record<ProbeKind, number>>;

/** What one batch cost: how many connections of each kind it made, and its CPU, ms. */
export type Batch = { readonly connections: Readonly<Record<ProbeKind, number>>; readonly cpuMs: number };

/** When a probe is to start, ms from the start of the batch, and how far from the one before. */
export type Start = { readonly atMs: number; readonly spacingMs: number };

/** Of a process that has measured nothing yet: its first connections cost about twice what later ones do. */
export const coldCosts: CpuCosts = { plain: 1, tls: 2.5 };

/** With half of the CPU used by probes, they wait for each other next to never. */
const headroom = 2;
/** Timers are no finer. */
const shortestSpacingMs = 1;
/** However little CPU there is, the last probe of a batch starts so soon, ms. */
const longestSpreadMs = 6_000;

/**
 * When to start the probes of one batch: each at least 2 × (its CPU ÷ the share of a core) after the one before, so that no
 * probe spends its CPU in the latency of another; closer where the last one would start later than after 6 s. Where there is
 * room, which costs nothing, they are spread over all of it.
 */
export function planStarts(
  monitors: readonly Monitor[],
  costs: CpuCosts,
  cpuShare: number,
  roomMs = 0,
): readonly Start[] {
  const leastMs = Math.max(shortestSpacingMs, roomMs / monitors.length);
  const spacings = monitors.map((_, index) => {
    const before = monitors[index - 1];
    return before === undefined ? 0 : Math.max(leastMs, (headroom * costOf(before, costs)) / cpuShare);
  });
  const spreadMs = spacings.reduce((sum, spacing) => sum + spacing, 0);
  const scale = Math.min(1, longestSpreadMs / Math.max(1, spreadMs));
  let atMs = 0;
  return spacings.map((spacing) => {
    atMs += spacing * scale;
    return { atMs, spacingMs: spacing * scale };
  });
}

/** How much later than planned a probe may start to keep its distance from one that was held up. */
const mostSlipMs = 50;

/** When to start a probe, ms from the start of the batch, after the one before it started at `previousMs`. */
export function startAfter({ atMs, spacingMs }: Start, previousMs: number): number {
  return Math.max(atMs, Math.min(previousMs + spacingMs, atMs + mostSlipMs));
}

/** How much of what was believed a batch changes, and the most that it counts as, up or down. */
const learnedPart = 0.3;
const mostSurprise = 4;
const leastCosts: CpuCosts = { plain: 0.1, tls: 0.2 };
const mostCosts: CpuCosts = { plain: 10, tls: 20 };

/** The costs after one more batch: a moving average, with what is unexplained spread over the kinds that were in it. */
export function learnCosts(costs: CpuCosts, { connections, cpuMs }: Batch): CpuCosts {
  const believedMs = connections.plain * costs.plain + connections.tls * costs.tls;
  if (believedMs <= 0) return costs;
  const surprise = clamp(cpuMs / believedMs, 1 / mostSurprise, mostSurprise);
  const learn = (kind: ProbeKind): number => {
    if (connections[kind] === 0) return costs[kind];
    return clamp(costs[kind] * (1 + learnedPart * (surprise - 1)), leastCosts[kind], mostCosts[kind]);
  };
  return { plain: learn('plain'), tls: learn('tls') };
}

/** A Lambda has a whole core at 1,769 MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const coreMegabytes = 1_769;
const leastShare = 0.05;

/** The part of a core that a Lambda of this size has, at most 1; a whole one where there is no such size. */
export function cpuShareOf(memoryMegabytes: string | undefined): number {
  const megabytes = Number(memoryMegabytes);
  return megabytes > 0 ? clamp(megabytes / coreMegabytes, leastShare, 1) : 1;
}

/** Which connections a probe of this monitor makes in one attempt. A heartbeat makes none. */
export function connectionsOf(monitor: Monitor): Readonly<Record<ProbeKind, number>> {
  switch (monitor.type) {
    case 'http':
      return one(isTls(monitor.request.url));
    case 'flow': {
      const tls = monitor.steps.filter(({ request }) => isTls(request.url)).length;
      return { plain: monitor.steps.length - tls, tls };
    }
    case 'tcp':
      return one(monitor.request.tls !== undefined);
    case 'tls':
      return one(true);
    case 'dns':
      return one(false);
    case 'heartbeat':
      return { plain: 0, tls: 0 };
    default:
      return monitor satisfies never;
  }
}

const one = (isSecured: boolean) => (isSecured ? { plain: 0, tls: 1 } : { plain: 1, tls: 0 });

/** What begins with a reference may be either: the dearer one is assumed. */
function isTls(url: Text): boolean {
  const begin = typeof url === 'string' ? url : url[0];
  return !(typeof begin === 'string' && /^http:/i.test(begin));
}

function costOf(monitor: Monitor, costs: CpuCosts): number {
  const { plain, tls } = connectionsOf(monitor);
  return plain * costs.plain + tls * costs.tls;
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
