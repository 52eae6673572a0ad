import fc from 'fast-check';
import type { Agreement, Outcome } from '../../../shared/config/model.ts';
import { combine, type LastSeen, lookOn, type Panel } from '../../../shared/ledger/combine.ts';
import { emptyHistory, judgedBefore, outcomesBetween, withTicks } from '../../../shared/ledger/history.ts';
import type { FailureDetail, Tick, TickOutcome } from '../../../shared/ledger/model.ts';
import type { JudgedOutcome } from '../../../shared/ledger/quorum.ts';
import { anOutcome, aTick, minuteMs, monday } from '../../support/budget-examples.ts';

const [home, east, south] = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
const key = 1;
const panel: Panel = {
  locations: [home, east, south],
  series: new Map([[key, { quorum: 'majority', minLocations: 1, intervalMs: minuteMs }]]),
};
const nothing: LastSeen = new Map();
const words = { P: 'passed', D: 'degraded', F: 'failed', U: 'unknown', B: 'blocked' } as const;
type Letter = keyof typeof words;

/** One text a location, home first: a letter a minute, a dash where it has no row. */
function rowsOf(lines: readonly string[], change: Partial<TickOutcome> = {}): Tick[] {
  return lines.flatMap((line, place) =>
    [...line].flatMap((letter, minute): Tick[] => {
      const location = panel.locations[place] ?? '';
      if (letter === '-') return [];
      const outcome = { ...anOutcome(key, words[letter as Letter]), ...change };
      return [aTick(monday + minute * minuteMs, [outcome], 's00', location)];
    }),
  );
}
function verdicts(rows: readonly Tick[], over: Partial<Panel> = {}, before?: JudgedOutcome): string {
  const letter = (outcome: Outcome | undefined) =>
    (Object.keys(words) as Letter[]).find((each) => words[each] === outcome) ?? '-';
  const ticks = combine({ ...panel, ...over }, rows, nothing, () => before);
  const found = new Map(ticks.map(({ at, outcomes }) => [(at - monday) / minuteMs, letter(outcomes[0]?.outcome)]));
  return Array.from({ length: Math.max(...found.keys()) + 1 }, (_, minute) => found.get(minute) ?? '-').join('');
}
const judging = (change: Partial<{ quorum: 'any' | 'all'; minLocations: number; intervalMs: number }>) => ({
  series: new Map([[key, { quorum: 'majority' as const, minLocations: 1, intervalMs: minuteMs, ...change }]]),
});

