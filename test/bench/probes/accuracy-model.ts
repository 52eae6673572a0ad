/** What the server takes for every answer: from the request to the first byte, and from there to the last. */
export const firstByteMs = 20;
export const lastByteMs = 30;

/** What it really took, from request to last byte, ms, by the id of the probe. */
export type Delays = readonly (readonly [id: string, ms: number])[];

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
  readonly latencyMs: number;
  readonly isContaminated: boolean;
  readonly isPassed: boolean;
};
