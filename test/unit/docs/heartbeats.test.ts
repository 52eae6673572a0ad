import { readFileSync } from 'node:fs';
import { parseHeartbeatPath } from '../../../shared/app/heartbeat/path.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/heartbeats.md', import.meta.url), 'utf8');
const yaml = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
const path = (suffix: string) => parseHeartbeatPath(`/heartbeats/nightly-backup/${'a'.repeat(22)}${suffix}`);

describe('the page about heartbeats', () => {
  it('shows a configuration that is valid and warned of by nobody', () => {
    expect(parseConfig(yaml, { file: 'docs/heartbeats.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('names every call that there is', () => {
    const suffixes = [...page.matchAll(/^\| (.*) \| .*$/gm)].flatMap(([, cell = '']) => cell.match(/`\/\w+`/g) ?? []);
    expect(suffixes).toEqual(['`/0`', '`/start`', '`/fail`', '`/1`', '`/255`']);
    expect(suffixes.map((suffix) => path(suffix.slice(1, -1))?.call.kind)).toEqual([
      'success',
      'start',
      'fail',
      'fail',
      'fail',
    ]);
  });

  it('adds up what a call costs', () => {
    const million = 1.0 + 0.2 + 0.25 * 0.05 * 0.0000133334 * 1_000_000 + 0.125 + 0.625;
    const calls = 10 * 6 * 24 * 30 * 2;
    expect(page).toContain(`**$${million.toFixed(2)} a million**`);
    expect(page).toContain(`${calls.toLocaleString('en-US')} calls a month, $${((calls * million) / 1e6).toFixed(2)}.`);
  });
});
