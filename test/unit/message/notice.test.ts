import { buildNotices } from '../../../shared/message/notice.ts';
import { renderMessage } from '../../../shared/message/render.ts';
import {
  burnFacts,
  config,
  context,
  fastPage,
  fired,
  health,
  incidentId,
  minute,
  now,
  resolved,
  slowPage,
  slowTicket,
} from './sample.ts';

const both = ['chat', 'oncall'];
const burn = (more: Parameters<typeof fired>[0] = {}) => fired({ alertId: fastPage.id, facts: burnFacts, ...more });
const kindsOf = (transitions: Parameters<typeof buildNotices>[0], around = {}) =>
  buildNotices(transitions, { ...context, ...around }).map(({ channels, items }) => [
    channels.join(' '),
    items.map(({ kind }) => kind).join(' '),
  ]);

describe('transitions become notices', () => {
  it.each([
    ['nothing, where nothing happened', [], []],
    ['nothing for an alert that notifies nobody', [fired({ notify: [] })], []],
    [
      'one for channels that see the same',
      [fired({ notify: both }), burn({ notify: both })],
      [['chat oncall', 'monitor burn']],
    ],
    [
      'one each for channels that see different things',
      [fired(), burn({ notify: ['chat'] })],
      [
        ['oncall', 'monitor'],
        ['chat', 'burn'],
      ].sort(),
    ],
    [
      'two where one channel sees more',
      [fired({ notify: both }), burn()],
      [
        ['chat', 'monitor'],
        ['oncall', 'monitor burn'],
      ],
    ],
    [
      'one for each incident',
      [fired(), burn({ incidentId: 'other' })],
      [
        ['oncall', 'monitor'],
        ['oncall', 'burn'],
      ],
    ],
    [
      'one for each batch',
      [fired(), burn({ batch: 5 })],
      [
        ['oncall', 'monitor'],
        ['oncall', 'burn'],
      ],
    ],
    ['one that holds a transition once, however often it was given', [fired(), fired()], [['oncall', 'monitor']]],
  ])('%s', (_, transitions, expected) => {
    expect(kindsOf(transitions).sort()).toEqual([...expected].sort());
  });

  it('puts what fired first, pages before tickets, failing monitors before burning budgets, fast rules before slow ones', () => {
    const transitions = [
      resolved(0, { alertId: 'monitor/gone/0' }),
      fired({ alertId: 'monitor/shortener-health/1', severity: 'ticket' }),
      fired({ alertId: 'coverage/shortener-health', severity: 'ticket', facts: { kind: 'coverage', lastJudgedAt: 1 } }),
      fired({ alertId: slowTicket.id, facts: burnFacts }),
      burn({ alertId: slowPage.id }),
      burn(),
      fired(),
    ];
    const alerts = [
      ...health.alerts,
      ...health.alerts.map((alert) => ({ ...alert, id: 'monitor/shortener-health/1' })),
    ];
    const two = { ...context, config: { ...config, monitors: [{ ...health, alerts }] } };
    const [notice] = buildNotices(transitions, two);
    expect(notice?.items.map(({ transition }) => transition.alertId)).toEqual([
      'monitor/shortener-health/0',
      fastPage.id,
      slowPage.id,
      slowTicket.id,
      'monitor/shortener-health/1',
      'coverage/shortener-health',
      'monitor/gone/0',
    ]);
  });
});

describe('the id of a notice', () => {
  const idOf = (...transitions: Parameters<typeof buildNotices>[0]) => buildNotices(transitions, context)[0]?.id;

  it('is the same however often, in whatever order and with whatever news it is built', () => {
    const id = idOf(fired(), burn());
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(idOf(burn(), fired(), fired())).toBe(id);
    const news = {
      ...context,
      failures: new Map(),
      standings: new Map(context.standings),
      now: now + minute,
      incidents: {},
    };
    expect(buildNotices([fired(), burn()], news)[0]?.id).toBe(id);
  });

  it('is another one for other transitions and for other channels', () => {
    const ids = [
      idOf(fired()),
      idOf(burn()),
      idOf(fired(), burn()),
      idOf(fired({ notify: both })),
      idOf(fired({ notify: ['chat'] })),
    ];
    expect(new Set(ids).size).toBe(5);
  });
});

