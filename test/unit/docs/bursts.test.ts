import { readFileSync } from 'node:fs';
import { costOf } from '../../../infra/cost/index.ts';
import { mostConcurrency, mostPerSecond, mostRequests, thresholdMetrics } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { priceOfOne } from '../../../shared/metrics/price-list.ts';
import { costExample, costOptions } from '../../support/cost-example.ts';
import { configOf } from '../../support/monitored.ts';

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
    const { lines, parts } = costOf(configOf(costExample()), costOptions);
    const lambda = lines
      .filter(({ what }) => ['invocations of burst', 'time of burst'].includes(what))
      .reduce((sum, { list }) => sum + list, 0);
    expect(page).toContain(`\`BurstLatency\` $${priceOfOne('metric').toFixed(2)}`);
    expect(page).toContain(`Lambda $${lambda.toFixed(2)}`);
    expect(page).toContain(`**$${parts.find(({ id }) => id === 'burst/peak')?.list.toFixed(2)}** a month`);
  });

  it('adds up what it costs the target', () => {
    const function_ = priceOfOne('invocation') + 0.005 * 0.25 * priceOfOne('gigabyteSecond');
    expect(page).toContain(`about $${(720_000 * (priceOfOne('apiRequest') + function_)).toFixed(1)}0`);
  });
});
