import { createMemory } from '../../../shared/app/history.ts';
import { reportSlos, type SloReport } from '../../../shared/app/slo-report.ts';
import { configOf, monitored } from '../../support/monitored.ts';

const startAt = Date.UTC(2026, 10, 26, 8);
const fileOf = (id: string, more = '') =>
  configOf(`version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  ${id}: { type: http, ${more}request: { url: https://shop.example/ }, alerts: [{ for: { failures: 3, of: 5 }, notify: [oncall] }] }
slos:
  shop: { indicator: { monitors: [${id}] }, objective: 99%, window: 30d, notify: [oncall] }
`);

/** Three hours as `api`, some probes of which failed, the last two among them; then the file is another, in a fresh sandbox. */
async function deployAfterwards(config: ReturnType<typeof fileOf>) {
  const before = monitored(fileOf('api'), startAt);
  await before.run(60);
  await before.run(4, () => ({ outcome: 'failed' }));
  await before.run(114);
  await before.run(2, () => ({ outcome: 'failed' }));
  const after = monitored(config, before.world.at);
  for (const kind of ['ticks', 'hours', 'days'] as const)
    for (const [key, kept] of before.ledger[kind]) after.ledger[kind].set(key as never, kept as never);
  await after.run(1, () => ({ outcome: 'failed' }));
  const deps = {
    ...{ config, ledger: after.ledger.store, location: 'here', alerts: after.alerts.store, memory: createMemory() },
    onWarning: (message: string) => expect(message).toBe(''),
  };
  const [slo] = await reportSlos(config.slos, deps, after.world.at);
  return { told: after.sent.map(({ message }) => message.subject), slo, row: [...after.ledger.ticks.values()].at(-1) };
}

const standing = (slo: SloReport | undefined) => [slo?.badEvents, slo?.budgetLeftRatio, slo?.burnRate, slo?.burnDown];

describe('a monitor under another name', () => {
  it('with formerly goes on: its key, its budget, and the failures that came before', async () => {
    const same = await deployAfterwards(fileOf('api'));
    const renamed = await deployAfterwards(fileOf('api-v2', 'formerly: api, '));
    expect(renamed.row?.tick.outcomes).toEqual(same.row?.tick.outcomes);
    expect(standing(renamed.slo)).toEqual(standing(same.slo));
    expect(renamed.slo).toMatchObject({ badEvents: 7, goodEvents: 174 });
    expect(renamed.told).toEqual([expect.stringContaining('api-v2')]);
  });

  it('without it begins anew', async () => {
    const fresh = await deployAfterwards(fileOf('api-v2'));
    expect(fresh.told).toEqual([]);
    expect(fresh.slo).toMatchObject({ badEvents: 1, goodEvents: 0 });
  });
});
