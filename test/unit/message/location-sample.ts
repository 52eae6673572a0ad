import { locationAlertId } from '../../../shared/alert/location.ts';
import type { NoticeContext } from '../../../shared/message/notice.ts';
import type { MessageCase } from './burst-sample.ts';
import { burnFacts, context, fastPage, fired, minute, now, resolved } from './sample.ts';

const [home, east, south] = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
const config = { ...context.config, locations: { home, also: [east, south] } };
const silent = (location: string, minutes: number) =>
  ({
    alertId: locationAlertId(location),
    severity: 'ticket',
    facts: { kind: 'location', lastRowAt: now - minutes * minute },
  }) as const;
const seen: Partial<NoticeContext> = {
  config,
  seen: new Map([['shortener-health', { failed: [east, south], good: [home], silent: [] }]]),
};
const partly: Partial<NoticeContext> = {
  config,
  seen: new Map([['shortener-health', { failed: [home], good: [], silent: [east, south] }]]),
};

/** Silent locations, and what several of them saw. */
export const locationCases: readonly MessageCase[] = [
  ['location-silent', [fired(silent(east, 6))], { config }],
  ['locations-silent', [fired(silent(east, 6)), fired(silent(south, 9))], { config }],
  ['location-back', [resolved(40 * minute, silent(east, 0))], { config, incidents: {} }],
  ['location-withdrawn', [resolved(40 * minute, { ...silent(east, 0), isWithdrawn: true })], { incidents: {} }],
  ['monitor-seen', [fired()], seen],
  ['monitor-seen-partly', [fired()], partly],
  ['burn-seen', [fired({ alertId: fastPage.id, facts: burnFacts })], seen],
];
