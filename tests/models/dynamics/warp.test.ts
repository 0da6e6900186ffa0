import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  composeMotion,
  type MapFrame,
  mapFrameOf,
  neighbours,
  samplingOf,
  warp,
} from '../../../models/dynamics/warp.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { gridNamed } from '../../../pipeline/grid.js'
import { compose, poseFromYaw, yawOf } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'

/** 5×5 cells of 2 m, the ego in the middle one. */
const frame: MapFrame = { h: 5, w: 5, cellM: [2, 2], ego: [2, 2] }

beforeAll(() => tf.engine().startScope())
afterAll(() => tf.engine().endScope())

function motion(dxM: number, dyM: number, dyawRad: number): Tensor2D {
  return tf.tensor2d([[dxM, dyM, dyawRad]])
}

/** A map that is 0 but for one cell. */
function lone(i: number, j: number): Tensor4D {
  const values = new Float32Array(25)
  values[i * 5 + j] = 1
  return tf.tensor4d(values, [1, 5, 5, 1])
}

/** Cells that are not 0 after the warp, as `i,j`. */
function litAfter(map: Tensor4D, moved: Tensor2D): string[] {
  const values = warp(map, samplingOf(moved, frame)).dataSync()
  return [...values].flatMap((v, at) => (Math.abs(v) > 1e-6 ? [`${Math.floor(at / 5)},${at % 5}`] : []))
}

