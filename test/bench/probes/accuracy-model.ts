/** What the server takes for every answer: from the request to the first byte, and from there to the last. */
export const firstByteMs = 20;
export const lastByteMs = 30;

/** What the server knows of the truth. Instants are epoch ms, with fractions. */
export type Truth = {
  /** What it really took, from request to last byte, ms, by the id of the probe. */
  readonly delays: readonly (readonly [id: string, ms: number])[];
  /** When it was held up itself: of a probe at that time there is no truth. */
  readonly holdUps: readonly (readonly [fromAt: number, toAt: number])[];
};

/** One batch of probes. Not paced: all at once. */
export type Order = {
  readonly port: number;
  readonly count: number;
  readonly round: string;
  readonly isPaced: boolean;
};
export type Probed = { readonly samples: readonly Sample[] };
export type Sample = {
  readonly id: string;
  /** Epoch ms, with fractions. */
  readonly startedAt: number;
  readonly latencyMs: number;
  readonly isContaminated: boolean;
  readonly isPassed: boolean;
};
