import { readFileSync } from 'node:fs';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/flows.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

describe('the page about flows', () => {
  it.each(blocks)('shows a monitors.yml that is right:\n%s', (text) => {
    expect(parseConfig(text, { file: 'docs/flows.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('shows a flow whose steps, variables and secrets are what it says of them', () => {
    const configs = blocks.map((text) => parseConfig(text, { file: 'docs/flows.md', env: {} }));
    const flows = configs.flatMap((parsed) => (parsed.ok ? parsed.config.monitors : []));
    const [links, account] = flows.map((monitor) => (monitor.type === 'flow' ? monitor : undefined));
    expect(links?.steps.map(({ id, always }) => [id, always])).toEqual([
      ['create', false],
      ['follow', false],
      ['cleanup', true],
    ]);
    expect(links?.timeoutMs).toBe(20_000);
    expect(account?.timeoutMs).toBe(20_000);
    expect(links?.steps[0]?.extract).toMatchObject([{ name: 'code', isSecure: false }]);
    expect(account?.steps[0]?.extract).toMatchObject([{ name: 'session', isSecure: true }]);
  });
});
