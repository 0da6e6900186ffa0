import { describe, expect, it } from 'vitest'
import { fitLogistic, probabilities } from '../../../eval/statistics/logistic.js'
import { allRows } from '../../../eval/statistics/standardise.js'
import { stream } from '../../../pipeline/random.js'

describe('logistic regression', () => {
  it('without informative features says the labels’ frequencies', () => {
    const design = { features: Float64Array.of(7, 7, 7, 7), width: 1 }
    const [fit] = fitLogistic(design, [0, 1, 1, 1], 2, [0.1], allRows(4))
    expect(fit.converged).toBe(true)
    const p = probabilities(fit, design, allRows(1))
    expect(p[0]).toBeCloseTo(0.25, 5)
    expect(p[1]).toBeCloseTo(0.75, 5)
  })

  it('solves its stationarity condition by hand: x = ∓1, one of each label', () => {
    // By symmetry W = (−w, w), b = 0 and the gradient of w is 0 where λ·w = 1 − σ(2w) = σ(−2w).
    const design = { features: Float64Array.of(-1, 1), width: 1 }
    const [fit] = fitLogistic(design, [0, 1], 2, [0.2], allRows(2))
    const [w0, b0, w1, b1] = fit.weights
    expect(w0).toBeCloseTo(-w1, 6)
    expect(b0).toBeCloseTo(b1, 6)
    // Each class has half of the gradient's two rows: (1/n) Σ error·x = −σ(−2w).
    expect(0.2 * w1).toBeCloseTo(1 / (1 + Math.exp(2 * w1)), 6)
  })

  it('a stronger penalty shrinks the weights, and each λ’s fit is the same alone as in a path', () => {
    const rng = stream(21, 'logistic')
    const labels = Array.from({ length: 90 }, (_, row) => row % 3)
    const features = Float64Array.from({ length: 180 }, (_, i) => rng.normal() + labels[i >> 1] * (i % 2))
    const design = { features, width: 2 }
    const lambdas = [0.01, 1, 0.1]
    const path = fitLogistic(design, labels, 3, lambdas, allRows(90))
    const size = path.map(({ weights }) => Math.hypot(...weights.filter((_, i) => i % 3 !== 2)))
    expect(size[0]).toBeGreaterThan(size[2])
    expect(size[2]).toBeGreaterThan(size[1])
    expect(path.map(({ lambda }) => lambda)).toEqual(lambdas)
    const [alone] = fitLogistic(design, labels, 3, [0.01], allRows(90))
    probabilities(alone, design, allRows(90)).forEach((p, i) => {
      expect(p).toBeCloseTo(probabilities(path[0], design, allRows(90))[i], 4)
    })
  })

  it('probabilities of a row sum to 1, far from the training rows too', () => {
    const design = { features: Float64Array.of(-1, 0, 1, 2, 1e6, -1e6), width: 1 }
    const [fit] = fitLogistic(design, [0, 1, 1, 2, 0, 0], 3, [1e-3], Int32Array.of(0, 1, 2, 3))
    const p = probabilities(fit, design, allRows(6))
    for (let row = 0; row < 6; row++) expect(p[3 * row] + p[3 * row + 1] + p[3 * row + 2]).toBeCloseTo(1, 12)
  })
})
