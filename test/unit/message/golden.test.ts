import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Transition } from '../../../shared/alert/model.ts';
import type { ErrorType, Monitor } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import { buildNotices, type Failure, type NoticeContext } from '../../../shared/message/notice.ts';
import { renderMessage } from '../../../shared/message/render.ts';
import { burstCases, type MessageCase } from './burst-sample.ts';
import { drillCases } from './drill-sample.ts';
import { lifeCases } from './life-sample.ts';
import { locationCases } from './location-sample.ts';
import {
  burnFacts,
  context,
  fastPage,
  fired,
  health,
  minute,
  monitorFacts,
  now,
  resolved,
  slowPage,
  slowTicket,
  standing,
} from './sample.ts';
import { sloCases } from './slo-sample.ts';

const over: Partial<NoticeContext> = { incidents: {} };
const fastBurn = { alertId: fastPage.id, facts: burnFacts };
const slowBurn = { alertId: slowPage.id, facts: { ...burnFacts, longExpected: 360, shortExpected: 30 } };
const ticket = {
  alertId: slowTicket.id,
  severity: 'ticket' as const,
  notify: ['chat'],
  facts: { ...burnFacts, longBad: 6, longExpected: 4_320, shortBad: 1, shortExpected: 360, budgetLeftPpm: 861_111 },
};
const coverage = {
  alertId: 'coverage/shortener-health',
  severity: 'ticket' as const,
  facts: { kind: 'coverage' as const, lastJudgedAt: now - 6 * minute },
};
const later = { standings: new Map([[standing.sloId, { ...standing, budgetLeftPpm: 51_000, badEvents: 41 }]]) };
const calm = {
  ...standing,
  budgetLeftPpm: 861_111,
  badEvents: 6,
  burnRate: 0.4,
  exhaustedAt: now + 20 * 86_400_000,
  exhaustedEarliestAt: now + 12 * 86_400_000,
  exhaustedLatestAt: now + 27 * 86_400_000,
};

const hostileText =
  'expected 200, got "\u202e\u2066evil\u2069\u0000\r\n\r\nSubject: [PAGE] all is well\n--\nMessage 0000\u2028\u200b\ud800 <script>alert(1)</script> \u001b[31mred ' +
  'x'.repeat(400);
const hostile: NoticeContext = {
  ...context,
  environment: 'pröd\r\nBcc: all@example.com',
  failures: new Map([['shortener-health', { statusCode: 200, message: hostileText }]]),
  outputs: { ShortenerUrl: 'https://example.com/\r\nSet-Cookie: x=1\u202e' },
  links: [{ label: 'dash\nboard', url: 'https://example.com/\u2028path' }],
};

const many = Array.from({ length: 60 }, (_, index) => ({
  ...health,
  id: `shop-${String(index).padStart(2, '0')}`,
  alerts: [],
}));
const manyMonitors = many.map((monitor) => {
  const alerts = [
    {
      id: `monitor/${monitor.id}/0`,
      failures: 3,
      of: 5,
      recoverSuccesses: 2,
      severity: 'page' as const,
      notify: ['oncall'],
    },
  ];
  return {
    ...monitor,
    alerts,
    request: { ...monitor.request, url: `https://${monitor.id}.example.com/`, headers: {} },
  };
});
const crowd: NoticeContext = {
  ...context,
  config: { ...context.config, monitors: manyMonitors, slos: [] },
  failures: new Map(many.map(({ id }) => [id, { message: 'no answer within 5 s' }])),
};

const { type: _type, request: _request, maxBodyBytes, ...base } = { ...health, assertions: [] };
const verified = { rejectUnauthorized: true };
const others: Readonly<Record<string, Monitor>> = {
  certificate: { ...base, type: 'tls', request: { host: 'www.example.com', port: 443, tls: verified } },
  'mail-server': {
    ...base,
    type: 'tcp',
    maxBodyBytes,
    intervalMs: 5_000,
    request: {
      host: 'mail.example.com',
      port: 25,
      dialogue: [{ expect: '220' }, { send: 'EHLO burnwatch\r\n' }, { startTls: true }],
      tls: verified,
    },
  },
  'name-server': {
    ...base,
    type: 'dns',
    request: { name: 'www.example.com', recordType: 'A', server: '192.0.2.53', transport: 'udp' },
  },
  checkout: {
    ...base,
    type: 'flow',
    intervalMs: 5 * minute,
    steps: ['create', 'follow', 'cleanup'].map((id) => ({
      id,
      request: health.request,
      timeoutMs: 5_000,
      maxBodyBytes,
      assertions: [],
      extract: [],
      always: id === 'cleanup',
    })),
  },
  'nightly-backup': { ...base, type: 'heartbeat', periodMs: 60 * minute, graceMs: 10 * minute },
};

/** One of the other types fires, for a reason; the budget of an SLO is no part of it. */
function about(
  name: string,
  errorType: ErrorType,
  failure: Failure,
): readonly [readonly Transition[], Partial<NoticeContext>] {
  const alerts = health.alerts.map((alert) => ({ ...alert, id: `monitor/${name}/0` }));
  const monitor = { ...(others[name] ?? health), id: name, alerts };
  return [
    [fired({ alertId: `monitor/${name}/0`, facts: { ...monitorFacts, errorType } })],
    {
      config: { ...context.config, monitors: [monitor], slos: [] },
      failures: new Map([[name, failure]]),
    },
  ];
}

