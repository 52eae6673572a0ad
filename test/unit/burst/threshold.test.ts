import fc from 'fast-check';
import type { ThresholdReading } from '../../../shared/burst/model.ts';
import { evaluateThresholds, parseThreshold, renderActual, renderLimit } from '../../../shared/burst/threshold.ts';
import type { Threshold } from '../../../shared/config/model.ts';
import { thresholdMetrics } from '../../../shared/config/model.ts';

const names = 'p50, p75, p90, p95, p99, p99.9, max, mean, errorRatio, throughput, requests, failures, dropped';

describe('a threshold', () => {
  it.each<[string, Threshold['metric'], Threshold['op'], number]>([
    ['p99 < 300ms', 'p99', 'lt', 300],
    ['p99<300ms', 'p99', 'lt', 300],
    ['p99.9 <= 2s', 'p999', 'lte', 2_000],
    ['p999 <= 1.5s', 'p999', 'lte', 1_500],
    ['p50 < 0.25ms', 'p50', 'lt', 0.25],
    ['max < 1m', 'max', 'lt', 60_000],
    ['mean > 1 ms', 'mean', 'gt', 1],
    ['errorRatio < 0.1%', 'errorRatio', 'lt', 0.001],
    ['errorRatio < 0.7 %', 'errorRatio', 'lt', 0.007],
    ['errorRatio == 0', 'errorRatio', 'equals', 0],
    ['errorRatio >= 100%', 'errorRatio', 'gte', 1],
    ['throughput > 190/s', 'throughput', 'gt', 190],
    ['throughput >= 30/m', 'throughput', 'gte', 0.5],
    ['throughput > 3600/h', 'throughput', 'gt', 1],
    ['requests == 14000', 'requests', 'equals', 14_000],
    ['failures <= 3', 'failures', 'lte', 3],
    ['dropped == 0', 'dropped', 'equals', 0],
    ['dropped != 1', 'dropped', 'notEquals', 1],
  ])('reads %s', (text, metric, op, value) => {
    expect(parseThreshold(text)).toEqual({ text, metric, op, value });
  });

  it('keeps what was typed in one line', () => {
    expect(parseThreshold('  p99   <\n 300ms ')).toMatchObject({ text: 'p99 < 300ms' });
  });

  it.each([
    ['', 'must look like "p99 < 300ms" or "errorRatio < 0.1%", got ""'],
    ['p99', 'must look like "p99 < 300ms" or "errorRatio < 0.1%", got "p99"'],
    ['p99 <', 'must look like "p99 < 300ms" or "errorRatio < 0.1%", got "p99 <"'],
    ['p99 below 300ms', 'must look like "p99 < 300ms" or "errorRatio < 0.1%", got "p99 below 300ms"'],
    ['p98 < 300ms', `must begin with one of ${names}, got "p98"; did you mean "p90"?`],
    ['errorRate < 1%', `must begin with one of ${names}, got "errorRate"; did you mean "errorRatio"?`],
    ['latency < 1s', `must begin with one of ${names}, got "latency"`],
    ['constructor < 1', `must begin with one of ${names}, got "constructor"`],
    ['p99 = 300ms', 'must be one of <, <=, >, >= after p99, got "="'],
    ['p99.9 == 300ms', 'must be one of <, <=, >, >= after p99.9, got "=="'],
    ['throughput == 5/s', 'must be one of <, <=, >, >= after throughput, got "=="'],
    ['dropped => 0', 'must be one of <, <=, >, >=, ==, != after dropped, got "=>"'],
    ['p99 < 300', 'must have a span with its unit, such as 300ms or 1.5s, after p99 <, got "300"'],
    ['p99 < -3ms', 'must have a span with its unit, such as 300ms or 1.5s, after p99 <, got "-3ms"'],
    ['p99 < 3ms p50 < 1ms', 'must have a span with its unit, such as 300ms or 1.5s, after p99 <, got "3ms p50 < 1ms"'],
    ['errorRatio < 0.001', 'must have a percentage from 0% to 100%, such as 0.1%, after errorRatio <, got "0.001"'],
    ['errorRatio < 101%', 'must have a percentage from 0% to 100%, such as 0.1%, after errorRatio <, got "101%"'],
    ['throughput > 190', 'must have a rate such as 190/s or 30/m after throughput >, got "190"'],
    ['dropped == 0.5', 'must have a whole number after dropped ==, got "0.5"'],
    ['dropped < 0', 'can never hold: nothing is below 0'],
    ['errorRatio > 100%', 'can never hold: nothing is above 100%'],
  ])('%j is refused in one sentence', (text, message) => {
    expect(parseThreshold(text)).toEqual({ message });
  });

  it('never throws, and says what it was given in one short line', () => {
    const anyText = fc.oneof(fc.string(), fc.string({ minLength: 150, maxLength: 400 }));
    const nearly = fc
      .tuple(fc.constantFrom(...thresholdMetrics, 'p99.9', 'x'), fc.constantFrom('<', '==', '!', '~'), anyText)
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(anyText, nearly), (text) => {
        const parsed = parseThreshold(text);
        if ('message' in parsed) expect(parsed.message).toMatch(/^[^\n]{1,700}$/);
        else expect(Number.isFinite(parsed.value)).toBe(true);
      }),
    );
  });
});

