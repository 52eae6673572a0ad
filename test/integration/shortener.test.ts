import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import type { Answer } from '../../functions/shortener/http.ts';
import { handler } from '../../functions/shortener/index.ts';
import type { Settings } from '../../functions/shortener/settings.ts';
import { createShortener } from '../../functions/shortener/shortener.ts';
import { createStore } from '../../functions/shortener/store.ts';
import { type Ask, bodyOf, eventOf, json, quietSettings, startAt, token } from '../unit/shortener/caller.ts';
import { runWithCrashes } from '../unit/shortener/crash-run.ts';
import { refusals } from '../unit/shortener/refusals.ts';

type Dynalite = Server & { db?: unknown };
const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Dynalite;

/** What an AWS endpoint may do to a request instead of answering it. */
type Trouble = 'none' | 'hang' | 'reset' | 'loseAnswer' | 'refuse';

const endpoint = {
  trouble: 'none' as Trouble,
  only: '',
  hits: [] as string[],
  connections: 0,
  parameter: undefined as string | undefined,
};
const database = dynalite({ createTableMs: 0 });
const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => response.destroy(error as Error));
});
const config = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, endpoint: '' };
let client: DynamoDBClient;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = String(request.headers['x-amz-target']);
  endpoint.hits.push(target.split('.').at(-1) ?? '');
  const trouble = target.endsWith(endpoint.only) ? endpoint.trouble : 'none';
  if (trouble === 'hang') return;
  if (trouble === 'reset') return void request.socket.destroy();
  if (trouble === 'refuse')
    return reply(response, 400, { __type: 'com.amazonaws#AccessDeniedException', message: 'no: arn:aws:x' });
  if (trouble === 'loseAnswer') {
    endpoint.trouble = 'none';
    response.end = () => response.destroy() as never; // performed, but nobody hears of it
  }
  if (target.startsWith('DynamoDB_')) return void database.emit('request', request, response);
  const { parameter } = endpoint;
  if (parameter === undefined) return reply(response, 400, { __type: 'ParameterNotFound' });
  return reply(response, 200, {
    Parameter: { Name: '/burnwatch/write-token', Type: 'SecureString', Value: parameter },
  });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

type Sandbox = { readonly logged: string[]; call(method: string, path: string, ask?: Ask): Promise<Answer> };

/** A shortener of its own over the one table, as one Lambda sandbox is. */
function createSandbox(settings: Partial<Settings> = {}, now = Date.now): Sandbox {
  const logged: string[] = [];
  const shortener = createShortener(
    { ...quietSettings, writes: 'open', areFaultsOn: false, ...settings },
    {
      store: createStore(settings.table ?? 'links', config),
      readParameter: async () => undefined,
      now,
      sleep: (ms, signal) => delay(ms, undefined, { signal }),
      random: Math.random,
      randomBytes,
      readAsset: async (name) => name,
    },
  );
  return {
    logged,
    call: (method, path, ask) =>
      shortener(eventOf(method, path, ask), {
        id: randomBytes(8).toString('hex'),
        log: (level, message, attributes) => logged.push(JSON.stringify({ level, message, ...attributes })),
        deadline: AbortSignal.timeout(10_000),
      }),
  };
}

const shorten = (sandbox: Sandbox, input: unknown) =>
  sandbox.call('POST', '/links', { headers: json, body: JSON.stringify(input) });

server.on('connection', () => {
  endpoint.connections += 1;
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  config.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new DynamoDBClient(config);
  await createTable('links');
});

async function createTable(name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
}

afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

beforeEach(() => {
  Object.assign(endpoint, { trouble: 'none', only: '', hits: [], connections: 0, parameter: undefined });
});

