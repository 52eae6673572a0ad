import type { HttpAttempt } from '../../shared/http/model.ts';
import { chunked, ok, pour, redirect } from '../support/hostile/wire.ts';
import { prepared, sendMany, sendOne } from '../support/load.ts';
import { useLoadScene } from '../support/load-scene.ts';
import type { Asked } from '../support/request-server.ts';

const { start, open } = useLoadScene();
const following = { followRedirects: true };

/** `/3` leads to `/2`, and so on; `/0` answers. */
const countDown = ({ socket, path }: Asked) => {
  const left = Number(path.slice(1));
  socket.write(left === 0 ? ok('ok') : redirect(`/${left - 1}`));
};

describe('a request that follows redirects', () => {
  it('goes from hop to hop over the connection that it has', async () => {
    const server = await start(countDown);
    const client = open();
    const request = await prepared(client, { url: `${server.origin}/3`, ...following });
    expect(await sendMany(client, request, { count: 50, concurrency: 5 })).toEqual({ 200: 50 });
    expect([server.heads.length, server.connectionCount()]).toEqual([200, 5]);
  });

  it('ends with the status of the redirect where it is one too many, or leads nowhere', async () => {
    const server = await start(countDown);
    const lost = await start(({ socket }) => socket.write(redirect('ftp://a/')));
    const dead = await start(({ socket }) => socket.write(redirect('http://127.0.0.1:1/', 307)));
    const client = open();
    const endingOf = async (url: string, changes: Partial<HttpAttempt> = {}) =>
      (await sendOne(client, await prepared(client, { url, ...following, ...changes }))).ending;
    expect([
      await endingOf(`${server.origin}/6`),
      await endingOf(`${server.origin}/5`),
      await endingOf(`${server.origin}/1`, { maxRedirects: 0 }),
      await endingOf(`${server.origin}/1`, { followRedirects: false }),
      await endingOf(lost.origin),
      await endingOf(dead.origin),
    ]).toEqual(['302 redirect', '200', '302 redirect', '302', '302 redirect', '307 connect']);
  });

  it('does not wait for the body of a redirect, however long that is', async () => {
    const server = await start(({ socket, path }) => {
      if (path !== '/') return socket.write(ok('ok'));
      socket.write(chunked('location: /next\r\n').replace('200', '302'));
      return pour(socket, `400\r\n${'x'.repeat(1_024)}\r\n`);
    });
    const client = open();
    const request = await prepared(client, { url: server.origin, ...following });
    expect(await sendMany(client, request, { count: 20, concurrency: 2 })).toEqual({ 200: 20 });
    expect(server.heads.length).toBe(40);
  });

  it('sends its own headers and its body to its own origin alone, and no body with another method', async () => {
    const other = await start(({ socket }) => socket.write(ok('ok')));
    const server = await start(({ socket, path }) => {
      const to = path === '/same' ? redirect('/next', 303) : redirect(`http://localhost:${other.port}/away`, 307);
      socket.write(path === '/next' ? ok('ok') : to);
    });
    const client = open();
    const own = {
      method: 'POST',
      headers: { authorization: 'secret', 'content-type': 'a/b' },
      body: Buffer.from('b'),
    } as const;
    for (const path of ['same', 'other']) {
      await sendOne(client, await prepared(client, { url: `${server.origin}/${path}`, ...own, ...following }));
    }
    const sent = (head: string | undefined) => head?.match(/^[A-Z]+ \S+|^(host|authorization|content-.*?): .*/gm);
    expect([sent(server.heads[1]), sent(other.heads[0])]).toEqual([
      ['GET /next', `host: 127.0.0.1:${server.port}`, 'authorization: secret'],
      ['POST /away', `host: localhost:${other.port}`, 'content-length: 0'],
    ]);
  });

  it('goes to no host that is not allowed, and to no address that the policy refuses', async () => {
    const server = await start(({ socket, path }) => socket.write(redirect(`http://${path.slice(1)}/`)));
    const client = open({
      isAllowed: ({ hostname }) => hostname !== 'elsewhere.test',
      resolve: async (name) => [name === 'inside.test' ? '169.254.169.254' : name],
    });
    const endingOf = async (host: string) =>
      (await sendOne(client, await prepared(client, { url: `${server.origin}/${host}`, ...following }))).ending;
    expect([
      await endingOf('elsewhere.test'),
      await endingOf('169.254.169.254'),
      await endingOf('inside.test'),
    ]).toEqual(['302 blocked', '302 blocked', '302 blocked']);
  });

  it('resolves new names once and within its time, and asks no more than once a second for one that fails', async () => {
    const server = await start(({ socket, path }) => socket.write(redirect(`http://${path.slice(1)}/`)));
    const asked: string[] = [];
    const client = open({
      timeoutMs: 200,
      resolve: async (name) => {
        asked.push(name);
        if (name === 'slow.test') await new Promise((done) => setTimeout(done, 1_500));
        if (name === 'none.test') throw new Error('no such name');
        return ['127.0.0.1'];
      },
    });
    const sendTo = async (host: string) => {
      const request = await prepared(client, { url: `${server.origin}/${host}`, ...following });
      return sendMany(client, request, { count: 20 });
    };
    expect([await sendTo('slow.test'), await sendTo('none.test')]).toEqual([
      { '302 timeout': 20 },
      { '302 monitor': 20 },
    ]);
    expect(asked).toEqual(['127.0.0.1', 'slow.test', 'none.test']);
  });

  it('is signed when it is prepared, and for each hop to its own origin, but not each time it is sent', async () => {
    const server = await start(countDown);
    const client = open();
    let signed = 0;
    const sign: HttpAttempt['sign'] = async ({ url }) => {
      signed += 1;
      return { 'x-signature': url.pathname };
    };
    const request = await prepared(client, { url: `${server.origin}/1`, sign, ...following });
    await sendMany(client, request, { count: 3, concurrency: 1 });
    const signatures = server.heads.map((head) => /x-signature: (.*)\r/.exec(head)?.[1]);
    expect([signed, signatures]).toEqual([4, ['/1', '/0', '/1', '/0', '/1', '/0']]);
  });
});
