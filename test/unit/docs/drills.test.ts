import { readFileSync } from 'node:fs';
import { calmWithinMs, drillNamed, drillNames, expectedOf, movesText } from '../../../infra/cli/drill/named-drills.ts';
import { drillHorizonMs, scheduledDrillMs } from '../../../shared/alert/drill.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/drills.md', import.meta.url), 'utf8');
const yaml = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
const minutesAMonth = 43_200;

describe('the page about drills', () => {
  it('shows a configuration that is valid and warned of by nobody', () => {
    const parsed = parseConfig(yaml, { file: 'docs/drills.md', env: {} });
    expect(parsed).toMatchObject({ ok: true, warnings: [], config: { drill: { notify: ['oncall', 'chat'] } } });
  });

  it('shows a subject that the golden message has', () => {
    const [subject] = /^\[TICKET\] alerts may not arrive: .*$/m.exec(page) ?? [];
    const golden = readFileSync(new URL('../../fixtures/messages/path-broken.txt', import.meta.url), 'utf8');
    expect(golden).toContain(subject?.replace(/, no delivery.*/, '') ?? 'nothing');
  });

  it('says how long a drill has, and how far back one is looked at', () => {
    expect([scheduledDrillMs / 60_000, drillHorizonMs / 3_600_000]).toEqual([15, 2]);
    expect(page).toContain('it has 15 minutes');
    expect(page).toContain('older than two hours');
  });

  it('adds up what it costs', () => {
    const reads = (minutesAMonth * 0.5 * 0.125) / 1e6;
    expect(page).toContain(`$${reads.toFixed(4)} a month`);
    // Two messages to five addresses, at $2 for 100,000 mails; a million units of writing cost $0.625.
    const mails = 2 * 5 * (2 / 100_000);
    expect(mails + 10 * 0.625e-6 + 2 * 0.5e-6).toBeLessThan(0.001);
    expect(page).toContain('to five addresses less than $0.001');
  });
});

describe('the page about named drills', () => {
  const words = { all: 'all', readiness: 'those of readiness', bounded: 'those that bound the latency' } as const;

  it.each(drillNames)('tells of %s what its table says', (name) => {
    const { does, metrics, hurts, alarms } = drillNamed(name);
    const [most] = hurts;
    const rings = alarms.map((preset) => `\`${preset}\``).join(', ') || 'none';
    const row = [`\`${name}\``, does, movesText(metrics), most === undefined ? 'none' : words[most], rings];
    expect(page).toContain(`\n| ${row.join(' | ')} |\n`);
  });

  it('and its times', () => {
    const minutes = expectedOf(drillNamed('outage')).map(({ withinMs }) => withinMs / 60_000);
    expect(minutes).toEqual([2, 3, 4, 5]);
    for (const [what, withinMin] of [
      ['a metric on its dashboard', 2],
      ['an alert of 3 failed probes in 5, at one probe a minute', 4],
      ['an alarm of one period, such as `errorsPerMinute`', 3],
      ['an alarm of 3 periods in 5', 5],
      ['all calm again, after the end', calmWithinMs / 60_000],
    ] as const)
      expect(page).toContain(`| ${what} | ${withinMin} min`);
  });
});
