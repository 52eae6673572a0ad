/**
 * The chance that Student's t with so many degrees of freedom (a whole number, 1 and up) is above `t`, 0 and up: from ½ at 0
 * towards 0. The finite series for whole degrees: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4
 * (https://personal.math.ubc.ca/~cbm/aands/page_948.htm).
 */
export function studentTail(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, squaredCosine] = [Math.sin(angle), Math.cos(angle) ** 2];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let step = isOdd ? 3 : 2; step < freedom; step += 2) {
    term *= squaredCosine * ((step - 1) / step);
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return Math.max(0, (1 - within) / 2);
}

/**
 * The distance at which the normal distribution has the tail that Student's t has at `t`, 0 and up: for three degrees of freedom
 * and more the chances are the same within a fifth, down to one in a thousand, and closer with more degrees (D. Wallace, Annals of
 * Mathematical Statistics 30, 1959, https://doi.org/10.1214/aoms/1177706090).
 */
export function normalOf(t: number, freedom: number): number {
  return ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p(t ** 2 / freedom));
}
