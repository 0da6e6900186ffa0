import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { occupancy } from '../../eval/measures/occupancy.js'
import { type Policy, policies } from '../../eval/metrics/policies.js'
import { Scoreboard } from '../../eval/scoreboard.js'
import type { Dataset } from '../../pipeline/dataset.js'
import { stream } from '../../pipeline/random.js'
import type { Frame } from '../../pipeline/schema.js'
import { datasetOf } from '../pipeline/ingest/datasetOf.js'
import { written } from '../pipeline/ingest/smallNuscenes.js'
import { noNumpy } from '../support/numpy.js'
import { realData, realDataMissing } from '../support/occlab.js'
import { tempFolder } from '../support/tempFolder.js'

const seed = 18

/** A prediction that is right in about two of three voxels. */
function guess({ semantics, frameIndex }: Frame): Uint8Array {
  const rng = stream(seed, 'guess', frameIndex)
  return semantics.map((label) => (rng.float() < 0.66 ? label : rng.int(18)))
}

/** Scores guesses of all frames under both of Occ3D's masks and none, in one pass; and has NumPy score the same. */
async function scoresOf(dataset: Dataset, labelFiles: readonly string[]) {
  const asked: Policy[] = [policies.occ3d, policies['occ3d-lidar'], policies.occworld]
  const board = new Scoreboard({ grid: dataset.grid, taxonomy: dataset.taxonomy, rateHz: 2 }, [occupancy], asked)
  const guesses: Uint8Array[] = []
  for (const { logId } of dataset.logs) {
    for await (const truth of dataset.frames(logId)) {
      const predicted = guess(truth)
      guesses.push(predicted)
      const scored = { truth, predicted, objects: null, occupied: null, horizonS: null, cityFromEgo: truth.cityFromEgo }
      board.addFrame({ task: 'reconstruction', model: 'latent', horizonS: null }, scored)
    }
    board.endLog(logId)
  }
  const tallies = board.all().map(({ policy, logs }) => {
    const miou = occupancy.values(board.world, policy).find(({ metric }) => metric === 'miou')!
    return [policy.name, miou.score([...logs.values()][0])] as const
  })
  const file = join(tempFolder(), 'guesses.bin')
  writeFileSync(file, Buffer.concat(guesses))
  const script = resolve(import.meta.dirname, 'python', 'occ3d_miou.py')
  const { status, stdout, stderr } = spawnSync('python3', [script, file, ...labelFiles], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return { ours: Object.fromEntries(tallies), numpy: JSON.parse(stdout) as Record<string, number> }
}

function labelFilesIn(gts: string): string[] {
  return readdirSync(gts).map((sample) => join(gts, sample, 'labels.npz'))
}

describe.skipIf(noNumpy)(`the policies of Occ3D, against NumPy on the label files themselves${noNumpy}`, () => {
  it('on voxels that were written as Occ3D writes them', async () => {
    const dir = written('occ3d')
    const dataset = await datasetOf([dir], { grid: 'occ3d', taxonomy: 'occ3d-nuscenes' })
    const { ours, numpy } = await scoresOf(dataset, labelFilesIn(join(dir, 'occ3d', 'gts', 'scene-0001')))
    expect(ours.occ3d.value).toBeCloseTo(numpy.mask_camera, 12)
    expect(ours['occ3d-lidar'].value).toBeCloseTo(numpy.mask_lidar, 12)
    expect(new Set(Object.values(ours).map(({ value }) => value)).size).toBe(3)
  })

  it.skipIf(realDataMissing)(`on a real file${realDataMissing ? ` (skipped: ${realDataMissing})` : ''}`, async () => {
    const dir = tempFolder()
    cpSync(join(realData, 'nuscenes'), dir, { recursive: true })
    const gts = join(dir, 'gts', 'scene-0061')
    mkdirSync(gts, { recursive: true })
    const from = join(realData, 'occ3d', 'gts', 'scene-unknown', '29796060110c4163b07f06eff4af0753')
    // The one keyframe of the tables is another than the voxels' own; for counting voxels that is all the same.
    cpSync(from, join(gts, 'ca9a282c9e77460f8360f564131a8af5'), { recursive: true })
    const dataset = await datasetOf([dir], { grid: 'occ3d', taxonomy: 'occ3d-nuscenes' })
    const { ours, numpy } = await scoresOf(dataset, labelFilesIn(gts))
    expect(ours.occ3d.value).toBeCloseTo(numpy.mask_camera, 12)
    expect(ours['occ3d-lidar'].value).toBeCloseTo(numpy.mask_lidar, 12)
    // Voxels that the cameras saw and that are or were called one of 17 classes.
    expect(ours.occ3d.count).toBeGreaterThan(20_000)
    expect(ours.occ3d.count).toBeLessThanOrEqual(43_355)
  })
})
