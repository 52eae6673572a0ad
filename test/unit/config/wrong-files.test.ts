import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codes, type ParseResult, parseConfig, renderProblem } from '../../../shared/config/parse/index.ts';

// `npm test -- test/unit/config/wrong-files` with UPDATE_FIXTURES=1 writes the messages anew; read the diff.
const isUpdate = process.env['UPDATE_FIXTURES'] === '1';
const folder = new URL('../../fixtures/wrong/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));

const read = (file: string) => parseConfig(readFileSync(new URL(file, folder)), { file, env: { HOME: '/home/me' } });
const render = (result: ParseResult) =>
  [
    ...(result.ok ? [] : result.errors.map((problem) => `${problem.code} ${renderProblem(problem)}\n`)),
    ...result.warnings.map((problem) => `warning ${problem.code} ${renderProblem(problem)}\n`),
  ].join('');

describe('every wrong file is told exactly what is wrong with it', () => {
  it.each(files)('%s', (file) => {
    const result = read(file);
    const expected = new URL(file.replace(/yml$/, 'txt'), folder);
    if (isUpdate) writeFileSync(expected, render(result));
    expect(render(result)).toBe(readFileSync(expected, 'utf8'));
    expect(result.ok).toBe(file.startsWith('warning-'));
  });

  it('no message shows what a secret field holds', () => {
    expect(files.map((file) => render(read(file))).join('')).not.toContain('hunter2');
  });
});

describe('codes', () => {
  const found = new Set(
    files.flatMap((file) => {
      const result = read(file);
      return [...(result.ok ? [] : result.errors), ...result.warnings].map(({ code }) => code);
    }),
  );

  it('a file beyond 2 MiB is refused by its size, before it is read', () => {
    const result = parseConfig(`version: 1\n${'#'.repeat(2_097_152)}`, { file: 'large.yml', env: {} });
    expect(render(result)).toBe(
      'BURN_CONFIG_TOO_LARGE large.yml:1:1: the file must be at most 2 MiB; use anchors for what repeats\n',
    );
  });

  it('of the keys of one map that do not belong there the first thousand are told, and how many more there are', () => {
    const keys = Array.from({ length: 1_500 }, (_, index) => `    k${index}: 1`).join('\n');
    const monitor = `  a:\n    type: http\n    request: { url: https://example.com/ }\n${keys}\n`;
    const result = parseConfig(`version: 1\nservice: shop\nmonitors:\n${monitor}`, { file: 'many.yml', env: {} });
    const unknown = result.ok ? [] : result.errors.filter(({ code }) => code === 'BURN_CONFIG_UNKNOWN_KEY');
    expect(unknown).toHaveLength(1_001);
    expect(unknown).toContainEqual(
      expect.objectContaining({ line: 4, path: 'monitors.a', message: 'holds 500 more keys that do not belong here' }),
    );
  });

  it('every code has a file that shows it, but for those that need two megabytes, or an earlier file', () => {
    expect(Object.keys(codes).filter((code) => !found.has(code as keyof typeof codes))).toEqual([
      'BURN_CONFIG_TOO_LARGE',
      'BURN_CONFIG_RENAMED',
    ]);
  });

  it('every code that comes from the rooms of assertions and SLOs is in the list', () => {
    const text = ['assertion/parse.ts', 'slo/lint.ts'].map((path) =>
      readFileSync(new URL(`../../../shared/${path}`, import.meta.url), 'utf8'),
    );
    const named = [...text.join('').matchAll(/'((?:BURN_SLO|ASSERTION)_[A-Z_]+)'/g)].map(([, code = '']) => code);
    const known = named.map((code) => (code.startsWith('BURN_') ? code : `BURN_CONFIG_${code}`));
    // An unknown key of an assertion is told as any unknown key is, and what is not built as all of that is.
    const elsewhere = ['BURN_CONFIG_ASSERTION_KEY', 'BURN_CONFIG_ASSERTION_NOT_BUILT'];
    expect([...new Set(known)].filter((code) => !(code in codes) && !elsewhere.includes(code))).toEqual([]);
    expect(known.length).toBeGreaterThan(10);
  });
});
