import { parseAssertion } from '../../../shared/assertion/parse.ts';

describe('the short form of an assertion', () => {
  it.each([
    ['status == 200', { source: 'status', op: 'equals', value: 200 }],
    ['status==200', { source: 'status', op: 'equals', value: 200 }],
    ['status != 500', { source: 'status', op: 'notEquals', value: 500 }],
    ['status in 200-299', { source: 'status', op: 'between', value: [200, 299] }],
    ['status in [200, 204]', { source: 'status', op: 'in', value: [200, 204] }],
    ['status < 400', { source: 'status', op: 'lt', value: 400 }],
    ['latency < 300ms', { source: 'latency', op: 'lt', value: 300 }],
    ['latency <= 1.5s', { source: 'latency', op: 'lte', value: 1500 }],
    ['latency between [10ms, 1s]', { source: 'latency', op: 'between', value: [10, 1000] }],
    ['header content-type contains json', { source: 'header', path: 'content-type', op: 'contains', value: 'json' }],
    ['header X-Count == 5', { source: 'header', path: 'x-count', op: 'equals', value: '5' }],
    ['header etag exists', { source: 'header', path: 'etag', op: 'exists' }],
    ['body contains "ok"', { source: 'body', op: 'contains', value: 'ok' }],
    ['body contains two words', { source: 'body', op: 'contains', value: 'two words' }],
    ['body contains {"a":1}', { source: 'body', op: 'contains', value: '{"a":1}' }],
    ['body notEmpty', { source: 'body', op: 'notEmpty' }],
    ['json $.status == "ok"', { source: 'json', path: '$.status', op: 'equals', value: 'ok' }],
    ['json $.status == ok', { source: 'json', path: '$.status', op: 'equals', value: 'ok' }],
    ['json $.status=="ok"', { source: 'json', path: '$.status', op: 'equals', value: 'ok' }],
    ['json $.up == true', { source: 'json', path: '$.up', op: 'equals', value: true }],
    ['json $.up == "true"', { source: 'json', path: '$.up', op: 'equals', value: 'true' }],
    ['json $.n == null', { source: 'json', path: '$.n', op: 'equals', value: null }],
    ['json $.n between [1, 5]', { source: 'json', path: '$.n', op: 'between', value: [1, 5] }],
    ['json $.s in [a, "b,c", 3]', { source: 'json', path: '$.s', op: 'in', value: ['a', 'b,c', 3] }],
    ['json $.o == {"a": [1]}', { source: 'json', path: '$.o', op: 'equals', value: { a: [1] } }],
    ['json $.a exists', { source: 'json', path: '$.a', op: 'exists' }],
    ["json $['a b'] == 1", { source: 'json', path: "$['a b']", op: 'equals', value: 1 }],
    ["json $['a == b'] > 1", { source: 'json', path: "$['a == b']", op: 'gt', value: 1 }],
    [
      'json $.x[?@.a == 1 && @.b < 2].c != 3',
      { source: 'json', path: '$.x[?@.a == 1 && @.b < 2].c', op: 'notEquals', value: 3 },
    ],
    ['phase.connect < 100ms', { source: 'phase', path: 'connect', op: 'lt', value: 100 }],
    ['certificate.daysRemaining > 21', { source: 'certificate', path: 'daysRemaining', op: 'gt', value: 21 }],
    ['certificate.daysRemaining>21', { source: 'certificate', path: 'daysRemaining', op: 'gt', value: 21 }],
    [
      'certificate.issuer contains "Good CA"',
      { source: 'certificate', path: 'issuer', op: 'contains', value: 'Good CA' },
    ],
    [
      'tls.version in [TLSv1.2, "TLSv1.3"]',
      { source: 'tls', path: 'version', op: 'in', value: ['TLSv1.2', 'TLSv1.3'] },
    ],
    ['tls.authorized == true', { source: 'tls', path: 'authorized', op: 'equals', value: true }],
    ['dns.rcode == NOERROR', { source: 'dns', path: 'rcode', op: 'equals', value: 'NOERROR' }],
    ['dns.answers contains 192.0.2.1', { source: 'dns', path: 'answers', op: 'contains', value: '192.0.2.1' }],
    ['dns.ttl notExists', { source: 'dns', path: 'ttl', op: 'notExists' }],
    ['redirects <= 2', { source: 'redirects', op: 'lte', value: 2 }],
    ['body matches ^a\\d+ b$', { source: 'body', op: 'matches', value: '^a\\d+ b$' }],
    ['body matches "\\bok\\b"', { source: 'body', op: 'matches', value: '\\bok\\b' }],
    ['json $.n matches 5', { source: 'json', path: '$.n', op: 'matches', value: '5' }],
    ['json $ schema {"type": "object"}', { source: 'json', path: '$', op: 'schema', value: { type: 'object' } }],
    ['json $.id == 9007199254740993', { source: 'json', path: '$.id', op: 'equals', value: '9007199254740993' }],
    ['json $.id > 9007199254740993', { source: 'json', path: '$.id', op: 'gt', value: '9007199254740993' }],
  ])('%s is typed', (input, expected) => {
    expect(parseAssertion(input)).toEqual({ ok: true, assertion: { text: input, severity: 'fail', ...expected } });
  });
});

