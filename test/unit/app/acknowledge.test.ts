import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { AlertState, Observation } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { acknowledge } from '../../../shared/app/alert-change/acknowledge.ts';
import {
  acknowledgeUrl,
  linkHoldsMs,
  parseAcknowledgePath,
} from '../../../shared/app/alert-change/acknowledge-link.ts';
import { openLinks } from '../../../shared/app/alert-change/open-links.ts';
import { type AcknowledgeCall, takeAcknowledgement } from '../../../shared/app/alert-change/take-acknowledgement.ts';
import { memoryAlerts } from '../../support/memory-ports.ts';

const now = Date.parse('2026-03-02T10:00:00Z');
const key = 'a key of many characters';
const base = 'https://abc123.execute-api.eu-west-1.amazonaws.com';

const failing = (condition: Observation['condition'] = 'met'): Observation => ({
  alertId: 'monitor/api/0',
  severity: 'page',
  notify: ['oncall'],
  monitors: ['api'],
  condition,
  resolveDelayMs: 0,
  rememberResolvedMs: 0,
  facts: { kind: 'monitor', failures: 3, of: 5, firstFailureAt: now, lastFailureAt: now },
});

/** One open incident, and whoever has its link. */
async function setUp() {
  const alerts = memoryAlerts();
  const world = { at: now, key: key as string | undefined, isDown: false };
  const troubles: string[] = [];
  const step = async (condition: Observation['condition']) => {
    const next = stepAlerts(alerts.state(), [failing(condition)], world.at);
    await alerts.store.save(next.state, next.entries, 'evaluate');
    for (const entry of next.entries) if (entry.kind === 'incident') await alerts.store.saveIncident(entry.incident);
    alerts.outbox.clear();
  };
  await step('met');
  const [incident] = Object.values(alerts.state().incidents);
  const id = incident?.id ?? '';
  const path = acknowledgeUrl(base, key, id, now).slice(base.length);
  const call = (change: Partial<AcknowledgeCall> = {}) =>
    takeAcknowledgement(
      { path, isPressed: false, by: '', note: '', ...change },
      {
        keyParameter: '/key',
        readParameter: async () => world.key,
        loadStore: async () => {
          if (world.isDown) throw new Error('the table is down');
          return alerts.store;
        },
        writer: 'w',
        service: 'shop',
        environment: 'prod',
        now: () => world.at,
        onTrouble: (message) => troubles.push(message),
        deadline: new AbortController().signal,
      },
    );
  return { alerts, world, troubles, step, id, path, call };
}