describe('three locations', () => {
  it.each([
    ['one that fails alone is no failure', ['PFFP', 'PPPP', 'PPPP'], 'PPPP'],
    ['two that fail are one', ['PFFP', 'PFFP', 'PPPP'], 'PFFP'],
    ['a failure that wanders goes on', ['FFP', 'PFF', 'FPF'], 'FFF'],
    ['one that dies is asked for one interval, and is not fresh after that', ['PPPP', 'PPPP', 'F---'], 'PPPP'],
    ['one that died after a failure does not count any more', ['PPPFP', 'PPPPP', 'PF---'], 'PPPPP'],
    ['home may be the one that dies', ['P----', 'PPFFF', 'PPFFF'], 'PPFFF'],
    ['a second that nobody saw is a gap', ['P-P', 'P-P', 'P-P'], 'P-P'],
    ['one alone judges where the others are silent', ['---F', 'PP--', 'P---'], 'PP-F'],
    ['with two a tie keeps what was', ['PFFFF', 'PPPFP', '-----'], 'PPPFF'],
    ['unknown and blocked are no judgement', ['UUUF', 'BBBF', 'PPPF'], 'PPPF'],
    ['one that cannot judge is fresh for one more interval', ['PPPP', 'PPPP', 'FUUU'], 'PPPP'],
    ['nothing judged is unknown', ['U', 'B', 'U'], 'U'],
    ['blocked everywhere is blocked', ['B', 'B', 'B'], 'B'],
    ['slow for two is slow', ['DDP', 'DPP', 'PPP'], 'DPP'],
  ])('%s', (_, lines, expected) => {
    expect(verdicts(rowsOf(lines))).toBe(expected);
  });

  it('a tie with nothing before it is unknown, and says so', () => {
    const rows = rowsOf(['F', 'P']);
    expect([verdicts(rows), verdicts(rows, {}, 'failed'), verdicts(rows, {}, 'passed')]).toEqual(['U', 'F', 'P']);
    const [tick] = combine(panel, rows, nothing, () => undefined);
    expect(tick?.details[0]?.message).toBe('its locations do not agree, and nothing was known before');
  });

  it('fewer than are asked for are unknown, and say so', () => {
    const rows = rowsOf(['PP', 'P-', '--']);
    expect(verdicts(rows, judging({ minLocations: 3 }))).toBe('UU');
    expect(verdicts(rows, judging({ minLocations: 2 }))).toBe('PP');
    const [tick] = combine({ ...panel, ...judging({ minLocations: 3 }) }, rows, nothing, () => undefined);
    expect(tick?.details[0]?.message).toBe('only 2 of 3 locations could judge it');
  });

  it('fresh is younger than two intervals of that very monitor', () => {
    const rows = rowsOf(['P---P---P', 'F--------', 'F--------']);
    expect(verdicts(rows, judging({ intervalMs: 4 * minuteMs }))).toBe('F---F---P');
  });

  it('what a location saw under maintenance says nothing outside of it', () => {
    const planned = rowsOf(['F', 'F', 'F'], { isMaintenance: true });
    const after = rowsOf(['-P', '--', '--']);
    const ticks = combine(panel, [...planned, ...after], nothing, () => undefined);
    expect(ticks.map(({ outcomes: [outcome] }) => [outcome?.outcome, outcome?.isMaintenance])).toEqual([
      ['failed', true],
      ['passed', false],
    ]);
  });

  it('of what nobody judges together, such as a heartbeat, home alone tells', () => {
    const outcome = { ...anOutcome(9, 'failed'), isRepeat: true as const };
    const rows = [home, east].map((location) =>
      aTick(monday, [outcome, anOutcome(location === home ? 10 : 11)], 's00', location),
    );
    expect(combine(panel, rows, nothing, () => undefined)[0]?.outcomes).toEqual([outcome, anOutcome(10)]);
  });

  it('a region that is no location is not listened to', () => {
    expect(verdicts([...rowsOf(['P']), aTick(monday, [anOutcome(key, 'failed')], 's00', 'sa-east-1')])).toBe('P');
  });
});

