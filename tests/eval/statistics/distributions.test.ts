import { describe, expect, it } from 'vitest'
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from '../../../eval/statistics/distributions.js'

describe('normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [-1.959963984540054, 0.025],
    [3, 0.99865010196837],
  ])('Φ(%d) = %d', (x, p) => expect(normalCdf(x)).toBeCloseTo(p, 14))

  it.each([0.001, 0.025, 0.2, 0.5, 0.841344746068543, 0.999])('quantile undoes the distribution at %d', (p) =>
    expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 14),
  )

  it('is 0 and 1 far out', () => expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]))
})

describe('Student’s distribution', () => {
  // The columns of any printed table, t at 0.975.
  it.each([
    [1, 12.7062047],
    [2, 4.3026527],
    [3, 3.1824463],
    [4, 2.7764451],
    [9, 2.2621572],
    [29, 2.0452296],
    [100, 1.9839715],
  ])('with %d degrees of freedom has its 97.5 %% point at %d', (degrees, t) =>
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(t, 6),
  )

  it('is symmetric', () => expect(studentCdf(-1.3, 7) + studentCdf(1.3, 7)).toBeCloseTo(1, 14))
})
