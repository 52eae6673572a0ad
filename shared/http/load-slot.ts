import type { ErrorType } from '../config/model.ts';

/**
 * One request under way. Whoever sends it calls `begin` right before anything leaves this machine (a connection that has
 * to be opened belongs to it), and `done` exactly once, inside a socket's or timer's own callback and never before `send`
 * has returned. `done` without `begin` is a request that was never sent, through our own fault or our policy. `done` may send
 * the next request before it returns: whatever this one held, its connection above all, is free before it is called. A slot
 * is used again: nobody touches it after `done`.
 */
export type LoadSlot = {
  /** Begun, and nothing of it has left yet: its connection is being made. Kept up to date by who knows. */
  isUnsent?: boolean;
  begin(): void;
  /**
   * `status` of the last answer whose head came, 0 where none did; `errorType` says why there is none, or why it does not
   * count: that of a redirect stands beside what kept the next hop from answering, and `protocol` beside bytes that came after
   * an answer. A flow has no status of its own: with 0 and without an error type it went well, and is in no count of statuses.
   */
  done(status: number, errorType?: ErrorType): void;
};
