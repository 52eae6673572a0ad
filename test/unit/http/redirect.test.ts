import { nextHop, showUrl } from '../../../shared/http/redirect.ts';

const follow = (location: string) => {
  try {
    return nextHop(
      { url: new URL('https://u:p@a.example/dir/x?q=1#f'), method: 'GET' },
      { statusCode: 302, headers: { location } },
    ).url.href;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
};

describe('nextHop', () => {
  it.each([
    ['/y', 'https://a.example/y'],
    ['y?z=2', 'https://a.example/dir/y?z=2'],
    ['//b.example', 'https://b.example/'],
    ['http://b.example:80/', 'http://b.example/'],
    ['https://x:y@b.example/', 'https://b.example/'],
    [Buffer.from('/café').toString('latin1'), 'https://a.example/caf%C3%A9'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['', 'the Location that https://a.example/dir/x redirects to is not a URL'],
    ['http://[', 'the Location that https://a.example/dir/x redirects to is not a URL'],
    ['file:///etc/passwd', 'https://a.example/dir/x redirects to a file: URL, which is not followed'],
    ['javascript:alert(1)', 'https://a.example/dir/x redirects to a javascript: URL, which is not followed'],
  ])('%j leads to %s', (location, expected) => {
    expect(follow(location)).toBe(expected);
  });
});

describe('showUrl', () => {
  it('shows neither userinfo nor query nor fragment, and no more than 120 characters', () => {
    expect(showUrl(new URL('https://u:p@a.example:8443/x?token=1#y'))).toBe('https://a.example:8443/x');
    expect(showUrl(new URL(`https://a.example/${'x'.repeat(300)}`))).toHaveLength(120);
  });
});
