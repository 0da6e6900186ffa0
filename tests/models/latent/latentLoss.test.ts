import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { type OccupancyBatch, occupancyBatch } from '../../../models/batch.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { type LatentConfig, latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { GaussianCode } from '../../../models/latent/gaussianCode.js'
import { LatentLoss } from '../../../models/latent/latentLoss.js'
import { boundaryVoxels } from '../../../models/losses/boundaryVoxels.js'
import { unpackBits, voxelCount } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'
import { streetFrame, taxonomy, tinyGrid } from './scenes.js'

const K = taxonomy.classes.length
const frame = streetFrame(tinyGrid, 3)
const V = voxelCount(tinyGrid)
const seen = unpackBits(frame.observed, V)
const classWeights = taxonomy.classes.map((_, k) => 1 + k / 4)
const random = stream(9, 'logits')
/** In grid order: patch 1 keeps it. */
const logits = Float32Array.from({ length: V * K }, () => Math.fround(random.normal()))
/** A 16 × 16 map of two channels. */
const moments = [1, 2].map(() => Float32Array.from({ length: 16 * 16 * 2 }, () => Math.fround(0.5 * random.normal())))

const lossWith = (change: Partial<LatentConfig>) =>
  new LatentLoss({
    config: { ...latentDefaults, ...latentPresets.tiny, patch: 1, lovaszWeight: 0, ...change },
    ...{ grid: tinyGrid, classWeights, seed: 1 },
  })

function termsOf(change: Partial<LatentConfig>, at = logits, step = 100): Record<string, number> {
  const batch = occupancyBatch([frame], tinyGrid)
  const numbers = tf.tidy(() => {
    const { total, terms, metrics } = lossWith(change).of(
      { code: codeOf(), logits: tf.tensor2d(at, [V, K]) as Tensor2D },
      batch,
      step,
    )
    const read = ([name, value]: [string, Tensor]) => [name, value.dataSync()[0]] as const
    return [...Object.entries({ total, ...terms, ...metrics })].map(read) as never
  }) as unknown as [string, number][]
  batch.dispose()
  return Object.fromEntries(numbers)
}

function codeOf(): GaussianCode {
  const map = (values: Float32Array) => tf.tensor4d(values, [1, 16, 16, 2]) as Tensor4D
  return new GaussianCode(map(moments[0]), map(moments[1]))
}

/** −ln softmax of a voxel's true class, in double precision. */
function natsOf(voxel: number): number {
  const row = logits.subarray(voxel * K, (voxel + 1) * K)
  return Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[frame.semantics[voxel]]
}

/** The weighted mean over observed voxels, by plain loops. */
function meanOf(value: (voxel: number) => number, weight: (voxel: number) => number): number {
  let [sum, weights] = [0, 0]
  for (let v = 0; v < V; v++) {
    if (seen[v] === 0) continue
    sum += weight(v) * value(v)
    weights += weight(v)
  }
  return sum / weights
}

const classWeight = (v: number) => classWeights[frame.semantics[v]]

describe('by plain loops over the voxels', () => {
  test('class-weighted cross-entropy, its unweighted mean, and the KL in nats a voxel', () => {
    const terms = termsOf({ freeBits: 0, beta: 0.5, klWarmupSteps: 1 })
    expect(terms.recon).toBeCloseTo(meanOf(natsOf, classWeight), 4)
    expect(terms.cross_entropy).toBeCloseTo(
      meanOf(natsOf, () => 1),
      4,
    )
    let kl = 0
    moments[0].forEach((mean, d) => {
      kl += 0.5 * (mean * mean + Math.exp(moments[1][d]) - 1 - moments[1][d])
    })
    expect(terms.kl).toBeCloseTo(kl / V, 4)
    expect(terms.total).toBeCloseTo(terms.recon + 0.5 * terms.kl, 4)
  })

  test('focal', () => {
    const focal = (v: number) => (1 - Math.exp(-natsOf(v))) ** 2 * natsOf(v)
    expect(termsOf({ reconstruction: 'focal' }).recon).toBeCloseTo(meanOf(focal, classWeight), 4)
  })

  test('smoothed labels', () => {
    const smooth = (v: number) => {
      const row = [...logits.subarray(v * K, (v + 1) * K)]
      const mean = row.reduce((sum, value) => sum + value, 0) / K
      return natsOf(v) + 0.1 * (row[frame.semantics[v]] - mean)
    }
    expect(termsOf({ labelSmoothing: 0.1 }).recon).toBeCloseTo(meanOf(smooth, classWeight), 4)
  })

  test('boundary', () => {
    const edge = boundaryVoxels(frame.semantics, seen, tinyGrid.dims)
    const terms = termsOf({ boundaryWeight: 0.7 })
    const boundary = meanOf(natsOf, (v) => classWeight(v) * edge[v])
    expect(terms.boundary).toBeCloseTo(boundary, 4)
    expect(terms.total).toBeCloseTo(termsOf({}).total + 0.7 * boundary, 4)
  })

  test('Lovász-softmax, over all observed voxels and over a sample of them', () => {
    const all = termsOf({ lovaszWeight: 1 }).lovasz
    expect(all).toBeGreaterThan(0.5)
    expect(all).toBeLessThan(1)
    const some = termsOf({ lovaszWeight: 1, lovaszVoxels: 400 }).lovasz
    expect(some).not.toBe(all)
    expect(Math.abs(some - all)).toBeLessThan(0.05)
  })
})

