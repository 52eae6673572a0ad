import { normalOf, studentTail } from '../../../shared/stats/student.ts';

describe('the tail of Student', () => {
  /** Upper critical values: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm */
  it.each([
    [1, 3.078, 0.1],
    [1, 318.313, 0.001],
    [2, 6.965, 0.01],
    [3, 4.541, 0.01],
    [4, 3.747, 0.01],
    [5, 2.015, 0.05],
    [7, 2.365, 0.025],
    [8, 4.501, 0.001],
    [20, 2.528, 0.01],
    [23, 3.485, 0.001],
  ])('with %i degrees of freedom above %d is as the tables say', (freedom, t, chance) => {
    expect(studentTail(t, freedom) / chance).toBeCloseTo(1, 2);
  });

  it('is one half at nothing, and nothing at the end', () => {
    for (let freedom = 1; freedom <= 24; freedom += 1) {
      expect(studentTail(0, freedom)).toBe(0.5);
      expect(studentTail(1e9, freedom)).toBeLessThan(1e-9);
    }
  });

  /** Of the normal distribution above z: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3671.htm */
  it.each([
    [1.282, 0.1],
    [1.645, 0.05],
    [2.326, 0.01],
    [3.09, 0.001],
  ])('is, from three degrees on, within a fifth that of the normal distribution at %d where it is %d', (z, chance) => {
    for (let freedom = 3; freedom <= 24; freedom += 1) {
      let t = 0;
      while (normalOf(t, freedom) < z) t += 0.001;
      expect(Math.abs(studentTail(t, freedom) / chance - 1)).toBeLessThan(0.2);
    }
  });
});
