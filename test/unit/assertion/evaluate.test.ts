import fc from 'fast-check';
import { evaluateAssertion } from '../../../shared/assertion/evaluate.ts';
import { parseAssertion } from '../../../shared/assertion/parse.ts';
import { prepareResponse } from '../../../shared/assertion/response.ts';
import type { Assertion } from '../../../shared/config/model.ts';

const assertionOf = (text: string): Assertion => {
  const parsed = parseAssertion(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.assertion;
};

type Given = {
  statusCode?: number;
  latencyMs?: number;
  headers?: Record<string, string>;
  body?: string;
  problem?: string;
};

const evaluate = async (text: string, given: Given, secrets: readonly string[] = []) => {
  const { statusCode = 200, latencyMs = 12.5, headers = {}, body = '', problem } = given;
  const assertion = assertionOf(text);
  const raw = { statusCode, latencyMs, headers, body: problem === undefined ? { text: body } : { problem } };
  return evaluateAssertion(assertion, await prepareResponse(raw, [assertion]), secrets);
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

  it('survives bodies that are nested too deeply', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    for (const text of ['json $ exists', 'json $..a exists', 'json $[0][0] empty']) {
      expect(typeof (await evaluate(text, { body: deep })).passed).toBe('boolean');
    }
  });

  it('shows no secret, as it is or escaped, and at most 256 characters', async () => {
    const secret = 'can"ary/1';
    const body = JSON.stringify({ a: secret, b: encodeURIComponent(secret), c: 'x'.repeat(5_000) });
    for (const text of ['body empty', 'json $.a == 1', 'json $.b == 1', 'json $ empty', `json $.a == "can\\"ary/1"`]) {
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
        const raw = { statusCode: 200, latencyMs: 1, headers: {}, body: { text: body } };
        expect(evaluateAssertion(parsed.assertion, await prepareResponse(raw, [parsed.assertion]), []).passed).toBe(
          true,
        );
      }),
    );
  });
});