describe('warp', () => {
  test('no motion changes no bit', () => {
    const map = tf.randomNormal([2, 5, 5, 3], 0, 1, 'float32', 7) as Tensor4D
    const still = tf.zeros([2, 3]) as Tensor2D
    expect(warp(map, samplingOf(still, frame)).dataSync()).toEqual(map.dataSync())
    expect(Math.min(...samplingOf(still, frame).inside.dataSync())).toBe(1)
  })

  test('no motion changes no bit where the ego stands between cells', () => {
    const compact = mapFrameOf(gridNamed('compact'), 32, 32)
    expect(compact.ego[0]).toBeCloseTo(15.5, 12)
    const map = tf.randomNormal([1, 32, 32, 2], 0, 1, 'float32', 7) as Tensor4D
    expect(warp(map, samplingOf(tf.zeros([1, 3]), compact)).dataSync()).toEqual(map.dataSync())
  })

  test('the ego drives one cell forward: what is ahead comes one cell nearer', () => {
    expect(litAfter(lone(4, 2), motion(2, 0, 0))).toEqual(['3,2'])
  })

  test('the ego moves one cell to the left: what is on its left comes one cell nearer', () => {
    expect(litAfter(lone(2, 4), motion(0, 2, 0))).toEqual(['2,3'])
  })

  test('the ego turns 90° to the left: what was ahead is on its right, what was on its left is ahead', () => {
    expect(litAfter(lone(4, 2), motion(0, 0, Math.PI / 2))).toEqual(['2,0'])
    expect(litAfter(lone(2, 4), motion(0, 0, Math.PI / 2))).toEqual(['4,2'])
  })

  test('forward and then left: the turn is about the ego where it then stands', () => {
    // 2 m ahead of the old ego is where the new one stands; 4 m ahead is 2 m to the right of it.
    expect(litAfter(lone(4, 2), motion(2, 0, Math.PI / 2))).toEqual(['2,1'])
  })

  test('half a cell is the mean of two neighbours, and half outside counts half', () => {
    const sampling = samplingOf(motion(1, 0, 0), frame)
    const values = warp(lone(3, 2), sampling).dataSync()
    expect([values[2 * 5 + 2], values[3 * 5 + 2]]).toEqual([0.5, 0.5])
    const inside = sampling.inside.dataSync()
    expect([inside[0], inside[4 * 5]]).toEqual([1, 0.5])
    expect([...sampling.phase.dataSync()].slice(0, 2)).toEqual([0.5, 0])
  })

  test('what comes from outside reads 0 and is not inside', () => {
    const sampling = samplingOf(motion(4, 0, 0), frame)
    expect([...warp(tf.ones([1, 5, 5, 1]) as Tensor4D, sampling).dataSync()]).toEqual([
      ...new Array(15).fill(1),
      ...new Array(10).fill(0),
    ])
    expect(sampling.inside.dataSync()).toEqual(Float32Array.from([...new Array(15).fill(1), ...new Array(10).fill(0)]))
  })

  test('each example of a batch has its own motion', () => {
    const map = tf.concat([lone(4, 2), lone(4, 2)]) as Tensor4D
    const moved = warp(map, samplingOf(tf.tensor2d([0, 0, 0, 2, 0, 0], [2, 3]), frame)).dataSync()
    expect([moved[4 * 5 + 2], moved[25 + 3 * 5 + 2]]).toEqual([1, 1])
  })

  test('cells that are longer than wide keep metres, not cells', () => {
    const oblong: MapFrame = { h: 3, w: 5, cellM: [4, 2], ego: [1, 2] }
    const map = tf.tensor4d(
      Float32Array.from({ length: 15 }, (_, at) => (at === 2 * 5 + 2 ? 1 : 0)),
      [1, 3, 5, 1],
    )
    // 4 m ahead, one cell, is 4 m to the right after a left turn: two cells.
    const values = warp(map, samplingOf(motion(0, 0, Math.PI / 2), oblong)).dataSync()
    expect(values[1 * 5 + 0]).toBeCloseTo(1, 6)
  })

  test('the gradient agrees with finite differences and is the same each time', () => {
    const sampling = samplingOf(motion(1.3, -0.7, 0.4), frame)
    const map = tf.randomNormal([1, 5, 5, 2], 0, 1, 'float32', 3) as Tensor4D
    const weight = tf.randomNormal([1, 5, 5, 2], 0, 1, 'float32', 4)
    const value = (x: Tensor4D) => tf.sum(tf.mul(warp(x, sampling), weight))
    const gradient = tf.grad(value as never)(map)
    const numeric = Array.from({ length: 50 }, (_, k) => {
      const bump = tf.tensor4d(
        Float32Array.from({ length: 50 }, (_, i) => (i === k ? 0.5 : 0)),
        [1, 5, 5, 2],
      )
      return tf.sub(value(tf.add(map, bump)), value(tf.sub(map, bump))).dataSync()[0]
    })
    gradient.dataSync().forEach((g, k) => {
      expect(g).toBeCloseTo(numeric[k], 4)
    })
    expect(
      tf
        .grad(value as never)(map)
        .dataSync(),
    ).toEqual(gradient.dataSync())
  })

  test('the neighbours with the sampling weights are what the warp mixes', () => {
    const sampling = samplingOf(motion(1.3, -0.7, 0.4), frame)
    const map = tf.randomNormal([1, 5, 5, 2], 0, 1, 'float32', 3) as Tensor4D
    const parts = tf.reshape(neighbours(map, sampling), [25, 4, 2])
    const mixed = tf.sum(tf.mul(parts, tf.transpose(sampling.weights, [1, 0, 2])), 1)
    const expected = warp(map, sampling).dataSync()
    mixed.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5)
    })
  })
})

const seed = 20240611

test(`motions compose as poses do (seed ${seed})`, () => {
  const rng = stream(seed, 'motions')
  const random = () => [rng.uniform(-5, 5), rng.uniform(-5, 5), rng.uniform(-1, 1)] as const
  for (let i = 0; i < 20; i++) {
    const [a, b] = [random(), random()]
    const expected = compose(poseFromYaw(a[2], [a[0], a[1], 0]), poseFromYaw(b[2], [b[0], b[1], 0]))
    const [x, y, yaw] = composeMotion(tf.tensor2d([[...a]]), tf.tensor2d([[...b]])).dataSync()
    expect(x).toBeCloseTo(expected.t[0], 4)
    expect(y).toBeCloseTo(expected.t[1], 4)
    expect(yaw).toBeCloseTo(yawOf(expected.q), 5)
  }
})
