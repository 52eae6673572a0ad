import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LoadClient, LoadSlot } from '../../shared/http/load-model.ts';
import { userAgent } from '../../shared/http/user-agent.ts';
import { ok } from '../support/hostile/wire.ts';
import { leftBehind, openResources, prepared, sendMany, sendOne } from '../support/load.ts';
import { useLoadScene } from '../support/load-scene.ts';
import { startRawServer } from '../support/raw-server.ts';
import type { Asked, RequestServer } from '../support/request-server.ts';

const { start, open } = useLoadScene();
const answerOk = ({ socket }: Asked) => socket.write(ok('ok'));

/** So many requests, told apart by their paths. */
const numbered = (client: LoadClient, { origin }: RequestServer, count: number) =>
  Promise.all(Array.from({ length: count }, (_, at) => prepared(client, { url: `${origin}/${at}` })));

/** No request came twice. */
const isEachOnce = ({ heads }: RequestServer) => new Set(heads.map((head) => head.split(' ')[1])).size === heads.length;

/** Runs a module in a process of its own that must end by itself, and gives what it printed. */
async function runElsewhere(code: string, before = ''): Promise<string> {
  const command = `${before}exec "$0" --disable-warning=ExperimentalWarning --input-type=module --eval "$1"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, code], { timeout: 10_000 });
  return stdout;
}

/** A clock that can be set forward. */
function movableClock() {
  let aheadMs = 0;
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() + aheadMs, sleep: async () => {} },
    advance: (ms: number) => {
      aheadMs += ms;
    },
  };
}

describe('many requests', () => {
  it('say of themselves that they are unsent until they are written', async () => {
    const server = await start(answerOk);
    const client = open();
    const request = await prepared(client, { url: server.origin });
    const states: (boolean | undefined)[] = [];
    const sendOnce = () =>
      new Promise<void>((resolve) => {
        const slot: LoadSlot = {
          begin: () => {},
          done: () => {
            states.push(slot.isUnsent);
            resolve();
          },
        };
        client.send(request, slot);
        states.push(slot.isUnsent);
      });
    await sendOnce();
    await sendOnce();
    expect(states).toEqual([true, false, false, false]);
  });

  it('leave nothing behind once the client is closed, and those under way are not heard of', async () => {
    const before = openResources();
    const server = await start(({ socket, index }) => index < 3 && socket.write(ok('ok')));
    const client = open();
    const request = await prepared(client, { url: server.origin });
    const heard: number[] = [];
    for (let caller = 0; caller < 5; caller += 1) {
      const slot = {
        begin: () => {},
        done: (status: number) => {
          heard.push(status);
          client.send(request, slot);
        },
      };
      client.send(request, slot);
    }
    await new Promise((done) => setTimeout(done, 100));
    client.close();
    client.send(request, { begin: () => heard.push(-1), done: () => heard.push(-1) });
    await server.drained();
    expect(server.openCount()).toBe(0);
    await server.close();
    expect(heard).toEqual(Array(15).fill(200));
    expect(await leftBehind(before)).toEqual([]);
  });

  it('keep a process no longer than until the client is closed', async () => {
    const server = await start(() => {});
    await runElsewhere(`
      import { loadClient, prepared } from './test/support/load.ts';
      const client = loadClient({ timeoutMs: 60_000 });
      client.send(await prepared(client, { url: '${server.origin}' }), { begin: () => {}, done: () => {} });
      setTimeout(() => client.close(), 100);`);
    expect(server.heads.length).toBe(1);
  }, 20_000);

  it('for which this machine has no file descriptors are our own fault, and each ends', async () => {
    const server = await start(() => {});
    const said = await runElsewhere(
      `
      import { loadClient, prepared, sendMany } from './test/support/load.ts';
      const client = loadClient({ timeoutMs: 500, mostConnections: 200 });
      const request = await prepared(client, { url: '${server.origin}' });
      console.log(JSON.stringify(await sendMany(client, request, { count: 200, concurrency: 200 })));
      client.close();`,
      'ulimit -n 100; ',
    );
    const { '0 timeout': sent = 0, '0 monitor': unsent = 0, ...others } = JSON.parse(said);
    expect([sent + unsent, others, server.heads.length]).toEqual([200, {}, sent]);
    expect(unsent).toBeGreaterThanOrEqual(100);
  }, 20_000);

  it('go over as many connections as there are callers, one after the other', async () => {
    const server = await start(answerOk);
    const client = open();
    const requests = await numbered(client, server, 3_000);
    expect(await sendMany(client, requests, { count: 3_000 })).toEqual({ 200: 3_000 });
    expect([server.heads.length, server.connectionCount(), isEachOnce(server)]).toEqual([3_000, 10, true]);
  });

  it('say by whom and to whom they are sent, and nothing of the connection', async () => {
    const server = await start(answerOk);
    const client = open();
    const url = `${server.origin}/p?q=1#f`;
    const headers = { 'x-a': 'b', accept: 'text/plain' };
    await sendOne(client, await prepared(client, { url, method: 'POST', headers, body: Buffer.from('hello') }));
    const lines = [
      'POST /p?q=1 HTTP/1.1',
      `host: 127.0.0.1:${server.port}`,
      `user-agent: ${userAgent}`,
      'accept: text/plain',
      'accept-encoding: identity',
      'x-a: b',
      'content-length: 5',
    ];
    expect(server.heads).toEqual([`${lines.join('\r\n')}\r\n\r\n`]);
  });

  it('of 2 MB each arrive whole, one after the other on one connection', async () => {
    const server = await start(answerOk);
    const client = open();
    const body = Buffer.alloc(2_000_000, 'x');
    const request = await prepared(client, { url: server.origin, method: 'PUT', body });
    expect(await sendMany(client, request, { count: 5, concurrency: 1 })).toEqual({ 200: 5 });
    expect([server.heads.length, server.connectionCount()]).toEqual([5, 1]);
  });

  it('take a connection each where that is asked for, and say that it is the last on it', async () => {
    const server = await start(answerOk);
    const client = open({ freshConnections: true });
    const endings = await sendMany(client, await prepared(client, { url: server.origin }), { count: 100 });
    expect([endings, server.connectionCount()]).toEqual([{ 200: 100 }, 100]);
    expect(server.heads.every((head) => head.includes('\r\nconnection: close\r\n'))).toBe(true);
    expect(server.mostOpen()).toBeLessThanOrEqual(10);
  });

  it('to two origins never have more sockets than are allowed, together', async () => {
    const [one, other] = [await start(answerOk), await start(answerOk)];
    const client = open({ mostConnections: 6 });
    const toOne = await prepared(client, { url: one.origin });
    const toOther = await prepared(client, { url: other.origin });
    let most = 0;
    const look = () => {
      most = Math.max(most, one.openCount() + other.openCount());
    };
    const timer = setInterval(look, 1);
    const both = await sendMany(client, [toOne, toOther], { count: 200, concurrency: 6 });
    const alone = await sendMany(client, toOther, { count: 200, concurrency: 6 });
    clearInterval(timer);
    expect([both, alone, one.heads.length, other.heads.length]).toEqual([{ 200: 200 }, { 200: 200 }, 100, 300]);
    expect(most).toBeLessThanOrEqual(6);
  });

  it('beyond the allowed sockets are not sent, and that is our own fault', async () => {
    const server = await start(({ socket }) => setTimeout(() => socket.write(ok('ok')), 50));
    const client = open({ mostConnections: 2 });
    const endings = await sendMany(client, await prepared(client, { url: server.origin }), {
      count: 3,
      concurrency: 3,
    });
    expect([endings, server.heads.length]).toEqual([{ 200: 2, '0 monitor': 1 }, 2]);
  });
});

