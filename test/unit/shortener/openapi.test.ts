import { Validator } from '@seriousme/openapi-schema-validator';
import type { ProblemName } from '../../../functions/shortener/problem.ts';
import { type Route, routes } from '../../../functions/shortener/route-table.ts';
import type { Settings } from '../../../functions/shortener/settings.ts';
import { type Ask, authorized, type Bench, createBench, json } from './caller.ts';
import { document, nameAnswer, promised } from './contract.ts';

const bodies = {
  NewLink: { url: 'https://example.com/' },
  NewLinks: { links: [{ url: 'https://example.com/' }, { url: 'ftp://x' }] },
  LinkChange: { disabled: true },
  NewFault: { errorRatio: 0.5 },
};

/** A request that the route answers with its success, in a world where `abcd` is a link. */
class Play {
  readonly bench: Bench;
  readonly route: Route;
  constructor(route: Route, settings: Partial<Settings> = {}) {
    this.route = route;
    this.bench = createBench(settings);
  }

  async ask(more: Ask = {}, code = 'abcd', method: string = this.route.method): Promise<string> {
    const path = this.route.path.replace('{code}', code);
    const body = this.route.input && JSON.stringify(bodies[this.route.input]);
    const headers = { ...(body ? json : authorized), ...more.headers };
    const answer = await this.bench.call(method, path, { ...(body && { body }), ...more, headers });
    return nameAnswer(method, path, answer);
  }

  async again(times: number, more: Ask = {}, code?: string): Promise<string> {
    let last = '';
    for (let turn = 0; turn < times; turn++) last = await this.ask(more, code);
    return last;
  }
}

async function play(route: Route, settings?: Partial<Settings>): Promise<Play> {
  const scene = new Play(route, settings);
  await scene.bench.shorten({ url: 'https://example.com/', code: 'abcd' });
  return scene;
}

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

/** How each problem comes about on a route that may have it. */
const provoke: Readonly<
  Record<Exclude<ProblemName, 'invalid-request' | 'method-not-allowed'>, (route: Route) => Promise<string>>
> = {
  'invalid-idempotency-key': async (route) => (await play(route)).ask(keyed('a b')),
  'invalid-json': async (route) => (await play(route)).ask({ body: '{' }),
  unauthorized: async (route) => (await play(route)).ask({ headers: { authorization: 'Bearer wrong' } }),
  'unknown-path': async (route) =>
    route.path === '/faults' ? (await play(route, { areFaultsOn: false })).ask() : (await play(route)).ask({}, 'admin'),
  'unknown-link': async (route) => (await play(route)).ask({}, 'nobody1'),
  'code-taken': async (route) => {
    const scene = await play(route);
    scene.bench.store.createLink = async () => 'taken';
    return scene.ask({ body: '{"url":"https://example.com/","code":"abcd"}' });
  },
  'idempotency-key-in-use': async (route) => {
    const scene = await play(route);
    const gate = Promise.withResolvers<'taken'>();
    scene.bench.store.createLink = () => gate.promise;
    const first = scene.ask(keyed('k'));
    const second = await scene.ask(keyed('k'));
    gate.resolve('taken');
    await first;
    return second;
  },
  'link-disabled': async (route) => {
    const scene = await play(route);
    await scene.bench.store.changeLink('abcd', true, 0, AbortSignal.abort());
    return scene.ask();
  },
  'body-too-large': async (route) => (await play(route)).ask({ body: ' '.repeat(65_537) }),
  'unsupported-media-type': async (route) => (await play(route)).ask({ headers: { 'content-type': 'text/plain' } }),
  'unsupported-content-encoding': async (route) => (await play(route)).ask({ headers: { 'content-encoding': 'br' } }),
  'invalid-input': async (route) => (await play(route)).ask(route.input ? { body: '{"x":1}' } : { query: 'x=1' }),
  'idempotency-key-reused': async (route) => {
    const scene = await play(route);
    await scene.ask(keyed('k'));
    return scene.ask({ ...keyed('k'), body: `${JSON.stringify(bodies[route.input ?? 'NewLink'])} ` });
  },
  'too-many-requests': async (route) =>
    route.access === 'token'
      ? (await play(route, { apiPerSecond: 1 })).again(6)
      : (await play(route, { missesPerSecond: 1 })).again(6, {}, 'nobody1'),
  'internal-error': async (route) => {
    const scene = await play(route);
    Object.defineProperty(scene.bench, 'now', {
      get: () => {
        throw new TypeError('no clock');
      },
    });
    return scene.ask();
  },
  'fault-injected': async (route) => {
    const scene = await play(route);
    await scene.bench.call('PUT', '/faults', { headers: json, body: '{}' });
    return scene.ask();
  },
  'database-unavailable': async (route) => {
    const scene = await play(route, { areFaultsOn: route.path === '/faults' });
    scene.bench.store.broken.add('*');
    return scene.ask(route.isOnce ? keyed('k') : {});
  },
  'token-unavailable': async (route) => {
    const scene = new Play(route);
    scene.bench.parameter = undefined;
    return scene.ask();
  },
  'no-free-code': async (route) => {
    const scene = await play(route);
    scene.bench.store.createLink = async () => 'taken';
    return scene.ask();
  },
};