describe('the object form of an assertion', () => {
  it.each([
    [{ source: 'json', path: '$.status', op: 'equals', value: 'ok' }, 'json $.status == "ok"', {}],
    [{ source: 'status', op: 'in', value: '200-299' }, 'status in 200-299', { op: 'between', value: [200, 299] }],
    [{ source: 'status', op: 'in', value: [200, 204] }, 'status in [200, 204]', {}],
    [
      { source: 'latency', op: 'lt', value: '1s', severity: 'degrade' },
      'latency < 1000ms',
      { value: 1000, severity: 'degrade' },
    ],
    [{ source: 'header', path: 'ETag', op: 'exists' }, 'header etag exists', { path: 'etag' }],
    [{ source: 'body', op: 'notContains', value: 'error' }, 'body notContains "error"', {}],
    [{ source: 'certificate', path: 'daysRemaining', op: 'gt', value: 21 }, 'certificate.daysRemaining > 21', {}],
    [
      { source: 'phase', path: 'tls', op: 'between', value: ['1ms', '1s'] },
      'phase.tls between [1ms, 1000ms]',
      { value: [1, 1000] },
    ],
    [{ source: 'dns', path: 'answers', op: 'notEmpty' }, 'dns.answers notEmpty', {}],
    [{ source: 'body', op: 'matches', value: '\\d' }, 'body matches "\\d"', {}],
    [{ source: 'json', path: '$', op: 'schema', value: { type: 'object' } }, 'json $ schema {"type":"object"}', {}],
    [{ source: 'json', path: '$', op: 'schema', value: { required: ['a'.repeat(60)] } }, 'json $ schema {…}', {}],
  ])('%j reads as %s', (input, text, changed) => {
    const assertion = { severity: 'fail', ...input, ...changed, text };
    expect(parseAssertion(input)).toEqual({ ok: true, assertion });
  });
});

