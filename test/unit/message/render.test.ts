import { goneText } from '../../../shared/message/budget-text.ts';
import type { SloStanding } from '../../../shared/message/model.ts';
import { buildNotices, type NoticeContext } from '../../../shared/message/notice.ts';
import { renderMessage } from '../../../shared/message/render.ts';
import {
  burnFacts,
  config,
  context,
  fastPage,
  fired,
  health,
  healthAlert,
  minute,
  now,
  resolved,
  standing,
} from './sample.ts';

const messageOf = (transitions: Parameters<typeof buildNotices>[0], around: Partial<NoticeContext> = {}) => {
  const [message] = buildNotices(transitions, { ...context, ...around }).map(renderMessage);
  if (!message) throw new Error('no message');
  return message;
};
const { request: _, maxBodyBytes: __, ...base } = health;
const heartbeat = { ...base, assertions: [], type: 'heartbeat' as const, periodMs: 60 * minute, graceMs: minute };
const section = (text: string, title: string) => text.split('\n\n').find((each) => each.startsWith(title)) ?? '';

describe('a message', () => {
  it('is the same each time it is rendered', () => {
    expect(messageOf([fired()])).toEqual(messageOf([fired()]));
  });

  it.each([
    ['fired', [fired()]],
    ['resolved', [resolved(minute)]],
    ['mixed', [fired(), resolved(minute, { alertId: fastPage.id, facts: burnFacts })]],
  ] as const)('is of the kind %s', (kind, transitions) => {
    expect(messageOf(transitions)).toMatchObject({
      kind,
      severity: 'page',
      channels: ['oncall'],
      json: { kind, version: 1 },
    });
  });

  it('says since when it fails, where that is longer than its alert looks back', () => {
    const hurt = (failingSince: NoticeContext['failingSince']) =>
      section(messageOf([fired()], { failingSince }).text, 'WHAT IS HURT');
    expect(hurt(new Map())).toContain('\n    since 2026-11-20 10:01:00 UTC (2 min)');
    expect(hurt(new Map([[healthAlert.id, now - 9 * minute]]))).toContain(
      '\n    since 2026-11-20 09:54:20 UTC (9 min)',
    );
  });

  it.each([
    [1, 'resolves once it has been called again'],
    [3, 'resolves once it has been called again and all is well for 3 minutes in a row'],
  ])('of a heartbeat says when it ends, with recover.successes %d', (recoverSuccesses, words) => {
    const beat = { ...heartbeat, alerts: [{ ...healthAlert, recoverSuccesses }] };
    const { text } = messageOf([fired()], { config: { ...config, monitors: [beat] } });
    expect(section(text, 'WHEN IT ENDS').replaceAll(/\s+/g, ' ')).toContain(`shortener-health: ${words}`);
  });

  it('counts the bad periods of a heartbeat in a budget that burns, and else bad probes', () => {
    const burn = fired({ alertId: fastPage.id, facts: burnFacts });
    const hurt = (around: Partial<NoticeContext>) => section(messageOf([burn], around).text, 'WHAT IS HURT');
    expect(hurt({})).toContain('3 bad probes in the last hour');
    expect(hurt({ config: { ...config, monitors: [heartbeat] } })).toContain('3 bad periods in the last hour');
  });

  it('fits into SNS with its JSON however long everything in it is', () => {
    const wide = '"\u6771\\'.repeat(400);
    const monitors = Array.from({ length: 400 }, (_, index) => {
      const id = `${'m'.repeat(60)}-${index}`;
      const alert = {
        failures: 3,
        of: 5,
        recoverSuccesses: 2,
        severity: 'page' as const,
        notify: ['oncall'],
        runbook: wide,
      };
      return {
        ...health,
        id,
        request: { ...health.request, url: `https://x/${wide}` },
        alerts: [{ ...alert, id: `monitor/${id}/0` }],
      };
    });
    const around = {
      config: { ...config, monitors, slos: [] },
      failures: new Map(monitors.map(({ id }) => [id, { statusCode: 503, message: `${id}${wide}` }])),
      links: Array.from({ length: 9 }, () => ({ label: wide, url: wide })),
    };
    const { text, json } = messageOf(
      monitors.map(({ id }) => fired({ alertId: `monitor/${id}/0` })),
      around,
    );
    const published = JSON.stringify({ default: JSON.stringify(json), email: text });
    expect(Buffer.byteLength(published)).toBeLessThan(256 * 1024);
    expect(json).toMatchObject({ omittedTransitionsCount: 350 });
  });
});

