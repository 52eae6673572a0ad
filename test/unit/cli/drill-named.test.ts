import { readDrill, runNamedDrill } from '../../../infra/cli/drill/named.ts';
import type { Answered, ShortenerDoor } from '../../../infra/cli/shortener-door.ts';
import { createIo } from './io.ts';

const untilAt = Date.UTC(2030, 0, 1);
const on: Answered = { status: 200, body: { active: true, until: new Date(untilAt).toISOString() } };
const off: Answered = { status: 200, body: { active: false } };
const broken: Answered = { status: 503, body: undefined };

/** A shortener that answers what the test says, the last of it again and again. */
function doorOf(answers: Readonly<Record<string, readonly Answered[]>>) {
  const asked: string[] = [];
  const rest = new Map(Object.entries(answers).map(([method, list]) => [method, [...list]]));
  const door: ShortenerDoor = {
    origin: 'http://shortener',
    headers: () => ({}),
    ask: async (method, path, body) => {
      asked.push(`${method} ${path} ${JSON.stringify(body) ?? ''}`.trim());
      const list = rest.get(method) ?? [];
      const next = list.length > 1 ? list.shift() : list[0];
      if (next === undefined) throw new Error('no answer');
      return next;
    },
  };
  return { door, asked };
}

async function drill(answers: Readonly<Record<string, readonly Answered[]>>, lasts = '1s', signal?: AbortSignal) {
  const { door, asked } = doorOf(answers);
  const { io, written } = createIo(signal && { signal });
  const code = await runNamedDrill(readDrill('slow', undefined, lasts), door, true, io);
  return { code, asked, ...written, told: written.stdout === '' ? undefined : JSON.parse(written.stdout) };
}

describe('A named drill from the command line', () => {
  it('is asked for with its time, and is over when the shortener says so', async () => {
    const { code, asked, told, stderr } = await drill({ PUT: [on], GET: [on, broken, off] });
    expect(code).toBe(0);
    expect(asked[0]).toBe('PUT /faults {"latencyMs":2000,"for":"1000ms"}');
    expect(told).toMatchObject({ drill: 'slow', outcome: 'ended', alarms: ['latency'], hurts: ['bounded'] });
    expect(stderr).toMatch(/^Drill slow: every answer comes 2 s late, for 1 s\. Ctrl-C mends it at once\n {2}within /);
  });

  it.each([
    ['gone', off],
    ['another one', { status: 200, body: { active: true, until: '2031-01-01T00:00:00.000Z' } }],
  ])('that is %s before its time was ended by somebody else', async (_, seen) => {
    expect((await drill({ PUT: [on], GET: [seen] }, '1m')).told).toMatchObject({ outcome: 'mended' });
  });

  it('is mended by Ctrl-C, also where the shortener does not take that at first', async () => {
    const { code, asked, told } = await drill(
      { PUT: [on], DELETE: [broken, { status: 204, body: undefined }] },
      '1m',
      AbortSignal.abort(),
    );
    expect([code, told.outcome]).toEqual([0, 'stopped']);
    expect(asked.slice(1)).toEqual(['DELETE /faults', 'DELETE /faults']);
  });

  it.each([
    [404, 'it takes no drills: deploy it with --param faults=on'],
    [401, 'it does not know this write token'],
    [500, 'it answered 500'],
  ])('that is refused with %i ends 1, and says why', async (status, why) => {
    const { code, stdout, stderr } = await drill({ PUT: [{ status, body: undefined }] });
    expect([code, stdout, stderr]).toEqual([1, '', `burnwatch drill: http://shortener was not broken: ${why}\n`]);
  });

  it('whose end nobody confirms ends 1, and says what ends it', async () => {
    const { code, stderr } = await drill({ PUT: [on], DELETE: [broken] }, '1m', AbortSignal.abort());
    expect(code).toBe(1);
    expect(stderr).toContain('http://shortener does not say that the drill is over; its own clock ends it\n');
  }, 10_000);
});