describe('the link of an incident', () => {
  it('holds the incident, when it expires, and a signature over both', () => {
    const url = acknowledgeUrl(`${base}/`, key, '4714205da574', now);
    expect(url).toBe(`${base}/ack/4714205da574/${now + linkHoldsMs}.${url.slice(-43)}`);
    expect(parseAcknowledgePath(url.slice(base.length))).toMatchObject({
      incidentId: '4714205da574',
      expiresAt: now + linkHoldsMs,
    });
  });

  it('changes nothing when it is opened, however often: mail programs open all of them', async () => {
    const { call, alerts } = await setUp();
    const before = alerts.state();
    const { content, page } = await call();
    await call();
    expect([content.state, page.statusCode]).toEqual(['open', 200]);
    expect(page.html).toContain('<form method="post">');
    expect(page.html).toContain('<li>api failing</li>');
    expect([alerts.state(), alerts.outbox.size]).toEqual([before, 0]);
  });

  it('says that somebody is at it when the button is pressed, once, and tells who was told', async () => {
    const { call, alerts, id } = await setUp();
    const { content, page } = await call({ isPressed: true, by: 'Ann', note: 'rolling back' });
    expect([content.state, page.statusCode]).toEqual(['acknowledged', 200]);
    expect(page.html).toContain('Ann, since 2026-03-02 10:00:00 UTC: rolling back');
    expect(alerts.state().incidents[id]?.acknowledged).toEqual({ at: now, by: 'Ann', note: 'rolling back' });
    expect([...alerts.outbox.values()].map((entry) => JSON.parse(entry).transition)).toMatchObject([
      { kind: 'acknowledged', notify: ['oncall'], facts: { by: 'Ann', note: 'rolling back' } },
    ]);
    const after = alerts.state();
    const again = await call({ isPressed: true, by: 'Bob' });
    expect(again.content.state).toBe('already');
    expect(again.page.html).toContain('Ann, since');
    expect([alerts.state(), alerts.outbox.size]).toEqual([after, 1]);
    expect((await call()).content.state).toBe('already');
  });

  it('is good for a week', async () => {
    const { call, world } = await setUp();
    world.at = now + linkHoldsMs - 1;
    expect((await call()).content.state).toBe('open');
    world.at += 1;
    const { content, page } = await call({ isPressed: true });
    expect([content.state, page.statusCode]).toEqual(['expired', 410]);
    expect(page.html).not.toMatch(/api|shop|incident [0-9a-f]/);
  });

  it('of an incident that is over says so', async () => {
    const { call, step } = await setUp();
    await step('clear');
    for (const isPressed of [false, true]) {
      const { content, page } = await call({ isPressed });
      expect([content.state, page.statusCode]).toEqual(['closed', 200]);
      expect(page.html).toContain('Nothing of it fires any more since 2026-03-02 10:00:00 UTC');
    }
  });

  it('of an incident that nobody keeps is told apart from a forged one', async () => {
    const { call } = await setUp();
    const path = acknowledgeUrl('', key, 'ffffffffffff', now);
    const { content, page } = await call({ path, isPressed: true });
    expect([content.state, page.statusCode]).toEqual(['unknown', 404]);
  });

  it('that is not ours, in any of its parts, is answered alike, and nothing is told of any incident', async () => {
    const { call, path, id, alerts } = await setUp();
    const before = alerts.state();
    const wrong = [
      path.slice(0, -1),
      `${path}x`,
      path.replace(id, 'ffffffffffff'),
      path.replace(String(now + linkHoldsMs), String(now + linkHoldsMs + 1)),
      acknowledgeUrl('', 'another key of many characters', id, now),
      `/ack/${id}/${now + linkHoldsMs}.`,
      '/ack/',
      `/ack/${'x'.repeat(10_000)}`,
    ];
    const answers = await Promise.all(wrong.map((each) => call({ path: each, isPressed: true })));
    expect(new Set(answers.map(({ page }) => JSON.stringify(page))).size).toBe(1);
    expect(answers[0]).toMatchObject({ content: { state: 'forged' }, page: { statusCode: 404 } });
    expect(answers[0]?.page.html).not.toMatch(/api|shop|[0-9a-f]{12}/);
    expect(alerts.state()).toEqual(before);
  });

  it('is taken under the next key and under the one before it, while both are in the parameter', async () => {
    const { call, world, id } = await setUp();
    const next = acknowledgeUrl('', 'the next key of ours', id, now);
    const states = async (value: string) => {
      world.key = value;
      return Promise.all([call(), call({ path: next })].map(async (answer) => (await answer).content.state));
    };
    expect(await states(`the next key of ours\n${key}`)).toEqual(['open', 'open']);
    expect(await states('the next key of ours')).toEqual(['forged', 'open']);
  });

  it('never opens by chance', async () => {
    const { call } = await setUp();
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9_-]{43}$/), async (signature) => {
        const { content } = await call({ path: `/ack/4714205da574/${now + 1}.${signature}` });
        expect(content.state).toBe('forged');
      }),
      { numRuns: 50 },
    );
  });

  it.each([undefined, '', 'short'])(
    'cannot be taken while the key is %j, and that is told without it',
    async (value) => {
      const { call, world, troubles } = await setUp();
      world.key = value;
      const { content, page } = await call({ isPressed: true });
      expect([content.state, page.statusCode]).toEqual(['unavailable', 503]);
      expect(troubles[0]).toMatch(/^(there is no key|the key) for acknowledgements in the SSM parameter \/key/);
    },
  );

  it('cannot be taken while the table is down', async () => {
    const { call, world, troubles } = await setUp();
    world.isDown = true;
    expect((await call({ isPressed: true })).content.state).toBe('unavailable');
    expect(troubles).toEqual(['an acknowledgement could not be taken']);
  });
});

