import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

const read = (name: string) => readFileSync(new URL(`../../fixtures/${name}.yml`, import.meta.url), 'utf8');
const files = [read('foundation'), read('language')];
const parse = (input: string | Uint8Array) => parseConfig(input, { file: 'm.yml', env: {} });

/** What every answer of the parser is, whatever it was given. */
function expectAnswer(input: string | Uint8Array) {
  const result = parse(input);
  const problems = [...(result.ok ? [] : result.errors), ...result.warnings];
  for (const problem of problems) {
    expect(renderProblem(problem)).toMatch(/^m\.yml:[1-9]\d*:[1-9]\d*( \S.*)?: \S.*$/);
    expect(problem.code).toMatch(/^BURN_(CONFIG|SLO)_[A-Z_]+$/);
  }
  if (result.ok) expect(JSON.parse(JSON.stringify(result.config))).toEqual(result.config);
  else expect(result.errors.length).toBeGreaterThan(0);
}

/** One of the valid files, and a place in it. */
const anywhere = fc.constantFrom(...files).chain((good) => fc.tuple(fc.constant(good), fc.nat({ max: good.length })));
const snippet = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    '\n',
    '\t',
    ': ',
    '- ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '*usual',
    '<<: *usual',
    '!!set ',
    '? ',
    '# ',
    '---\n',
    '${',
    '$$',
    'null',
    '~',
    '.inf',
    '1e999',
    '0x1F',
    '2026-01-01',
    '__proto__: 1\n',
    '\u0000',
    '\uFEFF',
    '%YAML 1.1\n',
    '|\n',
    '>-\n',
  ),
);

/** The tree with a value put where the way leads: at each fork the number chooses the branch; it ends early at a leaf. */
function replaceIn(tree: unknown, [turn, ...way]: readonly number[], put: unknown): unknown {
  if (turn === undefined || typeof tree !== 'object' || tree === null) return put;
  const keys = Object.keys(tree);
  const key = keys[turn % keys.length];
  if (key === undefined) return put;
  if (Array.isArray(tree)) return tree.map((each, index) => (String(index) === key ? replaceIn(each, way, put) : each));
  return Object.fromEntries(
    Object.entries(tree).map(([name, each]) => [name, name === key ? replaceIn(each, way, put) : each]),
  );
}

describe('whatever is done to a valid file, it is read or refused with a place and a sentence', () => {
  it('something put in, anywhere', () => {
    fc.assert(
      fc.property(anywhere, snippet, ([good, at], text) => expectAnswer(good.slice(0, at) + text + good.slice(at))),
      { numRuns: 80 },
    );
  });

  it('something cut out, anywhere', () => {
    fc.assert(
      fc.property(anywhere, fc.integer({ min: 1, max: 40 }), ([good, at], size) =>
        expectAnswer(good.slice(0, at) + good.slice(at + size)),
      ),
      { numRuns: 80 },
    );
  });

  it('a value replaced by one of another kind', () => {
    const value = fc.constantFrom(
      '5',
      '-1',
      '1.5',
      'true',
      'null',
      '""',
      '[]',
      '{}',
      '[[]]',
      '{ a: { b: c } }',
      '.nan',
      '9'.repeat(400),
      '"${ssm:/x}"',
      '"${env:NO}"',
      '"${vars.no}"',
      '"${random.uuid}"',
    );
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat({ max: 200 }), value, (good, line, text) => {
        const lines = good.split('\n');
        const at = line % lines.length;
        expectAnswer(lines.map((line, index) => (index === at ? line.replace(/: .*$/, `: ${text}`) : line)).join('\n'));
      }),
      { numRuns: 80 },
    );
  });

  it('any value in the place of any other, in every type of monitor', () => {
    const trees = files.map((text) => parseYaml(text, { merge: true }) as unknown);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        'http',
        'tcp',
        'tls',
        'dns',
        'flow',
        'heartbeat',
        '1m',
        '${vars.cart}',
        '${random.hex8}',
        '${ssm:/a}',
        '(',
      ),
      fc.constantFrom(Number.MAX_VALUE, -0, 1e21, '\u0000', '\ud800', '__proto__', 'a'.repeat(5_000)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...trees),
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        value,
        (tree, way, put) => expectAnswer(JSON.stringify(replaceIn(tree, way, put))),
      ),
      { numRuns: 400 },
    );
  });

  it('bytes that are no text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => expectAnswer(bytes)),
      { numRuns: 200 },
    );
  });

  it.each([
    ['deep flow', '['.repeat(50_000)],
    ['deep blocks', `a: ${'- '.repeat(20_000)}`],
    ['deep maps', Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
    ['many keys', Array.from({ length: 5_000 }, (_, key) => `k${key}: 1\n`).join('')],
    ['a merge of itself', 'a: &a\n  <<: *a\n'],
    [
      'many merges of many keys',
      `x-a: &a {${Array.from({ length: 2_000 }, (_, key) => `k${key}: 1`).join(',')}}\n${Array.from({ length: 2_000 }, (_, key) => `x-${key}: { <<: *a }\n`).join('')}`,
    ],
  ])('%s ends soon', (_, text) => {
    const start = performance.now();
    expectAnswer(text);
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
