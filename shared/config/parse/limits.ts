/** How many of each the file may hold. */
export const most = {
  monitors: 10_000,
  channels: 50,
  slos: 500,
  maintenance: 200,
  assertions: 50,
  alerts: 20,
  notify: 20,
  dependsOn: 20,
  steps: 20,
  extracts: 20,
  dialogue: 50,
} as const;

export const second = 1_000;
export const minute = 60 * second;
export const day = 24 * 60 * minute;

/** A tick has 30 s, of which 8 are kept for its row: a longer attempt would be cut off and never judged. */
export const longestTimeoutMs = 20 * second;
