import { observeBurst } from '../../../shared/alert/burst.ts';
import type { Transition } from '../../../shared/alert/model.ts';
import { type BurstVerdict, type RunFigures, unsentOf } from '../../../shared/burst/verdict.ts';
import type { Burst } from '../../../shared/config/model.ts';
import type { NoticeContext } from '../../../shared/message/notice.ts';
import { aBurst, aBurstAlert, aVerdict, dayMs, ranAt } from '../../support/burst.ts';
import { context, fired, health, minute, resolved } from './sample.ts';

/** One message: its name, what it announces, and what is different around it. */
export type MessageCase = readonly [string, readonly Transition[], Partial<NoticeContext>];

const ticketAlert = { ...aBurstAlert({ runbook: 'docs/runbooks/redirects.md' }), notify: ['chat'] };
const redirects = aBurst({
  mix: [{ weight: 1, request: { ...health.request, url: [{ output: 'ShortenerUrl' }, '/demo'], headers: {} } }],
  alerts: [ticketAlert],
});
const nights = [1, 2, 3].map((night) => aVerdict({ runAt: ranAt - night * dayMs }));
const figures = { ...aVerdict().figures, ...(nights[0]?.figures as RunFigures) };

/** A burst at night that failed, or held again; its earlier runs are known. */
export function ofBurst(
  runs: readonly BurstVerdict[],
  more: { readonly burst?: Partial<Burst>; readonly kind?: 'fired' | 'resolved' } = {},
): readonly [readonly Transition[], Partial<NoticeContext>] {
  const burst = { ...redirects, ...more.burst };
  const firedAt = ranAt + minute;
  const transitions = burst.alerts.map((alert): Transition => {
    const { facts, severity } = observeBurst(burst, alert, runs);
    const about = { alertId: alert.id, severity, notify: ['chat'], firedAt, facts };
    return more.kind === 'resolved' ? resolved(0, { ...about, at: firedAt + dayMs }) : fired(about);
  });
  const incidents = more.kind === 'resolved' ? {} : { [transitions[0]?.incidentId ?? '']: { openedAt: firedAt } };
  return [transitions, { config: { ...context.config, bursts: [burst] }, verdicts: runs, incidents }];
}

export const slow = aVerdict({
  reasons: ['p99 412 ms, wanted < 300 ms'],
  figures: { ...figures, p99Ms: 412.36, p50Ms: 14.2, throughputPerSecond: 165.9 },
});
const aborted = aVerdict({
  reasons: ['ended early: error ratio 34.2 % after 2.1 s, above 10 %', 'error ratio 34.2 %, wanted < 0.1 %'],
  figures: {
    ...figures,
    requests: 228,
    failures: 78,
    failed: { '503': 61, timeout: 17 },
    errorRatio: 0.342105,
    throughputPerSecond: 71.4,
    p99Ms: 2_104.3,
  },
  more: 1,
});
const worse = aVerdict({
  reasons: ['p95 44.8 ms, 38 % above its baseline of 32.4 ms'],
  figures: { ...figures, p99Ms: 214.7 },
});
const several = aVerdict({
  reasons: [
    'p99 1.24 s, wanted < 300 ms',
    'error ratio 1.52 %, wanted < 0.1 %',
    'only 3 of 4 shards have sent: shard 2 came 14 s too late',
  ],
  figures: {
    ...figures,
    requests: 1_875,
    failures: 28,
    failed: { connect: 28 },
    errorRatio: 0.0152,
    p99Ms: 1_241.3,
    throughputPerSecond: 121.3,
    isGeneratorSaturated: true,
  },
  more: 2,
});
const search = {
  model: 'breakingPoint',
  fromPerSecond: 50,
  toPerSecond: 2_000,
  holdMs: 5_000,
  factor: 2,
  precisionPpm: 50_000,
} as const;
const found = (sustainedPerSecond: number) => ({ ...figures, requests: 24_310, sustainedPerSecond });
const searched = [
  aVerdict({ reasons: ['sustains 310/s, 28 % below its baseline of 430/s'], figures: found(310) }),
  ...nights.map((night) => ({ ...night, figures: found(430) })),
];
const refused = unsentOf(
  'redirects',
  ranAt - dayMs,
  'refused',
  'availability has 32 % of its budget left, of the 50 % that the burst needs',
);

export const burstCases: readonly MessageCase[] = [
  ['burst-threshold', ...ofBurst([slow, ...nights])],
  ['burst-aborted', ...ofBurst([aborted, refused, ...nights.slice(1)])],
  ['burst-worse', ...ofBurst([worse, ...nights], { burst: { compare: { baseline: 5, toleratePpm: 200_000 } } })],
  [
    'burst-several',
    ...ofBurst([several, { ...several, runAt: ranAt - dayMs }], {
      burst: {
        mix: [
          { weight: 3, request: { ...health.request, url: 'https://go.example.com/demo', headers: {} } },
          { weight: 1, flow: 'shorten-and-follow' },
        ],
        load: { model: 'closed', concurrency: 10, requests: 2_500, forMs: 60_000 },
        alerts: [ticketAlert, aBurstAlert({ id: 'burst/redirects/1', severity: 'page', notify: ['chat'] })],
      },
    }),
  ],
  [
    'burst-breaking-point',
    ...ofBurst(searched, {
      burst: {
        load: search,
        compare: { baseline: 5, toleratePpm: 200_000 },
        limits: { ...redirects.limits, requests: 40_000 },
      },
    }),
  ],
  [
    'burst-resolved',
    ...ofBurst([{ ...nights[0], runAt: ranAt + dayMs } as BurstVerdict, slow, ...nights], { kind: 'resolved' }),
  ],
  ['burst-verdict-gone', ofBurst([slow])[0], { ...ofBurst([slow])[1], verdicts: [] }],
];
