import { renderDoctor } from '../../../infra/cli/doctor/text.ts';
import type { Checked } from '../../../infra/doctor/checks.ts';

const plain = { hasColors: false, isTerminal: false, columns: 80 };
const checked: readonly Checked[] = [
  {
    id: 'alarms',
    looksAt: 'alarms',
    findings: [
      { severity: 'doubtful', what: 'a has no data', mend: 'wait' },
      { severity: 'wrong', what: 'b tells nobody', mend: 'deploy' },
    ],
  },
  { id: 'quotas', looksAt: 'limits', findings: [{ severity: 'unseen', what: 'local mode has none', mend: '' }] },
  { id: 'clock', looksAt: 'the clock', findings: [] },
];

describe('the text of the doctor', () => {
  it('tells the worst first, each with its mend, and calls fine only what was looked at', () => {
    expect(renderDoctor(checked, 'shop in prod', plain)).toBe(`CHECK   STATE          LOOKS AT
alarms  wrong          alarms
quotas  not looked at  limits
clock   fine           the clock

wrong alarms: b tells nobody
  mend: deploy
doubtful alarms: a has no data
  mend: wait
not looked at quotas: local mode has none

shop in prod: 3 checks, 1 wrong, 1 doubtful, 1 not looked at
`);
  });

  it('stays within a narrow terminal', () => {
    const what = 'the alarm shop-prod-probe-dead tells nobody: it has no action, or its actions are off';
    const long = [
      {
        id: 'alarms',
        looksAt: 'all alarms of the stack',
        findings: [{ severity: 'wrong' as const, what, mend: what }],
      },
    ];
    const text = renderDoctor(long, 'shop in prod', { ...plain, isTerminal: true, columns: 40 });
    expect(text.split('\n').filter((line) => line.length > 40)).toEqual([]);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`mend: ${what}`);
  });

  it('does not flood: twenty findings of a check, and how many more there are', () => {
    const findings = Array.from({ length: 25 }, (_, n) => ({ severity: 'wrong' as const, what: `n${n}`, mend: 'm' }));
    expect(renderDoctor([{ id: 'x', looksAt: 'y', findings }], 'z', plain)).toContain(
      'wrong x: n19\n  mend: m\nx: and 5 more, see --json\n',
    );
  });
});
