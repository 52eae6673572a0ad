/** Keeps the CPU busy for so many milliseconds, or as long as is left of this second's share. */
export type Spin = (ms: number) => void;

const secondMs = 1_000;
/** Of each second at most this is burned, so that a process that serves many at once can still be told to stop. */
const mostMsPerSecond = 500;

/** Burns CPU, at most half of any second of one sandbox. `monotonicMs` never goes back. */
export function createSpinner(monotonicMs: () => number = () => performance.now()): Spin {
  let beganAt = Number.NEGATIVE_INFINITY;
  let leftMs = 0;
  return (ms) => {
    if (ms <= 0) return;
    const startedAt = monotonicMs();
    if (startedAt - beganAt >= secondMs) {
      beganAt = startedAt;
      leftMs = mostMsPerSecond;
    }
    const endAt = startedAt + Math.min(ms, leftMs);
    while (monotonicMs() < endAt);
    leftMs = Math.max(0, leftMs - (monotonicMs() - startedAt));
  };
}
