import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Json } from '../../../shared/config/model.ts';
import { renderAlertmanager } from '../../../shared/message/alertmanager.ts';
import { type MachineMessage, parseMachine } from '../../../shared/message/machine.ts';
import { renderPagerDuty } from '../../../shared/message/pagerduty.ts';
import { renderSlack } from '../../../shared/message/slack.ts';
import { renderTeams } from '../../../shared/message/teams.ts';
import { renderUndelivered } from '../../../shared/message/undelivered.ts';
import { alertmanagerProblems, pagerDutyProblems, slackProblems, teamsProblems } from '../../support/channel-limits.ts';
import { now } from './sample.ts';

const messages = 'test/fixtures/messages';
const names = readdirSync(messages).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
const stored = (name: string): string => readFileSync(`${messages}/${name}.json`, 'utf8');

function read(text: string): MachineMessage {
  const parsed = parseMachine(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.message;
}

const lost = {
  message: read(stored('monitor-fired')),
  channel: { id: 'chat', type: 'slack' },
  problem: 'Slack answered 404: channel_not_found',
  mend: 'Make a new webhook, and put its URL into the SSM parameter.',
  fallback: 'oncall',
  queue: 'urlshortener-prod-undelivered',
};
const report = renderUndelivered(lost);

const services = {
  slack: { render: renderSlack, problems: slackProblems },
  teams: { render: renderTeams, problems: teamsProblems },
  pagerduty: { render: renderPagerDuty, problems: (body: unknown) => pagerDutyProblems(body, false) },
  alertmanager: {
    render: (message: MachineMessage) => renderAlertmanager(message, now),
    problems: alertmanagerProblems,
  },
} as const;
const cases = [
  ...names.map((name) => [name, read(stored(name))] as const),
  ['undelivered', read(JSON.stringify(report.json))] as const,
];

/** The stored text of a golden file; with `UPDATE_GOLDEN=1` it is written first, and its diff is to be read. */
function golden(file: string, actual: string): string {
  const path = `test/fixtures/channels/${file}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, actual);
  return readFileSync(path, 'utf8');
}

describe.each(Object.entries(services))('for %s', (service, { render, problems }) => {
  it.each(cases)('the message %s is what its golden file says, within the limits of the service', (name, message) => {
    const body = render(message);
    const pretty = `${body === undefined ? 'nothing' : JSON.stringify(body, null, 2)}\n`;
    expect(pretty).toBe(golden(`${name}.${service}.json`, pretty));
    expect(body === undefined ? [] : problems(body)).toEqual([]);
  });
});

it('the link that acknowledges is for pressing: where a service shows a link to look at, it is another', () => {
  const message = read(stored('fired-with-link'));
  expect(JSON.stringify(message.links)).toContain('/ack/');
  const event = renderPagerDuty(message) as { client_url: string; links: { href: string }[] };
  const [alert] = renderAlertmanager(message, now) as unknown as {
    generatorURL: string;
    annotations: Record<string, string>;
  }[];
  expect([event.client_url, alert?.generatorURL].filter((url) => url?.includes('/ack/'))).toEqual([]);
  expect(event.links[0]?.href).toContain('/ack/');
  expect(alert?.annotations['acknowledge_url']).toContain('/ack/');
});

it('every golden file is one of a message that there is', () => {
  const known = cases.flatMap(([name]) => Object.keys(services).map((service) => `${name}.${service}.json`));
  expect(
    readdirSync('test/fixtures/channels')
      .filter((file) => file.endsWith('.json'))
      .toSorted(),
  ).toEqual(known.toSorted());
});

/** Text as an attacker would write it, short and long. */
const nasty = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<@U123>',
    '<https://evil.example|click>',
    '*bold* _it_ ~no~ `code` ```x```',
    '&amp; &lt;!here&gt;',
    '<at>all</at>',
    '[click](https://evil.example)',
    '# heading',
    '\u202etxt',
    '"}],"x":"',
    '${jndi:ldap://x}',
    '\u0000\r\n\u2028',
    '\ud800',
    '<'.repeat(3_000),
    '&'.repeat(200),
    '"'.repeat(600),
    '\u6771'.repeat(700),
    'https://a.example/',
    'javascript:alert(1)',
  ),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ maxLength: 40 }),
);
const instant = fc.oneof(fc.constant(now), fc.integer({ min: 0, max: 4e12 }));
const transition = fc.record({
  id: fc.constant('6d35df12a07f7f19'),
  kind: fc.constantFrom('fired', 'resolved', 'reminded', 'escalated', 'acknowledged', 'closed', 'unheardOf'),
  alert: fc.oneof(
    fc.constantFrom('monitor/api/0', 'slo/api/page-1h', 'burst/api/0', 'coverage/api', 'incident/1', '/'),
    nasty,
  ),
  name: nasty,
  severity: fc.constantFrom('page', 'ticket', 7),
  at: instant,
  firedAt: instant,
  summary: nasty,
  runbook: nasty,
  details: fc.array(fc.record({ label: nasty, text: nasty }), { maxLength: 12 }),
});
const hostile = fc.record({
  version: fc.constant(1),
  id: fc.constant('ed52b52fb8dc023c'),
  isTest: fc.boolean(),
  kind: fc.constantFrom('fired', 'resolved', 'mixed', 'acknowledged', 'closed', 'undelivered', 'unheardOf'),
  severity: fc.constantFrom('page', 'ticket'),
  subject: nasty.map((text) => `[PAGE] ${text}`),
  service: nasty,
  environment: nasty,
  channels: fc.constant(['chat']),
  incident: fc.record({
    id: fc.constant('4714205da574'),
    openedAt: instant,
    closedAt: fc.option(instant, { nil: undefined }),
  }),
  transitions: fc.array(transition, { maxLength: 60 }),
  omittedTransitionsCount: fc.oneof(fc.nat(), fc.constant(-1), fc.constant('many')),
  details: fc.array(fc.record({ label: nasty, text: nasty }), { maxLength: 3 }),
  budgets: fc.array(
    fc.record({
      slo: nasty,
      objective: nasty,
      windowMs: fc.constant(2_592_000_000),
      budgetLeftPpm: fc.double(),
      budgetEvents: fc.double(),
      badEvents: fc.nat(),
      burnRate: fc.double(),
      exhaustedAt: fc.option(instant, { nil: undefined }),
      exhaustedEarliestAt: fc.option(instant, { nil: undefined }),
      exhaustedLatestAt: fc.option(instant, { nil: undefined }),
    }),
    { maxLength: 8 },
  ),
  reproduce: fc.array(nasty, { maxLength: 4 }),
  links: fc.array(fc.record({ label: nasty, url: nasty }), { maxLength: 9 }),
});

it.each(Object.entries(services))('no text breaks what %s is sent', (_, { render, problems }) => {
  fc.assert(
    fc.property(hostile, (json) => {
      const body = render(read(JSON.stringify(json)));
      expect(body === undefined ? [] : problems(body)).toEqual([]);
      expect(JSON.stringify(body) ?? '').not.toMatch(/javascript:alert\(1\)","type|"(?:url|href)":"(?!https?:)/);
    }),
    { numRuns: 300 },
  );
});

it('whatever comes from the topic is a message, or a few words that say why it is none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        hostile.map((json) => JSON.stringify(json)),
      ),
      (text) => {
        const parsed = parseMachine(text);
        expect('message' in parsed || parsed.problem.length < 60).toBe(true);
      },
    ),
  );
});

const whole = JSON.parse(stored('monitor-fired'));
it.each([
  ['[]', 'it is no JSON object'],
  ['{', 'it is no JSON object'],
  [{ version: 2 }, 'its version is not 1'],
  [{ id: '../x' }, 'it has no id'],
  [{ kind: 'fired; drop' }, 'it has no kind'],
  [{ severity: 'loud' }, 'it has no severity'],
  [{ subject: ' ' }, 'it has no subject'],
  [{ incident: { id: 'x' } }, 'it has no incident'],
  [{ channels: [7] }, 'it has no channels'],
])('of %j it is said that %s', (change, problem) => {
  expect(parseMachine(typeof change === 'string' ? change : JSON.stringify({ ...whole, ...change }))).toEqual({
    problem,
  });
});

describe('an incident in PagerDuty', () => {
  const base = JSON.parse(stored('monitor-resolved'));
  const action = (json: Json) =>
    (renderPagerDuty(read(JSON.stringify(json))) as { event_action?: string } | undefined)?.event_action;
  const ofKind = (kind: string, incident: object = { id: 'a1', openedAt: now }) => ({
    ...base,
    kind,
    incident,
    transitions: [{ ...base.transitions[0], kind }],
  });
  const closed = { id: 'a1', openedAt: now, closedAt: now };

  it.each([
    ['fired', undefined, 'trigger'],
    ['reminded', undefined, 'trigger'],
    ['escalated', undefined, 'trigger'],
    ['acknowledged', undefined, 'acknowledge'],
    ['resolved', undefined, undefined],
    ['resolved', closed, 'resolve'],
    ['closed', closed, 'resolve'],
  ])('is told of a message of kind %s, in an incident %j, by: %s', (kind, incident, expected) => {
    expect(action(ofKind(kind, incident))).toBe(expected);
  });

  it('has one key from its first message to its last', () => {
    const keys = [ofKind('fired'), ofKind('closed', closed)].map((json) => {
      const { dedup_key: key } = renderPagerDuty(read(JSON.stringify(json))) as { dedup_key: string };
      return key;
    });
    expect(keys).toEqual(['a1', 'a1']);
  });

  it('is critical for a page, a warning for a ticket, and no more than information for a test', () => {
    const severity = (name: string) =>
      (renderPagerDuty(read(stored(name))) as { payload: { severity: string } }).payload.severity;
    expect(['monitor-fired', 'ticket-fired', 'test'].map(severity)).toEqual(['critical', 'warning', 'info']);
  });
});

describe('an alert in Alertmanager', () => {
  type Alert = { labels: Record<string, string>; startsAt: string; endsAt: string };
  const alerts = (name: string) => renderAlertmanager(read(stored(name)), now) as unknown as Alert[];

  it('has the same labels when it fires and when it resolves, so that it ends', () => {
    for (const kind of ['burn-page', 'monitor']) {
      const [fired] = alerts(`${kind}-fired`);
      const [resolved] = alerts(`${kind}-resolved`);
      expect(resolved?.labels).toEqual(fired?.labels);
      expect(Date.parse(resolved?.endsAt ?? '')).toBeLessThanOrEqual(Date.parse(fired?.endsAt ?? ''));
    }
  });

  it('goes on for a month when nobody says anything, and ends at the instant of its resolution', () => {
    expect(alerts('burn-page-fired')[0]?.endsAt).toBe(new Date(now + 30 * 86_400_000).toISOString());
    const { transitions } = JSON.parse(stored('burn-page-resolved'));
    expect(alerts('burn-page-resolved')[0]?.endsAt).toBe(new Date(transitions[0].at).toISOString());
  });

  it('keeps its labels when its rule leaves the configuration', () => {
    expect(alerts('withdrawn')[0]?.labels).toMatchObject({
      alertname: 'BurnwatchMonitorFails',
      monitor: 'old-website',
    });
  });

  it('is one for each rule of a message', () => {
    expect(alerts('three-together').map(({ labels }) => labels['rule'])).toEqual([
      'monitor/shortener-health/0',
      'slo/shortener-availability/page-1h',
      'slo/shortener-availability/page-6h',
    ]);
  });
});

describe('the report of a channel that could not be told', () => {
  const schema = JSON.parse(readFileSync('shared/message/message.schema.json', 'utf8'));
  const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true }).compile(
    schema,
  );

  it('reads as its golden file says', () => {
    const mail = `Subject: ${report.subject}\n\n${report.text}`;
    expect(mail).toBe(golden('undelivered.txt', mail));
  });

  it('is for machines what the schema says', () => {
    validate(JSON.parse(JSON.stringify(report.json)));
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...(report.json as object), kind: 'fired' })).toBe(false);
  });

  it('is a page where it is a page that was not told, and a ticket where only an end was not', () => {
    expect(report.severity).toBe('page');
    expect(renderUndelivered({ ...lost, message: read(stored('monitor-resolved')) })).toMatchObject({
      severity: 'ticket',
      subject: '[TICKET] chat was not told: Resolved: shortener-health after 4 min (urlshortener prod)',
    });
  });

  it('is the same message whenever the same message is not told, and another for another channel', () => {
    expect(renderUndelivered({ ...lost, problem: 'other' }).id).toBe(report.id);
    expect(renderUndelivered({ ...lost, channel: { id: 'room', type: 'teams' } }).id).not.toBe(report.id);
  });

  it('has a subject that SNS takes, however long the names are', () => {
    const long = { ...lost, channel: { id: 'c'.repeat(64), type: 'slack' } };
    expect(renderUndelivered(long).subject).toMatch(/^[ -~]{1,99}$/);
  });
});

it('goldens of channels are written from those of messages, which are there', () => {
  expect(existsSync(messages) && names.length).toBeGreaterThan(20);
});
