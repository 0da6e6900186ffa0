import { expect, test } from 'vitest'
import { calibration } from '../../../eval/measures/calibration.js'
import { unlabelled } from '../../../eval/metrics/confusion.js'
import { policies } from '../../../eval/metrics/policies.js'
import { drawn, free, of, scored } from './scene.js'
import { sumsOf, valuesOf } from './values.js'

/** All 800 voxels at one probability; `occupied` of them are occupied in the truth. */
function at(probability: number, occupied: number) {
  const frame = scored([], drawn([]))
  const semantics = new Uint8Array(800).fill(free).fill(of('car'), 0, occupied)
  return { ...frame, truth: { ...frame.truth, semantics }, occupied: new Float32Array(800).fill(probability) }
}

test('probability 0.25 that comes true in a quarter of the voxels is calibrated, and its Brier score is 3/16', () => {
  const { brier, calibration_error: error } = valuesOf(calibration, [at(0.25, 200)])
  expect(brier).toEqual({ value: 3 / 16, count: 800 })
  expect(error).toEqual({ value: 0, count: 800 })
})

test('probability 0.75 that comes true in a quarter is off by one half', () => {
  expect(valuesOf(calibration, [at(0.75, 200)]).calibration_error).toEqual({ value: 1 / 2, count: 800 })
})

test('errors of two bins do not cancel, though their mean does', () => {
  const both = [at(0.25, 600), at(0.75, 200)]
  expect(valuesOf(calibration, both)).toMatchObject({
    calibration_error: { value: 1 / 2, count: 1600 },
    predicted_occupied: { value: 1 / 2, count: 1600 },
    truly_occupied: { value: 1 / 2, count: 1600 },
  })
})

test('each tenth of the probability is a point of the reliability plot', () => {
  const point = valuesOf(calibration, [at(0.25, 200), at(1, 800)], { slice: 'probability=0.2–0.3' })
  expect(point).toMatchObject({
    predicted_occupied: { value: 0.25, count: 800 },
    truly_occupied: { value: 0.25, count: 800 },
  })
  // Certainty belongs to the last bin.
  const last = valuesOf(calibration, [at(1, 800)], { slice: 'probability=0.9–1' })
  expect(last.truly_occupied).toEqual({ value: 1, count: 800 })
})

test('a forecaster that gives no probability has no calibration', () => {
  expect(sumsOf(calibration, [scored([], drawn([]))])).toEqual([])
})

test('truth that nobody labelled never counts, whatever the mask', () => {
  const frame = at(0.25, 200)
  // Of 800 voxels 400 free ones lose their label: 200 occupied and 200 free are left.
  frame.truth.semantics.fill(unlabelled, 400)
  const policy = policies.occworld
  const { brier, truly_occupied: came } = valuesOf(calibration, [frame], { policy })
  expect(came).toEqual({ value: 1 / 2, count: 400 })
  // Half are off by 3/4, half by 1/4.
  expect(brier).toEqual({ value: 5 / 16, count: 400 })
})

test('a probability that rounding takes below 0 is in the first bin', () => {
  const point = valuesOf(calibration, [at(-1e-7, 200)], { slice: 'probability=0–0.1' })
  expect(point.truly_occupied).toEqual({ value: 1 / 4, count: 800 })
})
