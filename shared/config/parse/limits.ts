/** How many of each the file may hold. */
export const most = {
  monitors: 10_000,
  channels: 50,
  slos: 1_000,
  maintenance: 200,
  assertions: 50,
  alerts: 20,
  alarms: 50,
  notify: 20,
  dependsOn: 20,
  steps: 20,
  extracts: 20,
  dialogue: 50,
  bursts: 50,
  allow: 100,
  mix: 20,
  weight: 1_000,
  stages: 100,
  rows: 1_000,
  columns: 20,
  statuses: 20,
  thresholds: 20,
  baseline: 20,
  shards: 20,
  /** Of all bursts together: what a stack has room for. */
  schedules: 200,
  /** Beside home. */
  locations: 19,
} as const;

export const second = 1_000;
export const minute = 60 * second;
export const day = 24 * 60 * minute;

/** A tick has 30 s, of which 8 are kept for its row: a longer attempt would be cut off and never judged. */
export const longestTimeoutMs = 20 * second;

/** Of a burst. A run takes 13 minutes at most, and a function 15: what was sent last has a minute. */
export const longestBurstTimeoutMs = 60 * second;
