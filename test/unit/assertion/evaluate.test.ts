import fc from 'fast-check';
import { evaluateAssertion } from '../../../shared/assertion/evaluate.ts';
import { parseAssertion } from '../../../shared/assertion/parse.ts';
import { type Answer, prepareAnswer } from '../../../shared/assertion/response.ts';
import type { Assertion } from '../../../shared/config/model.ts';

const assertionOf = (text: string): Assertion => {
  const parsed = parseAssertion(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.assertion;
};

const good: Answer = {
  statusCode: 200,
  latencyMs: 12.5,
  phases: { resolveMs: 1, connectMs: 2.25, tlsMs: 0, processingMs: 9, transferMs: 0.25 },
  isContaminated: false,
  headers: {},
  body: { text: '' },
  redirects: 0,
};

type Given = Partial<Omit<Answer, 'body'>> & { body?: string; problem?: string };

const answerOf = ({ body, problem, ...given }: Given): Answer => ({
  ...good,
  ...given,
  body: problem === undefined ? { text: body ?? '' } : { problem },
});

const evaluate = async (text: string, given: Given, secrets: readonly string[] = []) => {
  const assertion = assertionOf(text);
  return evaluateAssertion(assertion, await prepareAnswer(answerOf(given), [assertion]), secrets);
};

describe('an assertion', () => {
  const json =
    '{"s":"ok","n":5,"f":1.2,"t":true,"z":null,"e":"","l":[1,2],"el":[],"o":{"a":1,"b":[2]},"eo":{},"text":"5","big":9007199254740993,"inf":1e999,"items":[{"up":true},{"up":false}]}';
  it.each([
    ['status == 200', {}, true, '200'],
    ['status == 200', { statusCode: 503 }, false, '503'],
    ['status in 200-299', { statusCode: 299 }, true, '299'],
    ['status in 200-299', { statusCode: 300 }, false, '300'],
    ['status in [200, 404]', { statusCode: 404 }, true, '404'],
    ['latency < 13ms', {}, true, '12.5ms'],
    ['latency < 12.5ms', {}, false, '12.5ms'],
    ['latency <= 12.5ms', {}, true, '12.5ms'],
    ['header x == a', { headers: { x: 'a' } }, true, 'a'],
    ['header x == a', {}, false, null],
    ['header x != a', {}, false, null],
    ['header x exists', { headers: { x: '' } }, true, ''],
    ['header x notExists', {}, true, null],
    ['header x notExists', { headers: { x: 'b' } }, false, 'b'],
    ['header x notEmpty', { headers: { x: '' } }, false, ''],
    ['header constructor notExists', {}, true, null],
    ['body contains lo', { body: 'hello' }, true, 'hello'],
    ['body notContains lo', { body: 'hello' }, false, 'hello'],
    ['body notEmpty', {}, false, ''],
    ['body empty', { problem: 'the body is longer than 5 bytes' }, false, 'the body is longer than 5 bytes'],
    ['json $.s == "ok"', { body: json }, true, '"ok"'],
    ['json $.n == 5', { body: json }, true, '5'],
    ['json $.n == "5"', { body: json }, false, '5'],
    ['json $.text == 5', { body: json }, false, '"5"'],
    ['json $.text > 4', { body: json }, false, '"5" (not a number)'],
    ['json $.s < 5', { body: json }, false, '"ok" (not a number)'],
    ['json $.t > 0', { body: json }, false, 'true (not a number)'],
    ['json $.z < 5', { body: json }, false, 'null (not a number)'],
    ['json $.gone < 5', { body: json }, false, null],
    ['json $.gone != 5', { body: json }, false, null],
    ['json $.gone notContains a', { body: json }, false, null],
    ['json $.gone empty', { body: json }, false, null],
    ['json $.gone notExists', { body: json }, true, null],
    ['json $.z exists', { body: json }, true, 'null'],
    ['json $.z == null', { body: json }, true, 'null'],
    ['json $.f < 1.5', { body: json }, true, '1.2'],
    ['json $.f between [1.2, 1.2]', { body: json }, true, '1.2'],
    ['json $.s between [1, 2]', { body: json }, false, '"ok" (not a number)'],
    ['json $.inf > 5', { body: json }, false, 'Infinity (not a number)'],
    ['json $.l contains 2', { body: json }, true, '[1,2]'],
    ['json $.l contains "2"', { body: json }, false, '[1,2]'],
    ['json $.n contains 5', { body: json }, false, '5 (neither text nor a list)'],
    ['json $.n notContains 5', { body: json }, false, '5 (neither text nor a list)'],
    ['json $.s contains 5', { body: json }, false, '"ok" (text can only contain text)'],
    ['json $.el empty', { body: json }, true, '[]'],
    ['json $.eo empty', { body: json }, true, '{}'],
    ['json $.n empty', { body: json }, false, '5 (neither text, a list nor an object)'],
    ['json $.n notEmpty', { body: json }, false, '5 (neither text, a list nor an object)'],
    ['json $.o == {"b": [2], "a": 1}', { body: json }, true, '{"a":1,"b":[2]}'],
    ['json $.o == {"a": 1}', { body: json }, false, '{"a":1,"b":[2]}'],
    ['json $.items[*].up == true', { body: json }, false, 'false'],
    ['json $.items[*].up exists', { body: json }, true, '[true,false]'],
    ['json $.big == 9007199254740993', { body: json }, true, '9007199254740993'],
    ['json $.big == 9007199254740992', { body: json }, false, '9007199254740993'],
    ['json $.big > 9007199254740992', { body: json }, true, '9007199254740993'],
    ['json $.big > 9007199254740993', { body: json }, false, '9007199254740993'],
    ['json $.big < 5', { body: json }, false, '9007199254740993'],
    ['json $ exists', { body: '<html>' }, false, 'the body is not JSON'],
    ['json $.a notExists', { body: '<html>' }, false, 'the body is not JSON'],
    ['json $.a == 1', { body: '' }, false, 'the body is not JSON'],
    ['json $.a == 1', { problem: 'cut' }, false, 'cut'],
    ['redirects <= 2', { redirects: 2 }, true, '2'],
    ['redirects <= 2', { redirects: 3 }, false, '3'],
    ['phase.connect < 2.25ms', {}, false, '2.25ms'],
    ['phase.connect <= 2.25ms', {}, true, '2.25ms'],
    ['phase.tls between [0ms, 1ms]', {}, true, '0ms'],
    ['body matches "v\\d+\\."', { body: 'a v12.3' }, true, 'a v12.3'],
    ['body matches ^v', { body: 'a v12.3' }, false, 'a v12.3'],
    ['body matches (?i)^A', { body: 'a v12.3' }, true, 'a v12.3'],
    ['body notMatches ^v', { body: 'a v12.3' }, true, 'a v12.3'],
    ['header x matches ^b$', { headers: { x: 'b' } }, true, 'b'],
    ['header x notMatches ^b$', {}, false, null],
    ['json $.s matches ^o', { body: json }, true, '"ok"'],
    ['json $.n matches 5', { body: json }, false, '5 (not text)'],
    ['json $.n notMatches 6', { body: json }, false, '5 (not text)'],
    ['json $.l[*] schema {"type": "integer"}', { body: json }, true, 'fits the schema'],
    ['json $.o schema {"required": ["c"]}', { body: json }, false, 'required ["c"] at the root'],
    [
      'json $.items schema {"items": {"properties": {"up": {"const": true}}}}',
      { body: json },
      false,
      'const true at /1/up',
    ],
    ['json $.big schema {"type": "integer"}', { body: json }, true, 'fits the schema'],
    ['json $.gone schema true', { body: json }, false, null],
  ])('%s on %j', async (text, given, passed, actual) => {
    expect(await evaluate(text, given as Given)).toMatchObject({ assertion: text, passed, actual, severity: 'fail' });
  });

  it.each([
    ['status in 200-299', 'in 200-299'],
    ['latency between [1s, 2s]', 'between [1000ms, 2000ms]'],
    ['json $.a in [1, "b"]', 'in [1, "b"]'],
    ['json $.a exists', 'to exist'],
    ['body notEmpty', 'not empty'],
  ])('%s expects %s', async (text, expected) => {
    expect((await evaluate(text, { body: '{}' })).expected).toBe(expected);
  });

  const certificate = {
    daysRemaining: 20.999,
    subject: 'CN=a.example',
    issuer: 'C=US, O=Good CA',
    names: ['a.example', 'b.example'],
    serialNumber: '0A',
    fingerprint256: 'AB:CD',
    chainLength: 2,
  };
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: '', authorized: false };
  const dns = { rcode: 'NOERROR', answers: ['192.0.2.1', '192.0.2.2'], count: 2, authoritative: true };
  it.each([
    ['certificate.daysRemaining > 21', false, '20.99'],
    ['certificate.daysRemaining between [20, 21]', true, '20.99'],
    ['certificate.issuer contains "Good CA"', true, 'C=US, O=Good CA'],
    ['certificate.subject matches ^CN=a', true, 'CN=a.example'],
    ['certificate.names contains b.example', true, '["a.example","b.example"]'],
    ['certificate.names contains b', false, '["a.example","b.example"]'],
    ['certificate.names notEmpty', true, '["a.example","b.example"]'],
    ['certificate.serialNumber == 0A', true, '0A'],
    ['certificate.fingerprint256 == "AB:CD"', true, 'AB:CD'],
    ['certificate.chainLength >= 2', true, '2'],
    ['tls.version == "TLSv1.3"', true, 'TLSv1.3'],
    ['tls.version in ["TLSv1.2", "TLSv1.3"]', true, 'TLSv1.3'],
    ['tls.cipher notContains CBC', true, 'TLS_AES_128_GCM_SHA256'],
    ['tls.alpn == h2', false, ''],
    ['tls.authorized == true', false, 'false'],
    ['dns.rcode == NOERROR', true, 'NOERROR'],
    ['dns.answers contains "192.0.2.2"', true, '["192.0.2.1","192.0.2.2"]'],
    ['dns.answers notContains 192.0.2.3', true, '["192.0.2.1","192.0.2.2"]'],
    ['dns.count >= 2', true, '2'],
    ['dns.ttl > 0', false, null],
    ['dns.ttl notExists', true, null],
    ['dns.authoritative == true', true, 'true'],
  ])('%s looks into what the connection showed', async (text, passed, actual) => {
    expect(await evaluate(text, { certificate, tls, dns })).toMatchObject({ assertion: text, passed, actual });
  });

  it.each([
    'status != 200',
    'redirects < 1',
    'header x != a',
    'body notContains a',
    'json $ exists',
    'certificate.daysRemaining < 1',
    'tls.version != a',
    'tls.authorized != true',
    'dns.answers notContains a',
    'dns.answers empty',
    'body notMatches a',
  ])('%s misses where the protocol has no such thing', async (text) => {
    const { latencyMs, phases, isContaminated } = good;
    const assertion = assertionOf(text);
    const prepared = await prepareAnswer({ latencyMs, phases, isContaminated }, [assertion]);
    expect(evaluateAssertion(assertion, prepared, [])).toMatchObject({ passed: false, actual: null });
  });

  it.each(['latency < 1ms', 'phase.connect < 1ms'])(
    '%s is not judged on times that cannot be trusted',
    async (text) => {
      const { passed, actual } = await evaluate(text, { isContaminated: true });
      expect(passed).toBe(true);
      expect(actual).toMatch(/^[\d.]+ms \(not judged: this machine was short of CPU\)$/);
      expect((await evaluate('status == 201', { isContaminated: true })).passed).toBe(false);
    },
  );

  it('is not met by an expression whose text is too long for it, nor by its opposite', async () => {
    const body = 'b'.repeat(20_000);
    for (const op of ['matches', 'notMatches']) {
      const { passed, actual } = await evaluate(`body ${op} a[ab]{900}$`, { body });
      expect(passed).toBe(false);
      expect(actual).toMatch(/^b+ \(longer than the 18558 characters that this expression may look at\)$/);
    }
  });

  it('survives bodies that are nested too deeply', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    for (const text of ['json $ exists', 'json $..a exists', 'json $[0][0] empty']) {
      expect(typeof (await evaluate(text, { body: deep })).passed).toBe('boolean');
    }
  });

  it('shows no secret, as it is or escaped, and at most 256 characters', async () => {
    const secret = 'can"ary/1';
    const body = JSON.stringify({ a: secret, b: encodeURIComponent(secret), c: 'x'.repeat(5_000) });
    const long = `${'x'.repeat(150)}${secret.repeat(20)}`;
    const cut = await evaluate('json $.a < 5', { body: JSON.stringify({ a: long }) }, [secret]);
    expect(cut.actual).not.toMatch(/can|ary/);
    expect(cut.actual).toContain('(not a number)');
    expect((await evaluate('json $.a < 5', { body: JSON.stringify({ a: 'x'.repeat(999) }) })).actual).toHaveLength(256);
    for (const text of [
      'body empty',
      'body matches z',
      'json $.a == 1',
      'json $.b == 1',
      'json $ empty',
      `json $.a == "can\\"ary/1"`,
    ]) {
      const result = await evaluate(text, { body }, [secret]);
      expect(JSON.stringify(result)).not.toContain('ary');
      expect(result.actual?.length).toBeLessThanOrEqual(256);
    }
  });
});

