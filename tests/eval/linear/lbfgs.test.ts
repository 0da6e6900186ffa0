import { describe, expect, it } from 'vitest'
import { lbfgs, type Objective } from '../../../eval/statistics/lbfgs.js'

/** ½ Σ aᵢ (xᵢ − i)², with a from 1 to 10⁴. */
const bowl: Objective = (x, gradient) => {
  let value = 0
  for (let i = 0; i < x.length; i++) {
    const a = 10 ** ((4 * i) / (x.length - 1))
    gradient[i] = a * (x[i] - i)
    value += 0.5 * a * (x[i] - i) ** 2
  }
  return value
}

describe('lbfgs', () => {
  it('finds the bottom of an ill-conditioned bowl', () => {
    const minimum = lbfgs(bowl, new Float64Array(12))
    expect(minimum.converged).toBe(true)
    minimum.x.forEach((xi, i) => {
      expect(xi).toBeCloseTo(i, 5)
    })
    expect(minimum.iterations).toBeLessThan(250)
  })

  it('follows Rosenbrock’s valley to (1, 1)', () => {
    const rosenbrock: Objective = ([x, y], gradient) => {
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x)
      gradient[1] = 200 * (y - x * x)
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2
    }
    const { x, converged } = lbfgs(rosenbrock, Float64Array.of(-1.2, 1))
    expect(converged).toBe(true)
    expect(x[0]).toBeCloseTo(1, 5)
    expect(x[1]).toBeCloseTo(1, 5)
  })

  it('says when it was stopped short, and stays at a minimum', () => {
    expect(lbfgs(bowl, new Float64Array(12), { maximumIterations: 3 })).toMatchObject({
      iterations: 3,
      converged: false,
    })
    expect(lbfgs(bowl, Float64Array.of(0, 1, 2))).toMatchObject({ iterations: 0, converged: true, value: 0 })
  })
})
