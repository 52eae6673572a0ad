/** The input of an action, as it came over the wire. The Query protocol knows only strings; JSON knows types. */
export type Input = Readonly<Record<string, unknown>>;
/** The output of an action: plain values, arrays, and `Date` for instants, which each protocol writes in its own way. */
export type Output = { readonly [member: string]: unknown };
export type Action = (input: Input) => Output | Promise<Output>;
/** The actions of a service by name. Whatever is not in here is refused by name. */
export type Service = Readonly<Record<string, Action>>;

/** The account and region that local mode plays. */
export const account = '000000000000';
export const region = 'us-east-1';
