import { redactShort } from '../../assertion/redact.ts';
import { createMix } from '../../burst/mix.ts';
import type { Send } from '../../burst/model.ts';
import { hostNameOf } from '../../config/host-text.ts';
import {
  BurnwatchError,
  type Burst,
  type BurstUnit,
  type ErrorType,
  type HttpRequest,
  type Text,
} from '../../config/model.ts';
import { requestReferences } from '../../config/texts.ts';
import type { LoadClient, LoadRequest, LoadSlot } from '../../http/load-model.ts';
import { AttemptError } from '../../net/error.ts';
import { prepareRequest } from '../../probe/request.ts';
import { resolveText, type Vars } from '../../probe/resolve-text.ts';
import type { ProbeResult } from '../../probe/result.ts';
import type { BurstPart, BurstScope, RunBurstDeps } from './model.ts';

/** What a burst sends, ready to be sent. Call `close` when its run is over: what is under way ends then. */
export type Units = { readonly send: Send; close(): void };

/** Sends the unit for the `turn`-th time, 0 and up. */
type SendTurn = (slot: LoadSlot, turn: number) => void;

type Context = {
  readonly burst: Burst;
  readonly scope: BurstScope;
  readonly deps: RunBurstDeps;
  readonly client: LoadClient;
  /** Hosts as URLs write them. */
  readonly allowed: ReadonlySet<string>;
  /** Aborted when the run is over, or is to end. */
  readonly over: AbortSignal;
};

/** A unit with so many different requests is made ready as a whole before the first start; with more, one at a time. */
const mostReadyRequests = 1_000;
/** What a burst reads of a body is bounded by its timeout: nothing is kept. */
const maxBodyBytes = Number.MAX_SAFE_INTEGER;

/**
 * Makes everything ready that a burst sends: what stays the same is put together once, what holds `${random…}` or is signed for
 * each start anew. Throws BURN_BURST_REFUSED where policy or configuration forbids one of its units; a name that does not
 * resolve is a result, for each of its starts. The signal ends it, and the flows that are under way later.
 */