describe('a connection that is kept', () => {
  const answers: readonly (readonly [string, string, number])[] = [
    ['by HTTP/1.1', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', 1],
    ['in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 1],
    ['after interim answers', `${'HTTP/1.1 103 Early\r\nlink: x\r\n\r\n'.repeat(3)}HTTP/1.1 204 No\r\n\r\n`, 1],
    ['by HTTP/1.0 that keeps it', 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n', 1],
    ['by HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', 20],
    ['that says it ends', 'HTTP/1.1 200 OK\r\nConnection: foo, Close\r\ncontent-length: 0\r\n\r\n', 20],
    ['with one second to live', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n', 20],
  ];
  it.each(answers)('is used again after an answer %s, or not', async (_name, answer, connections) => {
    const server = await start(({ socket }) => socket.write(answer));
    const client = open();
    const status = answer.includes(' 204 ') ? 204 : 200;
    const request = await prepared(client, { url: server.origin });
    expect(await sendMany(client, request, { count: 20, concurrency: 1 })).toEqual({ [status]: 20 });
    expect([server.heads.length, server.connectionCount()]).toEqual([20, connections]);
  });

  it.each([
    ['4 seconds', '', 3_900, 4_100],
    ['the time that its server names, less a second', 'keep-alive: timeout=3, max=100\r\n', 1_900, 2_100],
    ['4 seconds, although its server has more', 'keep-alive: timeout=60\r\n', 3_900, 4_100],
  ])('is not used again when it was idle for longer than %s', async (_name, header, still, noMore) => {
    const server = await start(({ socket }) => socket.write(ok('ok', header)));
    const { clock, advance } = movableClock();
    const client = open({ clock });
    const request = await prepared(client, { url: server.origin });
    const connectionsAfter = async (ms: number) => {
      advance(ms);
      await sendOne(client, request);
      return server.connectionCount();
    };
    expect([await connectionsAfter(0), await connectionsAfter(still), await connectionsAfter(noMore)]).toEqual([
      1, 1, 2,
    ]);
  });

  it('is dropped without a word when its server closes it, resets it or speaks unasked', async () => {
    const ways = ['end', 'resetAndDestroy', 'write'] as const;
    for (const way of ways) {
      const server = await start(({ socket }) => {
        socket.write(ok('ok'));
        setTimeout(() => (way === 'write' ? socket.write(ok('more')) : socket[way]()), 30);
      });
      const client = open();
      const request = await prepared(client, { url: server.origin });
      const first = await sendOne(client, request);
      await new Promise((done) => setTimeout(done, 100));
      const second = await sendOne(client, request);
      expect([first.ending, second.ending, server.heads.length, server.connectionCount()]).toEqual([
        '200',
        '200',
        2,
        2,
      ]);
    }
  });

  it.each([
    ['saying so', 'connection: close\r\n'],
    ['without saying so', ''],
  ])('and closed by its server right after each answer, %s, never carries a request twice', async (_name, header) => {
    const server = await start(({ socket }) => socket.end(ok('ok', header)));
    const client = open();
    const requests = await numbered(client, server, 500);
    const endings = await sendMany(client, requests, { count: 500 });
    const { 200: answered = 0, '0 protocol': lost = 0, ...others } = endings;
    expect([answered + lost, others, server.heads.length, isEachOnce(server)]).toEqual([500, {}, 500, true]);
    if (header !== '') expect(lost).toBe(0);
  });

  it('is not used again after an answer that came before the whole request was sent', async () => {
    const server = await startRawServer({
      onConnect: (socket) => {
        socket.pause();
        socket.write(ok('ok'));
      },
    });
    const client = open();
    const request = await prepared(client, { url: server.origin, method: 'PUT', body: Buffer.alloc(20_000_000) });
    const first = await sendOne(client, request);
    const second = await sendOne(client, request);
    expect([first.ending, second.ending]).toEqual(['200', '200']);
    await server.close();
  });
});