const reading: ThresholdReading = {
  ...{ p50: 10, p75: 20, p90: 50, p95: 100, p99: 300, p999: 900, max: 1_000, mean: 30 },
  ...{ errorRatio: 0.001, throughput: 190, requests: 2_000, failures: 2, dropped: 0 },
};
const parsed = (text: string): Threshold => {
  const threshold = parseThreshold(text);
  if ('message' in threshold) throw new Error(threshold.message);
  return threshold;
};

describe('the thresholds of a burst', () => {
  it.each([
    ['p99 < 300ms', false, 300],
    ['p99 <= 300ms', true, 300],
    ['p99.9 > 899ms', true, 900],
    ['p50 >= 10.001ms', false, 10],
    ['errorRatio < 0.1%', false, 0.001],
    ['errorRatio <= 0.1%', true, 0.001],
    ['throughput > 189.9/s', true, 190],
    ['dropped == 0', true, 0],
    ['failures != 2', false, 2],
  ])('%s: %p', (text, passed, actual) => {
    expect(evaluateThresholds([parsed(text)], reading)).toEqual([{ threshold: text, passed, actual }]);
  });

  it.each([
    ['p99 < 300ms', false],
    ['max > 0ms', false],
    ['errorRatio < 0.1%', false],
    ['errorRatio == 0', false],
    ['dropped == 0', true],
    ['throughput > 190/s', false],
    ['requests == 0', true],
  ])('of a run without a request: %s is %p', (text, passed) => {
    const nothing = Object.fromEntries(thresholdMetrics.map((metric) => [metric, 0])) as ThresholdReading;
    expect(evaluateThresholds([parsed(text)], nothing)[0]?.passed).toBe(passed);
  });
});

describe('an actual value', () => {
  it.each([
    ['p99 < 300ms', 412.345, '412 ms', '300 ms'],
    ['p99 < 300ms', 300.04, '300.04 ms', '300 ms'],
    ['p99 < 300ms', 300, '300 ms', '300 ms'],
    ['p99 < 300ms', 0.012, '0.012 ms', '300 ms'],
    ['p99 < 300ms', 999.96, '1 s', '300 ms'],
    ['p99 < 1.5s', 2_345.6, '2.35 s', '1.5 s'],
    ['max < 1m', 71_234, '71.2 s', '60 s'],
    ['errorRatio < 0.1%', 0.342, '34.2 %', '0.1 %'],
    ['errorRatio < 0.1%', 0.0010001, '0.10001 %', '0.1 %'],
    ['errorRatio < 0.1%', 0.0000714, '0.00714 %', '0.1 %'],
    ['throughput > 190/s', 187.34, '187/s', '190/s'],
    ['throughput > 12345/s', 9_876.5, '9,877/s', '12,345/s'],
    ['dropped == 0', 1_234_567, '1,234,567', '0'],
    ['p99 < 300ms', Number.NaN, 'unknown', '300 ms'],
  ])('of %s, %d, reads %s beside %s', (text, actual, rendered, limit) => {
    expect(renderActual(parsed(text), actual)).toBe(rendered);
    expect(renderLimit(parsed(text))).toBe(limit);
  });
});
