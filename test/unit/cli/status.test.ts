import { renderStatus } from '../../../infra/cli/status/text.ts';
import { troublesOf } from '../../../infra/cli/status/trouble.ts';
import type {
  BurnRuleView,
  BurstView,
  IncidentView,
  MonitorView,
  Overview,
  SloView,
} from '../../../shared/app/overview/model.ts';

const at = Date.parse('2026-11-26T18:00:00Z');
const minuteMs = 60_000;
const plain = { hasColors: false, isTerminal: false, columns: 80 };

const monitor = (change: Partial<MonitorView> = {}): MonitorView => ({
  id: 'api',
  type: 'http',
  state: 'passed',
  since: at - 30 * minuteMs,
  url: '',
  intervalMs: minuteMs,
  eventIntervalMs: minuteMs,
  isUnderMaintenance: false,
  lastProbeAt: at - minuteMs,
  latencyMs: 12.4,
  alerts: [],
  history: [],
  ...change,
});
const rule = (status: BurnRuleView['status']): BurnRuleView => ({
  id: 'slo/avail/0',
  severity: 'page',
  longMs: 60 * minuteMs,
  shortMs: 5 * minuteMs,
  threshold: 14.4,
  longBurnRate: 0,
  shortBurnRate: 0,
  badEvents: 0,
  minBadEvents: 3,
  status,
  notify: [],
});
const slo = (change: Partial<SloView> = {}): SloView => ({
  id: 'avail',
  objective: '99.9%',
  windowMs: 30 * 24 * 60 * minuteMs,
  monitors: ['api'],
  counts: 'probes of api',
  budgetLeftRatio: 0.79,
  budgetEvents: 43,
  badEvents: 9,
  goodEvents: 40_000,
  unjudgedEvents: 0,
  coverageRatio: 1,
  isWarmingUp: false,
  burnRate: 0.5,
  forecast: { kind: 'unknown', lookbackMs: 0, judged: 0, bad: 0, untilAt: at },
  rules: [rule('inactive')],
  burnDown: [],
  ...change,
});
const burst = (change: Partial<BurstView> = {}): BurstView => ({
  id: 'load',
  state: 'passed',
  model: 'open',
  sent: [],
  load: '',
  wanted: '',
  thresholds: [],
  rates: [],
  runs: [{ runAt: at - 120 * minuteMs, outcome: 'passed', reasons: [], more: 0 }],
  seconds: [],
  alerts: [],
  ...change,
});
const incident = (closedAt: number | null): IncidentView => ({
  ...{ id: '1', openedAt: at - minuteMs, closedAt, severity: 'page' },
  ...{ monitors: ['api'], bursts: [], alerts: [] },
});
const view = (change: Partial<Overview> = {}): Overview => ({
  service: 'shop',
  environment: 'prod',
  at,
  monitors: [monitor()],
  slos: [slo()],
  bursts: [burst()],
  incidents: [],
  silences: [],
  ...change,
});

