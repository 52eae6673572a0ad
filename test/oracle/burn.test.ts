import { readFileSync, writeFileSync } from 'node:fs';
import { askPromtool, promtoolVersion } from './promtool.ts';
import { extraRules, plainRules } from './rule-files.ts';
import { scenarios } from './scenarios.ts';
import { comparedMinutes, renderTable } from './table.ts';
import { type Mode, modes, replayAll, type Timelines } from './timeline.ts';
import { ruleName, tiers } from './variants.ts';

/** All of it has taken half a minute; the machine may be busy with something else. */
const patienceMs = 300_000;
const goldenFile = new URL('../fixtures/burn-oracle.json', import.meta.url);

/** What promtool said when it was asked last; `UPDATE_GOLDEN=1` writes what it says now, and the diff is to be read. */
type Golden = { readonly generatedBy: string } & Readonly<Record<Mode, Timelines>>;
const readGolden = (): Golden => JSON.parse(readFileSync(goldenFile, 'utf8'));

const rows = modes.flatMap((mode) => scenarios.map(({ name }) => [mode, name] as const));

/** In which a window that is a minute too long or too short can be seen. */
const telling = scenarios.flatMap(({ name }) =>
  /^(an outage leaves|a total outage|at the threshold of 99\.9 %)/.test(name) ? [name] : [],
);
const wrongs = tiers.flatMap((tier) =>
  (['longMs', 'shortMs'] as const).flatMap((window) =>
    [1, -1].map((byMinutes) => ({ rule: ruleName(tier), window, byMinutes })),
  ),
);

const [plain = {}, extras = {}, right = {}, ...wrong] = await replayAll([
  { mode: 'plain' },
  { mode: 'extras' },
  { mode: 'extras', some: telling },
  ...wrongs.map((each) => ({ mode: 'extras' as const, some: telling, wrong: each })),
]);
const ours: Record<Mode, Timelines> = { plain, extras };

async function askAll(): Promise<Record<Mode, Timelines>> {
  const every = (minutes: number) => scenarios.filter(({ intervalMinutes }) => intervalMinutes === minutes);
  const [first, ...others] = await Promise.all([
    askPromtool(plainRules(), scenarios),
    ...[1, 5].map((minutes) => askPromtool(extraRules(minutes), every(minutes))),
  ]);
  return { plain: first ?? {}, extras: Object.assign({}, ...others) };
}

const version = promtoolVersion();

if (version === undefined) {
  const { generatedBy, ...golden } = readGolden();
  console.warn(
    `NOT RUN: there is no promtool (2.42 or newer, Debian's package prometheus), so burn rules were compared with what ` +
      `${generatedBy} said when it was asked last`,
  );
  it.skip.each(rows)('%s rules fire as promtool, which is not installed, says: %s', () => {});
  it('burn rules fire in exactly the minutes of the golden file', () => {
    expect(ours).toEqual(golden);
  });
} else {
  describe(`burn rules fire in exactly the minutes in which promtool ${version} says`, () => {
    let theirs: Record<Mode, Timelines>;
    beforeAll(async () => {
      theirs = await askAll();
      if (process.env['UPDATE_GOLDEN'] === '1')
        writeFileSync(goldenFile, `${JSON.stringify({ generatedBy: `promtool ${version}`, ...theirs }, null, 1)}\n`);
      if (process.env['BURNWATCH_TABLE'] === '1') process.stdout.write(`${renderTable(ours, theirs)}\n`);
    }, patienceMs);

    it.each(rows)('%s: %s', (mode, name) => {
      expect(ours[mode][name]).toEqual(theirs[mode][name]);
    });

    it('and in no others of the golden file, which stands in for it where it is not installed', () => {
      expect(readGolden()).toMatchObject(theirs);
    });
  });

  it(
    'a short window that is a minute too long there is seen in every rule',
    async () => {
      const names = ['a total outage of 3 minutes', 'an outage, a recovery, an outage'];
      const some = scenarios.filter(({ name }) => names.includes(name));
      const theirs = await askPromtool(plainRules({ window: 'short', byMinutes: 1 }), some);
      expect(differing(ours.plain, theirs)).toEqual(tiers.map(ruleName));
    },
    patienceMs,
  );
}

describe('a window of ours that is a minute too long or too short', () => {
  it.each(wrongs.map((each, index) => ({ ...each, index })))(
    'is seen: $window of $rule, by $byMinutes',
    ({ rule, index }) => {
      expect(differing(readGolden().extras, wrong[index] ?? {})).toContain(rule);
    },
  );

  it('is not there', () => {
    expect(differing(readGolden().extras, right)).toEqual([]);
  });
});

it('there is something to compare', () => {
  const { generatedBy, ...golden } = readGolden();
  const spans = modes.map((mode) => JSON.stringify(golden[mode]).match(/\d+-\d+/g)?.length ?? 0);
  expect(Math.min(...spans)).toBeGreaterThan(300);
  expect(generatedBy).toMatch(/^promtool \d+\.\d+\.\d+$/);
});

it('the page about error budgets says how much is compared', () => {
  const page = readFileSync(new URL('../../docs/error-budgets.md', import.meta.url), 'utf8');
  expect(page).toContain(`takes ${scenarios.length} scripted scenarios`);
  expect(page).toContain(`${comparedMinutes.toLocaleString('en-US')} minutes of rules in all`);
});

/** The rules that do not fire in the same minutes in any of the scenarios that both know. */
function differing(all: Timelines, some: Timelines): readonly string[] {
  return tiers
    .map(ruleName)
    .filter((rule) =>
      Object.entries(some).some(([scenario, variants]) =>
        Object.entries(variants).some(([variant, spans]) => spans[rule] !== all[scenario]?.[variant]?.[rule]),
      ),
    );
}
