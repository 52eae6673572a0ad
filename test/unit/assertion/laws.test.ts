import fc from 'fast-check';
import { evaluateAssertion } from '../../../shared/assertion/evaluate.ts';
import { parseAssertion } from '../../../shared/assertion/parse.ts';
import { type Answer, prepareAnswer } from '../../../shared/assertion/response.ts';
import { type AssertionSource, assertionSources, operators } from '../../../shared/config/model.ts';

const secret = 'can"ary/7';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(secret, `${'x'.repeat(250)}${secret}`, JSON.stringify({ a: secret, b: [secret], [secret]: 1 })),
  fc.json(),
);
const number = fc.oneof(fc.double(), fc.integer());

const answers = fc.record<Answer, 'latencyMs' | 'phases' | 'isContaminated'>(
  {
    latencyMs: number,
    phases: fc.record({
      resolveMs: number,
      connectMs: number,
      tlsMs: number,
      processingMs: number,
      transferMs: number,
    }),
    isContaminated: fc.boolean(),
    statusCode: fc.integer({ min: 100, max: 999 }),
    headers: fc.dictionary(fc.constantFrom('a', '__proto__', 'toString'), text),
    body: fc.oneof(fc.record({ text }), fc.record({ problem: text })),
    redirects: fc.nat(),
    tls: fc.record({ version: text, cipher: text, alpn: text, authorized: fc.boolean() }),
    certificate: fc.record({
      daysRemaining: number,
      subject: text,
      issuer: text,
      names: fc.array(text),
      serialNumber: text,
      fingerprint256: text,
      chainLength: fc.nat(),
    }),
    dns: fc.oneof(
      fc.record({ rcode: text, answers: fc.array(text), count: fc.nat(), authoritative: fc.boolean() }),
      fc.record({ rcode: text, answers: fc.array(text), count: fc.nat(), ttl: fc.nat(), authoritative: fc.boolean() }),
    ),
  },
  { requiredKeys: ['latencyMs', 'phases', 'isContaminated'] },
);

const paths: Readonly<Record<AssertionSource, readonly string[]>> = {
  status: [],
  latency: [],
  phase: ['connect', 'tls'],
  header: ['a', '__proto__', 'tostring'],
  body: [],
  json: ['$', '$..*', '$.a'],
  certificate: ['issuer', 'names', 'daysRemaining'],
  tls: ['version', 'authorized'],
  dns: ['answers', 'ttl'],
  redirects: [],
};
const values = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.array(text, { minLength: 1, maxLength: 3 }),
  fc.constantFrom('300ms', '(a+)+$', '^.*$', [1, 2], ['1ms', '2s'], { required: ['a'] }, { items: { type: 'string' } }),
);
const unary = ['exists', 'notExists', 'empty', 'notEmpty'];
const drafts = fc
  .tuple(fc.constantFrom(...assertionSources), fc.constantFrom(...operators), fc.nat(2), values)
  .map(([source, op, index, value]) => {
    const { length } = paths[source];
    return {
      source,
      op,
      ...(length === 0 ? {} : { path: paths[source][index % length] }),
      ...(unary.includes(op) ? {} : { value }),
    };
  });

describe('whatever the assertion and whatever the answer', () => {
  it('there is a judgement, short, without any secret, and what is missing fails all but notExists', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(drafts, answers, async (draft, answer) => {
        const parsed = parseAssertion(draft);
        if (!parsed.ok) return;
        count += 1;
        const { assertion } = parsed;
        const result = evaluateAssertion(assertion, await prepareAnswer(answer, [assertion]), [secret]);
        expect(result.actual?.length ?? 0).toBeLessThanOrEqual(256);
        expect(JSON.stringify(result)).not.toMatch(/can.{0,3}ary/);
        if (result.actual === null) expect(result.passed).toBe(assertion.op === 'notExists');
      }),
      { numRuns: 2_000 },
    );
    expect(count).toBeGreaterThan(200);
  });

  it('a text is never read as an assertion that throws', () => {
    const words = fc.constantFrom(
      ...assertionSources,
      ...operators,
      'certificate.issuer',
      '$.a',
      '"',
      '[',
      '==',
      '(a',
      '{"a":1}',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, text), { maxLength: 5 }), (parts) => {
        expect(typeof parseAssertion(parts.join(' ')).ok).toBe('boolean');
      }),
    );
  });
});
