/**
 * What no configuration says: how long things take, how large they are, how often something goes wrong. Stated in docs/cost.md.
 * Spans are seconds, CPU is that of a whole core (1,769 MB of Lambda's memory), sizes are bytes.
 */
export const assumptions = {
  /** A tick waits for its slowest probe: a request, a step of a flow. */
  probe: { overheadSeconds: 0.05, waitSeconds: 0.35, cpuSeconds: 0.00145 },
  /** After the last offset of a minute of sub-minute probes: that probe, and the metrics. */
  spanEndSeconds: 1,
  /** An evaluation in a warm sandbox. */
  evaluate: { seconds: 0.15, cpuSecondsPerMonitor: 0.000_1, cpuSecondsPerSlo: 0.000_1 },
  /** Beside what the run itself takes: opening, summary, ledger, metrics. */
  burst: { overheadSeconds: 1.5, gatherSeconds: 60, medianMs: 20 },
  /** An answer of the target takes so long: what a closed burst sends within a time follows from it. */
  answerSeconds: 0.05,
  notifySeconds: 1,
  statusSeconds: 0.05,
  scrape: { perMonth: 43_200, seconds: 0.06, reads: 4 },
  /** What a target is priced as: an HTTP API, a function of 256 MB, a read. */
  target: { seconds: 0.005, gigabytes: 0.25, reads: 1 },
  /** With a key of one's own: what a schedule hands over is decrypted each time, the key of a table every five minutes. */
  keyRequestsPerInvocation: 1.2,
  /** A sandbox lives about two hours: then the ledger's history is read anew. */
  coldStartsPerDay: 12,
  /** An alert that fires and resolves, and in how many hours metrics tell of it; what it costs is next to nothing. */
  alert: { messages: 2, writes: 7, metricHours: 2 },
  /** Measured on lines of local mode, but for those of bursts, which are estimates, and `platform`: Lambda's own START, END and REPORT. */
  logBytes: { probed: 240, evaluated: 220, invocation: 590, request: 760, platform: 320, burst: 300, second: 460 },
  /** What one request to a target sends: TLS, headers. */
  sentBytes: { probe: 1_800, load: 300 },
  /** What a call from one region to another sends beside what it is about: the signed head of a request, a part of TLS; and a datum. */
  crossingBytes: { call: 2_500, datum: 200 },
  /** Beside its attributes an item is charged so much of storage; DynamoDB deletes up to two days after the expiry. */
  storage: { itemBytes: 100, lateDays: 2 },
  /** Of a burst, kept for 400 days; of a tick 3, of an hour 35. */
  keptDays: { tick: 3, hour: 35, day: 400, run: 400, part: 3 },
} as const;

export const daysPerMonth = 30;
export const minutesPerMonth = daysPerMonth * 24 * 60;
export const hoursPerMonth = daysPerMonth * 24;
