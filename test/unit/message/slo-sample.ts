import type { Transition } from '../../../shared/alert/model.ts';
import type { Slo } from '../../../shared/config/model.ts';
import type { NoticeContext } from '../../../shared/message/notice.ts';
import { aBurst } from '../../support/burst.ts';
import type { MessageCase } from './burst-sample.ts';
import { burnFacts, context, fastPage, fired, minute, resolved, standing } from './sample.ts';

/** An SLO of another kind, with the rule that fires. */
function sloOf(id: string, change: Partial<Slo>): Slo {
  const rule = { ...fastPage, id: `slo/${id}/page-1h` };
  return { ...(context.config.slos[0] as Slo), ...change, id, alerts: [rule] };
}

/** The same burn, of this SLO, with counts of its own size; its budget and pace are those of the others. */
function burning(slo: Slo, size: number, around: Partial<NoticeContext> = {}): MessageCase[1 | 2][] {
  const facts = {
    ...burnFacts,
    longBad: 3 * size,
    longExpected: 60 * size,
    shortBad: 3 * size,
    shortExpected: 5 * size,
  };
  const of = {
    ...standing,
    sloId: slo.id,
    ...(slo.calendar === undefined ? {} : { calendar: slo.calendar.unit }),
    budgetEvents: standing.budgetEvents * size,
    badEvents: standing.badEvents * size,
  };
  return [
    [fired({ alertId: `slo/${slo.id}/page-1h`, facts })],
    {
      config: { ...context.config, slos: [slo], bursts: [aBurst()] },
      standings: new Map([[slo.id, of]]),
      resolvesAt: new Map([[`slo/${slo.id}/page-1h`, Date.UTC(2026, 10, 20, 10, 13)]]),
      ...around,
    },
  ];
}

const latency = sloOf('shortener-speed', {
  indicator: {
    kind: 'latency',
    monitors: ['shortener-health'],
    isDegradedBad: false,
    belowMs: 300,
    keys: { 'shortener-health': 8 },
  },
});
const bursts = sloOf('redirects-answered', { indicator: { kind: 'bursts', bursts: ['redirects'] } });
const metrics = sloOf('api-gateway-errors', {
  indicator: {
    kind: 'cloudwatch',
    namespace: 'AWS/ApiGateway',
    dimensions: { ApiId: [{ output: 'ApiId' }], Stage: '$default' },
    counts: { bad: '5xx', total: 'Count' },
  },
});
const sliced = sloOf('shortener-minutes', { slices: { sliceMs: minute, targetPpm: 950_000 } });
const month = sloOf('shortener-month', { calendar: { unit: 'month', timezone: 'Europe/Amsterdam' } });

const caseOf = (name: string, slo: Slo, size = 1, around: Partial<NoticeContext> = {}): MessageCase => {
  const [transitions, whole] = burning(slo, size, around) as [readonly Transition[], Partial<NoticeContext>];
  return [name, transitions, whole];
};
const [, , calm] = caseOf('', metrics, 1_000);

/** Burns of SLOs that count something else than whether probes passed. */
export const sloCases: readonly MessageCase[] = [
  caseOf('burn-latency', latency, 1, { failures: new Map() }),
  caseOf('burn-bursts', bursts, 1_000),
  caseOf('burn-metrics', metrics, 1_000),
  [
    'burn-metrics-resolved',
    [resolved(14 * minute, { alertId: 'slo/api-gateway-errors/page-1h', facts: { ...burnFacts, shortBad: 0 } })],
    { ...calm, incidents: {} },
  ],
  caseOf('burn-slices', sliced),
  caseOf('burn-month', month),
];
