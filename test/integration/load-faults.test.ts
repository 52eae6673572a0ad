import { AttemptError } from '../../shared/net/error.ts';
import { ok, repeat } from '../support/hostile/wire.ts';
import { loadAttempt, prepared, sendMany, sendOne } from '../support/load.ts';
import { useLoadScene } from '../support/load-scene.ts';
import type { Asked } from '../support/request-server.ts';

const { start, open } = useLoadScene();
const whole = ok('hello');
const answerOk = ({ socket }: Asked) => socket.write(whole);
/** A busy machine is later than the client. */
const slackMs = 500;

describe('a request to a server that', () => {
  it('hangs ends when its time is over, whatever dripped until then and whoever else was answered', async () => {
    const server = await start(({ socket, path }) => {
      if (path === '/ok') socket.write(whole);
      else if (path === '/body') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello');
      else if (path === '/drip') {
        socket.write('HTTP/1.1 200 OK\r\n');
        repeat(socket, 'a: b\r\n', 10);
      }
    });
    const client = open({ timeoutMs: 200, mostConnections: 40 });
    const endingsOf = async (path: string) => {
      const request = await prepared(client, { url: `${server.origin}/${path}` });
      return Promise.all(Array.from({ length: 10 }, () => sendOne(client, request)));
    };
    const all = await Promise.all(['ok', 'hang', 'drip', 'body'].map(endingsOf));
    const endings = all.map((each) => [...new Set(each.map(({ ending }) => ending))]);
    expect(endings).toEqual([['200'], ['0 timeout'], ['0 timeout'], ['200 timeout']]);
    const times = all.slice(1).flatMap((each) => each.map(({ tookMs }) => tookMs));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(199);
    expect(Math.max(...times)).toBeLessThan(200 + slackMs);
  });

  it.each(['end', 'resetAndDestroy'] as const)(
    'ends (%s) after each number of bytes ends as far as it came, and the next one is answered',
    async (way) => {
      const server = await start(({ socket, path }) => {
        const bytes = Number(path.slice(1));
        socket.write(whole.subarray(0, bytes));
        if (bytes < whole.length) setTimeout(() => socket[way](), 10);
      });
      const client = open({ mostConnections: 100 });
      const headBytes = whole.indexOf('\r\n\r\n') + 4;
      const found = await Promise.all(
        Array.from({ length: whole.length + 1 }, async (_, bytes) => {
          const request = await prepared(client, { url: `${server.origin}/${bytes}` });
          const right = bytes < headBytes ? '0 protocol' : bytes < whole.length ? '200 body' : '200';
          const { ending } = await sendOne(client, request);
          return ending === right ? [] : [`${bytes} bytes: ${ending}, not ${right}`];
        }),
      );
      expect(found.flat()).toEqual([]);
      expect(server.heads.length).toBe(whole.length + 1);
    },
  );

  it('sends 100 answers to each request gets one request a connection, and each is refused', async () => {
    const server = await start(({ socket }) => socket.write(Buffer.concat(Array<Buffer>(100).fill(whole))));
    const client = open();
    const endings = await sendMany(client, await prepared(client, { url: server.origin }), { count: 50 });
    expect([endings, server.heads.length, server.connectionCount()]).toEqual([{ '200 protocol': 50 }, 50, 50]);
  });

  it.each<[string, string | Buffer, string]>([
    ['garbage', Buffer.alloc(5_000, 0xa5), '0 protocol'],
    ['10,000 headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, '0 protocol'],
    ['40 kB of header', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(40_000)}\r\n\r\n`, '0 protocol'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok', '0 protocol'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok',
      '0 protocol',
    ],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nok\r\n', '200 protocol'],
    [
      '10,000 chunks of one byte',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(10_000)}0\r\n\r\n`,
      '200',
    ],
  ])('sends %s ends alike each time', async (_name, answer, ending) => {
    const server = await start(({ socket }) => socket.write(answer));
    const client = open();
    const endings = await sendMany(client, await prepared(client, { url: server.origin }), { count: 50 });
    expect([endings, server.heads.length]).toEqual([{ [ending]: 50 }, 50]);
  });

  it('dies under way ends those, and the ones after them find no connection', async () => {
    const server = await start((asked) => (asked.index < 5 ? answerOk(asked) : undefined));
    const client = open();
    const request = await prepared(client, { url: server.origin });
    const during = sendMany(client, request, { count: 60 });
    setTimeout(() => server.close(), 100);
    expect(await during).toEqual({ 200: 50, '0 protocol': 10 });
    expect(await sendMany(client, request, { count: 20 })).toEqual({ '0 connect': 20 });
    expect(server.heads.length).toBe(60);
  });

  it('sends a body of 1 GiB reads it all, and keeps none of it', async () => {
    const bytes = 1_073_741_824;
    const piece = Buffer.alloc(1_048_576, 'x');
    const server = await start(({ socket }) => {
      let left = bytes / piece.length;
      const more = () => {
        while (left > 0) {
          left -= 1;
          if (!socket.write(piece)) break;
        }
      };
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n`);
      socket.on('drain', more);
      more();
    });
    const client = open({ timeoutMs: 50_000 });
    const request = await prepared(client, { url: server.origin });
    const held = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    let [before, most] = [held(), 0];
    const timer = setInterval(() => {
      most = Math.max(most, held());
    }, 20);
    expect((await sendOne(client, request)).ending).toBe('200');
    clearInterval(timer);
    expect((most - before) / 1_048_576).toBeLessThan(48);
  }, 60_000);
});

describe('the addresses of a name', () => {
  const policy = { allowPrivate: true, allowOrigins: [] };
  const portOf = ({ port }: { port: number }) => `http://target.test:${port}/`;

  it('are looked up once and used in turns', async () => {
    const server = await start(({ socket }) => setTimeout(() => socket.write(whole), 20), { host: '0.0.0.0' });
    const asked: string[] = [];
    const client = open({
      resolve: async (name) => {
        asked.push(name);
        return ['127.0.0.1', '127.0.0.2'];
      },
    });
    const requests = [
      await prepared(client, { url: portOf(server) }),
      await prepared(client, { url: `${portOf(server)}b` }),
    ];
    expect(await sendMany(client, requests, { count: 40, concurrency: 10 })).toEqual({ 200: 40 });
    expect([asked, server.addresses().toSorted()]).toEqual([
      ['target.test'],
      [...Array(5).fill('127.0.0.1'), ...Array(5).fill('127.0.0.2')],
    ]);
  });

  it('that refuse are left out, and the requests go to the others', async () => {
    const server = await start(({ socket }) => socket.end(ok('ok', 'connection: close\r\n')));
    const client = open({ resolve: async () => ['127.0.0.3', '127.0.0.1', '::1'] });
    const request = await prepared(client, { url: portOf(server) });
    expect(await sendMany(client, request, { count: 100 })).toEqual({ 200: 100 });
  });

  it('that are named twice are one, and one that refuses is tried again', async () => {
    const server = await start(answerOk);
    const { port } = new URL(server.origin);
    await server.close();
    const client = open({ resolve: async () => ['127.0.0.1', '127.0.0.1'] });
    const request = await prepared(client, { url: `http://twice.test:${port}/` });
    expect(await sendMany(client, request, { count: 5, concurrency: 1 })).toEqual({ '0 connect': 5 });
  });

  it('are each asked of the policy before anything is sent', async () => {
    const prepareAt = (addresses: readonly string[], allowPrivate: boolean) =>
      open({ policy: { ...policy, allowPrivate }, resolve: async () => addresses }).prepare(
        loadAttempt({ url: 'http://target.test/' }),
        new AbortController().signal,
      );
    const types = await Promise.all(
      [
        prepareAt(['93.184.215.14', '10.0.0.1'], false),
        prepareAt(['93.184.215.14', '169.254.169.254'], true),
        prepareAt(['93.184.215.14'], false),
      ].map((each) =>
        each.then(
          () => 'sent',
          (error: unknown) => (error instanceof AttemptError ? error.errorType : error),
        ),
      ),
    );
    expect(types).toEqual(['blocked', 'blocked', 'sent']);
  });
});

describe('a connection', () => {
  it('is asked of the policy again before anything is sent over it', async () => {
    const server = await start(answerOk);
    const policy = { allowPrivate: true, allowOrigins: [] };
    const client = open({ policy });
    const request = await prepared(client, { url: server.origin });
    policy.allowPrivate = false;
    expect(await sendMany(client, request, { count: 3 })).toEqual({ '0 blocked': 3 });
    expect(server.heads).toEqual([]);
  });
});

describe('a request that cannot be prepared', () => {
  const signal = new AbortController().signal;
  const typeOf = (changes: Parameters<typeof loadAttempt>[0], client = open()) =>
    client.prepare(loadAttempt(changes), signal).then(
      () => 'ready',
      (error: unknown) => (error instanceof AttemptError ? `${error.errorType}: ${error.message}` : error),
    );
  const url = 'http://127.0.0.1:1/path?key=secret';

  it('says why', async () => {
    const noName = open({ resolve: () => Promise.reject(new AttemptError('resolve', 'no such name')) });
    const broken = () => Promise.reject(new Error('no credentials'));
    expect([
      await typeOf({ url: 'ftp://a' }),
      await typeOf({ url, headers: { 'x-a': 'b\nc' } }),
      await typeOf({ url }, open({ isAllowed: () => false })),
      await typeOf({ url }, noName),
      await typeOf({ url, sign: broken }),
      await typeOf({ url: 'https://127.0.0.1/', tls: { rejectUnauthorized: true, ca: 'x' } }),
    ]).toEqual([
      'monitor: the URL of the monitor is not an http or https URL',
      'monitor: the request cannot be sent: the header "x-a" is not valid',
      'blocked: requests may not go to http://127.0.0.1:1/path: no monitor and no allow names its host',
      'resolve: no such name',
      'monitor: the request could not be signed: no credentials',
      'monitor: tls.ca holds no PEM of a certificate',
    ]);
  });

  it('is given up with the signal, and when the client is closed', async () => {
    const client = open({
      resolve: (_name, stop) => new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason))),
    });
    const controller = new AbortController();
    const one = client.prepare(loadAttempt({ url: 'http://slow.test/' }), controller.signal);
    const other = client.prepare(loadAttempt({ url: 'http://slow.test/' }), signal);
    controller.abort(new Error('stopped'));
    await expect(one).rejects.toThrow('stopped');
    client.close();
    await expect(other).rejects.toThrow('the run is over');
  });
});
