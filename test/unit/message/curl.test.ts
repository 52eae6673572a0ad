import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { renderCurl } from '../../../shared/message/curl.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const outputs = { ShortenerUrl: 'https://abc.example' };

describe('renderCurl', () => {
  it.each([
    [{ url: 'https://a.example/' }, "curl -sS -i -L --max-redirs 5 --max-time 2 'https://a.example/'"],
    [{ url: 'https://a.example/', followRedirects: false }, "curl -sS -i --max-time 2 'https://a.example/'"],
    [
      { url: 'https://a.example/', method: 'POST', followRedirects: false },
      "curl -sS -i -X POST --max-time 2 'https://a.example/'",
    ],
    [
      { url: 'https://a.example/', method: 'HEAD', followRedirects: false },
      "curl -sS -i -I --max-time 2 'https://a.example/'",
    ],
    [
      { url: [{ output: 'ShortenerUrl' }, '/health'], followRedirects: false },
      "curl -sS -i --max-time 2 'https://abc.example/health'",
    ],
    [{ url: [{ output: 'Gone' }, '/x'], followRedirects: false }, `curl -sS -i --max-time 2 "$Gone"'/x'`],
    [
      {
        url: 'https://a.example/',
        followRedirects: false,
        headers: { authorization: ['Bearer ', { ssm: '/burnwatch/write-token' }] },
      },
      `curl -sS -i --max-time 2 -H 'authorization: Bearer '"$WRITE_TOKEN" 'https://a.example/'`,
    ],
    [
      { url: "https://a.example/it's?a=$HOME&b=`id`", followRedirects: false },
      `curl -sS -i --max-time 2 'https://a.example/it'\\''s?a=$HOME&b=\`id\`'`,
    ],
  ] as const)('%j', (request, curl) => {
    expect(renderCurl(httpMonitor({ request }), outputs).curl).toBe(curl);
  });

  it('shows the target alone, outputs resolved and secrets as variables', () => {
    const monitor = httpMonitor({ request: { url: [{ output: 'ShortenerUrl' }, '/x?key=', { ssm: '/a/2nd-key' }] } });
    expect(renderCurl(monitor, outputs).url).toBe('https://abc.example/x?key=$_2ND_KEY');
  });

  it('means to a shell exactly what it says', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
    fc.assert(
      fc.property(text, (value) => {
        const { curl } = renderCurl(
          httpMonitor({ request: { url: 'https://a.example/', headers: { 'x-a': value } } }),
          {},
        );
        const words = execFileSync('sh', ['-c', `printf '%s\\0' ${curl}`], { env: {} })
          .toString('utf8')
          .split('\0');
        expect(words).toContain(`x-a: ${value}`);
      }),
      { numRuns: 30 },
    );
  });
});
