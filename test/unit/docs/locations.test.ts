import { readFileSync } from 'node:fs';
import { locationLimitMs } from '../../../shared/alert/location.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { judgeTogether } from '../../../shared/ledger/quorum.ts';
import { seenText } from '../../../shared/message/location-text.ts';
import { catalogue } from '../../../shared/metrics/entries.ts';

const page = readFileSync('docs/locations.md', 'utf8');
const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
const flat = page.replaceAll(/\s+/g, ' ');

describe('docs/locations.md', () => {
  it('shows a monitors.yml that is right, and what it means', () => {
    const parsed = parseConfig(yaml, { file: 'docs/locations.md', env: {} });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(parsed.warnings).toEqual([]);
    expect(parsed.config.monitors.map(({ id, agreement }) => [id, agreement])).toEqual([
      ['checkout', { quorum: 'any', minLocations: 2 }],
      ['search', { quorum: 'majority', minLocations: 2 }],
    ]);
  });

  it('names the metric of the exposition, the limit of silence, and what messages say', () => {
    expect(page).toContain(catalogue.locationTimestamp.prometheus.name);
    expect(locationLimitMs).toBe(5 * 60_000);
    expect(page).toContain('has had no row for five minutes');
    const seen = { failed: ['us-east-1', 'ap-southeast-2'], good: ['eu-west-1'], silent: [] };
    expect(flat).toContain(seenText(seen));
  });

  it('says of each quorum with how many of three, and of two, a monitor fails', () => {
    const table = [...page.matchAll(/^\| `(\w+%?)` \| (.*) \|$/gm)].flatMap(([, name = '']) =>
      name === 'quorum' ? [] : [name],
    );
    const failsWith = (text: string, count: number) => {
      const config = `${yaml.replace('quorum: any ', `quorum: ${text} `)}`;
      const parsed = parseConfig(config, { file: 'm.yml', env: {} });
      const agreement = parsed.ok ? parsed.config.monitors[0]?.agreement : undefined;
      if (agreement === undefined) throw new Error(`${text} is no quorum`);
      const isFailed = (failed: number) =>
        judgeTogether(
          Array.from({ length: count }, (_, index) => (index < failed ? 'failed' : 'passed')),
          agreement,
          () => 'passed',
        ) === 'failed';
      return Array.from({ length: count + 1 }, (_, failed) => failed).find(isFailed);
    };
    expect(table.map((text) => [text, failsWith(text, 3), failsWith(text, 2)])).toEqual([
      ['majority', 2, 2],
      ['any', 1, 1],
      ['all', 3, 2],
      ['2', 2, 2],
      ['50%', 2, 1],
    ]);
  });
});
