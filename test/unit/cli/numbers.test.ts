import { countOf, durationText, percentText, rateText, roundSpanText, spanText } from '../../../infra/cli/numbers.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0 µs'],
    [0.0004, '0 µs'],
    [0.412, '412 µs'],
    [0.9996, '1.00 ms'],
    [1.234, '1.23 ms'],
    [9.996, '10.0 ms'],
    [86.34, '86.3 ms'],
    [412.4, '412 ms'],
    [999.6, '1.00 s'],
    [2_310, '2.31 s'],
    [74_100, '74.1 s'],
    [1_234_567, '1,235 s'],
  ])('a span of %d ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it.each([
    [0.001, '1 µs'],
    [1.5, '1.5 ms'],
    [10, '10 ms'],
    [100, '100 ms'],
    [2_000, '2 s'],
  ])('an edge at %d ms is %s', (ms, text) => {
    expect(roundSpanText(ms)).toBe(text);
  });

  it.each([
    [500, '500 ms'],
    [10_000, '10 s'],
    [15_234.2, '15.2 s'],
    [120_000, '2 min'],
    [601_400, '10 min 1 s'],
  ])('%d ms take %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [0.00001, '<0.01 %'],
    [0.0048, '0.48 %'],
    [0.3421, '34.2 %'],
    [0.9952, '99.52 %'],
    [0.99999, '>99.99 %'],
    [1, '100 %'],
  ])('a ratio of %d is %s, and neither nothing nor all unless it is', (ratio, text) => {
    expect(percentText(ratio)).toBe(text);
  });

  it.each([
    [0.5, '0.5/s'],
    [199.83, '199.8/s'],
    [200, '200/s'],
    [12_345.6, '12,346/s'],
  ])('a rate of %d is %s', (perSecond, text) => {
    expect(rateText(perSecond)).toBe(text);
  });

  it('counts one and many', () => {
    expect([countOf(1, 'request'), countOf(14_000, 'request')]).toEqual(['1 request', '14,000 requests']);
  });
});
