import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseAssertion } from '../../../shared/assertion/parse.ts';
import { errorTypes, outcomes } from '../../../shared/config/model.ts';

const text = readFileSync(new URL('../../../docs/probes.md', import.meta.url), 'utf8');
const block = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
const { assertions } = parse(block) as { assertions: unknown[] };

describe('the page about probes', () => {
  it.each(assertions.map((assertion) => [assertion]))('shows the assertion %j, which is right', (assertion) => {
    expect(parseAssertion(assertion)).toMatchObject({ ok: true });
  });

  it('names every outcome and every error type', () => {
    for (const word of [...outcomes, ...errorTypes]) expect(text).toContain(`| \`${word}\` |`);
  });
});