describe('what a verdict tells beside its outcome', () => {
  const tell = (lines: readonly [string, Partial<TickOutcome>, string?][]) => {
    const rows = lines.map(([letter, change, message], place): Tick => {
      const outcome = { ...anOutcome(key, words[letter as Letter]), ...change };
      const details: FailureDetail[] = message === undefined ? [] : [{ monitorKey: key, message }];
      return { ...aTick(monday, [outcome], 's00', panel.locations[place]), details };
    });
    return combine(panel, rows, nothing, () => 'passed')[0];
  };

  it('is why the first of those failed that failed', () => {
    const tick = tell([
      ['P', { latencyMs: 20 }],
      ['F', { errorType: 'timeout', latencyMs: 5_000 }, 'no answer within 5 s'],
      ['F', { errorType: 'connect', isRetried: true }, 'refused'],
    ]);
    expect(tick).toMatchObject({
      location: home,
      outcomes: [
        { outcome: 'failed', errorType: 'timeout', latencyMs: 5_000, isRetried: false, isContaminated: false },
      ],
      details: [{ monitorKey: key, message: 'no answer within 5 s' }],
    });
    expect(tick?.sights?.get(key)).toEqual({ failed: [east, south], good: [home], silent: [] });
  });

  it.each<[string, [string, Partial<TickOutcome>][], number | undefined, boolean]>([
    [
      'the middle of three',
      [
        ['P', { latencyMs: 90 }],
        ['P', { latencyMs: 20 }],
        ['P', { latencyMs: 50 }],
      ],
      50,
      false,
    ],
    [
      'the shorter of two',
      [
        ['P', { latencyMs: 90 }],
        ['P', { latencyMs: 20 }],
      ],
      20,
      false,
    ],
    [
      'that of good ones, where it is good',
      [
        ['F', { latencyMs: 1 }],
        ['P', { latencyMs: 20 }],
        ['D', { latencyMs: 50 }],
      ],
      20,
      false,
    ],
    [
      'no time that cannot be trusted',
      [
        ['P', { latencyMs: 9, isContaminated: true }],
        ['P', { latencyMs: 20 }],
        ['P', { latencyMs: 50 }],
      ],
      20,
      false,
    ],
    ['such a time where there is no other', [['P', { latencyMs: 90, isContaminated: true }]], 90, true],
    ['none where none was measured', [['P', {}]], undefined, false],
  ])('its latency is %s', (_, lines, latencyMs, isContaminated) => {
    const outcome = tell(lines)?.outcomes[0];
    expect([outcome?.latencyMs, outcome?.isContaminated]).toEqual([latencyMs, isContaminated]);
  });

  it('and never one of an earlier second', () => {
    const rows = [...rowsOf(['P', 'P'], { latencyMs: 10 }), ...rowsOf(['--', '-P'], { latencyMs: 70 })];
    expect(combine(panel, rows, nothing, () => undefined)[1]?.outcomes[0]?.latencyMs).toBe(70);
  });
});

describe('laws', () => {
  const rows = fc
    .uniqueArray(
      fc.record({
        place: fc.nat(2),
        second: fc.nat(40).map((step) => step * 20),
        shard: fc.constantFrom('s00', 's01'),
        outcome: fc.constantFrom<Outcome>('passed', 'passed', 'degraded', 'failed', 'failed', 'unknown', 'blocked'),
        isMaintenance: fc.constantFrom(false, false, false, true),
      }),
      { selector: ({ place, second, shard }) => `${place} ${second} ${shard}`, maxLength: 60 },
    )
    .map((list) =>
      list.map(({ place, second, shard, outcome, isMaintenance }) =>
        aTick(monday + second * 1_000, [{ ...anOutcome(key, outcome), isMaintenance }], shard, panel.locations[place]),
      ),
    );
  const agreement = fc.record({
    quorum: fc.oneof(
      fc.constantFrom('majority' as const, 'any' as const, 'all' as const),
      fc.integer({ min: 1, max: 3 }).map((count) => ({ count })),
      fc.constantFrom(250_000, 500_000, 1_000_000).map((sharePpm) => ({ sharePpm })),
    ),
    minLocations: fc.integer({ min: 1, max: 3 }),
    intervalMs: fc.constantFrom(20_000, minuteMs, 2 * minuteMs),
  });
  const over = (each: Agreement & { readonly intervalMs: number }) => ({ ...panel, series: new Map([[key, each]]) });

  it('every second is what a naive count over its fresh locations says', () => {
    fc.assert(
      fc.property(rows, agreement, (all, agreed) => {
        const found = combine(over(agreed), all, nothing, () => undefined);
        expect(found.map(({ at, outcomes: [outcome] }) => [at, outcome?.outcome])).toEqual(naive(all, agreed));
      }),
    );
  });

  it('neither the order of rows nor their repetition matters', () => {
    fc.assert(
      fc.property(rows, agreement, (all, agreed) => {
        const shuffled = [...all, ...all].sort(
          (a, b) => (a.shard + a.location).localeCompare(b.shard + b.location) || b.at - a.at,
        );
        expect(combine(over(agreed), shuffled, nothing, () => undefined)).toEqual(
          combine(over(agreed), all, nothing, () => undefined),
        );
      }),
    );
  });

  it('read in two parts, with what was seen last and what was judged before, it is as read at once', () => {
    fc.assert(
      fc.property(rows, agreement, fc.nat(41), (all, agreed, cut) => {
        const cutAt = monday + cut * 20_000;
        const whole = combine(over(agreed), all, nothing, () => undefined);
        const early = combine(
          over(agreed),
          all.filter(({ at }) => at < cutAt),
          nothing,
          () => undefined,
        );
        const history = withTicks(emptyHistory(), early);
        const late = combine(
          over(agreed),
          all.filter(({ at }) => at >= cutAt),
          lookOn(over(agreed), all, nothing, cutAt),
          (own) => judgedBefore(history, own, cutAt),
        );
        expect([...early, ...late]).toEqual(whole);
      }),
    );
  });

  it('one location alone is told as it is', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const own = all.filter(({ location }) => location === home);
        const alone = { ...panel, locations: [home] as const };
        const told = (ticks: readonly Tick[]) =>
          outcomesBetween(withTicks(emptyHistory(), ticks), key, 0, Number.MAX_SAFE_INTEGER)
            .filter(({ outcome: { outcome } }) => outcome !== 'unknown' && outcome !== 'blocked')
            .map(({ at, outcome: { outcome, isMaintenance } }) => ({ at, outcome, isMaintenance }));
        const found = told(combine(alone, own, nothing, () => undefined));
        expect(found.filter(({ at }) => told(own).some((each) => each.at === at))).toEqual(told(own));
      }),
    );
  });
});

