import { expect, test } from 'vitest'
import { grids } from '../../../../pipeline/grid.js'
import { type KernelPlan, shelveKernel, takeKernel } from '../../../../pipeline/ingest/occupancy/kernelShelf.js'
import { fleet } from '../../../../pipeline/taxonomies/fleet.js'
import { framesOf } from '../datasetOf.js'
import { wholeLog } from '../smallLog.js'

const plan: KernelPlan = { grid: grids.compact, taxonomy: fleet, masks: 1, lidars: 1 }

test('a kernel goes to one log after the other, and only to those it was made for', () => {
  const first = takeKernel(plan)
  expect(takeKernel(plan)).not.toBe(first)
  shelveKernel(plan, first)
  expect(takeKernel({ ...plan })).toBe(first)
  for (const other of [
    { ...plan, grid: grids.airside },
    { ...plan, masks: 2 },
    { ...plan, lidars: 2 },
    { ...plan, taxonomy: { ...fleet, classes: fleet.classes.slice(1) } },
  ]) {
    shelveKernel(plan, first)
    expect(takeKernel(other)).not.toBe(first)
  }
})

test('of the log before nothing is left: not its map, its points nor what its rays passed', async () => {
  const sweeps = (xM: number) => [{ timeS: 0, pointsM: [[xM, 0.5, 0.2]] as [number, number, number][] }]
  const bare = wholeLog({ boxes: [], sweeps: sweeps(5.3), drivable: null })
  const before = await framesOf(bare)
  expect(before.at(0, 5.3, 0.5, 0.2)).toBe('others')
  const mapped = await framesOf(wholeLog({ boxes: [], sweeps: sweeps(12.5) }))
  expect(mapped.at(0, 12.5, 0.5, 0.2)).toBe('drivable')
  const after = await framesOf(bare)
  expect(after.at(0, 5.3, 0.5, 0.2)).toBe('others')
  expect(after.at(0, 12.5, 0.5, 0.2)).not.toBe('drivable')
  expect(after.frames).toEqual(before.frames)
})