describe('what is wrong', () => {
  it.each<readonly [string, Partial<Overview>, readonly string[]]>([
    ['nothing', {}, []],
    ['a degraded monitor is up', { monitors: [monitor({ state: 'degraded' })] }, []],
    [
      'a monitor that nobody has probed is not up',
      { monitors: [{ ...without(monitor()), state: 'waiting' }] },
      ['api: no probe in the last 3 h: npx burnwatch doctor'],
    ],
    [
      'a monitor that is probed twice a day may wait',
      { monitors: [{ ...without(monitor({ eventIntervalMs: 720 * minuteMs })), state: 'waiting' }] },
      [],
    ],
    ['a failed monitor', { monitors: [monitor({ state: 'failed', errorType: 'timeout' })] }, ['api: failed (timeout)']],
    [
      'a failed monitor under maintenance may fail',
      { monitors: [monitor({ state: 'failed', isUnderMaintenance: true })] },
      [],
    ],
    ['a blocked monitor', { monitors: [monitor({ state: 'blocked', errorType: 'blocked' })] }, ['api: blocked']],
    ['a monitor that could not be judged', { monitors: [monitor({ state: 'unknown' })] }, ['api: unknown']],
    [
      'a monitor that passed long ago is not up',
      { monitors: [monitor({ lastProbeAt: at - 6 * minuteMs })] },
      ['api: no probe for 6 min: npx burnwatch doctor'],
    ],
    [
      'a monitor that is probed seldom has time',
      { monitors: [monitor({ eventIntervalMs: 10 * minuteMs, lastProbeAt: at - 29 * minuteMs })] },
      [],
    ],
    ['a rule that fires', { slos: [slo({ rules: [rule('firing'), rule('firing')] })] }, ['avail: burns (page)']],
    ['a rule that is pending', { slos: [slo({ rules: [rule('pending')] })] }, []],
    ['a spent budget', { slos: [slo({ budgetLeftRatio: 0 })] }, ['avail: nothing is left of its budget']],
    ['a budget of no events yet', { slos: [slo({ budgetLeftRatio: 0, badEvents: 0 })] }, []],
    ['an SLO that nobody could count', { unknownSlos: ['gw'] }, ['gw: what it counts could not be read']],
    [
      'a burst that failed',
      {
        bursts: [
          burst({ state: 'failed', runs: [{ runAt: at, outcome: 'failed', reasons: ['p99 was 2 s'], more: 0 }] }),
        ],
      },
      ['load: failed: p99 was 2 s'],
    ],
    [
      'a location from which nothing comes',
      {
        locations: [
          { id: 'eu-west-1', state: 'heard', isHome: true, lastTickAt: at },
          { id: 'us-east-1', state: 'silent', isHome: false, lastTickAt: at - 7 * minuteMs },
          { id: 'ap-southeast-2', state: 'waiting', isHome: false },
        ],
      },
      [
        'location us-east-1: nothing has come from it for 7 min: npx burnwatch locations',
        'location ap-southeast-2: nothing has come from it yet: is its stack deployed? (npx burnwatch locations)',
      ],
    ],
    ['an incident that is open', { incidents: [incident(null)] }, ['1 open incident: npx burnwatch incidents']],
    ['an incident that is over', { incidents: [incident(at)] }, []],
  ])('is told: %s', (_, change, wrong) => {
    expect(troublesOf(view(change))).toEqual(wrong);
  });
});

function without({ since: _, lastProbeAt: __, latencyMs: ___, ...others }: MonitorView): MonitorView {
  return others;
}

describe('the text of a status', () => {
  it('has a table of each kind, and a sentence', () => {
    expect(renderStatus(view(), [], plain)).toBe(`MONITOR  STATE   FOR     LATENCY  ALERTS
api      passed  30 min    12 ms  –

SLO    BUDGET LEFT  BURN 1H  ALERTS
avail         79 %     0.5x  –

BURST  STATE   LAST RUN  ALERTS
load   passed  2 h ago   –

shop in prod at 2026-11-26 18:00 UTC: nothing is wrong (1 monitor, 1 SLO, 1 burst)
`);
  });

  it('says of several locations which of them are heard, and which saw what', () => {
    const [home, east] = ['eu-west-1', 'us-east-1'];
    const seen = view({
      locations: [
        { id: home, state: 'heard', isHome: true, lastTickAt: at - 40_000 },
        { id: east, state: 'silent', isHome: false, lastTickAt: at - 7 * minuteMs },
      ],
      monitors: [
        monitor({ seenFrom: { failed: [east], good: [home], silent: [] } }),
        monitor({ id: 'web', state: 'failed', seenFrom: { failed: [home], good: [], silent: [east] } }),
      ],
      slos: [],
      bursts: [],
    });
    expect(renderStatus(seen, [], plain)).toBe(`LOCATION          STATE   LAST TICK
us-east-1         silent  7 min ago
eu-west-1 (home)  heard   40 s ago

MONITOR  STATE                       FOR     LATENCY  ALERTS
web      failed from 1 of 2          30 min    12 ms  –
api      passed, not from us-east-1  30 min    12 ms  –

shop in prod at 2026-11-26 18:00 UTC: nothing is wrong (2 locations, 2 monitors, 0 SLOs, 0 bursts)
`);
  });

  it('puts what is wrong first, and counts it', () => {
    const seen = view({ monitors: [monitor(), monitor({ id: 'web', state: 'failed' })], slos: [], bursts: [] });
    expect(renderStatus(seen, troublesOf(seen), plain)).toBe(`MONITOR  STATE   FOR     LATENCY  ALERTS
web      failed  30 min    12 ms  –
api      passed  30 min    12 ms  –

✗ web: failed

shop in prod at 2026-11-26 18:00 UTC: 1 thing wrong
`);
  });
});
