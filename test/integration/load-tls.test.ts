import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { chainOf, makeCertificate } from '../support/certificate-maker.ts';
import { ok } from '../support/hostile/wire.ts';
import { authority, serverCertificate } from '../support/http-attempt.ts';
import { leftBehind, openResources, prepared, sendMany, sendOne } from '../support/load.ts';
import { useLoadScene } from '../support/load-scene.ts';
import type { Asked } from '../support/request-server.ts';

const { start, open } = useLoadScene();
const answerOk = ({ socket }: Asked) => socket.write(ok('ok'));
const trusting = { tls: { rejectUnauthorized: true, ca: authority.cert } };

describe('many requests over TLS', () => {
  it('go over connections that are kept, or one each', async () => {
    const server = await start(answerOk, { tls: serverCertificate });
    const kept = open();
    const fresh = open({ freshConnections: true });
    const request = { url: server.origin, ...trusting };
    expect(await sendMany(kept, await prepared(kept, request), { count: 1_000 })).toEqual({ 200: 1_000 });
    expect(server.connectionCount()).toBe(10);
    expect(await sendMany(fresh, await prepared(fresh, request), { count: 50 })).toEqual({ 200: 50 });
    expect([server.connectionCount(), server.heads.length]).toEqual([60, 1_050]);
  });

  it('read answers of many records', async () => {
    const server = await start(({ socket }) => socket.write(ok('x'.repeat(1_000_000))), { tls: serverCertificate });
    const client = open({ timeoutMs: 20_000 });
    const request = await prepared(client, { url: server.origin, ...trusting });
    expect(await sendMany(client, request, { count: 40 })).toEqual({ 200: 40 });
  });

  it('are sent to nobody whose certificate is not in order, unless that is allowed', async () => {
    const wrongName = chainOf(makeCertificate({ name: 'Other', names: ['other.test'], issuer: authority }));
    const server = await start(answerOk, { tls: serverCertificate });
    const other = await start(answerOk, { tls: wrongName });
    const client = open({ mostConnections: 20 });
    const endingOf = async (url: string, tls: object) => {
      const request = await prepared(client, { url, tls: { rejectUnauthorized: true, ...tls } });
      return sendMany(client, request, { count: 3, concurrency: 3 });
    };
    expect([
      await endingOf(server.origin, {}),
      await endingOf(other.origin, { ca: authority.cert }),
      await endingOf(other.origin, { ca: authority.cert, servername: 'other.test' }),
      await endingOf(server.origin, { rejectUnauthorized: false }),
    ]).toEqual([{ '0 tls': 3 }, { '0 tls': 3 }, { 200: 3 }, { 200: 3 }]);
    expect([server.heads.length, other.heads.length]).toEqual([3, 3]);
  });

  it('show a client certificate where there is one, and fail by TLS where it is wanted and missing', async () => {
    const mine = makeCertificate({ name: 'Client', issuer: authority });
    const tls = { ...serverCertificate, requestCert: true, rejectUnauthorized: true, ca: authority.cert };
    const server = await start(answerOk, { tls });
    const client = open();
    const mute = await start(({ socket }) => socket.end(), { tls: { ...tls, rejectUnauthorized: false } });
    const own = await prepared(client, {
      url: server.origin,
      tls: { ...trusting.tls, cert: mine.cert, key: mine.key },
    });
    const none = await prepared(client, { url: server.origin, ...trusting });
    const unsaid = await prepared(client, { url: mute.origin, ...trusting });
    const endings = [await sendOne(client, own), await sendOne(client, none), await sendOne(client, unsaid)];
    expect(endings.map(({ ending }) => ending)).toEqual(['200', '0 tls', '0 tls']);
  });

  it('go over the connection that is free first, however long their own take to stand', async () => {
    const server = await start(({ socket }) => void setTimeout(() => socket.write(ok('ok')), 20), {
      tls: serverCertificate,
    });
    const door = await doorThatOpensOnce(server.origin);
    const client = open();
    try {
      const request = await prepared(client, { url: door.origin, ...trusting });
      expect(await sendMany(client, request, { count: 9, concurrency: 3 })).toEqual({ 200: 9 });
      expect([server.connectionCount(), server.heads.length, door.connectionCount()]).toEqual([1, 9, 3]);
    } finally {
      door.close();
    }
  });

  it('leave nothing behind, a handshake included', async () => {
    const before = openResources();
    const server = await start(answerOk, { tls: serverCertificate });
    const silent = await start(() => {});
    const client = open({ timeoutMs: 100 });
    const request = await prepared(client, { url: server.origin, ...trusting });
    const stuck = await prepared(client, { url: silent.origin.replace('http', 'https'), ...trusting });
    expect([(await sendOne(client, request)).ending, (await sendOne(client, stuck)).ending]).toEqual([
      '200',
      '0 timeout',
    ]);
    client.send(stuck, { begin: () => {}, done: () => {} });
    client.close();
    await server.close();
    await silent.close();
    expect(await leftBehind(before)).toEqual([]);
  });
});

/** Lets the first connection through to a server, and keeps the others waiting. */
async function doorThatOpensOnce(origin: string) {
  const sockets: Socket[] = [];
  const door = createServer((socket) => {
    sockets.push(socket);
    if (sockets.length > 1) return;
    const server = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.pipe(server).pipe(socket);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    origin: `https://localhost:${(door.address() as AddressInfo).port}`,
    connectionCount: () => sockets.length,
    close: () => {
      for (const socket of sockets) socket.destroy();
      door.close();
    },
  };
}
