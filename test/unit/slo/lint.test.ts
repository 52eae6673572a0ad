import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { lintSlo } from '../../../shared/slo/lint.ts';
import {
  aMonitor,
  anSlo,
  dayMs,
  fastPage,
  hourMs,
  minuteMs,
  slowPage,
  slowTicket,
} from '../../support/budget-examples.ts';

const page: BurnRule = { ...fastPage, minBadEvents: 3 };
const ticket: BurnRule = { ...slowTicket, minBadEvents: 5 };
const good: Slo = { ...anSlo, alerts: [page, { ...slowPage, minBadEvents: 3 }, ticket] };
const lint = (changes: Partial<Slo>, intervalMs = minuteMs) =>
  lintSlo({ ...good, ...changes }, [aMonitor('api', 1, intervalMs), aMonitor('other', 2, 1000)]);
const percent = (objective: number): Partial<Slo> => ({
  objective: `${objective}%`,
  objectivePpm: Math.round(objective * 10_000),
});

describe('the lint of an SLO', () => {
  it('has nothing to say about the usual rules at a probe a minute', () => {
    expect(lint({})).toEqual([]);
  });

  it.each([
    ['majority', 'a majority of the fresh locations'],
    ['any', 'any location'],
    ['all', 'all fresh locations'],
    [{ count: 2 }, '2 locations'],
    [{ sharePpm: 333_000 }, 'at least 33.3% of the fresh locations'],
  ] as const)('says by how many locations a blip must be seen: %j', (quorum, words) => {
    const monitor = { ...aMonitor('api', 1), agreement: { quorum, minLocations: 1 } };
    const [finding] = lintSlo({ ...good, alerts: [fastPage] }, [monitor]);
    expect(finding?.message).toContain(
      `one failed probe, seen by ${words}, pages: its long window of 1h holds 60 events`,
    );
  });

  it.each<[string, Partial<Slo>, number, object]>([
    [
      'a rule that no outage can reach',
      percent(90),
      minuteMs,
      {
        level: 'error',
        code: 'BURN_SLO_RULE_UNREACHABLE',
        field: 'budget',
        ruleIndex: 0,
        message:
          'can never fire: a total outage burns 10×, the threshold is 14.4×; set a budget of at most 1.38% or a long window of at least 87m',
      },
    ],
    [
      'a rule that a total outage reaches without going above it',
      {
        ...percent(50),
        windowMs: dayMs,
        alerts: [
          { ...page, budgetPpm: 83_334 },
          { ...page, longMs: 3 * hourMs, budgetPpm: 250_000 },
        ],
      },
      minuteMs,
      {
        level: 'error',
        code: 'BURN_SLO_RULE_UNREACHABLE',
        field: 'budget',
        ruleIndex: 0,
        message:
          'can never fire: a total outage burns 2×, the threshold is 2×; set a budget of at most 8.33% or a long window of at least 61m',
      },
    ],
    [
      'a rule that asks for more bad events than there are events',
      { alerts: [{ ...page, minBadEvents: 61 }] },
      minuteMs,
      {
        level: 'error',
        code: 'BURN_SLO_RULE_STARVED',
        field: 'minBadEvents',
        ruleIndex: 0,
        message:
          'can never fire: its long window of 1h holds 60 events, fewer than minBadEvents 61; set minBadEvents to at most 60, a shorter interval or a long window of at least 61m',
      },
    ],
    [
      'a rule whose long window holds nothing',
      { ...percent(99), alerts: [{ ...page, longMs: hourMs, minBadEvents: 1 }] },
      2 * hourMs,
      {
        level: 'error',
        code: 'BURN_SLO_RULE_STARVED',
        field: 'minBadEvents',
        ruleIndex: 0,
        message:
          'can never fire: its long window of 1h holds 0 events, fewer than minBadEvents 1; set a shorter interval or a long window of at least 1h',
      },
    ],
    [
      'a budget of less than one event',
      percent(99.999),
      minuteMs,
      {
        level: 'error',
        code: 'BURN_SLO_BUDGET_EMPTY',
        field: 'objective',
        message:
          'a window of 30d holds 43200 events, of which 99.999% lets 0.432 fail: a single failure breaks it; for a budget of 1 set an objective of 99.997% or a window of 70d or a shorter interval',
      },
    ],
    [
      'a budget of a few events',
      percent(99.99),
      minuteMs,
      {
        level: 'warning',
        code: 'BURN_SLO_BUDGET_SMALL',
        field: 'objective',
        message:
          'a window of 30d holds 43200 events, of which 99.99% lets 4.32 fail; for a budget of 10 set an objective of 99.97% or a window of 70d or a shorter interval',
      },
    ],
    [
      'a page that one blip sets off',
      { alerts: [fastPage, ticket] },
      minuteMs,
      {
        level: 'warning',
        code: 'BURN_SLO_ONE_BLIP',
        field: 'minBadEvents',
        ruleIndex: 0,
        message:
          'one failed probe pages: its long window of 1h holds 60 events; set minBadEvents to 3, or have at least 70 probes in that window',
      },
    ],
    [
      'a threshold below one',
      { windowMs: 7 * dayMs },
      minuteMs,
      {
        level: 'warning',
        code: 'BURN_SLO_THRESHOLD_BELOW_ONE',
        field: 'budget',
        ruleIndex: 2,
        message:
          'the threshold is 0.2333×, below 1: it alerts while the objective is being met; set a budget of at least 42.86% or a long window of at most 16h',
      },
    ],
    [
      'an SLO without alerts',
      { alerts: [] },
      minuteMs,
      {
        level: 'warning',
        code: 'BURN_SLO_NO_ALERTS',
        field: 'alerts',
        message:
          'nobody is told when the budget burns; add a rule such as { severity: page, budget: 2%, long: 1h, minBadEvents: 3, notify: [oncall] }',
      },
    ],
  ])('finds %s', (_, changes, intervalMs, finding) => {
    expect(lint(changes, intervalMs)).toContainEqual(finding);
  });

  it('finds no error in a rule one event or one part per million beside it', () => {
    const codes = (changes: Partial<Slo>) => lint(changes).map(({ code }) => code);
    expect(codes({ alerts: [{ ...page, minBadEvents: 60 }] })).toEqual([]);
    expect(codes({ ...percent(50), windowMs: dayMs, alerts: [{ ...page, budgetPpm: 83_333 }] })).toEqual([]);
    expect(codes({ ...percent(98), windowMs: dayMs, alerts: [page] })).toEqual(['BURN_SLO_THRESHOLD_BELOW_ONE']);
  });

  it('finds that one blip alerts exactly where the window is too small, for tickets too', () => {
    const blips = (intervalMs: number) =>
      lint({ alerts: [fastPage, slowPage, slowTicket] }, intervalMs)
        .filter(({ code }) => code === 'BURN_SLO_ONE_BLIP')
        .map(({ ruleIndex }) => ruleIndex);
    // A probe every five minutes: each of the three rules; a probe a minute: the fastest; six a minute: none.
    expect([5 * minuteMs, minuteMs, 10_000].map(blips)).toEqual([[0, 1, 2], [0], []]);
    const message = lint({ alerts: [slowTicket] }, 5 * minuteMs).find(
      ({ code }) => code === 'BURN_SLO_ONE_BLIP',
    )?.message;
    expect(message).toMatch(
      /^one failed probe opens a ticket: .*; set minBadEvents to 5, or have at least 1000 probes/,
    );
  });

  it('proposes objectives, windows and budgets that do mend', () => {
    const mended: [Partial<Slo>, number, string][] = [
      [percent(99.97), minuteMs, 'BURN_SLO_BUDGET_SMALL'],
      [{ ...percent(99.99), windowMs: 70 * dayMs }, minuteMs, 'BURN_SLO_BUDGET_SMALL'],
      [percent(99.997), minuteMs, 'BURN_SLO_BUDGET_EMPTY'],
      [{ ...percent(90), alerts: [{ ...page, budgetPpm: 13_800 }] }, minuteMs, 'BURN_SLO_RULE_UNREACHABLE'],
      [{ ...percent(90), alerts: [{ ...page, longMs: 87 * minuteMs }] }, minuteMs, 'BURN_SLO_RULE_UNREACHABLE'],
      [{ windowMs: 7 * dayMs, alerts: [{ ...ticket, budgetPpm: 428_600 }] }, minuteMs, 'BURN_SLO_THRESHOLD_BELOW_ONE'],
      [{ windowMs: 7 * dayMs, alerts: [{ ...ticket, longMs: 16 * hourMs }] }, minuteMs, 'BURN_SLO_THRESHOLD_BELOW_ONE'],
    ];
    for (const [changes, intervalMs, code] of mended) {
      expect(lint(changes, intervalMs).map((finding) => finding.code)).not.toContain(code);
    }
  });

  it('says nothing about an SLO whose monitors it does not know', () => {
    expect(lintSlo(good, [aMonitor('other', 2)])).toEqual([]);
  });
});