describe('the page of a link', () => {
  const hostile = '</title><script>alert(1)</script>"\'&\u202e\r\nx'.padEnd(500, 'y');

  it('has no script, loads nothing, is framed, kept and indexed by nobody', async () => {
    const { call } = await setUp();
    const { html, headers } = (await call()).page;
    expect(html).not.toMatch(/<script|javascript:|src=|href=|url\(/i);
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  it('shows text from outside as text', async () => {
    const { call } = await setUp();
    const { html } = (await call({ isPressed: true, by: hostile, note: hostile })).page;
    expect(html).not.toMatch(/<script|\u202e/);
    expect(html).toContain('&#60;/title&#62;');
  });
});

describe('somebody at an incident', () => {
  it('has a clean name and note of bounded length', async () => {
    const { alerts, id } = await setUp();
    const said = { by: `  ann\r\n\u202e${'x'.repeat(500)}`, note: 'y'.repeat(500) };
    await acknowledge(id, said, { alerts: alerts.store, writer: 'w', now: () => now });
    const { by = '', note = '' } = alerts.state().incidents[id]?.acknowledged ?? {};
    expect([by.length, note.length, by.startsWith('ann x')]).toEqual([64, 200, true]);
  });

  it('is somebody where nobody says who', async () => {
    const { alerts, id } = await setUp();
    await acknowledge(id, { by: ' ', note: '' }, { alerts: alerts.store, writer: 'w', now: () => now });
    expect(alerts.state().incidents[id]?.acknowledged).toEqual({ at: now, by: 'somebody' });
  });

  it('is written on top of what an evaluation wrote in between', async () => {
    const { alerts, id } = await setUp();
    let conflicts = 3;
    const save = async (state: AlertState, entries: Parameters<typeof alerts.store.save>[1], writer: string) => {
      conflicts -= 1;
      return conflicts >= 0 ? ('conflict' as const) : alerts.store.save(state, entries, writer);
    };
    const deps = { alerts: { ...alerts.store, save }, writer: 'w', now: () => now };
    expect(await acknowledge(id, { by: 'ann' }, deps)).toMatchObject({ state: 'acknowledged' });
    conflicts = 100;
    const { alerts: others, id: other } = await setUp();
    const never = { ...others.store, save: async () => 'conflict' as const };
    await expect(acknowledge(other, { by: 'ann' }, { ...deps, alerts: never })).rejects.toMatchObject({
      code: 'BURN_STATE_CONTENDED',
    });
  });

  it.each(['toString', '__proto__', ''])('is at no incident called %j', async (id) => {
    const { alerts } = await setUp();
    expect(await acknowledge(id, { by: 'ann' }, { alerts: alerts.store, writer: 'w', now: () => now })).toEqual({
      state: 'unknown',
    });
  });
});

describe('the links of messages', () => {
  const read = (change: Partial<Parameters<typeof openLinks>[0]> = {}) => {
    const warnings: string[] = [];
    const links = openLinks({
      statusUrl: base,
      keyParameter: '/key',
      readParameter: async () => key,
      onWarning: (message, cause) => warnings.push(`${message}: ${cause instanceof Error ? cause.message : cause}`),
      ...change,
    });
    return links.then((url) => ({ url: url?.('4714205da574', now), warnings }));
  };

  it('are made where there is a place and a key', async () => {
    expect(await read()).toEqual({ url: acknowledgeUrl(base, key, '4714205da574', now), warnings: [] });
  });

  it.each([{ statusUrl: undefined }, { keyParameter: undefined }])('are none without: %j', async (change) => {
    expect(await read(change)).toEqual({ url: undefined, warnings: [] });
  });

  it.each([
    ['is not there', async () => undefined, 'there is no key for acknowledgements in the SSM parameter /key'],
    ['cannot be read', async () => Promise.reject(new Error('throttled')), 'throttled'],
    ['does not come', async () => new Promise<never>(() => {}), 'not done within 1000 ms'],
  ])('are none where the key %s, and no message waits for it', async (_, readParameter, reason) => {
    const { url, warnings } = await read({ readParameter });
    expect(url).toBeUndefined();
    expect(warnings[0]).toContain(`messages go without a link to acknowledge them: ${reason}`);
  });
});
