import { readFileSync } from 'node:fs';
import { namesOf } from '../../../shared/assertion/sources.ts';
import { errorTypes, outcomes } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/probes.md', import.meta.url), 'utf8');
const [example = '', assertions = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

describe('the page about probes', () => {
  it('shows a monitors.yml that is right', () => {
    expect(parseConfig(example, { file: 'docs/probes.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('shows assertions that can be read', () => {
    const monitor = `version: 1\nservice: shop\nmonitors:\n  api:\n    type: http\n    request: { url: https://example.com/ }\n`;
    const text = `${monitor}${assertions.replaceAll(/^/gm, '    ').trimEnd()}\n`;
    expect(parseConfig(text, { file: 'docs/probes.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
    expect(assertions.match(/^ {2}- /gm)?.length).toBeGreaterThan(10);
  });

  it('names every outcome and every error type', () => {
    for (const word of [...outcomes, ...errorTypes]) expect(page).toContain(`| \`${word}\` |`);
  });

  it.each(['certificate', 'tls', 'dns', 'phase'])('names every path of %s that there is, and no other', (source) => {
    const row = new RegExp(`\\\`${source}\\.(\\w+)\\\`((?:, \\\`\\.\\w+\\\`)*)`, 'g');
    const table = page.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('| type'));
    const told = table.flatMap((line) =>
      [...line.matchAll(row)].flatMap(([, first = '', more = '']) => [
        first,
        ...[...more.matchAll(/\.(\w+)/g)].map(([, path = '']) => path),
      ]),
    );
    expect([...new Set(told)].sort()).toEqual([...(namesOf(source) ?? [])].sort());
  });
});
