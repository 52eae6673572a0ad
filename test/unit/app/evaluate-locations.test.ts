import { type EvaluateDeps, evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { overview } from '../../../shared/app/overview/overview.ts';
import type { Outcome } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import { aConfig, aMonitor, anAlert, anSlo } from '../../support/config.ts';
import { wellDeps } from '../../support/evaluation.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');
const [home, east, south] = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
const alert = anAlert({ failures: 2, of: 3, notify: ['oncall'] });
const monitor = aMonitor({ alerts: [alert], agreement: { quorum: 'majority', minLocations: 1 } });
const words: Readonly<Record<string, Outcome>> = { P: 'passed', F: 'failed' };

/** One text a location: a letter a minute, a dash where it has no row. Rows of a location may all come some minutes late. */
async function live(
  lines: Readonly<Record<string, string>>,
  late: Readonly<Record<string, number>> = {},
  isCold = false,
) {
  const also = Object.keys(lines).filter((location) => location !== home);
  const config = aConfig({ monitors: [monitor], slos: [anSlo()], locations: { home, also } });
  const [ledger, alerts] = [memoryLedger(), memoryAlerts()];
  const sent: [number, string][] = [];
  const messages: Message[] = [];
  let [memory, minute] = [createMemory(), 0];
  const deps: EvaluateDeps = {
    ...wellDeps,
    ledger: ledger.store,
    alerts: alerts.store,
    notify: async (message) => {
      messages.push(message);
      sent.push([minute, message.subject.replace(' (shop dev)', '')]);
    },
  };
  const write = async (location: string, of: number) => {
    const outcome = words[lines[location]?.[of] ?? '-'];
    if (outcome === undefined) return;
    const rest = { isMaintenance: false, isRetried: false, isContaminated: false };
    const outcomes = [{ monitorKey: monitor.key, outcome, ...rest }];
    const at = startAt + of * minuteMs;
    await ledger.store.saveTick({ location, at, shard: 's00', outcomes, details: [] }, `${location} ${of}`);
  };
  for (; minute < Math.max(...Object.values(lines).map(({ length }) => length)); minute += 1) {
    for (const location of Object.keys(lines)) await write(location, minute - (late[location] ?? 0));
    if (isCold) memory = createMemory();
    await evaluate(config, memory, deps, startAt + minute * minuteMs + 800);
  }
  const view = () => {
    const given = { ...deps, config, environment: 'dev', alerts: alerts.store, memory: createMemory() };
    const none = { loadRuns: async () => [], runMemory: new Map(), outputs: () => undefined, showUrl: () => '' };
    return overview({ ...given, ...none }, startAt + (minute - 1) * minuteMs + 800);
  };
  return { sent, messages, view };
}

const p = (count: number): string => 'P'.repeat(count);
const f = (count: number): string => 'F'.repeat(count);

describe.each([
  ['warm', false],
  ['cold each time', true],
])('three locations, %s', (_, isCold) => {
  it('one that sees failures alone tells nobody', async () => {
    expect((await live({ [home]: p(3) + f(20), [east]: p(23), [south]: p(23) }, {}, isCold)).sent).toEqual([]);
  });

  it('two that see failures page once, and say who saw them', async () => {
    const { sent, messages } = await live(
      { [home]: p(15), [east]: p(5) + f(4) + p(6), [south]: p(5) + f(4) + p(6) },
      {},
      isCold,
    );
    expect(sent.map(([minute, subject]) => [minute, subject.slice(0, 25)])).toEqual([
      [6, '[PAGE] api failing: 2 of '],
      [7, '[PAGE] availability burns'],
      [10, 'Resolved: api after 4 min'],
    ]);
    expect(messages[0]?.text).toContain(
      'failed from 2 of 3 locations: us-east-1, ap-southeast-2; passed from\n      eu-west-1',
    );
  });

  it('one that dies is no outage, is told as silent, and told again when it is back', async () => {
    const dead = `${p(5)}F${'-'.repeat(9)}${p(3)}`;
    expect((await live({ [home]: p(18), [east]: p(18), [south]: dead }, {}, isCold)).sent).toEqual([
      [10, '[TICKET] location ap-southeast-2 silent for 5 min'],
      [15, 'Resolved: location ap-southeast-2 heard again after 5 min'],
    ]);
  });

  it('home may be the one that dies: what the others see goes on to count', async () => {
    const { sent } = await live({ [home]: p(5), [east]: p(8) + f(5), [south]: p(8) + f(5) }, {}, isCold);
    expect(sent.map(([minute, subject]) => [minute, subject.slice(0, 25)])).toEqual([
      [9, '[PAGE] api failing: 2 of '],
      [9, '[TICKET] location eu-west'],
      [10, '[PAGE] availability burns'],
    ]);
  });

  it('rows that come late fire an alert, and never take a resolution back', async () => {
    const lines = { [home]: p(20), [east]: p(5) + f(3) + p(12), [south]: p(5) + f(3) + p(12) };
    const { sent } = await live(lines, { [east]: 2, [south]: 3 }, isCold);
    expect(sent.filter(([, subject]) => subject.includes('api'))).toEqual([
      [8, '[PAGE] api failing: 2 of 3 probes +2 more'],
      [10, 'Resolved: api after 2 min, others still fire'],
    ]);
  });
});

describe('what is shown of three locations', () => {
  it('agrees with what is told: who is heard, who saw what, and what the budget lost', async () => {
    const { view, sent } = await live({ [home]: p(20), [east]: p(10) + f(10), [south]: `${p(4)}${'-'.repeat(16)}` });
    expect(sent.map(([, subject]) => subject.slice(0, 20))).toEqual(['[TICKET] location ap']);
    const { locations, monitors, slos } = await view();
    expect(locations).toEqual([
      { id: home, state: 'heard', isHome: true, lastTickAt: startAt + 19 * minuteMs },
      { id: east, state: 'heard', isHome: false, lastTickAt: startAt + 19 * minuteMs },
      { id: south, state: 'silent', isHome: false, lastTickAt: startAt + 3 * minuteMs },
    ]);
    expect(monitors[0]).toMatchObject({ state: 'passed', seenFrom: { failed: [east], good: [home], silent: [south] } });
    expect(slos[0]).toMatchObject({ goodEvents: 20, badEvents: 0, coverageRatio: 1 });
  });

  it('says of one that was never heard that it waits', async () => {
    const { view, sent } = await live({ [home]: p(10), [east]: p(10), [south]: '' });
    expect(sent).toEqual([]);
    expect((await view()).locations?.[2]).toEqual({ id: south, state: 'waiting', isHome: false });
  });
});

describe('two locations', () => {
  it('that do not agree keep the state: what was well stays well, what failed goes on to fail', async () => {
    expect((await live({ [home]: p(20), [east]: p(3) + f(17) })).sent).toEqual([]);
    const { sent } = await live({ [home]: p(3) + f(4) + p(10), [east]: p(3) + f(14) });
    expect(sent.map(([, subject]) => subject).filter((subject) => subject.includes('api'))).toEqual([
      '[PAGE] api failing: 2 of 3 probes',
    ]);
  });
});