describe('laws of assertions', () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  const opposite: readonly [string, string][] = [
    ['==', '!='],
    ['contains', 'notContains'],
  ];
  it('never throw, whatever the body', async () => {
    const operator = fc.constantFrom('==', '!=', '<', '>=', 'in', 'contains', 'notContains');
    await fc.assert(
      fc.asyncProperty(fc.string(), operator, async (body, op) => {
        const expected = op === 'in' ? '[1, "a"]' : '1';
        expect(typeof (await evaluate(`json $.a ${op} ${expected}`, { body })).passed).toBe('boolean');
      }),
    );
  });

  it('an operator and its opposite never both hold, and on a text one of them does', async () => {
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(...opposite), async (found, [yes, no]) => {
        const body = JSON.stringify({ a: found });
        const results = [
          await evaluate(`json $.a ${yes} "x"`, { body }),
          await evaluate(`json $.a ${no} "x"`, { body }),
        ];
        const holding = results.filter(({ passed }) => passed).length;
        expect(holding).toBeLessThanOrEqual(1);
        if (typeof found === 'string') expect(holding).toBe(1);
      }),
    );
  });

  it('every JSON value equals itself', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (found) => {
        const body = JSON.stringify({ a: found });
        const parsed = parseAssertion({
          source: 'json',
          path: '$.a',
          op: 'equals',
          value: JSON.parse(JSON.stringify(found)),
        });
        // Whole numbers beyond 2^53 are refused by the parser.
        if (!parsed.ok) return;
        const prepared = await prepareAnswer(answerOf({ body }), [parsed.assertion]);
        expect(evaluateAssertion(parsed.assertion, prepared, []).passed).toBe(true);
      }),
    );
  });
});
