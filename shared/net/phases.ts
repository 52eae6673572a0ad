import type { Clock } from '../clock/clock.ts';

/** The parts of a request; the shape of shared/probe's Phases. A part that did not happen is 0. */
export type PhaseTimes = {
  readonly resolveMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly processingMs: number;
  readonly transferMs: number;
};
export type Phase = 'resolve' | 'connect' | 'tls' | 'processing' | 'transfer';

export type Stopwatch = {
  /** Charges all the time since the last mark to this phase. Call it inside the socket's callback. */
  mark(phase: Phase): void;
  /** From the start to the last mark: exactly the sum of the phases. */
  latencyMs(): number;
  phases(): PhaseTimes;
};

/** Measures the phases of one attempt. Every moment between start and last mark belongs to exactly one phase. */
export function startStopwatch(clock: Pick<Clock, 'monotonicMs'>): Stopwatch {
  const startedAt = clock.monotonicMs();
  let markedAt = startedAt;
  const spent = { resolve: 0, connect: 0, tls: 0, processing: 0, transfer: 0 };
  return {
    mark: (phase) => {
      const at = clock.monotonicMs();
      spent[phase] += at - markedAt;
      markedAt = at;
    },
    latencyMs: () => markedAt - startedAt,
    phases: () => ({
      resolveMs: spent.resolve,
      connectMs: spent.connect,
      tlsMs: spent.tls,
      processingMs: spent.processing,
      transferMs: spent.transfer,
    }),
  };
}
