import fc from 'fast-check';
import { stableId } from '../../../shared/alert/identity.ts';
import type { ErrorType } from '../../../shared/config/model.ts';
import { buildNotices, type NoticeContext } from '../../../shared/message/notice.ts';
import { renderMessage } from '../../../shared/message/render.ts';
import { renderSubject } from '../../../shared/message/subject.ts';
import {
  burnFacts,
  config,
  context,
  fastPage,
  fired,
  health,
  minute,
  monitorFacts,
  now,
  resolved,
  standing,
} from './sample.ts';

const subjectOf = (transitions: Parameters<typeof buildNotices>[0], around: Partial<NoticeContext> = {}) =>
  buildNotices(transitions, { ...context, ...around }).map(renderSubject)[0];
const withStanding = (more: Partial<typeof standing>) => ({
  standings: new Map([[standing.sloId, { ...standing, ...more }]]),
});
const burn = (budgetLeftPpm: number) => fired({ alertId: fastPage.id, facts: { ...burnFacts, budgetLeftPpm } });

const goesOn = (kind: 'fired' | 'escalated' | 'reminded', alertId: string) =>
  fired({ alertId, kind, id: stableId([alertId, kind], 16), at: now + 239 * minute, firedAt: now });

describe('the subject of a failing monitor', () => {
  it.each<[ErrorType, number | undefined, string]>([
    ['assertion', 503, 'status 503'],
    ['assertion', 200, 'wrong answer'],
    ['assertion', undefined, 'wrong answer'],
    ['resolve', undefined, 'DNS does not resolve'],
    ['connect', undefined, 'no connection'],
    ['tls', undefined, 'TLS fails'],
    ['timeout', undefined, 'timeout'],
    ['timeout', 503, 'timeout'],
    ['protocol', undefined, 'invalid HTTP'],
    ['redirect', 301, 'bad redirect'],
    ['body', 200, 'unreadable body'],
  ])('says of %s with status %s: %s', (errorType, statusCode, cause) => {
    const failures = new Map([[health.id, { message: '', ...(statusCode !== undefined && { statusCode }) }]]);
    expect(subjectOf([fired({ facts: { ...monitorFacts, errorType } })], { failures })).toBe(
      `[PAGE] shortener-health failing: 3 of 5 probes, ${cause} (urlshortener prod)`,
    );
  });

  it.each([
    ['the certificate expired at 2026-11-20T06:14:01Z: www.example.com (CERT_HAS_EXPIRED)', 'certificate expired'],
    ['the issuer\'s certificate "Example CA" expired at 2026-11-20T06:14:01Z: www.example.com', 'certificate expired'],
    ['step pay: the certificate expired at 2026-11-20T06:14:01Z: www.example.com', 'certificate expired'],
    ['the certificate is valid from 2026-11-21T06:14:01Z only', 'TLS fails'],
  ])('says of a TLS failure: %s', (message, cause) => {
    const failures = new Map([[health.id, { message }]]);
    const facts = { ...monitorFacts, errorType: 'tls' as const };
    expect(subjectOf([fired({ facts })], { failures })).toContain(` 3 of 5 probes, ${cause} (`);
  });

  it('says no cause where nobody knows one', () => {
    const { errorType: _none, ...facts } = monitorFacts;
    expect(subjectOf([fired({ facts })], { failures: new Map() })).toBe(
      '[PAGE] shortener-health failing: 3 of 5 probes (urlshortener prod)',
    );
  });
});

describe('the subject of a burning budget', () => {
  it.each([
    [120_370, standing.exhaustedAt, '12% of the budget left, gone in 104 min (prod)'],
    [120_370, undefined, '12% of the budget left (urlshortener prod)'],
    [999_900, undefined, '99.9% of the budget left (urlshortener prod)'],
    [0, undefined, '0% of the budget left (urlshortener prod)'],
    [-120_370, undefined, 'budget overspent by 12% (urlshortener prod)'],
  ])('says with %i ppm left, gone at %s: %s', (ppm, exhaustedAt, rest) => {
    const { exhaustedAt: _gone, ...endless } = standing;
    const standings = new Map([[standing.sloId, exhaustedAt === undefined ? endless : { ...standing, exhaustedAt }]]);
    expect(subjectOf([burn(ppm)], { standings })).toBe(`[PAGE] shortener-availability burns 50x: ${rest}`);
  });

  it('says nothing of an end that lies in the past', () => {
    expect(subjectOf([burn(5_000)], withStanding({ exhaustedAt: 1 }))).not.toMatch(/gone/);
  });
});

