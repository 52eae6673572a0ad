/** What happened to this process while a sample was taken. */
export type Strain = {
  /** The process was short of CPU: the sample's outcome counts, its times do not. */
  readonly isContaminated: boolean;
  /** The longest that the event loop was held up, ms. */
  readonly heldUpMs: number;
};

/** Watches whether this process gets the CPU that it needs to measure honestly. */
export type Watch = {
  /** Begins a sample; call the answer once, when it ends. */
  begin(): () => Strain;
  /** Takes its timer away. Always call it. */
  stop(): void;
};

/** For what is not measured: never strained. */
export const noWatch: Watch = { begin: () => () => ({ isContaminated: false, heldUpMs: 0 }), stop: () => {} };