describe('the lint of an SLO that counts something else than probes', () => {
  const slices = { sliceMs: 30 * minuteMs, targetPpm: 950_000 };

  it('counts slices where there are some, no more than there are probes', () => {
    expect(lint({ slices, alerts: [{ ...page, longMs: hourMs }] }).map(({ code, message }) => [code, message])).toEqual(
      [
        [
          'BURN_SLO_BUDGET_SMALL',
          'a window of 30d holds 1440 events, of which 99.9% lets 1.44 fail; for a budget of 10 set an objective of 99.3% or a window of 209d or shorter slices',
        ],
        [
          'BURN_SLO_RULE_STARVED',
          'can never fire: its long window of 1h holds 2 events, fewer than minBadEvents 3; set minBadEvents to at most 2, shorter slices or a long window of at least 90m',
        ],
      ],
    );
    const [found] = lint({ slices: { ...slices, sliceMs: minuteMs }, alerts: [fastPage] });
    expect(found?.message).toBe(
      'one bad slice pages: its long window of 1h holds 60 events; set minBadEvents to 3, or have at least 70 slices in that window',
    );
    const slow = lint({ slices: { ...slices, sliceMs: minuteMs }, alerts: [page] }, 30 * minuteMs);
    expect(slow.map(({ code }) => code)).toEqual(['BURN_SLO_BUDGET_SMALL', 'BURN_SLO_RULE_STARVED']);
  });

  it('judges the rules of bursts and metrics for themselves: nobody knows how many events there will be', () => {
    const indicator = { kind: 'bursts', bursts: ['load'] } as const;
    const codes = (change: Partial<Slo>) => lintSlo({ ...good, indicator, ...change }, []).map(({ code }) => code);
    expect(codes({})).toEqual([]);
    expect(codes({ ...percent(99.9999) })).toEqual([]);
    expect(codes(percent(90))).toEqual(['BURN_SLO_RULE_UNREACHABLE']);
    expect(codes({ windowMs: 2 * dayMs })).toEqual([
      'BURN_SLO_THRESHOLD_BELOW_ONE',
      'BURN_SLO_THRESHOLD_BELOW_ONE',
      'BURN_SLO_THRESHOLD_BELOW_ONE',
    ]);
    expect(codes({ alerts: [] })).toEqual(['BURN_SLO_NO_ALERTS']);
  });
});
