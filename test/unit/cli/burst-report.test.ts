import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { html } from '../../../infra/cli/burst/report/html.ts';
import { renderReport } from '../../../infra/cli/burst/report/page.ts';
import { exactScale, linearScale, logScale, timeScale } from '../../../infra/cli/burst/report/scale.ts';
import { readStyle } from '../../../infra/cli/burst/report.ts';
import type { Finished } from '../../../infra/cli/burst/text.ts';
import { closed, finished, finishedWith, request, searched } from './burst-sample.ts';

const origin = { host: 'laptop', system: 'linux x64, 2 CPUs, Node v24.0.0', version: '0.1.0' };
const style = readStyle();
const render = (run: Finished, changes: Partial<typeof origin> = {}) =>
  renderReport({ ...run, origin: { ...origin, ...changes } }, style);
const everything = [finished, searched, closed, finishedWith({ requests: 0, statusCodes: {}, errors: {} })];

describe('the report of a run', () => {
  it('says the verdict, the numbers, what held, what was sent, when and from where', () => {
    const text = render(finished)
      .replace(/<style>.*<\/style>/s, '')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    for (const part of [
      'failed GET http://127.0.0.1:8080/demo',
      'p99 640 ms, wanted &lt; 300 ms.',
      'requests 2,500',
      'failures, 0.48 % 12',
      'errorRatio &lt; 5% 0.48 % ✓ held',
      'p99 &lt; 300ms 640 ms ✗ broke',
      'p99.9 640 ms 1.20 ms 150 µs',
      '503 8 0.32 % Service Unavailable',
      'timeout 4 0.16 % no whole answer within 5 s',
      'Sent on 2030-01-02 03:04:05 UTC within 15.2 s, from laptop (linux x64, 2 CPUs, Node v24.0.0), by Burnwatch 0.1.0.',
    ])
      expect(text).toContain(part);
  });

  it('draws the charts that fit what was run', () => {
    const titlesOf = (run: Finished) =>
      [...render(run).matchAll(/<figcaption><h2>(.*?)<\/h2>/g)].map(([, title]) => title);
    const common = ['Rate and failures', 'Latency over time'];
    expect(titlesOf(finished)).toEqual([...common, 'Distribution of the latency', 'Quantiles']);
    expect(titlesOf(searched)).toEqual(['Breaking point', ...common]);
    expect(titlesOf(closed)).toEqual([...common, 'Distribution of the latency', 'Quantiles']);
  });

  it('draws within its charts, and only with numbers', () => {
    for (const run of everything) {
      const page = render(run);
      expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
      for (const [, share] of page.matchAll(/\s(?:x|x1|x2|cx|width)="([-\d.]+)%"/g)) {
        expect(Number(share)).toBeGreaterThanOrEqual(0);
        expect(Number(share)).toBeLessThanOrEqual(100);
      }
    }
  });

  it('needs no network and no script, and its policy allows neither', () => {
    for (const run of everything) {
      const page = render(run);
      expect(page).not.toMatch(/<script|<iframe|<img|@import|url\(|javascript:|\son\w+=|\sstyle=/i);
      const sources = [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, source]) => source);
      expect(sources).toEqual(['data:,']);
      const hash = createHash('sha256').update(style).digest('base64');
      expect(page).toContain(
        `content="default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'"`,
      );
      expect(page.split('<style>')[1]?.split('</style>')[0]).toBe(style);
    }
  });

  const hostile = `"><script>alert(1)</script><img src=x onerror='alert(1)'>&amp;</title></style>\u202Egnp`;
  it('shows hostile names as the text that they are', () => {
    const run: Finished = {
      ...finishedWith(
        {
          aborted: hostile,
          statusCodes: { [hostile]: 1 },
          thresholds: [{ threshold: hostile, passed: false, actual: 1 }],
          comparison: { verdict: 'worse', baseline: 1, quantities: [] },
        },
        {
          id: hostile,
          mix: [
            { weight: 1, request: { ...request, url: `http://h/${hostile}`, headers: { [hostile]: 'x' } } },
            { weight: 1, flow: hostile },
          ],
        },
      ),
    };
    const page = render(run, { host: hostile });
    const tags = new Set(
      [...page.replace(/<style>.*<\/style>/s, '').matchAll(/<\/?([a-z1-6]+)/gi)].map(([, tag]) => tag),
    );
    expect([...tags].filter((tag) => tag === 'script' || tag === 'img')).toEqual([]);
    expect(page).not.toContain('\u202E');
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.match(/<title>/g)?.length).toBe(render(finished).match(/<title>/g)?.length);
  });

  it('tells no query, user, value of a header or body', () => {
    const secret = 'canary-7f3a';
    const page = render(
      finishedWith(
        {},
        {
          mix: [
            {
              weight: 1,
              request: {
                ...request,
                url: `https://me:${secret}@example.com/?q=${secret}#${secret}`,
                query: [['q', secret]],
                headers: { authorization: secret },
                body: { kind: 'text', text: secret },
                auth: { type: 'basic', username: secret, password: secret },
              },
            },
          ],
        },
      ),
    );
    expect(page).not.toContain('7f3a');
    expect(page).toContain('GET https://example.com/');
  });
});

describe('markup', () => {
  const unit = fc.constantFrom('<', '>', '"', "'", '&', 'a', ' ', '\n', '\u0000', '\u202E', '\uD800', '😀', '</style>');
  it('escapes whatever is put into it', () => {
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const { text: markup } = html`<a title="${text}">${text}</a>`;
        expect(markup.match(/[<>"]/g)?.join('')).toBe('<""><>');
      }),
    );
  });
});

describe('scales', () => {
  const positive = fc.double({ min: 1e-3, max: 1e7, noNaN: true });
  it('reach from end to end, with few round ticks, and never beyond', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        for (const scale of [
          linearScale(high),
          logScale(low, high),
          exactScale(0, high, high / 3),
          timeScale(Math.ceil(high)),
        ]) {
          expect(scale.ticks.length).toBeLessThanOrEqual(8);
          expect(scale.ticks.length).toBeGreaterThan(0);
          expect(scale.at(low)).toBeLessThanOrEqual(scale.at(high));
          for (const value of [low, high, ...scale.ticks, 0, 1e9]) {
            expect(scale.at(value)).toBeGreaterThanOrEqual(0);
            expect(scale.at(value)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it.each([
    [linearScale(380).ticks, [0, 100, 200, 300, 400]],
    [linearScale(0).ticks.length, 2],
    [logScale(1.2, 1_002).ticks, [1, 10, 100, 1_000, 10_000]],
    [logScale(3, 3).ticks, [2, 5]],
    [logScale(1.4, 12).ticks, [1, 2, 5, 10, 20]],
    [timeScale(16).ticks, [0, 5, 10, 15]],
    [timeScale(780).ticks, [0, 300, 600]],
    [timeScale(1).ticks, [0, 1]],
  ])('%j', (ticks, expected) => {
    expect(ticks).toEqual(expected);
  });
});
