import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  chosenDashboards,
  dashboardBody,
  dashboardPrice,
  pricesOf,
  sizeOf,
} from '../../../infra/template/dashboards/index.ts';
import { stackOf } from '../../../infra/template/model.ts';
import { type Config, dashboardNames, defaultDashboards } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { aBurst } from '../../support/burst.ts';
import { aConfig, aMonitor, aSlo } from '../infra/configs.ts';

/** What docs/dashboards.md says, held to what is built. */
const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/dashboards.md'), 'utf8');
const options = {
  ...{ stage: 'dev', region: 'us-east-1', isShortenerOn: true, areFaultsOn: false, isRetained: false },
  logRetentionDays: 30,
};
const config: Config = aConfig({
  monitors: Array.from({ length: 10 }, (_, key) => aMonitor({ id: `m${key}`, key })),
  slos: ['a', 'b', 'c'].map(aSlo),
  bursts: [aBurst()],
});
const priceOf = (changed: Config): number => {
  const stack = stackOf(changed, options);
  const sizes = chosenDashboards(stack, changed).map((name) => sizeOf(dashboardBody(name, stack, changed)));
  return pricesOf(sizes).reduce((sum, price) => sum + price, 0);
};
const rowOf = (what: string) => new RegExp(`^\\| ${what} \\| \\$(\\d+\\.\\d\\d) \\|$`, 'm').exec(page)?.[1];

describe('docs/dashboards.md', () => {
  it('names each of them, in order, and those that are deployed by default', () => {
    expect([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual(dashboardNames);
    const [overview, slos, application] = defaultDashboards.map((name) => `\`${name}\``);
    expect(page).toContain(`Three by default, ${overview}, ${slos} and ${application};`);
  });

  it('says what they cost', () => {
    const { free, freeMetrics, perMonth } = dashboardPrice;
    expect([free, page.includes('An account has three dashboards')]).toEqual([3, true]);
    expect(page).toContain(`at most ${freeMetrics} metrics each for nothing, and pays $${perMonth.toFixed(2)} a month`);
    expect(rowOf('the usual three')).toBe(priceOf(config).toFixed(2));
    expect(rowOf('all seven')).toBe(priceOf({ ...config, dashboards: dashboardNames }).toFixed(2));
  });

  it('chooses them as monitors.yml does', () => {
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const shipped = readFileSync(join(root, 'monitors.yml'), 'utf8');
    const parsed = parseConfig(`${shipped}\n${block}`, { file: 'monitors.yml', env: {} });
    expect(parsed.ok && parsed.config.dashboards).toEqual(['overview', 'slos', 'runtime']);
  });
});
