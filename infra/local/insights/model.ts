/** A field's value in one event. `undefined`: it is not there. */
export type Value = string | number | undefined;

/** One line of a log: its fields by name, `@timestamp` (epoch ms), `@message` and `@log` among them. */
export type LogEvent = Readonly<Record<string, Value>>;

export type Expression =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'like'; readonly of: Expression; readonly pattern: RegExp }
  | { readonly kind: 'in'; readonly of: Expression; readonly list: readonly Expression[] };

/** An expression and the name under which its value is shown. */
export type Named = { readonly name: string; readonly of: Expression };

export type Command =
  | { readonly kind: 'fields'; readonly fields: readonly Named[] }
  | { readonly kind: 'filter'; readonly condition: Expression }
  | { readonly kind: 'stats'; readonly values: readonly Named[]; readonly by: readonly Named[] }
  | { readonly kind: 'sort'; readonly keys: readonly { readonly of: Expression; readonly isDescending: boolean }[] }
  | { readonly kind: 'limit'; readonly count: number };

/** A query that is wrong, or that asks for what is not there here. */
export class InsightsError extends Error {
  readonly code = 'BURN_LOGS_QUERY';
  override name = 'InsightsError';
}
