import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { budgetRefusal, readStanding, reasonToRefuse } from '../../../infra/cli/burst/budget.ts';
import { createIo } from './io.ts';

const slo = { id: 'shortener', monitors: ['health', 'follow'], budgetLeftRatio: 0.8, goodEvents: 90, badEvents: 1 };
const state = { slos: [slo], incidents: [{ openedAt: 0, closedAt: 60_000, monitors: ['health'] }] };
const required = { leftPpm: 500_000, slos: ['shortener'] };
const reasonOf = (changed: unknown) => {
  const standing = readStanding(changed);
  return standing === undefined ? 'unreadable' : reasonToRefuse(required, standing);
};

describe('a burst that requires a budget', () => {
  it.each([
    [state, undefined],
    [{ ...state, slos: [{ ...slo, budgetLeftRatio: 0.5 }] }, undefined],
    [
      { ...state, slos: [{ ...slo, budgetLeftRatio: 0.499 }] },
      'the SLO shortener has 49.9 % of its error budget left, and 50 % are required',
    ],
    [
      { ...state, slos: [{ ...slo, budgetLeftRatio: -0.3 }] },
      'the SLO shortener has −30 % of its error budget left, and 50 % are required',
    ],
    [
      {
        ...state,
        incidents: [{ openedAt: Date.UTC(2030, 0, 2, 3, 4, 5), closedAt: null, monitors: ['other', 'follow'] }],
      },
      'an incident of follow is open since 2030-01-02T03:04Z',
    ],
    [{ ...state, incidents: [{ openedAt: 0, closedAt: null, monitors: ['other'] }] }, undefined],
    [{ ...state, slos: [{ ...slo, goodEvents: 0, badEvents: 0 }] }, 'nothing is known of the SLO shortener yet'],
    [{ ...state, slos: [] }, 'the local mode knows no SLO shortener, whose budget it requires'],
    [{ slos: [{ id: 5 }], incidents: [] }, 'unreadable'],
    [{ incidents: [] }, 'unreadable'],
    [null, 'unreadable'],
  ])('is judged by what local mode says (%#)', (changed, reason) => {
    expect(reasonOf(changed)).toBe(reason);
  });

  let server: Server;
  let answer: (path: string) => string;
  beforeAll(async () => {
    server = createServer((request, response) => response.end(answer(request.url ?? '')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function ask(origin: string | undefined) {
    const { io, written } = createIo();
    const local = { file: 'local.json', outputs: {}, ...(origin === undefined ? {} : { console: origin }) };
    return { refusal: await budgetRefusal({ requireBudget: required }, local, io), stderr: written.stderr };
  }

  it('is held against the console of a running local mode', async () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const paths: string[] = [];
    answer = (path) => {
      paths.push(path);
      return JSON.stringify({ ...state, slos: [{ ...slo, budgetLeftRatio: 0.1 }] });
    };
    const refusal = 'the SLO shortener has 10 % of its error budget left, and 50 % are required';
    expect(await ask(origin)).toEqual({ refusal, stderr: '' });
    expect(paths).toEqual(['/api/state']);
  });

  it('is sent where nobody knows, and that is said', async () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    answer = () => 'no JSON';
    const mute = `requireBudget is not checked: the local mode did not say how they stand (${origin})\n`;
    expect(await ask(origin)).toEqual({ refusal: undefined, stderr: mute });
    const gone = 'requireBudget is not checked: the local mode did not say how they stand (http://127.0.0.1:1)\n';
    expect(await ask('http://127.0.0.1:1')).toEqual({ refusal: undefined, stderr: gone });
    const none = 'requireBudget is not checked: no local mode runs here that would know the error budgets\n';
    expect(await ask(undefined)).toEqual({ refusal: undefined, stderr: none });
  });
});