type Agreed = { readonly quorum: unknown; readonly minLocations: number; readonly intervalMs: number };

/** Second by second, each location asked for its newest judged row from scratch. */
function naive(all: readonly Tick[], { quorum, minLocations, intervalMs }: Agreed): [number, string][] {
  const instants = [...new Set(all.map(({ at }) => at))].sort((a, b) => a - b);
  let kept: string | undefined;
  return instants.map((at) => {
    const rowAt = (location: string, when: number) =>
      all.filter((row) => row.location === location && row.at === when).sort((a, b) => (a.shard < b.shard ? -1 : 1))[0]
        ?.outcomes[0];
    const present = panel.locations.map((location) => rowAt(location, at)).filter((each) => each !== undefined);
    const isPlanned = present[0]?.isMaintenance;
    const votes = panel.locations.flatMap((location) => {
      const judged = instants
        .filter((when) => when <= at)
        .flatMap((when) => {
          const own = rowAt(location, when);
          return own !== undefined && ['passed', 'degraded', 'failed'].includes(own.outcome) ? [{ when, own }] : [];
        })
        .at(-1);
      if (judged === undefined || at - judged.when >= 2 * intervalMs) return [];
      return judged.own.isMaintenance === isPlanned ? [judged.own.outcome] : [];
    });
    const count = (those: readonly string[]) => votes.filter((vote) => those.includes(vote)).length;
    const needed = (n: number): boolean | undefined => {
      if (quorum === 'any') return n >= 1;
      if (quorum === 'all') return n === votes.length;
      if (quorum === 'majority') return n > votes.length / 2 ? true : n === votes.length / 2 ? undefined : false;
      if (typeof quorum === 'object' && quorum !== null && 'count' in quorum) return n >= Number(quorum.count);
      return n > 0 && n / votes.length >= Number((quorum as { sharePpm: number }).sharePpm) / 1e6;
    };
    const least = typeof quorum === 'object' && quorum !== null && 'count' in quorum ? Number(quorum.count) : 1;
    const isUnjudged = votes.length < Math.max(1, least, minLocations);
    const failed = isUnjudged
      ? undefined
      : (needed(count(['failed'])) ?? (kept === undefined ? undefined : kept === 'failed'));
    if (failed === undefined) {
      const isBlocked = present.every(({ outcome }) => outcome === 'blocked');
      return [at, isBlocked ? 'blocked' : 'unknown'];
    }
    const worse = needed(count(['failed', 'degraded'])) ?? (kept !== undefined && kept !== 'passed');
    const verdict = failed ? 'failed' : worse ? 'degraded' : 'passed';
    if (!isPlanned) kept = verdict;
    return [at, verdict];
  });
}