describe('a bad assertion', () => {
  const sources = 'status, latency, phase, header, body, json, certificate, tls, dns, redirects';
  const certificate = 'daysRemaining, subject, issuer, names, serialNumber, fingerprint256, chainLength';
  it.each([
    [
      42,
      'ASSERTION_SYNTAX',
      undefined,
      'must be a text such as "status == 200" or an object with source, op and value',
    ],
    [
      null,
      'ASSERTION_SYNTAX',
      undefined,
      'must be a text such as "status == 200" or an object with source, op and value',
    ],
    ['', 'ASSERTION_SYNTAX', undefined, 'must look like "status == 200" or "json $.name == \\"ok\\"", got ""'],
    [
      'status',
      'ASSERTION_SYNTAX',
      undefined,
      'must look like "status == 200" or "json $.name == \\"ok\\"", got "status"',
    ],
    ['stauts == 200', 'ASSERTION_SOURCE', 'source', `must be one of ${sources}, got "stauts"; did you mean "status"?`],
    ['certificate > 21', 'ASSERTION_PATH', 'path', `must be one of ${certificate} after "certificate.", got nothing`],
    [
      'certificate.daysRemainig > 21',
      'ASSERTION_PATH',
      'path',
      `must be one of ${certificate} after "certificate.", got "daysRemainig"; did you mean "daysRemaining"?`,
    ],
    [
      { source: 'tls', path: 'protocol', op: 'equals', value: 'TLSv1.3' },
      'ASSERTION_PATH',
      'path',
      'must be one of version, cipher, alpn, authorized for tls, got "protocol"',
    ],
    [
      { source: 'tls.version', op: 'equals', value: 'TLSv1.3' },
      'ASSERTION_SOURCE',
      'source',
      'must be tls, with the path version',
    ],
    [
      'tls.version >= 1.2',
      'ASSERTION_OPERATOR',
      'op',
      'must be one of ==, !=, in, contains, notContains, empty, notEmpty, matches, notMatches, exists, notExists for tls.version, got ">="',
    ],
    [
      'dns.answers == a',
      'ASSERTION_OPERATOR',
      'op',
      'must be one of contains, notContains, empty, notEmpty, exists, notExists for dns.answers, got "=="',
    ],
    ['tls.authorized == yes', 'ASSERTION_VALUE', 'value', 'must be true or false'],
    ['dns.count > many', 'ASSERTION_VALUE', 'value', 'must be a number for >'],
    ['redirects == 1.5', 'ASSERTION_VALUE', 'value', 'must be a whole number from 0 on'],
    ['phase.tls < 3', 'ASSERTION_VALUE', 'value', 'must be a span with its unit, such as 300ms or 1.5s'],
    ['body matches (a', 'ASSERTION_VALUE', 'value', 'is no regular expression (RE2): missing closing ) at (a'],
    [
      { source: 'body', op: 'matches', value: 5 },
      'ASSERTION_VALUE',
      'value',
      'must be a regular expression (RE2) in quotes',
    ],
    ['json $ schema 5', 'ASSERTION_VALUE', 'value', 'must be a JSON Schema, such as {"type": "object"}'],
    [
      'json $.a[?match(@.b, "(a+)+$")] exists',
      'ASSERTION_PATH',
      'path',
      'must not use match() or search(), whose time cannot be bounded: use the operator matches, got "$.a[?match(@.b, \\"(a+)+$\\")]"',
    ],
    [
      'json $[?search(@, @)] exists',
      'ASSERTION_PATH',
      'path',
      'must not use match() or search(), whose time cannot be bounded: use the operator matches, got "$[?search(@, @)]"',
    ],
    [
      'json $..a..b exists',
      'ASSERTION_PATH',
      'path',
      'must hold at most one "..", outside brackets: more take too long on a large document, got "$..a..b"',
    ],
    [
      'json $[?@..b] exists',
      'ASSERTION_PATH',
      'path',
      'must hold at most one "..", outside brackets: more take too long on a large document, got "$[?@..b]"',
    ],
    [
      'json $[?$[*]] exists',
      'ASSERTION_PATH',
      'path',
      'must not begin at "$" again inside brackets: it takes too long on a large document, got "$[?$[*]]"',
    ],
    [
      'json $[*,*][*,*] exists',
      'ASSERTION_PATH',
      'path',
      'must hold at most one list of selectors: more take too long on a large document, got "$[*,*][*,*]"',
    ],
    [
      'status is 200',
      'ASSERTION_OPERATOR',
      'op',
      'must be one of ==, !=, in, <, <=, >, >=, between for status, got "is"',
    ],
    [
      { source: 'status', op: '==', value: 200 },
      'ASSERTION_OPERATOR',
      'op',
      'must be one of equals, notEquals, in, lt, lte, gt, gte, between for status, got "=="',
    ],
    [
      'latency contains 1',
      'ASSERTION_OPERATOR',
      'op',
      'must be one of <, <=, >, >=, between for latency, got "contains"',
    ],
    [
      'header a < 5',
      'ASSERTION_OPERATOR',
      'op',
      'must be one of ==, !=, in, contains, notContains, empty, notEmpty, matches, notMatches, exists, notExists for header, got "<"',
    ],
    ['json status == 1', 'ASSERTION_PATH', 'path', 'must be a JSONPath such as $.status (RFC 9535), got "status"'],
    ['json $.a. == 1', 'ASSERTION_PATH', 'path', 'must be a JSONPath such as $.status (RFC 9535), got "$.a."'],
    [{ source: 'header', op: 'exists' }, 'ASSERTION_PATH', 'path', 'must be the name of a header, got nothing'],
    [
      { source: 'header', path: 'a b', op: 'exists' },
      'ASSERTION_PATH',
      'path',
      'must be the name of a header, got "a b"',
    ],
    [{ source: 'body', path: '$', op: 'empty' }, 'ASSERTION_PATH', 'path', 'must be left out for body'],
    [
      'status == ok',
      'ASSERTION_VALUE',
      'value',
      'must be whole numbers from 0 to 999; a range is written status in 200-299',
    ],
    [
      'status == 2xx',
      'ASSERTION_VALUE',
      'value',
      'must be whole numbers from 0 to 999; a range is written status in 200-299',
    ],
    [
      'status == 1000',
      'ASSERTION_VALUE',
      'value',
      'must be whole numbers from 0 to 999; a range is written status in 200-299',
    ],
    ['status ==', 'ASSERTION_VALUE', 'value', 'is missing: == needs one'],
    ['status in 299-200', 'ASSERTION_VALUE', 'value', 'must give the smaller value first'],
    ['status in 200', 'ASSERTION_VALUE', 'value', 'must be a list with at least one value, such as [200, 204]'],
    ['status in []', 'ASSERTION_VALUE', 'value', 'must be a list with at least one value, such as [200, 204]'],
    ['latency < 300', 'ASSERTION_VALUE', 'value', 'must be a span with its unit, such as 300ms or 1.5s'],
    ['json $.n between [5, 1]', 'ASSERTION_VALUE', 'value', 'must give the smaller value first'],
    ['json $.n between 5', 'ASSERTION_VALUE', 'value', 'must be a list of two values, such as [1, 5]'],
    ['json $.n < ok', 'ASSERTION_VALUE', 'value', 'must be a number for <'],
    ['json $.n exists 5', 'ASSERTION_VALUE', 'value', 'must be left out for exists'],
    [
      { source: 'json', path: '$', op: 'equals', value: 2 ** 53 },
      'ASSERTION_VALUE',
      'value',
      'holds a whole number beyond 2^53, which is not exact: write it in quotes',
    ],
    [
      { source: 'status', op: 'equals', value: '200' },
      'ASSERTION_VALUE',
      'value',
      'must be whole numbers from 0 to 999; a range is written status in 200-299',
    ],
    [{ source: 'header', path: 'a', op: 'equals', value: 5 }, 'ASSERTION_VALUE', 'value', 'must be text in quotes'],
    [
      { source: 'status', op: 'equals', value: 200, sverity: 'fail' },
      'ASSERTION_KEY',
      'sverity',
      'is no key of an assertion: use source, path, op, value, severity',
    ],
    [
      { source: 'status', op: 'equals', value: 200, severity: 'warn' },
      'ASSERTION_SEVERITY',
      'severity',
      'must be fail or degrade, got "warn"',
    ],
  ])('%j is refused', (input, code, key, message) => {
    expect(parseAssertion(input)).toEqual({ ok: false, code, message, ...(key ? { key } : {}) });
  });
});