describe('what a notice brings along', () => {
  it('shows a target with its outputs, and never a secret', () => {
    const [notice] = buildNotices([fired()], context);
    expect(notice?.items[0]).toMatchObject({
      target: { verb: 'GET', target: 'https://abc123.execute-api.eu-west-1.amazonaws.com/health/readiness' },
      runbook: 'docs/runbooks/shortener.md',
      failure: { statusCode: 503 },
      slos: [{ sloId: 'shortener-availability' }],
    });
    expect(JSON.stringify(notice?.items.map((item) => 'command' in item && item.command))).toContain('$WRITE_TOKEN');
  });

  it('tells a burn by what its monitor said, and when it can resolve', () => {
    const [notice] = buildNotices([burn()], context);
    expect(notice?.items[0]).toMatchObject({
      failure: { monitor: { id: 'shortener-health' }, statusCode: 503 },
      resolvesAt: Date.UTC(2026, 10, 20, 10, 13),
    });
  });

  it('leaves out what is not known, and a resolution that should have been', () => {
    const [notice] = buildNotices([burn()], { ...context, failures: new Map(), now: now + 60 * minute });
    expect(notice?.items[0]).not.toHaveProperty('failure');
    expect(notice?.items[0]).not.toHaveProperty('resolvesAt');
  });

  it.each([
    ['was withdrawn', resolved(0, { isWithdrawn: true }), context],
    ['is of a monitor that is gone', fired(), { ...context, config: { ...config, monitors: [] } }],
    [
      'is of a rule that is gone',
      fired(),
      { ...context, config: { ...config, monitors: [{ ...health, alerts: [] }] } },
    ],
    ['is of an SLO that is gone', burn(), { ...context, config: { ...config, slos: [] } }],
  ])('knows an alert as withdrawn that %s', (_, transition, around) => {
    expect(buildNotices([transition], around)[0]?.items[0]?.kind).toBe('withdrawn');
  });

  it('tells of an SLO of which nobody knows how it stands as of any other, without its budget', () => {
    const [notice] = buildNotices([burn()], { ...context, standings: new Map() });
    expect(notice?.items[0]).toMatchObject({ kind: 'burn', slo: { id: 'shortener-availability' } });
    expect(notice?.items[0]).not.toHaveProperty('standing');
    const { subject, text, json } = renderMessage(notice as NonNullable<typeof notice>);
    expect(subject).toMatch(/^\[PAGE\] shortener-availability burns /);
    expect(text).not.toContain('WHAT IS LEFT');
    expect(json).toMatchObject({ budgets: [], transitions: [{ slo: 'shortener-availability' }] });
  });

  it('does not take an incident as over in which something fired', () => {
    const [notice] = buildNotices([fired(), resolved(minute, { alertId: fastPage.id, facts: burnFacts })], {
      ...context,
      incidents: {},
    });
    expect(notice?.incident).toEqual({ id: incidentId, openedAt: now });
  });

  it('takes the incident from the open ones, and as over when it is not among them and nothing fires', () => {
    const incidentOf = (transition: ReturnType<typeof fired>, incidents = {}) =>
      buildNotices([transition], { ...context, incidents })[0]?.incident;
    expect(incidentOf(fired(), { [incidentId]: { openedAt: 5 } })).toEqual({ id: incidentId, openedAt: 5 });
    expect(incidentOf(fired())).toEqual({ id: incidentId, openedAt: now });
    expect(incidentOf(resolved(minute))).toEqual({ id: incidentId, openedAt: now, closedAt: now + minute });
    expect(incidentOf(resolved(minute), { [incidentId]: { openedAt: 5 } })).toEqual({ id: incidentId, openedAt: 5 });
    expect(incidentOf(resolved(minute), { [incidentId]: { openedAt: 5, closedAt: 9 } })).toEqual({
      id: incidentId,
      openedAt: 5,
      closedAt: 9,
    });
  });
});
