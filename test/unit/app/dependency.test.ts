import { evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { renderTransitions } from '../../../shared/app/render.ts';
import type { Outcome } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import { aConfig, aMonitor, anSlo, overMonitors } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');
const outcomeOf: Readonly<Record<string, Outcome>> = { P: 'passed', F: 'failed', U: 'unknown' };

/** What is told while `api` and `shop`, which depends on it, go through their outcomes, a letter a minute. */
async function told(api: string, shop: string, dependsOn = ['api']): Promise<readonly Message[]> {
  const monitors = [aMonitor(), aMonitor({ id: 'shop', dependsOn })];
  const config = aConfig({ monitors, slos: [anSlo({ indicator: overMonitors('shop') })] });
  const ledger = memoryLedger();
  const memory = createMemory();
  const alerts = memoryAlerts().store;
  const messages: Message[] = [];
  for (const minute of shop.split('').keys()) {
    const at = startAt + minute * minuteMs;
    const outcomes = [api, shop].flatMap((story, index) => {
      const outcome = outcomeOf[story[minute] ?? ''];
      const monitorKey = monitors[index]?.key ?? 0;
      const plain = { isMaintenance: false, isRetried: false, isContaminated: false };
      return outcome === undefined ? [] : [{ monitorKey, outcome, ...plain }];
    });
    await ledger.store.saveTick({ location: 'here', at, shard: 's00', outcomes, details: [] }, String(at));
    const context = { environment: 'dev', outputs: () => undefined, links: [] };
    await evaluate(
      config,
      memory,
      {
        ledger: ledger.store,
        alerts,
        loadVerdicts: async () => [],
        notify: async (message) => {
          messages.push(message);
        },
        publishMetrics: async () => {},
        render: (transitions, view) => renderTransitions(transitions, view, context),
        identity: { service: 'shop', environment: 'dev' },
        location: 'here',
        writer: 'w',
        remainingMs: () => 30_000,
        onWarning: () => {},
      },
      at + 500,
    );
  }
  return messages;
}

const subjects = (messages: readonly Message[]) => messages.map(({ subject }) => subject.replace(/ \(shop dev\)$/, ''));
const failing = (messages: readonly Message[]) =>
  subjects(messages).filter((subject) => /shop failing|Resolved: shop/.test(subject));

describe('a monitor that depends on another', () => {
  it('tells nothing of its own while that is down, and nothing when it recovers with it', async () => {
    const messages = await told('PPPPFFFFFFPPPPPP', 'PPPPFFFFFFPPPPPP');
    expect(failing(messages)).toEqual([]);
    expect(subjects(messages).filter((subject) => subject.includes('api failing'))).toHaveLength(1);
    expect(failing(await told('PPPPFFFFFFPPPPPP', 'PPPPFFFFFFPPPPPP', []))).toHaveLength(2);
  });

  it('tells that it fails one interval after that is up again, and why only now', async () => {
    const messages = await told('PPPPFFFFPPPPPPP', 'PPPPFFFFFFFFFPP');
    const [fired, resolved, ...rest] = messages.filter(({ subject }) => /shop failing|Resolved: shop/.test(subject));
    expect(fired?.text).toMatch(
      / {4}api, which it depends on, was down for 4 min, until\n {6}2026-03-02 10:08:00 UTC; shop still fails\n/,
    );
    // Its window is five probes long: by now it sees the failures from 10:05 on.
    expect(fired?.text).toContain('    since 2026-03-02 10:04:00 UTC (5 min)\n');
    expect(fired?.json).toMatchObject({
      transitions: [
        {
          firedAt: startAt + 9 * minuteMs + 500,
          dependency: { monitor: 'api', downAt: startAt + 4 * minuteMs, upAt: startAt + 8 * minuteMs },
        },
      ],
    });
    expect(resolved?.kind).toBe('resolved');
    expect(rest).toEqual([]);
  });

  it('says nothing of that where it had come up long before', async () => {
    const messages = await told('PFPPPPPPPPPP', 'PPPPPPPPPFFF');
    expect(failing(messages)).toHaveLength(1);
    expect(JSON.stringify(messages)).not.toContain('depends on');
  });

  it('burns its budget, and says so, whatever that does', async () => {
    const story = `${'P'.repeat(10)}${'F'.repeat(20)}`;
    const burning = (messages: readonly Message[]) => subjects(messages).filter((subject) => subject.includes('burns'));
    const messages = await told(story, story);
    expect(burning(messages).length).toBeGreaterThan(0);
    expect(failing(messages)).toEqual([]);
  });

  it('tells its lost coverage, and what fired before that went down goes on and resolves', async () => {
    const messages = await told('PPPPPPPPFFFFFFPPPP', 'PPPFFFFFFFPPPPPPPP');
    expect(failing(messages)).toHaveLength(2);
    const silent = await told('F'.repeat(16), `PPP${'U'.repeat(13)}`);
    expect(subjects(silent).some((subject) => subject.includes('shop unwatched'))).toBe(true);
  });
});
