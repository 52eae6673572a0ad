import fc from 'fast-check';
import type { Monitor } from '../../../shared/config/model.ts';
import {
  coldCosts,
  connectionsOf,
  cpuShareOf,
  learnCosts,
  planStarts,
  startAfter,
} from '../../../shared/probe/pacing.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const plain = httpMonitor({ request: { url: 'http://shop.example/' } });
const tls = httpMonitor({ request: { url: 'https://shop.example/' } });
const many = (monitor: Monitor, count: number) => Array.from({ length: count }, () => monitor);
const costs = { plain: 0.5, tls: 2 };

describe('the starts of a batch', () => {
  it('are twice the CPU of a probe apart', () => {
    expect(planStarts(many(tls, 3), costs, 1)).toEqual([
      { atMs: 0, spacingMs: 0 },
      { atMs: 4, spacingMs: 4 },
      { atMs: 8, spacingMs: 4 },
    ]);
  });

  it('are wider apart on a part of a core', () => {
    expect(planStarts(many(tls, 2), costs, 0.25)[1]).toEqual({ atMs: 16, spacingMs: 16 });
  });

  it('follow what the probe before each of them costs', () => {
    expect(planStarts([plain, tls, plain, plain], costs, 0.5).map(({ atMs }) => atMs)).toEqual([0, 2, 10, 12]);
  });

  it('are at least a millisecond apart', () => {
    expect(planStarts(many(plain, 2), { plain: 0.1, tls: 0.2 }, 1)[1]?.atMs).toBe(1);
  });

  it('are spread over the room that there is, and over no less time than their CPU needs', () => {
    expect(planStarts(many(tls, 4), costs, 1, 1_000).map(({ atMs }) => atMs)).toEqual([0, 250, 500, 750]);
    expect(planStarts(many(tls, 3), costs, 1, 9).map(({ atMs }) => atMs)).toEqual([0, 4, 8]);
    expect(planStarts(many(tls, 2), costs, 1, 60_000).at(-1)?.atMs).toBe(6_000);
  });

  it('of 100 probes are over within 6 s, however little CPU there is', () => {
    expect(planStarts(many(tls, 100), { plain: 10, tls: 20 }, 0.05).at(-1)?.atMs).toBeCloseTo(6_000);
  });

  it('never go back, and keep their distance unless 6 s are not enough', () => {
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    const kinds = fc.array(fc.constantFrom(plain, tls), { maxLength: 120 });
    fc.assert(
      fc.property(kinds, share, (monitors, cpuShare) => {
        const starts = planStarts(monitors, costs, cpuShare);
        expect(starts).toHaveLength(monitors.length);
        for (const [index, { atMs }] of starts.entries()) {
          const next = starts[index + 1];
          const needed = (2 * (monitors[index] === tls ? costs.tls : costs.plain)) / cpuShare;
          const isSqueezed = (starts.at(-1)?.atMs ?? 0) > 5_999;
          if (next) expect(next.atMs - atMs).toBeGreaterThan(isSqueezed ? 0 : needed - 0.001);
        }
      }),
    );
  });
});

describe('a probe that follows one that was held up', () => {
  it.each([
    ['starts as planned when it was not', 40, 30, 40],
    ['keeps its distance', 40, 35, 45],
    ['never slips by more than 50 ms', 40, 300, 90],
  ])('%s', (_, atMs, previousMs, expected) => {
    expect(startAfter({ atMs, spacingMs: 10 }, previousMs)).toBe(expected);
  });
});

describe('what probes cost', () => {
  const batch = (connections: { plain: number; tls: number }, cpuMs: number) => ({ connections, cpuMs });

  it('moves towards what was measured, by three tenths', () => {
    expect(learnCosts(costs, batch({ plain: 0, tls: 10 }, 40))).toEqual({ plain: 0.5, tls: 2 * 1.3 });
  });

  it('stays as it is without connections', () => {
    expect(learnCosts(costs, batch({ plain: 0, tls: 0 }, 40))).toEqual(costs);
  });

  it('is spread over the kinds that were there', () => {
    const learned = learnCosts(costs, batch({ plain: 10, tls: 10 }, 50));
    expect(learned.tls / learned.plain).toBeCloseTo(4);
    expect(learned.tls).toBeGreaterThan(2);
  });

  it('does not believe a single wild batch', () => {
    expect(learnCosts(costs, batch({ plain: 0, tls: 1 }, 60_000)).tls).toBeCloseTo(2 * 1.9);
  });

  it('comes to the truth after some batches, from wherever it starts, and stays bounded', () => {
    const truth = fc.double({ min: 0.3, max: 15, noNaN: true });
    fc.assert(
      fc.property(truth, (tlsMs) => {
        let learned = coldCosts;
        for (let round = 0; round < 60; round += 1)
          learned = learnCosts(learned, batch({ plain: 0, tls: 20 }, 20 * tlsMs));
        expect(learned.tls).toBeCloseTo(tlsMs, 1);
        expect(learned.plain).toBe(coldCosts.plain);
      }),
    );
  });
});

describe('the share of a core', () => {
  it.each([
    ['1769', 1],
    ['3008', 1],
    ['512', 512 / 1_769],
    ['10', 0.05],
    [undefined, 1],
    ['', 1],
    ['much', 1],
  ])('of %p MB is %d', (megabytes, share) => {
    expect(cpuShareOf(megabytes)).toBeCloseTo(share);
  });
});

describe('the connections of a monitor', () => {
  const base = { ...plain, request: undefined };
  const host = { host: 'shop.example', port: 25 };
  const rest = { rejectUnauthorized: true };
  it.each<[string, unknown, { plain: number; tls: number }]>([
    ['http', plain, { plain: 1, tls: 0 }],
    ['https', tls, { plain: 0, tls: 1 }],
    [
      'a URL that begins with a reference',
      httpMonitor({ request: { url: [{ output: 'Url' }, '/x'] } }),
      { plain: 0, tls: 1 },
    ],
    [
      'an http URL with a reference in it',
      httpMonitor({ request: { url: ['http://', { output: 'Host' }] } }),
      { plain: 1, tls: 0 },
    ],
    ['tcp', { ...base, type: 'tcp', request: { ...host, dialogue: [] } }, { plain: 1, tls: 0 }],
    ['tcp with TLS', { ...base, type: 'tcp', request: { ...host, dialogue: [], tls: rest } }, { plain: 0, tls: 1 }],
    ['tls', { ...base, type: 'tls', request: { ...host, tls: rest } }, { plain: 0, tls: 1 }],
    [
      'dns',
      { ...base, type: 'dns', request: { name: 'shop.example', recordType: 'A', transport: 'udp' } },
      { plain: 1, tls: 0 },
    ],
    [
      'a flow',
      {
        ...base,
        type: 'flow',
        steps: [{ request: plain.request }, { request: tls.request }, { request: tls.request }],
      },
      { plain: 1, tls: 2 },
    ],
    ['a heartbeat', { ...base, type: 'heartbeat' }, { plain: 0, tls: 0 }],
  ])('%s', (_, monitor, expected) => {
    expect(connectionsOf(monitor as Monitor)).toEqual(expected);
  });
});
