import { drillAlertId, pathAlertId } from '../../../shared/alert/drill.ts';
import type { Transition } from '../../../shared/alert/model.ts';
import type { NoticeContext } from '../../../shared/message/notice.ts';
import type { MessageCase } from './burst-sample.ts';
import { context, fired, incidentId, minute, now, resolved } from './sample.ts';

const id = '20261120t095912-4f1c';
const drill = {
  alertId: drillAlertId(id),
  severity: 'ticket',
  facts: { kind: 'drill', startedAt: now - 48_000, isScheduled: false },
} as const;
const bySchedule = { ...drill, facts: { ...drill.facts, isScheduled: true } };
const path = {
  alertId: pathAlertId,
  severity: 'ticket',
  facts: { kind: 'path', startedAt: now - 15 * minute, hop: 'chat', seen: 'refused for good: Slack answered 404' },
} as const;
const closed: Transition = fired({
  id: 'c'.repeat(16),
  alertId: `incident/${incidentId}`,
  kind: 'closed',
  severity: 'ticket',
  at: now + minute,
  facts: { kind: 'incident' },
});
const link: Partial<NoticeContext> = { acknowledgeUrl: () => 'https://example.com/ack' };
const over: Partial<NoticeContext> = {
  incidents: {
    [incidentId]: {
      openedAt: now,
      closedAt: now + minute,
      alerts: [{ alertId: drill.alertId, firedAt: now, resolvedAt: now + minute }],
    },
  },
};

/** A drill, by hand and by schedule, its end, and what is told of one that did not come through. */
export const drillCases: readonly MessageCase[] = [
  ['drill-fired', [fired(drill)], link],
  ['drill-scheduled', [fired(bySchedule)], {}],
  ['drill-resolved', [resolved(minute, drill), closed], over],
  ['drill-withdrawn', [resolved(minute, { ...drill, isWithdrawn: true })], { incidents: {} }],
  ['path-broken', [fired(path)], { ...context }],
  [
    'path-unevaluated',
    [fired({ ...path, facts: { ...path.facts, hop: 'evaluate', seen: 'no evaluation has ended it' } })],
    {},
  ],
  ['path-mended', [resolved(90 * minute, { ...path, facts: { ...path.facts, hop: '', seen: '' } })], { incidents: {} }],
];