const kinds: Partial<LatentConfig>[] = [
  {},
  { reconstruction: 'focal' },
  { labelSmoothing: 0.2 },
  { lovaszWeight: 3 },
  { boundaryWeight: 2 },
]

describe.each(kinds)('%j', (change) => {
  test('the gradient in the logits is that of finite differences', () => {
    const batch = occupancyBatch([frame], tinyGrid)
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => lossWith(change).of({ code: codeOf(), logits: x as Tensor2D }, batch, 100).total)(
          tf.tensor2d(logits, [V, K]),
        )
        .dataSync(),
    )
    batch.dispose()
    // Along random directions: a single logit of a thousand voxels moves the mean less than float32 resolves.
    for (let direction = 0; direction < 4; direction++) {
      const rng = stream(direction, 'direction')
      const along = Float32Array.from({ length: V * K }, () => rng.normal())
      const at = (by: number) =>
        termsOf(
          change,
          logits.map((x, i) => x + by * along[i]),
        ).total
      const slope = (at(0.01) - at(-0.01)) / 0.02
      const expected = along.reduce((sum, value, i) => sum + value * gradient[i], 0)
      expect(Math.abs(slope - expected)).toBeLessThan(2e-3 + 0.02 * Math.abs(expected))
    }
  })

  test('what was not observed neither counts nor is pulled', () => {
    const batch: OccupancyBatch = occupancyBatch([frame], tinyGrid)
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => lossWith(change).of({ code: codeOf(), logits: x as Tensor2D }, batch, 100).total)(
          tf.tensor2d(logits, [V, K]),
        )
        .dataSync(),
    )
    batch.dispose()
    for (let v = 0; v < V; v++)
      if (seen[v] === 0) expect(Math.max(...gradient.subarray(v * K, (v + 1) * K).map(Math.abs))).toBe(0)
    expect(termsOf(change)).toEqual(termsOf(change))
  })

  test('a frame of which nothing was observed costs nothing', () => {
    const blind = { ...frame, observed: frame.observed.map(() => 0) }
    const batch = occupancyBatch([blind], tinyGrid)
    const total = tf.tidy(
      () =>
        lossWith({ ...change, beta: 0 })
          .of({ code: codeOf(), logits: tf.tensor2d(logits, [V, K]) as Tensor2D }, batch, 100)
          .total.dataSync()[0],
    )
    batch.dispose()
    expect(total).toBe(0)
  })
})

test('countUnobserved counts what no sensor saw, too', () => {
  let sum = 0
  for (let v = 0; v < V; v++) sum += natsOf(v)
  expect(termsOf({ countUnobserved: true }).cross_entropy).toBeCloseTo(sum / V, 4)
})

test.each([
  [{ reconstruction: 'l2' }, 'no such reconstruction'],
  [{ klSchedule: 'sine' }, 'no such klSchedule'],
  [{ weighting: 'none' }, 'no such weighting'],
  [{ focalGamma: -1 }, 'focalGamma'],
  [{ lovaszVoxels: 0 }, 'lovaszVoxels'],
  [{ klCycles: 1.5 }, 'klCycles'],
  [{ rareBoost: 0 }, 'rareBoost'],
  [{ maxWeight: 0 }, 'maxWeight'],
  [{ balance: -1 }, 'balance'],
  [{ reconstruction: 'focal', labelSmoothing: 0.1 }, 'labelSmoothing'],
])('refuses %j', (change, said) => {
  expect(() => lossWith(change)).toThrow(said)
})