async function playRoute(route: Route): Promise<string[]> {
  const seen = [await (await play(route)).ask()];
  if (route.method === 'GET') await (await play(route)).ask({}, 'abcd', 'HEAD');
  if (route.isRevalidated) seen.push(await (await play(route)).ask({ headers: { 'if-none-match': '*' } }));
  for (const name of [...route.problems, 'internal-error', ...(route.path === '/faults' ? [] : ['fault-injected'])])
    seen.push(await provoke[name as keyof typeof provoke](route));
  if (route.success.output === 'Health' && route.id === 'checkReadiness') {
    const scene = await play(route, { areFaultsOn: false });
    scene.bench.store.broken.add('ping');
    seen.push(await scene.ask());
  }
  return seen;
}

async function playPreflights(route: Route): Promise<string[]> {
  const asked = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' };
  const preflight = async (settings: Partial<Settings>, prepare?: (bench: Bench) => unknown, code = 'abcd') => {
    const scene = await play(route, settings);
    await prepare?.(scene.bench);
    return scene.ask({ headers: asked }, code, 'OPTIONS');
  };
  const noClock = (bench: Bench) =>
    Object.defineProperty(bench, 'now', {
      get: () => {
        throw new TypeError('no clock');
      },
    });
  const isMissing = route.problems.includes('unknown-path');
  return [
    await preflight({ corsOrigins: '*' }),
    await preflight({ corsOrigins: [] }),
    ...(route.path === '/faults'
      ? []
      : [
          await preflight({}, (bench) => bench.call('PUT', '/faults', { headers: json, body: '{}' })),
          await preflight({}, noClock),
        ]),
    ...(isMissing ? [await preflight({ areFaultsOn: route.path !== '/faults' }, undefined, 'admin')] : []),
  ];
}

describe('The OpenAPI document', () => {
  it('is one, says a schema that we did not write', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect([valid, errors]).toEqual([true, undefined]);
  });

  it('is what /openapi.json answers', async () => {
    const { statusCode, body } = await createBench().call('GET', '/openapi.json');
    expect([statusCode, JSON.parse(body)]).toEqual([200, document]);
  });

  it('promises just what is answered: all of it comes about', async () => {
    const seen = new Set<string>();
    for (const route of routes)
      for (const name of [...(await playRoute(route)), ...(await playPreflights(route))]) seen.add(name);
    expect([...seen].sort()).toEqual(promised().sort());
  });

  it('would have noticed an answer that it does not promise', () => {
    const answer = (statusCode: number, type: string, body: string) => () =>
      nameAnswer('GET', '/links', { statusCode, headers: { 'content-type': type }, body });
    expect(answer(200, 'application/json', '{"links":[]}')).not.toThrow();
    expect(answer(200, 'application/json', '{"links":[{}]}')).toThrow("must have required property 'code'");
    expect(answer(200, 'text/plain', '')).toThrow('not in the document');
    expect(answer(418, 'application/problem+json', '{}')).toThrow('not in the document');
    const problem = JSON.stringify({
      type: 'urn:burnwatch:problem:code-taken',
      title: '',
      status: 422,
      detail: '',
      requestId: '',
    });
    expect(answer(422, 'application/problem+json', problem)).toThrow('must be equal to one of the allowed values');
    expect(() => nameAnswer('GET', '/links/x/y', { statusCode: 200, headers: {}, body: '' })).toThrow(
      'not in the document',
    );
  });
});
