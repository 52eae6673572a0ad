import { createSocket, type Socket } from 'node:dgram';
import { resolveBy } from '../../shared/net/resolve.ts';

/** What the name server does with a question of one family: addresses, a response code, or nothing at all. */
type Answer = readonly (readonly number[])[] | 'nxdomain' | 'servfail' | 'silence';

let socket: Socket | undefined;
const askedTypes: number[] = [];
afterEach(() => {
  socket?.close();
  askedTypes.length = 0;
});

/** A name server on loopback that answers every name alike. */
async function startNameServer(a: Answer, aaaa: Answer): Promise<string> {
  const server = createSocket('udp4');
  socket = server;
  server.on('message', (query, { port, address }) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const type = question.readUInt16BE(question.length - 4);
    askedTypes.push(type);
    const answer = type === 28 ? aaaa : a;
    if (answer === 'silence') return;
    const records = typeof answer === 'string' ? [] : answer;
    const code = answer === 'nxdomain' ? 3 : answer === 'servfail' ? 2 : 0;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const body = records.map((bytes) => Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]));
    server.send(Buffer.concat([header, question, ...body]), port, address);
  });
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done));
  return `127.0.0.1:${server.address().port}`;
}

const v4 = [[93, 184, 216, 34]];
const v6 = [[0x26, 6, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11]];

describe('a name', () => {
  it.each<[string, Answer, Answer, readonly string[]]>([
    ['of both families, IPv4 first', v4, v6, ['93.184.216.34', '2606:4700::1111']],
    ['of IPv4 alone', v4, [], ['93.184.216.34']],
    ['of IPv6 alone', [], v6, ['2606:4700::1111']],
    ['whose IPv6 question fails', v4, 'servfail', ['93.184.216.34']],
    ['whose IPv6 question is never answered', v4, 'silence', ['93.184.216.34']],
  ])('%s is resolved without delay', async (_name, a, aaaa, expected) => {
    const server = await startNameServer(a, aaaa);
    const startedAt = performance.now();
    expect(await resolveBy([server])('name.test', AbortSignal.timeout(3_000))).toEqual(expected);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it.each<[string, Answer, Answer, string]>([
    ['that does not exist', 'nxdomain', 'nxdomain', 'the name name.test does not exist (ENOTFOUND)'],
    ['without an address', [], [], 'the name name.test has no address (ENODATA)'],
  ])('%s is an error of type resolve', async (_name, a, aaaa, message) => {
    const server = await startNameServer(a, aaaa);
    const resolving = resolveBy([server])('name.test', AbortSignal.timeout(3_000));
    await expect(resolving).rejects.toMatchObject({ errorType: 'resolve', message });
  });

  it('whose servers are silent is waited for until the signal, and no longer', async () => {
    const server = await startNameServer('silence', 'silence');
    const startedAt = performance.now();
    await expect(resolveBy([server])('name.test', AbortSignal.timeout(200))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('is not to blame when no name server can be asked', async () => {
    const server = await startNameServer(v4, []);
    await new Promise<void>((done) => socket?.close(() => done()));
    socket = undefined;
    await expect(resolveBy([server])('name.test', AbortSignal.timeout(3_000))).rejects.toMatchObject({
      errorType: 'monitor',
      message: 'no name server of this machine can be reached (ECONNREFUSED)',
    });
  });

  it('has at most eight addresses', async () => {
    const many = Array.from({ length: 20 }, (_, index) => [93, 184, 216, index]);
    const server = await startNameServer(many, []);
    expect(await resolveBy([server])('name.test', AbortSignal.timeout(3_000))).toHaveLength(8);
  });

  it.each<[4 | 6, number, readonly string[]]>([
    [4, 1, ['93.184.216.34']],
    [6, 28, ['2606:4700::1111']],
  ])('of which IPv%i alone is wanted is asked for that alone', async (ipVersion, type, expected) => {
    const server = await startNameServer(v4, v6);
    expect(await resolveBy([server])('name.test', AbortSignal.timeout(3_000), ipVersion)).toEqual(expected);
    expect(askedTypes).toEqual([type]);
  });

  it('without an address of the family that is wanted is an error of type resolve', async () => {
    const server = await startNameServer(v4, []);
    await expect(resolveBy([server])('name.test', AbortSignal.timeout(3_000), 6)).rejects.toMatchObject({
      errorType: 'resolve',
      message: 'the name name.test has no IPv6 address (ENODATA)',
    });
  });
});
