import { evaluateAssertion } from '../../../shared/assertion/evaluate.ts';
import { parseAssertion } from '../../../shared/assertion/parse.ts';
import { prepareAnswer } from '../../../shared/assertion/response.ts';

const phases = { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 };

async function judge(text: string, body: string) {
  const parsed = parseAssertion(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const answer = { latencyMs: 1, phases, isContaminated: false, body: { text: body } };
  const { passed, actual } = evaluateAssertion(parsed.assertion, await prepareAnswer(answer, [parsed.assertion]), []);
  return { passed, actual };
}

const tooMany = { passed: false, actual: 'the body has more than 50000 values, too many for this path' };

describe('a document of many values', () => {
  const body = (count: number) => `{"a":"ok","list":[${Array(count).fill('1').join(',')}]}`;

  it.each(['json $.list[*] == 1', 'json $..a == "ok"', 'json $.list[?@ == 1] exists', 'json $.list[0:2] == 1'])(
    'is refused to a path that searches: %s',
    async (text) => {
      expect(await judge(text, body(50_000))).toEqual(tooMany);
      expect(await judge(text, body(49_000))).toMatchObject({ passed: true });
    },
  );

  it.each(['json $.a == "ok"', 'json $[\'a\'] == "ok"', 'json $.list[49999] == 1'])(
    'is no burden to a path that leads to one value: %s',
    async (text) => expect(await judge(text, body(50_000))).toMatchObject({ passed: true }),
  );

  it('is not one whose texts hold many commas and brackets', async () => {
    const text = JSON.stringify({ a: '\\",[{'.repeat(60_000) });
    expect(await judge('json $.* notEmpty', text)).toMatchObject({ passed: true });
  });
});

describe('a whole number', () => {
  it('of 400 digits is exact', async () => {
    const digits = '9'.repeat(399);
    expect(await judge(`json $.a == ${JSON.stringify(digits)}`, `{"a":${digits}8}`)).toMatchObject({ passed: false });
    expect((await judge('json $.a == 5', `{"a":${digits}8}`)).actual).toMatch(/^9{253}\.\.\.$/);
  });

  it('that is longer is as large as a number can be', async () => {
    expect(await judge('json $.a == 5', `{"a":${'9'.repeat(401)}}`)).toEqual({ passed: false, actual: 'Infinity' });
  });
});
