import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../../../infra/cli/command.ts';
import { run } from '../../../infra/cli/main.ts';
import { createIo } from './io.ts';

const config = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  web: { type: http, request: { url: https://a.example/ } }
slos:
  web:
    indicator: { monitors: [web] }
    objective: 99.9%
    window: 30d
    alerts:
      - { severity: page, budget: 2%, long: 1h, minBadEvents: 1, notify: [oncall] }
      - { severity: page, budget: 5%, long: 6h, notify: [oncall] }
      - { severity: ticket, budget: 12.5%, long: 1d, notify: [oncall] }
  quiet: { indicator: { monitors: [web] }, objective: 99%, window: 30d }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-foresight-'));
  writeFileSync(join(folder, 'monitors.yml'), config);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function slo(argv: readonly string[], world: Partial<Io> = {}) {
  const { io, written } = createIo({ cwd: folder, ...world });
  return { code: await run(['slo', ...argv], io), ...written };
}

describe('burnwatch slo preview', () => {
  it('shows how soon each rule fires, how many failures it takes, and what should be mended', async () => {
    const { code, stdout, stderr } = await slo(['preview', 'web']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`web: 99.9% of 30d · 43,200 probes in it, of which 43.2 may be bad

RULE             ABOVE    FAILURES  100 %  50 %  10 %  5 %    2 %  1 %  RESOLVES
page 2%/1h       14.4×     1 of 60     1m    2m   10m  20m    50m    –       10m
page 5%/6h          6×    3 of 360     3m    6m   30m   1h  2h30m   5h        1h
ticket 12.5%/1d  3.75×  6 of 1,440     6m   12m    1h   2h     5h  10h        4h

How soon each rule fires once that part of the events fails, evenly spread, and how long after the last bad one it resolves.

warning page 2%/1h: one failed probe pages: its long window of 1h holds 60 events; set minBadEvents to 3, or have at least 70 probes in that window
`);
  });

  it('says by how many of several locations a failure must be seen: their ticks are events as one location’s are', async () => {
    const locations = 'locations: { home: eu-west-1, also: [us-east-1, sa-east-1] }\nquorum: 50%\n';
    writeFileSync(join(folder, 'several.yml'), `${config}${locations}`);
    const { stdout } = await slo(['preview', 'web', '--config', 'several.yml']);
    const [head] = stdout.split('\n');
    expect(head).toBe(
      'web: 99.9% of 30d · 43,200 probes in it, of which 43.2 may be bad · a failure is one that is seen by at least 50% of the fresh locations',
    );
    expect(stdout).toContain(
      'one failed probe, seen by at least 50% of the fresh locations, pages: its long window of',
    );
  });

  it('says it in numbers', async () => {
    const { code, stdout, stderr } = await slo(['preview', 'web', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { rules, findings, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ slo: 'web', objective: '99.9%', window: '30d', events: 43_200, budget: 43.2 });
    expect(rules[1]).toEqual({
      severity: 'page',
      budget: '5%',
      long: '6h',
      short: '30m',
      threshold: 6,
      minBadEvents: 3,
      badEvents: 3,
      events: 360,
      detectionMinutes: { '100%': 3, '50%': 6, '10%': 30, '5%': 60, '2%': 150, '1%': 300 },
      resolvesAfterMinutes: 60,
    });
    expect(findings).toMatchObject([{ level: 'warning', code: 'BURN_SLO_ONE_BLIP', ruleIndex: 0 }]);
  });

  it('says of an SLO without rules that nobody is told', async () => {
    expect((await slo(['preview', 'quiet'])).stdout).toContain(
      '\n\nwarning alerts: nobody is told when the budget burns',
    );
  });

  it('says of a rule that can never fire how it could', async () => {
    writeFileSync(join(folder, 'never.yml'), config.replace('99.9%', '90%'));
    const { code, stdout, stderr } = await slo(['preview', 'web', '--config', 'never.yml']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^page 2%\/1h {7}14\.4× +never(?: +–){6} +10m$/m);
    expect(stdout).toContain(
      '\n\nerror page 2%/1h: can never fire: a total outage burns 10×, the threshold is 14.4×; set ',
    );
  });

  it.each([60, 100])('keeps to %i columns of a terminal, in colour too', async (columns) => {
    const { stdout } = await slo(['preview', 'web'], { isTerminal: true, hasColors: true, columns });
    const widths = stripVTControlCharacters(stdout)
      .split('\n')
      .map((line) => [...line].length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('\u001B[33mwarning\u001B[0m page 2%/1h');
  });

  it.each([
    [[], 'which SLO? npx burnwatch slo preview <id>; there are web, quiet'],
    [['wep'], 'no SLO is called "wep"; did you mean "web"?'],
    [['web', 'quiet'], 'does not take "quiet": see --help'],
  ])('%j is bad usage', async (argv, message) => {
    expect(await slo(['preview', ...argv])).toEqual({
      code: 2,
      stdout: '',
      stderr: `burnwatch slo preview: ${message}\n`,
    });
  });
});

describe('burnwatch slo simulate', () => {
  it('shows when rules would fire and resolve, and what it takes of the budget', async () => {
    const { code, stdout, stderr } = await slo(['simulate', '--slo', 'web', '--outage', '10m']);
    expect([code, stderr.split('\n').length]).toEqual([0, 3]);
    expect(stdout).toBe(`web: 99.9% of 30d · a total outage of 10 min

RULE             FIRES  RESOLVES  AFTER ITS END
page 2%/1h          1m       20m            10m
page 5%/6h          3m     1h10m             1h
ticket 12.5%/1d     6m     4h10m             4h  told at 1h10m, when no page is open any more

Bad events: 10 of 10, which takes 23.1 % of the budget
`);
  });

  it('tells of slices of time what they come to, since the budget is of them', async () => {
    const sliced = config.replace(
      'window: 30d\n',
      'window: 30d\n    budgetingMethod: Timeslices\n    timeSliceTarget: 95%\n    timeSliceWindow: 5m\n',
    );
    writeFileSync(join(folder, 'sliced.yml'), sliced);
    const asked = ['simulate', '--slo', 'web', '--outage', '12m', '--config', 'sliced.yml'];
    const { stdout } = await slo(asked);
    expect(stdout).toContain('Bad events: 12 of 12, in 3 bad slices, which takes 34.7 % of the budget\n');
    expect(JSON.parse((await slo([...asked, '--json'])).stdout)).toMatchObject({ bad: 12, badSlices: 3 });
  });

  it('shows what would never fire', async () => {
    const { stdout } = await slo(['simulate', '--slo', 'web', '--errors', '1%', '--for', '2h']);
    expect(stdout).toContain('99.9% of 30d · 1% of errors for 2 h\n');
    expect(stdout).toMatch(/^page 5%\/6h {6} never$/m);
    expect(stdout).toContain('Bad events: 1 of 120, which takes 2.3 % of the budget\n');
  });

  it('says it in numbers', async () => {
    const { code, stdout, stderr } = await slo([
      'simulate',
      '--slo',
      'web',
      '--errors',
      '50%',
      '--for',
      '2d',
      '--json',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const { rules, budgetSpentRatio, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ slo: 'web', errorRatio: 0.5, minutes: 2880, events: 2880, bad: 1440 });
    expect(budgetSpentRatio).toBeCloseTo(33.333, 3);
    expect(rules).toEqual([
      { severity: 'page', long: '1h', firedMinute: 2, toldMinute: 2, resolvedMinute: 2890 },
      { severity: 'page', long: '6h', firedMinute: 6, toldMinute: 6, resolvedMinute: 2940 },
      { severity: 'ticket', long: '1d', firedMinute: 12, toldMinute: 2940, resolvedMinute: 3120 },
    ]);
  });

  it.each([
    [[], 'what happens? --outage 10m, or --errors 5% --for 1h'],
    [['--outage', '10m'], 'which SLO? --slo ID names it; there are web, quiet'],
    [['--slo', 'x', '--outage', '10m'], 'no SLO is called "x"; there are web, quiet'],
    [['--outage', '10m', '--errors', '5%'], 'takes --outage or --errors, not both'],
    [['--outage', '10m', '--for', '1h'], '--for goes with --errors: --outage says itself how long it lasts'],
    [['--errors', '5%'], 'how long do they last? --for 1h'],
    [['--errors', '5', '--for', '1h'], '--errors must be a percentage such as 5%, got "5"'],
    [['--errors', '0%', '--for', '1h'], '--errors must be above 0%, got "0%"'],
    [['--errors', '101%', '--for', '1h'], '--errors must be at most 100%, got "101%"'],
    [['--outage', '90s'], '--outage must be whole minutes up to 30d, got "90s"'],
    [['--outage', '31d'], '--outage must be whole minutes up to 30d, got "31d"'],
    [['--outage', '0m'], '--outage must be whole minutes up to 30d, got "0m"'],
    [
      ['--outage', 'x'.repeat(99)],
      `--outage must be a whole number with a unit, such as 500ms, 30s, 5m, 1h or 3d, got "${'x'.repeat(39)}…"`,
    ],
  ])('%j is bad usage', async (argv, message) => {
    const refused = { code: 2, stdout: '', stderr: `burnwatch slo simulate: ${message}\n` };
    expect(await slo(['simulate', ...argv, '--json'])).toEqual(refused);
  });
});

it.each(['preview', 'simulate'])('burnwatch slo %s --help explains itself, with examples', async (verb) => {
  const { code, stdout } = await slo([verb, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^npx burnwatch slo ${verb} [\\s\\S]*\\nExamples:\\n {2}npx burnwatch slo ${verb} `),
  );
});