describe('The shortener over DynamoDB', () => {
  it('makes, follows, counts, shows and deletes a link, byte for byte', async () => {
    const sandbox = createSandbox();
    const url = 'HTTPS://example.com:443/a/../b?x=%00&y="'.replace('"', '%22');
    const code = String(bodyOf(await shorten(sandbox, { url }))['code']);
    expect((await sandbox.call('GET', `/${code}`)).headers['location']).toBe(url);
    expect((await sandbox.call('HEAD', `/${code}`)).headers['location']).toBe(url);
    expect(bodyOf(await sandbox.call('GET', `/links/${code}`))).toMatchObject({ code, url, clicks: 1 });
    expect((await sandbox.call('DELETE', `/links/${code}`)).statusCode).toBe(204);
    expect((await sandbox.call('DELETE', `/links/${code}`)).statusCode).toBe(404);
    expect((await sandbox.call('GET', `/${code}`)).statusCode).toBe(404);
    expect((await sandbox.call('GET', `/links/${code}`)).statusCode).toBe(404);
  });

  it('lets one of twenty that ask for one code at once have it', async () => {
    const sandbox = createSandbox();
    const asks = Array.from({ length: 20 }, (_, at) =>
      shorten(sandbox, { url: `https://example.com/${at}`, code: 'race' }),
    );
    const statuses = (await Promise.all(asks)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
  });

  it('counts every one of fifty clicks at once', async () => {
    const sandbox = createSandbox();
    await shorten(sandbox, { url: 'https://example.com/', code: 'busy' });
    await Promise.all(Array.from({ length: 50 }, () => sandbox.call('GET', '/busy')));
    expect(bodyOf(await sandbox.call('GET', '/links/busy'))['clicks']).toBe(50);
  });

  it('follows a link a thousand times over a few calls of the database, and counts every one', async () => {
    const sandbox = createSandbox();
    await shorten(sandbox, { url: 'https://example.com/', code: 'hot1' });
    endpoint.hits.length = 0;
    for (let round = 0; round < 20; round++) {
      const visits = Array.from({ length: 50 }, () => sandbox.call('GET', '/hot1'));
      for (const { statusCode } of await Promise.all(visits)) expect(statusCode).toBe(302);
    }
    expect(endpoint.hits.filter((hit) => hit === 'GetItem')).toHaveLength(1);
    expect(endpoint.hits.length).toBeLessThan(10); // a write a second
    expect(bodyOf(await sandbox.call('GET', '/links/hot1'))['clicks']).toBe(1_000);
  });

  it('reads a code that nobody has once for all who ask at once', async () => {
    const sandbox = createSandbox();
    const visits = Array.from({ length: 100 }, () => sandbox.call('GET', '/nobody1'));
    for (const { statusCode } of await Promise.all(visits)) expect(statusCode).toBe(404);
    expect(endpoint.hits).toEqual(['GetItem']);
  });

  it('writes the clicks of many links over few connections, which are used again', async () => {
    await createTable('many');
    const sandbox = createSandbox({ table: 'many' });
    const codes = Array.from({ length: 150 }, (_, at) => `many${at}`);
    for (const code of codes) await shorten(sandbox, { url: 'https://example.com/', code });
    for (const code of codes) await sandbox.call('GET', `/${code}`);
    for (const code of codes) expect(bodyOf(await sandbox.call('GET', `/links/${code}`))['clicks']).toBe(1);
    expect(endpoint.connections).toBeLessThanOrEqual(100);
  }, 30_000);

  it('loses no link and doubles none while sandboxes die between any two writes', async () => {
    await createTable('crashes');
    const store = createStore('crashes', config);
    const seed = Date.now() % 2 ** 31;
    const tale = await runWithCrashes({ store, operations: 300, clients: 4, sandboxes: 2, crashRatio: 0.05, seed });
    let clicks = 0;
    for (const [code, url] of tale.made) {
      const link = await store.loadLink(code, startAt, AbortSignal.timeout(5_000));
      expect({ seed, url: link?.url }).toEqual({ seed, url });
      clicks += link?.clicks ?? 0;
    }
    const { Count } = await client.send(
      new ScanCommand({
        TableName: 'crashes',
        FilterExpression: 'begins_with(pk, :link)',
        ExpressionAttributeValues: { ':link': { S: 'link#' } },
      }),
    );
    expect({ seed, links: Count }).toEqual({ seed, links: tale.made.size });
    expect(tale.crashes).toBeGreaterThan(0);
    expect(clicks).toBeGreaterThanOrEqual(tale.redirects - tale.lost);
    expect(clicks).toBeLessThanOrEqual(tale.redirects + tale.cut);
  }, 30_000);

  it('keeps the clicks of sixty days at least, and never those of more than ninety', async () => {
    const store = createStore('links', config);
    const signal = AbortSignal.timeout(20_000);
    const link = { code: 'days1', url: 'https://example.com/', createdAt: 1, isDisabled: false, clicks: 0 };
    await store.createLink(link, 'w', 1, signal);
    for (let day = 0; day <= 95; day++)
      await store.countClicks({ code: 'days1', createdAt: 1, day, count: 2, mark: `m${day}` }, signal);
    const found = await store.loadClicks('days1', 2, signal);
    expect(found?.link.clicks).toBe(192);
    const days = [...(found?.byDay.keys() ?? [])].sort((a, b) => a - b);
    expect([days.length, days[0], days.at(-1)]).toEqual([65, 31, 95]);
    expect(new Set(found?.byDay.values())).toEqual(new Set([2]));
  }, 30_000);

  it('makes no link of the clicks of one that was deleted elsewhere, and gives them to no other', async () => {
    const [here, elsewhere] = [createSandbox(), createSandbox()];
    for (const code of ['lost1', 'heir1']) await shorten(here, { url: 'https://example.com/', code });
    for (const code of ['lost1', 'heir1', 'lost1', 'heir1']) await here.call('GET', `/${code}`);
    for (const code of ['lost1', 'heir1']) await elsewhere.call('DELETE', `/links/${code}`);
    await shorten(elsewhere, { url: 'https://example.org/', code: 'heir1' });
    expect((await here.call('GET', '/links/lost1')).statusCode).toBe(404);
    expect(bodyOf(await here.call('GET', '/links/heir1'))['clicks']).toBe(0);
    expect(here.logged).toEqual([]);
    const key = { pk: { S: 'link#lost1' }, sk: { S: 'link' } };
    expect((await client.send(new GetItemCommand({ TableName: 'links', Key: key }))).Item).toBeUndefined();
  });

  it('sees what another sandbox changed within its bounds', async () => {
    let nowAt = Date.now();
    const [here, elsewhere] = [createSandbox({}, () => nowAt), createSandbox()];
    expect((await here.call('GET', '/moved1')).statusCode).toBe(404);
    await shorten(elsewhere, { url: 'https://example.com/1', code: 'moved1' });
    nowAt += 1_000;
    expect((await here.call('GET', '/moved1')).headers['location']).toBe('https://example.com/1');
    await elsewhere.call('DELETE', '/links/moved1');
    nowAt += 10_000;
    expect((await here.call('GET', '/moved1')).statusCode).toBe(404);
  });

  it('leaves nothing behind when an unknown code is followed', async () => {
    const sandbox = createSandbox();
    expect((await sandbox.call('GET', '/nowhere')).statusCode).toBe(404);
    const key = { pk: { S: 'link#nowhere' }, sk: { S: 'link' } };
    expect((await client.send(new GetItemCommand({ TableName: 'links', Key: key }))).Item).toBeUndefined();
  });

  it('forgets an expired link at once, frees its code, and tells DynamoDB in whole seconds when to drop it', async () => {
    let nowAt = Date.UTC(2030, 0, 1);
    const sandbox = createSandbox({}, () => nowAt);
    const expiresAt = '2030-01-01T00:00:10.25Z';
    await shorten(sandbox, { url: 'https://example.com/', code: 'brief', expiresAt });
    const key = { pk: { S: 'link#brief' }, sk: { S: 'link' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: 'links', Key: key }));
    expect(Item?.['expiresAt']).toEqual({ N: String(Date.UTC(2030, 0, 1, 0, 0, 11) / 1_000) });
    nowAt = Date.parse(expiresAt) - 1;
    expect((await sandbox.call('GET', '/brief')).statusCode).toBe(302);
    nowAt += 1;
    for (const method of ['GET', 'HEAD']) expect((await sandbox.call(method, '/brief')).statusCode).toBe(404);
    expect((await shorten(sandbox, { url: 'https://example.org/', code: 'brief' })).statusCode).toBe(201);
    expect((await sandbox.call('GET', '/brief')).headers['location']).toBe('https://example.org/');
  });

  it('lists every link once over all pages, in an order that stays, with the drill and expired links between', async () => {
    let nowAt = Date.UTC(2031, 0, 1);
    const sandbox = createSandbox({ areFaultsOn: true }, () => nowAt);
    await sandbox.call('PUT', '/faults', { headers: json, body: '{"errorRatio":0}' });
    const made = Array.from({ length: 23 }, (_, at) => `page${at}`);
    for (const code of made) await shorten(sandbox, { url: 'https://example.com/', code });
    for (const code of ['old1', 'old2'])
      await shorten(sandbox, { url: 'https://example.com/', code, expiresAt: '2031-01-01T00:00:01Z' });
    nowAt += 2_000;
    const readAll = async (limit: number) => {
      const seen: string[] = [];
      let cursor: unknown = '';
      for (let pages = 0; cursor !== undefined && pages < 100; pages++) {
        const query = `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
        const page = bodyOf(await sandbox.call('GET', '/links', { query }));
        const links = page['links'] as { code: string }[];
        expect(links.length).toBeLessThanOrEqual(limit);
        seen.push(...links.map(({ code }) => code));
        cursor = page['nextCursor'];
      }
      return seen;
    };
    const everything = await readAll(100);
    expect(new Set(everything).size).toBe(everything.length);
    expect(everything).toEqual(expect.arrayContaining(made));
    expect(everything).not.toContain('old1');
    for (const limit of [1, 2, 7]) expect(await readAll(limit)).toEqual(everything);
  });

  it('reaches the end of a table that holds nothing but a drill and expired links', async () => {
    await createTable('sparse');
    let nowAt = Date.UTC(2031, 0, 1);
    const sandbox = createSandbox({ table: 'sparse', areFaultsOn: true }, () => nowAt);
    await sandbox.call('PUT', '/faults', { headers: json, body: '{"errorRatio":0}' });
    for (let made = 0; made < 12; made++) {
      const expiresAt = new Date(nowAt + 1).toISOString();
      await shorten(sandbox, { url: 'https://example.com/', code: `gone${made}`, expiresAt });
      nowAt += 1;
      let query = 'limit=1';
      for (let pages = 0; query !== ''; pages++) {
        const answer = await sandbox.call('GET', '/links', { query });
        expect([answer.statusCode, pages < 5, bodyOf(answer)['links']]).toEqual([200, true, []]);
        const { nextCursor } = bodyOf(answer);
        query = nextCursor === undefined ? '' : `limit=1&cursor=${nextCursor}`;
      }
    }
  });

  it('goes on after a link that was deleted meanwhile', async () => {
    const sandbox = createSandbox();
    const query = 'limit=2';
    const page = bodyOf(await sandbox.call('GET', '/links', { query }));
    const last = (page['links'] as { code: string }[]).at(-1)?.code;
    await sandbox.call('DELETE', `/links/${last}`);
    const next = await sandbox.call('GET', '/links', { query: `${query}&cursor=${page['nextCursor']}` });
    expect(next.statusCode).toBe(200);
    expect((bodyOf(next)['links'] as unknown[]).length).toBe(2);
  });

  it('does not mind items that it does not know', async () => {
    for (const [code, url] of [
      ['odd1', { N: '1' }],
      ['odd2', { S: 'https://example.com/' }], // without the instant at which it was made
    ] as const) {
      const Item = { pk: { S: `link#${code}` }, sk: { S: 'link' }, url };
      await client.send(new PutItemCommand({ TableName: 'links', Item: Item as Record<string, AttributeValue> }));
      for (const path of [`/${code}`, `/links/${code}`])
        expect((await createSandbox().call('GET', path)).statusCode).toBe(404);
    }
    expect((await createSandbox().call('GET', '/links')).statusCode).toBe(200);
  });

  it('refuses what the table of refusals says', async () => {
    const sandbox = createSandbox({ areFaultsOn: true }, () => startAt);
    for (const [what, method, path, ask, status] of refusals.filter(([, , , , status]) => status !== 401)) {
      if (path !== '/links/abcd' && path !== '/abcd')
        expect([what, (await sandbox.call(method, path, ask)).statusCode]).toEqual([what, status]);
    }
  });
});

describe('A drill over DynamoDB', () => {
  it('started in one sandbox is seen by another within two seconds, and so is its end', async () => {
    const [switching, other] = [createSandbox({ areFaultsOn: true }), createSandbox({ areFaultsOn: true })];
    expect((await other.call('GET', '/health')).statusCode).toBe(200);
    const until = async (status: number) => {
      const startedAt = performance.now();
      while ((await other.call('GET', '/health')).statusCode !== status) await delay(20);
      return performance.now() - startedAt;
    };
    await switching.call('PUT', '/faults', { headers: json, body: '{}' });
    expect(await until(503)).toBeLessThan(2_000);
    await switching.call('DELETE', '/faults');
    expect(await until(200)).toBeLessThan(2_000);
  });
});

describe('When DynamoDB', () => {
  it('performs a create and loses its answer, the link is made once and is ours', async () => {
    const sandbox = createSandbox();
    Object.assign(endpoint, { trouble: 'loseAnswer', only: 'PutItem' });
    expect((await shorten(sandbox, { url: 'https://example.com/', code: 'once' })).statusCode).toBe(201);
    expect(endpoint.hits.filter((hit) => hit === 'PutItem')).toHaveLength(2);
    expect((await shorten(sandbox, { url: 'https://example.com/', code: 'once' })).statusCode).toBe(409);
  });

  it.each(['reset', 'refuse'] as const)('takes no counts (%s), redirects go on', async (trouble) => {
    const sandbox = createSandbox();
    await shorten(sandbox, { url: 'https://example.com/', code: `keep${trouble}` });
    Object.assign(endpoint, { trouble, only: 'UpdateItem' });
    expect((await sandbox.call('GET', `/keep${trouble}`)).statusCode).toBe(302);
    expect(sandbox.logged.join()).toContain('clicks could not be written');
    endpoint.trouble = 'none';
    expect(bodyOf(await sandbox.call('GET', `/links/keep${trouble}`))['clicks']).toBe(1);
  });

  it('counts a click and loses the answer, it is counted once', async () => {
    const sandbox = createSandbox();
    await shorten(sandbox, { url: 'https://example.com/', code: 'echo' });
    Object.assign(endpoint, { trouble: 'loseAnswer', only: 'UpdateItem' });
    expect((await sandbox.call('GET', '/echo')).statusCode).toBe(302);
    expect(endpoint.hits.filter((hit) => hit === 'UpdateItem')).toHaveLength(2);
    expect(bodyOf(await sandbox.call('GET', '/links/echo'))['clicks']).toBe(1);
    expect(sandbox.logged).toEqual([]);
  });

  it('hangs on counts, a redirect still comes within its bounds', async () => {
    const sandbox = createSandbox();
    await shorten(sandbox, { url: 'https://example.com/', code: 'slow' });
    Object.assign(endpoint, { trouble: 'hang', only: 'UpdateItem' });
    const startedAt = performance.now();
    expect((await sandbox.call('GET', '/slow')).statusCode).toBe(302);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });

  it('hangs altogether, everything that needs it ends as one problem, and the rest answers', async () => {
    const sandbox = createSandbox({ areFaultsOn: true });
    endpoint.trouble = 'hang';
    const startedAt = performance.now();
    const [demo, link, health] = await Promise.all(
      ['/demo', '/slow', '/health'].map((path) => sandbox.call('GET', path)),
    );
    expect(performance.now() - startedAt).toBeLessThan(4_900);
    expect(demo?.statusCode).toBe(302);
    expect([link?.statusCode, link && bodyOf(link)['type']]).toEqual([
      503,
      'urn:burnwatch:problem:database-unavailable',
    ]);
    expect(health && bodyOf(health)).toEqual({ status: 'error', time: expect.any(String), reason: 'database-timeout' });
  }, 10_000);

  it('refuses, nothing of its reason leaves', async () => {
    const sandbox = createSandbox();
    endpoint.trouble = 'refuse';
    for (const [method, path] of [
      ['GET', '/health'],
      ['GET', '/slow'],
      ['GET', '/links'],
      ['DELETE', '/links/slow'],
    ] as const) {
      const answer = await sandbox.call(method, path);
      expect([answer.statusCode, answer.body.includes('arn:')]).toEqual([503, false]);
    }
  });
});

describe('The handler', () => {
  const context = { awsRequestId: 'invocation-1', functionName: 'shortener', getRemainingTimeInMillis: () => 10_000 };
  const invoke = (method: string, path: string, ask?: Ask) => handler(eventOf(method, path, ask), context as Context);
  const lines: string[] = [];
  const write = process.stdout.write;
  const kept = { ...process.env };

  beforeAll(() => {
    process.stdout.write = ((line: string) => lines.push(line) > 0) as typeof write;
  });
  afterAll(() => {
    process.stdout.write = write;
    process.env = kept;
  });

  it('reads its environment at first use and says when it is missing, then the token from SSM', async () => {
    delete process.env['LINKS_TABLE'];
    const unset = await invoke('GET', '/health/liveness');
    expect([unset.statusCode, bodyOf(unset)['type']]).toEqual([500, 'urn:burnwatch:problem:internal-error']);
    expect(lines.join()).toContain('set LINKS_TABLE');
    Object.assign(process.env, {
      LINKS_TABLE: 'links',
      AWS_ENDPOINT_URL: config.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    });
    const body = '{"url":"https://example.com/","code":"real"}';
    endpoint.parameter = token;
    const answer = await invoke('POST', '/links', { headers: json, body });
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([201, 'invocation-1']);
    expect((await invoke('GET', '/real')).statusCode).toBe(302);
    expect((await invoke('GET', '/links')).statusCode).toBe(401);
    expect((await invoke('GET', '/faults')).statusCode).toBe(404);
    expect(endpoint.hits.filter((hit) => hit === 'GetParameter')).toHaveLength(1);
    expect(lines.join()).not.toContain(token);
  });
});
