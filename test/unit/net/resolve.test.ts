import { findInHosts, resolveHost } from '../../../shared/net/resolve.ts';

const signal = new AbortController().signal;

describe('resolveHost', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['::1', ['::1']],
    ['localhost', ['127.0.0.1', '::1']],
    ['LOCALHOST.', ['127.0.0.1', '::1']],
    ['abc.execute-api.localhost', ['127.0.0.1', '::1']],
  ])('%s needs no name server', async (name, addresses) => {
    expect(await resolveHost(name, signal)).toEqual(addresses);
  });

  it('ends with the reason of the signal when it is aborted', async () => {
    const stop = new AbortController();
    const resolving = resolveHost('name.invalid', stop.signal);
    stop.abort(new Error('enough'));
    await expect(resolving).rejects.toThrow('enough');
  });
});

describe('findInHosts', () => {
  const text = '127.0.0.1 localhost\n# 10.0.0.9 app\n::5\tapp.test other # app\n10.0.0.5 APP.test\nnonsense app.test\n';
  it.each([
    ['app.test', ['10.0.0.5', '::5']],
    ['other', ['::5']],
    ['app', []],
    ['10.0.0.5', []],
  ])('%s is %j', (name, addresses) => {
    expect(findInHosts(text, name)).toEqual(addresses);
  });
});

describe('resolveHost for one family', () => {
  it.each<[string, 4 | 6, readonly string[]]>([
    ['127.0.0.1', 4, ['127.0.0.1']],
    ['::1', 6, ['::1']],
    ['localhost', 4, ['127.0.0.1']],
    ['localhost', 6, ['::1']],
  ])('%s has under %i its own addresses alone', async (name, ipVersion, addresses) => {
    expect(await resolveHost(name, signal, ipVersion)).toEqual(addresses);
  });

  it.each<[string, 4 | 6, string]>([
    ['::1', 4, '::1 is no IPv4 address, and ipVersion: 4 asks for one'],
    ['127.0.0.1', 6, '127.0.0.1 is no IPv6 address, and ipVersion: 6 asks for one'],
  ])('%s is refused under %i', async (name, ipVersion, message) => {
    await expect(resolveHost(name, signal, ipVersion)).rejects.toMatchObject({ errorType: 'resolve', message });
  });
});
