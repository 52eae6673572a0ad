import { parseAssertion } from '../../assertion/parse.ts';
import type { Assertion } from '../model.ts';

type Assertions = readonly Assertion[];

/** Without an assertion on the status, 200-299 is asked for: a monitor that passes on a 500 is none. */
export function withStatus(assertions: Assertions): Assertions {
  const hasOne = assertions.some(({ source }) => source === 'status');
  return hasOne ? assertions : [read({ source: 'status', op: 'between', value: [200, 299] }), ...assertions];
}

/** Without an assertion on the rcode, NOERROR is asked for: a monitor that passes on a NXDOMAIN is none. */
export function withRcode(assertions: Assertions): Assertions {
  const hasOne = assertions.some(({ source, path }) => source === 'dns' && path === 'rcode');
  return hasOne ? assertions : [read({ source: 'dns', path: 'rcode', op: 'equals', value: 'NOERROR' }), ...assertions];
}

/** Throws a TypeError when the room of assertions no longer knows what is ours. */
function read(implied: Readonly<Record<string, unknown>>): Assertion {
  const parsed = parseAssertion(implied);
  if (!parsed.ok) throw new TypeError(`an implied assertion cannot be read: ${parsed.message}`);
  return parsed.assertion;
}
