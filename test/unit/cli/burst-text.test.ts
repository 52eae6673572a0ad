import { stripVTControlCharacters } from 'node:util';
import { describeSent } from '../../../infra/cli/burst/subject.ts';
import { type Finished, renderBurst } from '../../../infra/cli/burst/text.ts';
import { breakingPointText, errorText, judge } from '../../../infra/cli/burst/verdict.ts';
import { widthOf } from '../../../infra/cli/terminal.ts';
import type { BreakingPoint } from '../../../shared/burst/model.ts';
import { errorTypes } from '../../../shared/config/model.ts';
import { breakingPoint, burst, closed, finished, finishedWith, request, searched } from './burst-sample.ts';

const style = { hasColors: false, columns: 80, isTerminal: true };
const linesOf = (run: Finished, changes: Partial<typeof style> = {}) =>
  renderBurst(run, { ...style, ...changes }).split('\n');

describe('a run in the terminal', () => {
  it('begins with the verdict, what was sent, how, and the numbers', () => {
    expect(linesOf(finished).slice(0, 6)).toEqual([
      'failed: p99 640 ms, wanted < 300 ms',
      'redirects: GET http://127.0.0.1:8080/demo',
      'open model: ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s',
      '2,500 requests · 12 failures (0.48 %) · 0 dropped',
      '163.3/s of 166.7/s asked on average · 15.2 s',
      '',
    ]);
  });

  it('shows latency, service time and start lag beside one another, so that they align', () => {
    expect(linesOf(finished).slice(6, 15)).toEqual([
      '       LATENCY  SERVICE TIME  START LAG',
      'p50    1.40 ms       1.20 ms      20 µs',
      'p75    2.30 ms       1.20 ms      20 µs',
      'p90    2.30 ms       1.20 ms      20 µs',
      'p95    12.0 ms       1.20 ms      20 µs',
      'p99     640 ms       1.20 ms     150 µs',
      'p99.9   640 ms       1.20 ms     150 µs',
      'max     640 ms       1.20 ms     150 µs',
      'mean   22.6 ms       1.18 ms      25 µs',
    ]);
  });

  it('ends with what came back in words, and what held', () => {
    expect(linesOf(finished).slice(-9)).toEqual([
      'ANSWER   COUNT    SHARE',
      '302      2,488  99.52 %  Found',
      '503          8   0.32 %  Service Unavailable',
      'timeout      4   0.16 %  no whole answer within 5 s',
      '',
      'THRESHOLD          ACTUAL',
      '✗ p99 < 300ms      640 ms',
      '✓ errorRatio < 5%  0.48 %',
      '',
    ]);
  });

  it('says of a closed run that its latency is service time', () => {
    const text = linesOf(closed).join('\n');
    expect(text).toContain('closed model: 10 at once, 2,500 requests');
    expect(text).toContain('\nClosed model: each caller waits for its answer before it sends again, so latency\n');
    expect(text).not.toContain('START LAG');
  });

  it('shows the curve of a search instead of quantiles over all of its rates', () => {
    const lines = linesOf(searched);
    expect(lines[0]).toBe('passed: sustains 430/s, at 450/s p99 leaves 300 ms');
    expect(lines.slice(5, 12)).toEqual([
      'ASKED  REACHED      P50      P99  ERRORS  DROPPED  OK',
      '100/s    100/s  1.20 ms  4.00 ms     0 %        0  ✓',
      '200/s    200/s  1.20 ms  4.20 ms     0 %        0  ✓',
      '400/s    400/s  1.20 ms  6.00 ms     0 %        0  ✓',
      '430/s    430/s  1.20 ms  48.0 ms     0 %        0  ✓',
      '450/s  440.3/s  1.20 ms   412 ms     0 %        0  ✗',
      '800/s  440.3/s  1.20 ms   2.31 s     0 %        0  ✗',
    ]);
    expect(lines.join('\n')).not.toContain('SO FAR');
  });

  it('tells a rate that this machine could not send from one that broke', () => {
    const curve = breakingPoint.curve.map((step) =>
      step.ratePerSecond === 100 ? { ...step, passed: false, generatorSaturated: true } : step,
    );
    const lines = linesOf(finishedWith({ breakingPoint: { ...breakingPoint, curve } }));
    expect(lines).toContain('100/s    100/s  1.20 ms  4.00 ms     0 %        0  saturated');
  });

  it('says loudly that the generator was saturated, and what to do', () => {
    const startLagMs = { ...finished.summary.startLagMs, p99: 35.2 };
    const text = linesOf(finishedWith({ generatorSaturated: true, startLagMs }), { columns: 500 }).join('\n');
    expect(text).toContain(
      '\nGENERATOR SATURATED: this machine, not the target, was the bottleneck: 1 % of the requests left more than ' +
        '35.2 ms late. Do not trust these latencies: ask for a lower rate, close what else runs here, or send from a ' +
        'larger machine or from several.\n',
    );
  });

  it('says how many starts were never sent, and why', () => {
    const dropped = linesOf(finishedWith({ dropped: 40 }), { columns: 200 });
    expect(dropped).toContain(
      'DROPPED: 40 starts still waited at the cap when the stages ended, and were never sent (--limit-concurrency raises the cap).',
    );
  });

  it('shows a run beside the ones before it', () => {
    const quantities = [
      { quantity: 'p50', baseline: 1.1, actual: 1.5, changeRatio: 0.36, pValue: 0.0001, verdict: 'worse' },
      { quantity: 'errorRatio', baseline: 0.01, actual: 0.0048, changeRatio: -0.52, pValue: 0.4, verdict: 'same' },
    ] as const;
    const lines = linesOf(finishedWith({ comparison: { verdict: 'worse', baseline: 5, quantities } }));
    expect(lines.slice(-5)).toEqual([
      'Compared with its last 5 good runs: worse',
      '             BEFORE      NOW  CHANGE',
      'p50         1.10 ms  1.50 ms   +36 %  worse',
      'errorRatio      1 %   0.48 %   −52 %  same',
      '',
    ]);
  });

  const everything = [
    finishedWith(
      { generatorSaturated: true, dropped: 1_234, aborted: 'error ratio 34.2 % after 2.1 s, above 10 %' },
      { mix: [{ weight: 1, request: { ...request, url: `http://example.com/${'x'.repeat(300)}` } }] },
    ),
    searched,
    closed,
    finishedWith({ requests: 0, statusCodes: {}, errors: {} }),
  ];
  it.each([40, 60, 80, 120])('is nowhere wider than a terminal of %i columns, in colours or without', (columns) => {
    for (const run of everything)
      for (const hasColors of [false, true])
        expect(linesOf(run, { columns, hasColors }).filter((line) => widthOf(line) > columns)).toEqual([]);
  });

  it('is the same text without colours', () => {
    for (const run of everything)
      expect(linesOf(run, { hasColors: true }).map(stripVTControlCharacters)).toEqual(linesOf(run));
  });

  it('keeps sentences in one line where no terminal would wrap them', () => {
    const text = renderBurst(everything[0] ?? finished, { ...style, isTerminal: false });
    expect(text).toContain('x'.repeat(300));
    expect(text).toContain('or send from a larger machine or from several.\n');
  });
});