const overdue = 'no call since 2026-11-20 08:50:00 UTC, one was due by 2026-11-20 10:00:00 UTC';
const dependency = { monitor: 'api-gateway', downAt: now - 7 * minute, upAt: now - 2 * minute };

const cases: readonly MessageCase[] = [
  ['monitor-fired', [fired()], {}],
  ['monitor-resolved', [resolved(4 * minute)], { ...over, ...later }],
  ['monitor-resolved-others-fire', [resolved(4 * minute)], later],
  ['burn-page-fired', [fired(fastBurn)], {}],
  [
    'burn-page-resolved',
    [resolved(14 * minute, { ...fastBurn, facts: { ...burnFacts, shortBad: 0 } })],
    { ...over, ...later },
  ],
  ['ticket-fired', [fired(ticket)], { standings: new Map([[standing.sloId, calm]]) }],
  ['coverage-lost', [fired(coverage)], {}],
  ['coverage-back', [resolved(10 * minute, coverage)], over],
  ['three-together', [fired(slowBurn), fired(fastBurn), fired()], {}],
  ['mixed', [fired({ ...fastBurn, firedAt: now + 4 * minute, at: now + 4 * minute }), resolved(4 * minute)], later],
  [
    'certificate-expires',
    ...about('certificate', 'assertion', { message: 'certificate.daysRemaining > 21, but found 6.43' }),
  ],
  ['dns-answer', ...about('name-server', 'assertion', { message: 'dns.rcode == NOERROR, but found NXDOMAIN' })],
  ['tcp-timeout', ...about('mail-server', 'timeout', { message: 'nothing of what was expected came within 5000 ms' })],
  [
    'flow-step',
    ...about('checkout', 'assertion', { statusCode: 500, message: 'step create: status == 201, but found 500' }),
  ],
  ['heartbeat-missing', ...about('nightly-backup', 'timeout', { message: overdue })],
  [
    'heartbeat-back',
    [resolved(4 * minute, { alertId: 'monitor/nightly-backup/0' })],
    { ...about('nightly-backup', 'timeout', { message: overdue })[1], incidents: {} },
  ],
  ['held-by-dependency', [fired()], { dependencies: new Map([['shortener-health', dependency]]) }],
  ['withdrawn', [resolved(40 * minute, { alertId: 'monitor/old-website/0', isWithdrawn: true })], over],
  ...burstCases,
  ...lifeCases,
  ...sloCases,
  ...drillCases,
  ...locationCases,
  ['test', [fired()], { isTest: true }],
  ['hostile-text', [fired()], hostile],
  [
    'sixty-alerts',
    many.map(({ id }) => fired({ alertId: `monitor/${id}/0`, facts: { ...monitorFacts, errorType: 'timeout' } })),
    crowd,
  ],
];

const schema = JSON.parse(readFileSync('shared/message/message.schema.json', 'utf8'));
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true }).compile(
  schema,
);

function messageOf([, transitions, around]: (typeof cases)[number]): Message {
  const notices = buildNotices(transitions, { ...context, ...around });
  expect(notices).toHaveLength(1);
  return notices.map(renderMessage)[0] as Message;
}

/** The stored text of a golden file; with `UPDATE_GOLDEN=1` it is written first, and its diff is to be read. */
function golden(file: string, actual: string): string {
  const path = `test/fixtures/messages/${file}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, actual);
  return readFileSync(path, 'utf8');
}

describe.each(cases)('the message %s', (...each) => {
  const [name] = each;

  it('reads as its golden file says', () => {
    const { subject, text } = messageOf(each);
    const mail = `Subject: ${subject}\n\n${text}`;
    expect(mail).toBe(golden(`${name}.txt`, mail));
  });

  it('is for machines what its golden file says, and that is what the schema says', () => {
    const { json } = messageOf(each);
    const pretty = `${JSON.stringify(json, null, 2)}\n`;
    const stored = golden(`${name}.json`, pretty);
    expect(pretty).toBe(stored);
    validate(JSON.parse(stored));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has a subject that SNS takes, no control characters, and a size far below SNS’s limit', () => {
    const { subject, text, json } = messageOf(each);
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    expect(JSON.stringify({ text, json: JSON.stringify(json) }).length).toBeLessThan(128_000);
  });

  it('keeps its own words to 78 columns', () => {
    const { subject, text } = messageOf(each);
    const long = text.split('\n').filter((line) => line.length > 78 && line !== subject);
    for (const line of long) expect(line).toMatch(/https?:\/\/|^curl |^printf |^openssl |^aws |^ {4}npx |x{60}/);
  });
});

it('a golden message that breaks the schema is seen', () => {
  const { json } = messageOf(cases[0] as (typeof cases)[number]);
  expect(validate({ ...(json as object), kind: 'forgotten' })).toBe(false);
  expect(validate({ ...(json as object), surprise: 1 })).toBe(false);
});