describe('a mail', () => {
  it('says what is left when it is less than nothing, without a hope', () => {
    const { exhaustedAt: _gone, exhaustedEarliestAt: _earliest, exhaustedLatestAt: _latest, ...rest } = standing;
    const standings = new Map([[standing.sloId, { ...rest, budgetLeftPpm: -250_000, badEvents: 54 }]]);
    expect(section(messageOf([fired()], { standings }).text, 'WHAT IS LEFT')).toBe(
      'WHAT IS LEFT\n  shortener-availability (99.9% over 30 d): nothing; overspent by 25 % (54 bad\n    of 43.2 allowed)',
    );
  });

  it.each<[string, { readonly [Key in keyof SloStanding]?: SloStanding[Key] | undefined }, string]>([
    ['the band', {}, 'at this pace gone between 11:04 and 13:15 UTC, most likely at 11:47 UTC (in 1 h 44 min)'],
    [
      'the day where it is another one',
      { exhaustedLatestAt: now + 20 * 3_600_000 },
      'at this pace gone between 11:04 and 2026-11-21 06:03 UTC, most likely at 11:47 UTC (in 1 h 44 min)',
    ],
    [
      'that it may last',
      { exhaustedLatestAt: undefined },
      'at this pace gone after 11:04 UTC, most likely at 11:47 UTC (in 1 h 44 min)',
    ],
    [
      'that it rather lasts',
      { exhaustedLatestAt: undefined, exhaustedAt: undefined },
      'at this pace it rather lasts, and may be gone at 11:04 UTC',
    ],
    [
      'one instant of a message of before',
      { exhaustedEarliestAt: undefined },
      'at this pace gone at 11:47 UTC (in 1 h 44 min)',
    ],
    ['nothing of what is past', { exhaustedAt: now }, ''],
    ['nothing where it is not in sight', { exhaustedAt: undefined, exhaustedEarliestAt: undefined }, ''],
  ])('says of the end of a budget %s', (_, change, words) => {
    expect(goneText({ ...standing, ...change } as SloStanding, now)).toBe(words);
  });

  it('does not say when the budget is gone once the trouble is over', () => {
    expect(messageOf([resolved(minute)]).text).not.toMatch(/gone/);
  });

  it('leaves out a command that nobody could type, and the section with it', () => {
    const outputs = { ShortenerUrl: `https://${'x'.repeat(4_097)}` };
    expect(messageOf([fired()], { outputs }).text).not.toMatch(/SEE FOR YOURSELF/);
  });

  it('says which variables a command wants', () => {
    expect(section(messageOf([fired()]).text, 'SEE FOR YOURSELF')).toMatch(
      /\n\(set \$WRITE_TOKEN first: what is secret, or not known here, is left out\)$/,
    );
    const open = { ...health, request: { ...health.request, headers: {} } };
    expect(messageOf([fired()], { config: { ...config, monitors: [open] } }).text).not.toMatch(/\(set /);
  });

  it('says since when the incident lasts, where that is longer than the alert', () => {
    const incidents = { [fired().incidentId]: { openedAt: now - 30 * minute } };
    expect(section(messageOf([fired()], { incidents }).text, 'WHAT IS HURT')).toMatch(
      /\n {2}part of an incident since 2026-11-20 09:33:20 UTC \(30 min\)$/,
    );
    expect(messageOf([fired()]).text).not.toMatch(/part of an incident/);
  });

  it('tells whether the incident goes on', () => {
    expect(section(messageOf([resolved(minute)]).text, 'WHAT NOW')).toMatch(/goes on/);
    expect(section(messageOf([resolved(minute)], { incidents: {} }).text, 'WHAT NOW')).toMatch(/is over/);
  });

  it('says of a monitor that was never judged that it was not', () => {
    const never = fired({
      alertId: 'coverage/shortener-health',
      severity: 'ticket',
      facts: { kind: 'coverage', lastJudgedAt: 0 },
    });
    const { text, json, subject } = messageOf([never]);
    expect(text).toMatch(/no probe could be judged yet/);
    expect(subject).toBe('[TICKET] shortener-health unwatched: no usable probe (urlshortener prod)');
    expect(JSON.stringify(json)).not.toMatch(/lastJudgedAt/);
  });
});
