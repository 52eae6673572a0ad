import type { Expression } from './metric-math-syntax.ts';

/** Values by the starts of their periods, epoch seconds, the oldest first. */
export type Points = ReadonlyMap<number, number>;
export type Series = { readonly label: string; readonly points: Points };
export type MathValue = number | Series | readonly Series[];

/** What an expression is evaluated in. */
export type MathContext = {
  /** The results of the other queries, by id; undefined where there is no such query. */
  readonly resolve: (id: string) => MathValue | undefined;
  /** Every metric of the request by its id, expressions not among them: what `METRICS()` stands for. */
  readonly metrics: ReadonlyMap<string, Series>;
  /** The starts of all periods that are asked for, epoch seconds, the oldest first. */
  readonly grid: readonly number[];
  readonly periodSeconds: number;
};

export type CallContext = MathContext & { readonly evaluate: (expression: Expression) => MathValue };
export type MathFunction = (args: readonly Expression[], context: CallContext) => MathValue;

export const isSeries = (value: MathValue): value is Series => typeof value === 'object' && 'points' in value;