describe('a subject', () => {
  it('counts what it has no room for, and says "Resolved" beside what fired', () => {
    const other = { ...fastPage, id: 'slo/shortener-availability/page-2h' };
    const slos = config.slos.map((slo) => ({ ...slo, alerts: [...slo.alerts, other] }));
    const subject = subjectOf([burn(120_370), fired({ alertId: other.id, facts: burnFacts }), resolved(4 * minute)], {
      config: { ...config, slos },
    });
    expect(subject).toBe(
      '[PAGE] shortener-availability burns 50x +1 more; Resolved: shortener-health (urlshortener prod)',
    );
  });

  it.each([
    ['others of its incident still fire', undefined, ', others still fire'],
    ['it was the last of its incident', now + 4 * minute, ''],
  ])('of an end says whether %s', (_what, closedAt, rest) => {
    const [{ incidentId }] = [resolved(4 * minute)];
    const incidents = { [incidentId]: { openedAt: now, ...(closedAt !== undefined && { closedAt }) } };
    expect(subjectOf([resolved(4 * minute)], { incidents })).toBe(
      `Resolved: shortener-health after 4 min${rest} (urlshortener prod)`,
    );
  });

  it('is marked as a ticket when nothing in it pages, even where a page is resolved', () => {
    const ticket = fired({
      alertId: 'coverage/shortener-health',
      severity: 'ticket',
      facts: { kind: 'coverage', lastJudgedAt: 0 },
    });
    const [message] = buildNotices([ticket, resolved(minute)], context).map(renderMessage);
    expect(message?.subject).toMatch(/^\[TICKET\] shortener-health unwatched.*; Resolved: shortener-health \(/);
    expect(message).toMatchObject({ severity: 'page', kind: 'mixed' });
  });

  it('is ASCII, short enough, names its subject and says "Resolved", whatever it is called and wherever it runs', () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
    const place = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(
        name,
        place,
        place,
        fc.integer({ min: 1, max: 40 }),
        fc.subarray(['fired', 'escalated', 'reminded', 'resolved'] as const, { minLength: 1 }),
        (id, service, environment, count, kinds) => {
          const monitors = Array.from({ length: count }, (_, index) => ({
            ...health,
            id: `${id}${index || ''}`,
            alerts: [{ ...health.alerts[0], id: `monitor/${id}/${index}` }],
          }));
          const transitions = monitors.flatMap((monitor) => {
            const alertId = monitor.alerts[0]?.id ?? '';
            return kinds.map((kind) => (kind === 'resolved' ? resolved(minute, { alertId }) : goesOn(kind, alertId)));
          });
          const around = {
            config: { ...config, service, monitors: monitors as typeof config.monitors, slos: [] },
            environment,
          };
          const subject = subjectOf(transitions, around) ?? '';
          expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
          expect(subject).toContain(id.slice(0, 9));
          expect(subject.includes('Resolved')).toBe(kinds.includes('resolved'));
          expect(subject.includes('others still fire')).toBe(kinds[0] === 'resolved');
          const label = kinds.includes('fired') || kinds[0] === 'reminded' ? '[PAGE]' : '[PAGE, escalated]';
          expect(subject.startsWith(label)).toBe(kinds[0] !== 'resolved');
          const firing = kinds.filter((kind) => kind !== 'resolved').length * count;
          if (firing > 1) expect(subject).toContain(`+${firing - 1} more`);
        },
      ),
      { numRuns: 300 },
    );
  });
});
