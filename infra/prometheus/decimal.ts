const mostDigits = 15;

/**
 * A positive fraction as Prometheus reads it: as a decimal number where it has at most 15 digits after the point, else as a division in
 * brackets. Both are read as the nearest binary number, which what is computed on the way from decimals is not.
 */
export function decimalOf(numerator: bigint, denominator: bigint): string {
  for (let digits = 0; digits <= mostDigits; digits += 1) {
    const scaled = numerator * 10n ** BigInt(digits);
    if (scaled % denominator !== 0n) continue;
    const text = String(scaled / denominator).padStart(digits + 1, '0');
    return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  }
  const common = greatestCommon(numerator, denominator);
  return `(${numerator / common} / ${denominator / common})`;
}

function greatestCommon(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommon(b, a % b);
}
