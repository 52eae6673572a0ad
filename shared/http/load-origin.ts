import type { Clock } from '../clock/clock.ts';
import type { IpVersion } from '../config/model.ts';
import { type AddressPolicy, checkAddress, type Endpoint, endpointOf } from '../net/address-policy.ts';
import { AttemptError } from '../net/error.ts';
import { type ResolveHost, resolveHost } from '../net/resolve.ts';
import { prepareTls } from '../net/tls.ts';
import type { ResolvedTls } from '../net/tls-model.ts';

/** Where connections go, and how they are secured: those of one origin may take each other's place. */
export class Origin {
  readonly endpoint: Endpoint;
  /** Checked by the policy, at least one, each once. */
  readonly addresses: readonly string[];
  /** Absent where it is spoken to in the clear. */
  readonly tls: ResolvedTls | undefined;
  #next = 0;
  readonly #refusing = new Set<string>();

  constructor(endpoint: Endpoint, addresses: readonly string[], tls: ResolvedTls | undefined) {
    this.endpoint = endpoint;
    this.addresses = [...new Set(addresses)];
    this.tls = tls;
  }

  /** One after the other, those that refused left out as long as there are others. */
  nextAddress(): string {
    if (this.#refusing.size >= this.addresses.length) this.#refusing.clear();
    for (;;) {
      const address = this.addresses[this.#next % this.addresses.length] as string;
      this.#next += 1;
      if (!this.#refusing.has(address)) return address;
    }
  }

  /** No connection could be made to this address. */
  avoid(address: string): void {
    this.#refusing.add(address);
  }
}

type OriginsDeps = {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly policy: AddressPolicy;
  readonly resolve?: ResolveHost;
};

/** What was found, or is being looked for; `failedAt` by the monotonic clock. */
type Known = { readonly origin: Promise<Origin>; failedAt?: number };

/** A name that could not be resolved is not asked for again so soon, however many requests lead there. */
const failureHoldsMs = 1_000;
/** Redirects could lead to ever more of them. */
const originLimit = 1_000;

/** The origins of one run: each is resolved and checked once. */
export class Origins {
  readonly #deps: OriginsDeps;
  readonly #known = new Map<string, Known>();
  readonly #stopped = new AbortController();

  constructor(deps: OriginsDeps) {
    this.#deps = deps;
  }

  /**
   * The origin of a URL. Rejects with an AttemptError (`resolve`, `blocked`, `monitor` where the TLS settings cannot be used),
   * or when the run is over.
   */
  find(url: URL, tls: ResolvedTls, ipVersion?: IpVersion): Promise<Origin> {
    const key = JSON.stringify([url.origin, ipVersion, url.protocol === 'https:' ? tls : null]);
    const known = this.#known.get(key);
    if (known && !this.#isStale(known)) return known.origin;
    if (this.#known.size >= originLimit) this.#known.clear();
    const entry: Known = { origin: this.#resolve(url, tls, ipVersion) };
    this.#known.set(key, entry);
    entry.origin.catch(() => {
      entry.failedAt = this.#deps.clock.monotonicMs();
    });
    return entry.origin;
  }

  /** Ends every look-up. */
  stop(): void {
    this.#stopped.abort(new AttemptError('monitor', 'the run is over'));
  }

  #isStale({ failedAt }: Known): boolean {
    return failedAt !== undefined && this.#deps.clock.monotonicMs() - failedAt >= failureHoldsMs;
  }

  async #resolve(url: URL, tls: ResolvedTls, ipVersion: IpVersion | undefined): Promise<Origin> {
    const { policy, resolve = resolveHost } = this.#deps;
    const endpoint = endpointOf(url);
    const isSecure = url.protocol === 'https:';
    if (isSecure) prepareTls(tls);
    const addresses = await resolve(endpoint.host, this.#stopped.signal, ipVersion);
    for (const address of addresses) checkAddress(address, endpoint, policy);
    if (addresses.length === 0) throw new AttemptError('resolve', `the name ${endpoint.host} has no address`);
    return new Origin(endpoint, addresses, isSecure ? tls : undefined);
  }
}
