import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Confusion, onCounts, unlabelled } from '../../../eval/metrics/confusion.js'
import { recall } from '../../../eval/metrics/iou.js'
import { DataError } from '../../../pipeline/errors.js'
import { packBits } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'

const seed = 4211
const classes = 5

const frame = fc
  .array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1), fc.boolean()), { maxLength: 200 })
  .map((voxels) => ({
    truth: Uint8Array.from(voxels, ([truth]) => truth),
    predicted: Uint8Array.from(voxels, ([, predicted]) => predicted),
    mask: Uint8Array.from(voxels, ([, , seen]) => (seen ? 1 : 0)),
  }))

const concatenated = (parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))

describe('Confusion', () => {
  it('counts pairs of truth (rows) and prediction (columns)', () => {
    const confusion = new Confusion(3).addFrame(Uint8Array.of(0, 0, 1, 2, 2), Uint8Array.of(0, 1, 1, 0, 0))
    expect([...confusion.counts]).toEqual([1, 1, 0, 0, 1, 0, 2, 0, 0])
    expect(confusion.voxels()).toBe(5)
    expect([0, 1, 2].map((k) => confusion.truthOf(k))).toEqual([2, 1, 2])
    expect([0, 1, 2].map((k) => confusion.predictedAs(k))).toEqual([3, 2, 0])
    expect([0, 1, 2].map((k) => confusion.hitsOf(k))).toEqual([1, 1, 0])
  })

  it('leaves out what the mask hides, whatever its label', () => {
    const confusion = new Confusion(2).addFrame(
      Uint8Array.of(0, 1, 9, 1),
      Uint8Array.of(0, 0, 200, 1),
      packBits(Uint8Array.of(1, 1, 0, 0)),
    )
    expect([...confusion.counts]).toEqual([1, 0, 1, 0])
  })

  it('is all zeros under an empty mask and for an empty frame', () => {
    const hidden = new Confusion(2).addFrame(Uint8Array.of(0, 1), Uint8Array.of(1, 1), new Uint8Array(1))
    expect(hidden.voxels()).toBe(0)
    expect(new Confusion(2).addFrame(new Uint8Array(0), new Uint8Array(0)).voxels()).toBe(0)
  })

  it('counts unlabelled truth apart and does not score it', () => {
    const truth = Uint8Array.of(unlabelled, 1, unlabelled)
    const confusion = new Confusion(2).addFrame(truth, Uint8Array.of(0, 1, 1), packBits(Uint8Array.of(1, 1, 0)))
    expect([...confusion.counts]).toEqual([0, 0, 0, 1])
    expect(confusion.unlabelledVoxels).toBe(1)
  })

  it.each([
    ['a truth that is no class', Uint8Array.of(0, 7), Uint8Array.of(0, 0), 'voxel 1.*truth'],
    ['a prediction that is no class', Uint8Array.of(0, 1), Uint8Array.of(0, unlabelled), 'voxel 1.*prediction'],
    ['a prediction far from any class', Uint8Array.of(1, 0), Uint8Array.of(0, 40), 'voxel 1.*prediction'],
    ['a prediction that is no class where nobody labelled', Uint8Array.of(unlabelled), Uint8Array.of(2), 'prediction'],
    ['a prediction of another grid', Uint8Array.of(0, 1), Uint8Array.of(0), 'prediction.*different grids'],
  ])('refuses %s', (_, truth, predicted, message) => {
    const add = () => new Confusion(2).addFrame(truth, predicted)
    expect(add).toThrow(DataError)
    expect(add).toThrow(new RegExp(message))
  })

  it('counts afresh after it has refused a frame, and for more classes than a byte has halves', () => {
    const confusion = new Confusion(40).addFrame(Uint8Array.of(39, 3), Uint8Array.of(39, 38))
    expect(() => confusion.addFrame(Uint8Array.of(1), Uint8Array.of(200))).toThrow(DataError)
    confusion.addFrame(Uint8Array.of(39), Uint8Array.of(39))
    expect([confusion.hitsOf(39), confusion.predictedAs(38), confusion.voxels()]).toEqual([2, 1, 3])
    const few = new Confusion(2)
    expect(() => few.addFrame(Uint8Array.of(0, 1), Uint8Array.of(0, 255))).toThrow(DataError)
    expect([...new Confusion(2, few.counts.fill(0)).addFrame(Uint8Array.of(1), Uint8Array.of(0)).counts]).toEqual([
      0, 0, 1, 0,
    ])
    expect([...few.addFrame(Uint8Array.of(0), Uint8Array.of(1)).counts]).toEqual([0, 1, 1, 0])
  })

  it('refuses a mask of another grid and to add up different taxonomies', () => {
    expect(() => new Confusion(2).addFrame(new Uint8Array(4), new Uint8Array(4), new Uint8Array(4))).toThrow(DataError)
    expect(() => new Confusion(2).merge(new Confusion(3))).toThrow(DataError)
    expect(() => new Confusion(2, new Float64Array(5))).toThrow(DataError)
  })

  it(`merging frames is counting them in one (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        const parts = frames.map((f) => new Confusion(classes).addFrame(f.truth, f.predicted, packBits(f.mask)))
        const whole = new Confusion(classes).addFrame(
          concatenated(frames.map((f) => f.truth)),
          concatenated(frames.map((f) => f.predicted)),
          packBits(concatenated(frames.map((f) => f.mask))),
        )
        expect(Confusion.sum(classes, parts).counts).toEqual(whole.counts)
      }),
      { seed, numRuns: 200 },
    )
  })

  it(`counts runs, bits and words as one counts voxel by voxel, wherever the arrays begin (seed ${seed})`, () => {
    const run = fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1), fc.boolean(), fc.integer({ min: 1, max: 70 }))
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), fc.nat(3), fc.nat(3), (runs, shift, shiftMask) => {
        const laid = (of: (r: (typeof runs)[number]) => number) => runs.flatMap((r) => Array(r[3]).fill(of(r)))
        const [truth, predicted, seen] = [laid((r) => r[0]), laid((r) => r[1]), laid((r) => Number(r[2]))]
        const moved = (bytes: ArrayLike<number>, by: number) => {
          const wide = new Uint8Array(bytes.length + by)
          wide.set(bytes, by)
          return wide.subarray(by)
        }
        const bits = moved(packBits(Uint8Array.from(seen)), shiftMask)
        for (const masked of [true, false]) {
          const expected = new Float64Array(classes * classes)
          truth.forEach((label, voxel) => {
            if (!masked || seen[voxel]) expected[label * classes + predicted[voxel]]++
          })
          const mask = masked ? bits : undefined
          const confusion = new Confusion(classes).addFrame(moved(truth, shift), moved(predicted, 0), mask)
          expect(confusion.counts).toEqual(expected)
        }
      }),
      { seed, numRuns: 300 },
    )
  })

  it(`does not depend on the order of voxels (seed ${seed})`, () => {
    fc.assert(
      fc.property(frame, fc.nat(), ({ truth, predicted, mask }, shuffleSeed) => {
        const order = stream(shuffleSeed, 'order').shuffle([...truth.keys()])
        const moved = (of: Uint8Array) => Uint8Array.from(order, (voxel) => of[voxel])
        const before = new Confusion(classes).addFrame(truth, predicted, packBits(mask))
        const after = new Confusion(classes).addFrame(moved(truth), moved(predicted), packBits(moved(mask)))
        expect(after.counts).toEqual(before.counts)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('gives the bootstrap a function of summed counts', () => {
    const recallOfOne = onCounts(2, (confusion) => recall(confusion, 1))
    expect(recallOfOne(Float64Array.of(5, 0, 1, 3))).toBe(0.75)
    expect(recallOfOne(Float64Array.of(5, 0, 0, 0))).toBeNull()
  })
})