describe('the verdict', () => {
  it.each([
    [
      { aborted: 'error ratio 34.2 % after 2.1 s, above 10 %' },
      'aborted',
      'error ratio 34.2 % after 2.1 s, above 10 %',
    ],
    [{ thresholds: [] }, 'unjudged', '12 of 2,500 requests failed, and no threshold says how many may'],
    [{ thresholds: [], failures: 0 }, 'passed', 'no request failed'],
    [{ thresholds: [{ threshold: 'p99 < 3s', passed: true, actual: 1 }] }, 'passed', 'its threshold held'],
    [{}, 'failed', 'p99 640 ms, wanted < 300 ms'],
  ])('of %j is %s', (summary, outcome, reason) => {
    expect(judge(finishedWith(summary).summary)).toEqual({ outcome, reasons: [reason] });
  });

  const { broken: _, brokenPerSecond: __, ...unbroken } = breakingPoint;
  const brokenBy = (threshold: string) => ({ ...breakingPoint, broken: { threshold, passed: false, actual: 1 } });
  it.each<[BreakingPoint, string]>([
    [breakingPoint, 'sustains 430/s, at 450/s p99 leaves 300 ms'],
    [brokenBy('throughput > 190/s'), 'sustains 430/s, at 450/s throughput falls below 190/s'],
    [brokenBy('errorRatio < 0.1%'), 'sustains 430/s, at 450/s the error ratio leaves 0.1 %'],
    [brokenBy('dropped == 0'), 'sustains 430/s, at 450/s dropped == 0 breaks'],
    [{ ...unbroken, end: 'highest' }, 'sustains 430/s: the highest rate of the search, which broke nothing'],
    [
      { ...unbroken, end: 'generator' },
      'sustains 430/s: this machine could not send more, the target may well take more',
    ],
    [
      { ...breakingPoint, sustainedPerSecond: 0, end: 'lowest' },
      'sustains no rate that was tried, at 450/s p99 leaves 300 ms',
    ],
  ])('of a search is one sentence (%#)', (found, sentence) => {
    expect(breakingPointText(found)).toBe(sentence);
  });

  it('has words for every error', () => {
    const words = [...errorTypes, 'aborted' as const].map((type) => errorText(type, burst));
    expect(new Set(words).size).toBe(words.length);
  });
});

describe('what was sent', () => {
  it('is told without query, user, values of headers and bodies', () => {
    const secret = 'canary-7f3a';
    const units = describeSent({
      mix: [
        {
          weight: 3,
          request: {
            ...request,
            method: 'POST',
            url: [`https://user:${secret}@example.com/a/`, { output: 'Name' }, `?token=${secret}#${secret}`],
            headers: { authorization: secret, 'x-key': [{ ssm: '/a' }] },
            body: { kind: 'text', text: secret },
            auth: { type: 'bearer', token: secret },
            followRedirects: true,
          },
        },
        { weight: 1, flow: 'shorten-and-follow' },
      ],
    });
    expect(units).toEqual([
      {
        text: 'POST https://example.com/a/${output:Name}',
        ratio: 0.75,
        details: [
          'a query',
          'headers authorization, x-key',
          'bearer authentication',
          'a body',
          'redirects are followed',
        ],
      },
      { text: 'flow shorten-and-follow', ratio: 0.25, details: [] },
    ]);
  });
});
