import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bitAt, type Grid, grids, voxelCount } from '../../../../pipeline/grid.js'
import { argoverse2 } from '../../../../pipeline/ingest/argoverse2/reader.js'
import { labelsFor } from '../../../../pipeline/ingest/labels.js'
import { BoxIndex } from '../../../../pipeline/ingest/occupancy/boxIndex.js'
import { BoxTracks } from '../../../../pipeline/ingest/occupancy/boxTracks.js'
import { lidarOccupancy } from '../../../../pipeline/ingest/occupancy/lidarOccupancy.js'
import type { RawLog, Reader, Sweep } from '../../../../pipeline/ingest/reader.js'
import { semantickitti as semantickittiReader } from '../../../../pipeline/ingest/semantickitti/reader.js'
import { SkipCounter } from '../../../../pipeline/ingest/skipCounter.js'
import { semantickitti } from '../../../../pipeline/taxonomies/semantickitti.js'
import { freeIndex } from '../../../../pipeline/taxonomy.js'
import { realData } from '../../../support/occlab.js'

const sequence = join(realData, 'semantickitti', 'sequences', '01')
const sensorLog = join(realData, 'argoverse2', '7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
const missing = [sequence, sensorLog].find((path) => !existsSync(path))

async function open(reader: Reader, path: string): Promise<RawLog> {
  const [source] = await reader.logs(path)
  return reader.open({ ...source, hashOf: () => '' }, { rig: 'r', site: 's', route: 'r' }, new SkipCounter())
}

const grid: Grid = grids.semantickitti

describe.skipIf(missing)(`occupancy of real sweeps${missing ? ` (skipped: no real data at ${missing})` : ''}`, () => {
  test('SemanticKITTI 01: one scan’s occupancy holds every voxel of its own .bin, and calls none of them free', async () => {
    const log = await open(semantickittiReader, sequence)
    const labels = labelsFor(semantickitti, 'semantickitti')
    const rest = { labels, sweeps: 1, sensorMasks: false, skips: new SkipCounter() }
    const builder = lidarOccupancy.open({ log, grid, taxonomy: semantickitti, ...rest })
    const timeNs = log.sweeps!.timesNs[0]
    const { semantics, observed } = await builder.build(timeNs, log.poses.at(timeNs))
    const theirs = readFileSync(join(sequence, 'voxels', '000000.bin'))
    const invalid = readFileSync(join(sequence, 'voxels', '000000.invalid'))
    // These are files of 2019, in which each voxel is one place too far back.
    const has = (bits: Uint8Array, voxel: number) => (bits[(voxel + 1) >> 3] >> (7 - ((voxel + 1) & 7))) & 1
    const counts = { both: 0, onlyOurs: 0, onlyTheirs: 0, seen: 0, seenInvalid: 0 }
    for (let voxel = 0; voxel < voxelCount(grid); voxel++) {
      const isSeen = bitAt(observed, voxel)
      const isOurs = isSeen && semantics[voxel] !== freeIndex(semantickitti)
      if (isOurs && has(theirs, voxel)) counts.both++
      else if (isOurs) counts.onlyOurs++
      else if (has(theirs, voxel)) counts.onlyTheirs++
      if (isSeen) counts.seen++
      if (isSeen && has(invalid, voxel)) counts.seenInvalid++
    }
    expect(counts).toMatchObject({ both: 11_703, onlyTheirs: 0, onlyOurs: 40 })
    // What no scan of the sequence saw by their account; their rays end at voxel centres, ours at the points.
    expect(counts.seenInvalid / counts.seen).toBeLessThan(0.05)
  })

  test('Argoverse 2: boxes lie around the points as they were met, also those of fast cars', async () => {
    const log = await open(argoverse2, sensorLog)
    const sweep = await log.sweeps!.read(0)
    const boxes = new BoxTracks(log.boxes!, log.poses).at(sweep.timeNs)
    // Its box as annotated holds what the annotators counted; taken as of the sweep's time it loses two thirds.
    const car = boxes.findIndex(({ interiorPoints }) => interiorPoints === 178)
    const exact = new BoxTracks({ ...log.boxes!, at: (i: number) => log.boxes!.at(i), atTheirTime: true }, log.poses)
    const motions = exact.motionsIn(sweep, [boxes[car]])
    expect(motions?.travelM(0, 0)).toBeGreaterThan(1)
    expect(held(sweep, new BoxIndex([boxes[car]], 0))).toBe(178)
    expect(held(sweep, new BoxIndex([boxes[car]], 0, motions))).toBeLessThan(60)
  })
})

function held({ count, pointsM, offsetNs }: Sweep, index: BoxIndex): number {
  let found = 0
  for (let p = 0, at = 0; p < count; p++, at += 3)
    if (index.find(pointsM[at], pointsM[at + 1], pointsM[at + 2], offsetNs[p] * 1e-9) === 0) found++
  return found
}
