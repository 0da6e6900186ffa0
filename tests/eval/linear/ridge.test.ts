import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { momentsOf, predict, ridge, without } from '../../../eval/statistics/ridge.js'
import { allRows, type Design, scaleOf, standardised } from '../../../eval/statistics/standardise.js'
import { UsageError } from '../../../pipeline/errors.js'
import { stream } from '../../../pipeline/random.js'

const ridgeOn = (design: Design, targets: ArrayLike<number>, lambda: number, rows = allRows(targets.length)) =>
  ridge(momentsOf(design, targets, rows, new Float64Array(design.width + 1)), lambda)

/** n rows of d correlated features with large offsets, and a noisy linear target. */
function planted(n: number, width: number) {
  const rng = stream(17, 'ridge', n, width)
  const features = new Float64Array(n * width)
  const targets = new Float64Array(n)
  for (let row = 0; row < n; row++) {
    const common = rng.normal()
    for (let j = 0; j < width; j++) {
      features[row * width + j] = 100 * j + (1 + j) * (rng.normal() + 0.7 * common)
      targets[row] += ((j % 3) - 1) * features[row * width + j]
    }
    targets[row] += 5 + rng.normal()
  }
  return { design: { features, width }, targets }
}

describe('standardise', () => {
  it('takes 1, 3 to −1, 1 on the rows it was fitted on, and a constant to 0', () => {
    const design = { features: Float64Array.of(1, 7, 3, 7, 5, 7), width: 2 }
    const scale = scaleOf(design, Int32Array.of(0, 1))
    expect([...scale.mean]).toEqual([2, 7])
    expect([...scale.inverseStd]).toEqual([1, 0])
    expect([...standardised(design, Int32Array.of(0, 1, 2), scale)]).toEqual([-1, 0, 1, 0, 3, 0])
  })
})

describe('ridge by hand', () => {
  // Two orthogonal features of variance 1: the correlation matrix is I, so w = Xᵀy/n / (1 + λ).
  // y = 10 + 3·x₁ + 2·x₂ exactly: Xᵀy/n = (3, 2).
  const square = { features: Float64Array.of(1, 1, 1, -1, -1, 1, -1, -1), width: 2 }
  const targets = [15, 11, 9, 5]

  it.each([
    [0, 3, 2],
    [1, 1.5, 1],
    [3, 0.75, 0.5],
  ])('orthogonal features, λ = %d: (%d, %d)', (lambda, first, second) => {
    const { weights, bias } = ridgeOn(square, targets, lambda)
    expect(weights[0]).toBeCloseTo(first, 12)
    expect(weights[1]).toBeCloseTo(second, 12)
    expect(bias).toBeCloseTo(10, 12)
  })

  it('correlated features: the normal equations of two features, solved by Cramer’s rule', () => {
    const { design, targets: y } = planted(50, 2)
    const lambda = 0.3
    const z = standardised(design, allRows(50), scaleOf(design, allRows(50)))
    const meanY = y.reduce((sum, value) => sum + value, 0) / 50
    const moment = (of: (row: number) => number) => y.reduce((sum, _, row) => sum + of(row) / 50, 0)
    const r = moment((row) => z[2 * row] * z[2 * row + 1])
    const c = [0, 1].map((j) => moment((row) => z[2 * row + j] * (y[row] - meanY)))
    const determinant = (1 + lambda) ** 2 - r * r
    const w = [((1 + lambda) * c[0] - r * c[1]) / determinant, ((1 + lambda) * c[1] - r * c[0]) / determinant]
    const { inverseStd } = scaleOf(design, allRows(50))
    const { weights } = ridgeOn(design, y, lambda)
    expect(weights[0]).toBeCloseTo(w[0] * inverseStd[0], 10)
    expect(weights[1]).toBeCloseTo(w[1] * inverseStd[1], 10)
  })

  it('does not depend on the units of a feature nor on the shift of the moments', () => {
    const { design, targets: y } = planted(40, 3)
    const scaled = { ...design, features: design.features.map((value, i) => (i % 3 === 1 ? 1000 * value + 5 : value)) }
    const before = predict(ridgeOn(design, y, 0.1), design, allRows(40))
    const after = predict(ridgeOn(scaled, y, 0.1), scaled, allRows(40))
    const shifted = ridge(momentsOf(design, y, allRows(40), Float64Array.of(3, 90, 210, -7)), 0.1)
    predict(shifted, design, allRows(40)).forEach((value, row) => {
      expect(value).toBeCloseTo(before[row], 6)
      expect(after[row]).toBeCloseTo(before[row], 6)
    })
  })

  it('gives a feature that does not vary no weight, and refuses collinear ones without a penalty', () => {
    const constant = { features: Float64Array.of(1, 0.1, 2, 0.1, 4, 0.1, 5, 0.1), width: 2 }
    expect(ridgeOn(constant, [1, 2, 4, 5], 0).weights[1]).toBe(0)
    const twice = { features: Float64Array.of(1, 1, 2, 2, 4, 4), width: 2 }
    expect(() => ridgeOn(twice, [1, 2, 4], 0)).toThrow(UsageError)
    const { weights } = ridgeOn(twice, [1, 2, 4], 1e-6)
    expect(weights[0]).toBeCloseTo(0.5, 4)
    expect(weights[1]).toBeCloseTo(0.5, 4)
  })

  it('from the moments of all rows less those of a fold is ridge on the other rows', () => {
    const { design, targets: y } = planted(23, 4)
    const shift = Float64Array.of(1, 2, 3, 4, 5)
    const [held, rest] = [allRows(23).filter((row) => row % 3 === 0), allRows(23).filter((row) => row % 3 !== 0)]
    const all = momentsOf(design, y, allRows(23), shift)
    const subtracted = ridge(without(all, momentsOf(design, y, held, shift)), 0.01)
    const direct = ridgeOn(design, y, 0.01, rest)
    subtracted.weights.forEach((weight, j) => {
      expect(weight).toBeCloseTo(direct.weights[j], 8)
    })
  })
})

