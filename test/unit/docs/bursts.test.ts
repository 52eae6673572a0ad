import { readFileSync } from 'node:fs';
import { mostConcurrency, mostPerSecond, mostRequests, thresholdMetrics } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/bursts.md', import.meta.url), 'utf8');
const yaml = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';

describe('the page about bursts', () => {
  it('shows a configuration that is valid and warned of by nobody', () => {
    expect(parseConfig(yaml, { file: 'docs/bursts.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  it('names every quantity that a threshold may be about', () => {
    const names = thresholdMetrics.map((metric) => (metric === 'p999' ? 'p99.9' : metric));
    for (const name of names) expect(page).toContain(`\`${name}\``);
  });

  it('says the limits that are held', () => {
    const [requests, rate] = [mostRequests, mostPerSecond].map((limit) => limit.toLocaleString('en-US'));
    expect(page).toContain(`At most ${requests} requests, ${rate} a second, ${mostConcurrency} at once, 13 minutes`);
  });

  it('adds up what an hourly burst of a thousand requests costs', () => {
    const runs = 720;
    const lambda = runs * (6.5 * 1 * 0.0000133334 + 0.2e-6);
    // The claim, the part, the run with its histograms, the verdict: some 25 units a run; a verdict is read each minute.
    const ledger = (runs * 25 * 0.625 + 43_200 * 0.125) / 1e6;
    const calls = (runs * 0.01) / 1_000;
    expect(page).toContain('`BurstLatency` $0.30');
    expect(page).toContain(`Lambda $${lambda.toFixed(2)}`);
    expect(page).toContain(`**$${(Math.ceil((0.3 + lambda + ledger + calls) * 20) / 20).toFixed(2)}** a month`);
  });

  it('adds up what it costs the target', () => {
    const perRequest = 1.0 / 1e6 + 0.2 / 1e6 + 0.005 * 0.25 * 0.0000133334;
    expect(page).toContain(`about $${(720_000 * perRequest).toFixed(1)}0`);
  });
});