export async function openUnits(
  burst: Burst,
  scope: BurstScope,
  deps: RunBurstDeps,
  client: LoadClient,
  allowed: ReadonlySet<string>,
  part: BurstPart,
  signal: AbortSignal,
): Promise<Units> {
  const over = new AbortController();
  const context: Context = { burst, scope, deps, client, allowed, over: AbortSignal.any([over.signal, signal]) };
  const close = () => {
    over.abort();
    client.close();
  };
  try {
    const units = await Promise.all(burst.mix.map((unit) => openUnit(unit, context)));
    return { send: spread(burst, units, part), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The turns of all parts together are those of the whole, each once. */
function spread({ mix }: Burst, units: readonly SendTurn[], { index, count }: BurstPart): Send {
  const { unitOf, turnOf } = createMix(mix.map(({ weight }) => weight));
  return (slot, start) => {
    const ofWhole = start * count + index;
    units[unitOf(ofWhole)]?.(slot, turnOf(ofWhole));
  };
}

function openUnit(unit: BurstUnit, context: Context): SendTurn | Promise<SendTurn> {
  return 'flow' in unit ? openFlow(unit.flow, context) : openRequest(unit.request, context);
}

function openFlow(id: string, { burst, scope, deps: { runFlow }, over }: Context): SendTurn {
  const flow = scope.flows.find((each) => each.id === id);
  if (flow === undefined || runFlow === undefined) throw refused(burst, `the flow ${id} cannot be run here`);
  // What was sent is never sent again: a failure counts as one.
  const once = { ...flow, retry: { limit: 0, delayMs: 0 }, timeoutMs: Math.min(flow.timeoutMs, burst.timeoutMs) };
  return (slot) => {
    slot.begin();
    const done = (errorType?: ErrorType) => {
      if (!over.aborted) slot.done(0, errorType);
    };
    runFlow(once, over).then(
      (result) => done(errorTypeOf(result)),
      () => done('monitor'),
    );
  };
}

function errorTypeOf({ outcome, errorType = 'assertion' }: ProbeResult): ErrorType | undefined {
  return outcome === 'passed' || outcome === 'degraded' ? undefined : errorType;
}

async function openRequest(request: HttpRequest, context: Context): Promise<SendTurn> {
  const { client, burst, deps } = context;
  const variants = variantsOf(request, burst);
  const isReadyAhead = variants <= mostReadyRequests;
  const startedAt = deps.clock.monotonicMs();
  const turns = Array.from({ length: isReadyAhead ? variants : 1 }, (_, turn) => turn);
  const ready = await Promise.all(turns.map((turn) => prepareTurn(request, turn, context)));
  const fault = ready.find((each) => 'errorType' in each);
  if (fault?.errorType === 'resolve') return failing(deps.clock.monotonicMs() - startedAt, context);
  if (fault !== undefined) throw refused(burst, fault.message);
  if (!isReadyAhead) return (slot, turn) => void sendAnew(request, slot, turn, context);
  const requests = ready.flatMap((each) => ('ready' in each ? [each.ready] : []));
  return (slot, turn) => {
    const next = requests[turn % requests.length];
    if (next !== undefined) client.send(next, slot);
  };
}

/** How many different requests this is: one, one for each row of the data, or one for each start. */
function variantsOf(request: HttpRequest, { data }: Burst): number {
  const references = requestReferences(request);
  const isNeverTheSame = references.some((part) => 'random' in part) || request.auth?.type === 'sigv4';
  if (isNeverTheSame) return Number.POSITIVE_INFINITY;
  return references.some((part) => 'data' in part) ? Math.max(1, data.length) : 1;
}

type Fault = { readonly errorType: ErrorType; readonly message: string };

async function prepareTurn(
  request: HttpRequest,
  turn: number,
  context: Context,
): Promise<{ readonly ready: LoadRequest } | Fault> {
  const { burst, deps, client, allowed, over } = context;
  const { references, signer } = deps;
  const resolve = (text: Text, vars?: Vars) => resolveText(text, references, vars);
  const limits = { timeoutMs: burst.timeoutMs, maxBodyBytes };
  const prepared = await prepareRequest(
    request,
    limits,
    { resolveText: resolve, signer, signal: over },
    rowOf(burst, turn),
  );
  if ('unsent' in prepared) return { errorType: 'monitor', message: prepared.unsent };
  const host = hostNameOf(prepared.value.url);
  const say = (message: string) => redactShort(message, prepared.secrets);
  if (!allowed.has(host)) {
    const mend = 'name it in a monitor or under allow:';
    return { errorType: 'blocked', message: say(`${host} is no host that bursts may load: ${mend}`) };
  }
  try {
    return { ready: await client.prepare(prepared.value, over) };
  } catch (error) {
    if (!(error instanceof AttemptError)) throw error;
    return { errorType: error.errorType, message: say(error.message) };
  }
}

function rowOf({ data }: Burst, turn: number): Vars {
  const row = data[turn % Math.max(1, data.length)] ?? {};
  return new Map(Object.entries(row).map(([name, value]) => [name, { value, isSecure: false }]));
}

/** Never rejects. What cannot be put together was never sent. */
async function sendAnew(request: HttpRequest, slot: LoadSlot, turn: number, context: Context): Promise<void> {
  const found = await prepareTurn(request, turn, context).catch((): Fault => ({ errorType: 'monitor', message: '' }));
  if (context.over.aborted) return;
  if ('ready' in found) context.client.send(found.ready, slot);
  else slot.done(0, found.errorType);
}

/** Each start of a name that does not resolve fails, and takes as long as it took to find out, at least a millisecond. */
function failing(tookMs: number, { burst, deps, over }: Context): SendTurn {
  const afterMs = Math.min(burst.timeoutMs, Math.max(1, Math.round(tookMs)));
  return (slot) => {
    slot.begin();
    deps.clock.sleep(afterMs, over).then(
      () => slot.done(0, 'resolve'),
      () => {}, // the run is over
    );
  };
}

/** Nothing was sent. The sentences of probes speak of monitors. */
export function refused({ id }: Pick<Burst, 'id'>, reason: string): BurnwatchError {
  const sentence = reason.replaceAll('the monitor', 'the burst').replaceAll('the probe', 'the burst');
  return new BurnwatchError('BURN_BURST_REFUSED', `${id} was not sent: ${sentence}`);
}
