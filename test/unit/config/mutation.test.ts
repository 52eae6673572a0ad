import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

const good = readFileSync(new URL('../../fixtures/foundation.yml', import.meta.url), 'utf8');
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

const place = fc.nat({ max: good.length });
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

describe('whatever is done to a valid file, it is read or refused with a place and a sentence', () => {
  it('something put in, anywhere', () => {
    fc.assert(
      fc.property(place, snippet, (at, text) => expectAnswer(good.slice(0, at) + text + good.slice(at))),
      { numRuns: 150 },
    );
  });

  it('something cut out, anywhere', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 40 }), (at, size) =>
        expectAnswer(good.slice(0, at) + good.slice(at + size)),
      ),
      { numRuns: 150 },
    );
  });

  it('a value replaced by one of another kind', () => {
    const lines = good.split('\n');
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
    );
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 1 }), value, (at, text) => {
        expectAnswer(lines.map((line, index) => (index === at ? line.replace(/: .*$/, `: ${text}`) : line)).join('\n'));
      }),
      { numRuns: 150 },
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
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
