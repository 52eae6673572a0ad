import type { Slo } from '../../../shared/config/model.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import { configOf, monitored } from '../../support/monitored.ts';

const startAt = Date.parse('2026-03-02T10:00:00Z');
const head = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: https://example.com/ } }
slos:
`;
const page = 'alerts: [{ severity: page, budget: 2%, long: 1h, notify: [oncall] }]';
const subjects = (world: ReturnType<typeof monitored>) =>
  world.sent.map(({ minute, message }) => `${minute} ${message.subject}`);

describe('an SLO over a latency', () => {
  const config = configOf(
    `${head}  fast: { indicator: { monitors: [api], good: latency < 300ms }, objective: 99.9%, window: 30d, ${page} }\n`,
  );

  it('burns while probes pass slowly, and calms down when they are fast again', async () => {
    const world = monitored(config, startAt);
    await world.run(20);
    await world.run(5, () => ({ latencyMs: 350 }));
    await world.run(20);
    expect(subjects(world)).toEqual([
      expect.stringMatching(/^23 \[PAGE\] fast burns 50x: 9\d% of the budget left/),
      '35 Resolved: fast budget burn after 12 min (shop dev)',
    ]);
    expect(world.published.find(({ name }) => name === 'BurnRate')?.dimensions).toMatchObject({ Slo: 'fast' });
  });

  it('does not judge what it measured badly, and takes a failed probe for bad however fast it was', async () => {
    const world = monitored(config, startAt);
    await world.run(20);
    await world.run(10, () => ({ latencyMs: 5_000, isContaminated: true }));
    expect(subjects(world)).toEqual([]);
    await world.run(3, () => ({ outcome: 'failed', latencyMs: 1 }));
    expect(subjects(world)).toHaveLength(1);
  });

  it('counts from its first row on: old rows are a gap, and no good ones', async () => {
    const before = monitored({ ...config, slos: [] }, startAt);
    await before.run(30);
    const world = monitored(config, before.world.at, { ledger: before.ledger.store });
    await world.run(1);
    const [slo] = config.slos;
    const events = monitorEvents(slo as Slo, config.monitors, [], world.world.memory.history);
    const { good, bad } = events.between(startAt, world.world.at);
    expect([good, bad, events.firstSeenAt]).toEqual([0, 0, undefined]);
  });
});

describe('an SLO that takes degraded probes for bad', () => {
  it('burns by them, beside one that does not', async () => {
    const text = (id: string, degraded: string) =>
      `  ${id}: { indicator: { monitors: [api], degraded: ${degraded} }, objective: 99.9%, window: 30d, ${page} }\n`;
    const world = monitored(configOf(`${head}${text('strict', 'bad')}${text('lenient', 'good')}`), startAt);
    await world.run(20);
    await world.run(3, () => ({ outcome: 'degraded' }));
    expect(subjects(world)).toEqual([expect.stringMatching(/^23 \[PAGE\] strict burns 50x/)]);
  });
});

describe('an SLO over slices of time', () => {
  const config = configOf(
    `${head}  sliced: { indicator: { monitors: [api] }, objective: 99%, window: 30d, budgetingMethod: Timeslices, timeSliceTarget: 60%, timeSliceWindow: 5m, ${page} }\n`,
  );

  it('burns by bad slices, of whatever they are made', async () => {
    const world = monitored(config, startAt);
    await world.run(60);
    // Two of five fail: each slice is good. Three of five: each is bad.
    let minute = 0;
    await world.run(30, () => ({ outcome: minute++ % 5 < 2 ? 'failed' : 'passed' }));
    expect(subjects(world)).toEqual([]);
    await world.run(20, () => ({ outcome: minute++ % 5 < 3 ? 'failed' : 'passed' }));
    expect(subjects(world)).toEqual([expect.stringMatching(/^10\d \[PAGE\] sliced burns 25x/)]);
  });
});

describe('an SLO over a month of the calendar', () => {
  const config = configOf(
    `${head}  month: { indicator: { monitors: [api] }, objective: 99.9%, window: { calendar: month }, ${page} }\n`,
  );

  it('has a whole budget again when the next one begins, while its alerts look back as ever', async () => {
    const world = monitored(config, Date.parse('2026-03-31T23:40:00Z'));
    await world.run(15);
    await world.run(4, () => ({ outcome: 'failed' }));
    await world.run(2);
    const [fired] = world.sent;
    expect(fired?.minute).toBe(18);
    expect(fired?.message.subject).toContain('93% of the budget left');
    expect(fired?.message.text).toContain('month (99.9% this month): 93 % of the budget (3 bad of 44.6 allowed)');
    await world.run(10);
    const left = world.published
      .filter(({ name }) => name === 'ErrorBudgetLeft')
      .map((datum) => 'value' in datum && datum.value);
    // Four of 44.64 at the end of March, and none in April.
    expect([Math.min(...left.map(Number)), left.at(-1)]).toEqual([expect.closeTo(91.04, 1), 100]);
    expect(world.sent.map(({ message }) => message.kind)).toEqual(['fired', 'resolved']);
  });
});
