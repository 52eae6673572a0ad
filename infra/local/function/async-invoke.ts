import { randomUUID } from 'node:crypto';
import type { InvocationResult } from './host.ts';

/** Lambda waits so long before it invokes again what failed: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const waitsMs = [60_000, 120_000];

export type AsyncInvoker = {
  /** Takes an event for a function, by its short name, and lets it run: once, and again as long as it fails. */
  invoke(name: string, event: string): void;
  /** Events that failed for the last time since the start. */
  droppedCount(): number;
  /** What is to be invoked again is not any more. */
  close(): void;
};

/** Invokes functions as Lambda does for whoever does not wait: one request id for an event, however often it is tried. */
export function createAsyncInvoker(
  invoke: (name: string, event: string, requestId: string) => Promise<Pick<InvocationResult, 'isError'>>,
  onDropped: (name: string, event: string) => void,
): AsyncInvoker {
  const timers = new Set<NodeJS.Timeout>();
  let dropped = 0;
  let isClosed = false;

  const attempt = async (name: string, event: string, requestId: string, failures: number): Promise<void> => {
    const { isError } = await invoke(name, event, requestId);
    if (!isError || isClosed) return;
    const waitMs = waitsMs[failures];
    if (waitMs === undefined) {
      dropped += 1;
      onDropped(name, event);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(name, event, requestId, failures + 1);
    }, waitMs);
    timers.add(timer);
  };

  return {
    invoke: (name, event) => void attempt(name, event, randomUUID(), 0),
    droppedCount: () => dropped,
    close: () => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
