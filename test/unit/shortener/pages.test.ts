import fc from 'fast-check';
import jsQR from 'jsqr';
import { showHost } from '../../../functions/shortener/shown-host.ts';
import { createBench, ownHost } from './caller.ts';

const read = jsQR as unknown as typeof jsQR.default; // it is CommonJS and says otherwise

describe('The QR code of a link', () => {
  it.each([
    ['abcd', ownHost],
    [`Z${'9'.repeat(63)}`, `${'a'.repeat(60)}.${'b'.repeat(60)}.example.org`],
  ])('is read as its short URL by another program: %s', async (code, host) => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code });
    const answer = await bench.call('GET', `/${code}.svg`, { host });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/svg+xml']);
    const { pixels, size } = paint(answer.body);
    expect(read(pixels, size, size)?.data).toBe(`https://${host}/${code}`);
  });

  it('has nothing in it but numbers and its code', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    const { body } = await bench.call('GET', '/abcd.svg', { host: '"><script>' });
    expect(body).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="[\d ]+" shape-rendering="crispEdges"><title>QR code of \/abcd<\/title><path fill="#fff" d="[\w.-\s]+"\/><path d="[\w.\s-]+"\/><\/svg>\n$/,
    );
  });
});

/** The pixels of the SVG's dark runs, four to a module. */
function paint(svg: string): { pixels: Uint8ClampedArray; size: number } {
  const modules = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const size = modules * 4;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  const [, dark = ''] = /<path d="([^"]+)"/.exec(svg) ?? [];
  for (const [, x, y, length] of dark.matchAll(/M(\d+) (\d+)h(\d+)/g))
    for (let row = Number(y) * 4; row < Number(y) * 4 + 4; row++)
      for (let column = Number(x) * 4; column < (Number(x) + Number(length)) * 4; column++)
        pixels.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3);
  return { pixels, size };
}

describe('The preview of a link', () => {
  const preview = async (url: string, host = ownHost) => {
    const bench = createBench();
    expect((await bench.shorten({ url, code: 'abcd' })).statusCode).toBe(201);
    const answer = await bench.call('GET', '/abcd+', { host });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    return answer;
  };

  it('shows where it leads, without any script, and counts no click', async () => {
    const { body, headers } = await preview('https://example.com/a?b=c&d');
    expect(body).toContain('<p class="url">https://example.com/a?b=c&#38;d</p>');
    expect(body).toContain('href="https://example.com/a?b=c&#38;d"');
    expect(body).not.toMatch(/<script|onclick|javascript:|style=/i);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';(?!.*script-src)/);
  });

  it('lets nothing of a URL become markup', async () => {
    const hostile = `https://example.com/'onmouseover='alert(1)'&lt;script&gt;\`\${x}{{y}}`;
    const { body } = await preview(hostile);
    expect(body).not.toContain("'onmouseover");
    expect(body).toContain('&#39;onmouseover=&#39;alert(1)&#39;&#38;lt;script');
    const forged = await preview('https://example.com/', '"><script>alert(1)</script>');
    expect(forged.body).not.toContain('<script');
  });

  it('warns of a name that imitates another one, and shows it as it goes over the wire', async () => {
    const { body } = await preview('https://xn--pple-43d.com/');
    expect(body).toContain('<h1>xn--pple-43d.com</h1>');
    expect(body).toContain('role="alert">The name of this site mixes letters of several alphabets');
    expect((await preview('https://xn--exmple-cua.com/')).body).toContain('<h1>exämple.com</h1>');
  });
});

describe('A host', () => {
  it.each([
    ['example.com', undefined, undefined],
    ['xn--exmple-cua.com', 'exämple.com', undefined],
    ['xn--r8jz45g.jp', '例え.jp', undefined],
    ['xn--e1afmkfd.xn--p1ai', 'пример.рф', undefined],
    ['xn--hxajbheg2az3al.gr', 'παράδειγμα.gr', undefined],
    ['xn--pple-43d.com', undefined, 'mixed-scripts'], // Cyrillic а, Latin pple
    ['xn--80ak6aa92e.com', undefined, 'lookalike'], // аррӏе, all Cyrillic
    ['www.xn--80ak6aa92e.com', undefined, 'lookalike'],
    ['xn--mgbaja8a.xn--pple-43d.com', undefined, 'mixed-scripts'],
    ['xn--n3h.com', '☃.com', undefined], // a snowman is of no script
    ['xn--a.com', undefined, 'unusual-characters'],
  ])('%s is shown as %s (%s)', (ascii, unicode, danger) => {
    expect(showHost(ascii)).toEqual({ ascii, ...(unicode && { unicode }), ...(danger && { danger }) });
  });

  it('of any punycode is shown without throwing, and never in letters of a danger', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^xn--[a-z0-9-]{1,20}$/), (label) => {
        const shown = showHost(`${label}.com`);
        expect(shown.danger !== undefined && shown.unicode !== undefined).toBe(false);
      }),
    );
  });
});