const python = spawnSync('python3', ['-c', 'import numpy; print(numpy.__version__)'], { encoding: 'utf8' })
const lacking =
  python.status === 0 ? '' : `: python3 cannot import numpy (${String(python.stderr).trim().split('\n').at(-1)})`
if (lacking) console.warn(`skipped, ridge against NumPy${lacking}`)

/** Ridge as least squares on rows extended by √(nλ)·I, which NumPy solves by SVD: another route to the same numbers. */
const reference = `
import json, sys, numpy as np
given = json.load(sys.stdin)
x, y, lam = np.array(given["x"]), np.array(given["y"]), given["lambda"]
n, d = x.shape
mean, std = x.mean(0), x.std(0)
z = np.vstack([(x - mean) / std, np.sqrt(n * lam) * np.eye(d)])
w = np.linalg.lstsq(z, np.concatenate([y - y.mean(), np.zeros(d)]), rcond=None)[0] / std
print(json.dumps({"weights": w.tolist(), "bias": y.mean() - w @ mean}))
`

describe('against NumPy', () => {
  it.skipIf(lacking).each([
    { n: 200, width: 12, lambda: 0 },
    { n: 200, width: 12, lambda: 0.05 },
    { n: 60, width: 90, lambda: 1e-3 },
  ])(`n = $n, d = $width, λ = $lambda${lacking}`, ({ n, width, lambda }) => {
    const { design, targets } = planted(n, width)
    const x = Array.from({ length: n }, (_, row) => [...design.features.subarray(row * width, (row + 1) * width)])
    const input = JSON.stringify({ x, y: [...targets], lambda })
    const expected = JSON.parse(spawnSync('python3', ['-c', reference], { input, encoding: 'utf8' }).stdout)
    const { weights, bias } = ridgeOn(design, targets, lambda)
    const largest = Math.max(...expected.weights.map(Math.abs))
    weights.forEach((weight, j) => {
      expect(Math.abs(weight - expected.weights[j]) / largest).toBeLessThan(1e-7)
    })
    expect(Math.abs(bias / expected.bias - 1)).toBeLessThan(1e-6)
  })
})
