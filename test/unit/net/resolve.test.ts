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
