import { stableId } from '../../../shared/alert/identity.ts';
import type { Incident, Transition } from '../../../shared/alert/model.ts';
import type { NoticeContext } from '../../../shared/message/notice.ts';
import type { MessageCase } from './burst-sample.ts';
import {
  burnFacts,
  fastPage,
  fired,
  healthAlert,
  incidentId,
  minute,
  now,
  resolved,
  slowTicket,
  standing,
} from './sample.ts';

const hour = 60 * minute;
const page = { alertId: fastPage.id, facts: burnFacts };
const ticketFacts = { ...burnFacts, longBad: 6, longExpected: 4_320, shortBad: 1, shortExpected: 360 };
const ticket = { alertId: slowTicket.id, severity: 'ticket', notify: ['chat'], facts: ticketFacts } as const;

/** What goes on: `afterMs` after it fired. */
function goesOn(kind: 'reminded' | 'escalated', afterMs: number, more: Partial<Transition> = {}): Transition {
  const { alertId = healthAlert.id, n } = more;
  const id = stableId([alertId, now, kind, ...(n === undefined ? [] : [n])], 16);
  return fired({ ...more, kind, id, firedAt: now, at: now + afterMs });
}

/** What is told of the whole incident. */
function whole(kind: 'acknowledged' | 'closed', at: number, more: Partial<Transition> = {}): Transition {
  const alertId = `incident/${incidentId}`;
  const id = stableId([incidentId, now, kind], 16);
  return fired({ alertId, kind, id, firedAt: now, at, facts: { kind: 'incident' }, ...more });
}

const members: Incident['alerts'] = [
  { alertId: healthAlert.id, firedAt: now, resolvedAt: now + 12 * minute },
  { alertId: fastPage.id, firedAt: now, resolvedAt: now + 67 * minute },
  { alertId: slowTicket.id, firedAt: now + 2 * minute, resolvedAt: now + 40 * minute, heldBack: 'page' },
];
const within = (change: Partial<Incident>): Partial<NoticeContext> => ({
  incidents: { [incidentId]: { openedAt: now, alerts: members.map(({ resolvedAt: _, ...each }) => each), ...change } },
});
const spent = new Map([[incidentId, [{ sloId: standing.sloId, badEvents: 13, spentPpm: 300_925 }]]]);
const over: Partial<NoticeContext> = {
  ...within({ alerts: members, closedAt: now + 67 * minute }),
  spent,
  standings: new Map([[standing.sloId, { ...standing, budgetLeftPpm: 51_000, badEvents: 41 }]]),
};
const link: Partial<NoticeContext> = {
  acknowledgeUrl: (incident, at) =>
    `https://abc123.execute-api.eu-west-1.amazonaws.com/ack/${incident}/${at + 7 * 24 * hour}.${'A'.repeat(43)}`,
};
const later = { resolvesAt: new Map([[fastPage.id, now + 8 * hour + 10 * minute]]) };
const alone = members.slice(0, 1);

/** What comes after an alert has fired, and what is told of its incident. */
export const lifeCases: readonly MessageCase[] = [
  ['fired-with-link', [fired()], link],
  ['reminded', [goesOn('reminded', 4 * hour, { n: 1 })], link],
  ['reminded-burn', [goesOn('reminded', 8 * hour, { ...page, n: 2 })], later],
  ['escalated', [goesOn('escalated', 30 * minute, { notify: ['boss'] })], { ...within({}), ...link }],
  ['page-with-quiet-ticket', [fired(page)], { quiet: new Map([[slowTicket.id, now]]) }],
  [
    'announced-after-page',
    [
      resolved(67 * minute, { ...page, notify: ['chat', 'oncall'] }),
      fired({
        ...ticket,
        firedAt: now + 2 * minute,
        at: now + 67 * minute,
        notify: ['chat', 'oncall'],
        heldBack: 'page',
      }),
    ],
    within({}),
  ],
  [
    'announced-after-silence',
    [fired({ firedAt: now, at: now + 2 * hour, heldBack: 'silence' })],
    within({ alerts: [{ alertId: healthAlert.id, firedAt: now, heldBack: 'silence' }] }),
  ],
  [
    'acknowledged',
    [whole('acknowledged', now + 5 * minute, { n: 1, facts: { kind: 'incident', by: 'ann', note: 'rolling back' } })],
    within({ acknowledged: { by: 'ann', at: now + 5 * minute } }),
  ],
  ['closed-alone', [whole('closed', now + 67 * minute, { notify: ['chat'] })], over],
  ['closed-with-last', [resolved(67 * minute, page), whole('closed', now + 67 * minute)], over],
  [
    'closed-of-one',
    [resolved(12 * minute), whole('closed', now + 12 * minute)],
    { ...over, ...within({ alerts: alone, closedAt: now + 12 * minute }) },
  ],
];
