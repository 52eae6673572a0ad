/** From here up the series below is right to twelve digits. */
const stirlingFrom = 10;

/**
 * ln Γ(x) for x above 0, by Stirling's series (https://dlmf.nist.gov/5.11.E1), towards which x is raised by Γ(x + 1) = x · Γ(x).
 */
export function logGamma(x: number): number {
  let [raised, product] = [x, 1];
  for (; raised < stirlingFrom; raised += 1) product *= raised;
  const inverse = 1 / raised ** 2;
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1_260 - inverse / 1_680))) / raised;
  return (raised - 0.5) * Math.log(raised) - raised + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/**
 * The chance that a variable of the beta distribution with parameters a and b, both above 0, is at most x: the regularized incomplete
 * beta function, 0 where x is 0 or less, and 1 from 1 up. Also the chance that Γ(a) ÷ Γ(b), for two independent variables of the
 * gamma distribution, is at most x ÷ (1 − x) (https://dlmf.nist.gov/8.17). It takes time in proportion to √(a + b).
 */
export function betaChance(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  // On this side of the mean the fraction converges fast; the other side is its mirror image.
  return x > (a + 1) / (a + b + 2) ? 1 - lowerBeta(1 - x, b, a) : lowerBeta(x, a, b);
}

function lowerBeta(x: number, a: number, b: number): number {
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(scale) / a) * continuedFraction(x, a, b);
}

const mostTerms = 10_000;
const enough = 1e-13;

/** https://dlmf.nist.gov/8.17.E22, evaluated from its front, two steps at a time (W. Lentz, Applied Optics 15, 1976). */
function continuedFraction(x: number, a: number, b: number): number {
  let denominator = 1 / (1 - ((a + b) * x) / (a + 1));
  let [numerator, value] = [1, denominator];
  for (let term = 1; term <= mostTerms; term += 1) {
    const at = a + 2 * term;
    const even = (term * (b - term) * x) / ((at - 1) * at);
    denominator = 1 / (1 + even * denominator);
    numerator = 1 + even / numerator;
    value *= denominator * numerator;
    const odd = (-(a + term) * (a + b + term) * x) / (at * (at + 1));
    denominator = 1 / (1 + odd * denominator);
    numerator = 1 + odd / numerator;
    const change = denominator * numerator;
    value *= change;
    if (change > 1 - enough && change < 1 + enough) break;
  }
  return value;
}
