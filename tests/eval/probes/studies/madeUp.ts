import type { StudyContext } from '../../../../eval/probes/study.js'
import type { ReadOptions } from '../../../../pipeline/dataset.js'
import { type Grid, packBits } from '../../../../pipeline/grid.js'
import { forEachBoxVoxel } from '../../../../pipeline/ingest/occupancy/boxVoxels.js'
import { poseFromYaw } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'
import type { Frame, SceneObject } from '../../../../pipeline/schema.js'
import { classIndex, freeIndex, taxonomies } from '../../../../pipeline/taxonomy.js'

export const taxonomy = taxonomies.fleet
/** 32 m by 32 m, two layers of 1 m, and a map of 8 × 8 cells of 4 m. */
export const grid: Grid = { name: 'made-up', originM: [-16, -16, 0], voxelM: 1, dims: [32, 32, 2] }
export const [h, w, c] = [8, 8, 3]
const voxels = 32 * 32 * 2
const framesPerLog = 20
const stepS = 0.5

export interface MadeUpFrame {
  frame: Frame
  objects: SceneObject[]
}

export interface World {
  /** Things of a frame, by log and frame. */
  objectsOf(logId: string, frameIndex: number): SceneObject[]
  /** What stands still, drawn below the things. */
  groundOf?(logId: string, semantics: Uint8Array): void
  /** The numbers of a cell, [c], from what is in the frame. */
  codeOf(frame: MadeUpFrame, cell: number, rng: { normal(): number }): number[]
  speedMps?: number
}

/** A dataset of four training and four test logs whose latents are what `codeOf` says: nothing is read from disk. */
export function contextOf(world: World): StudyContext {
  const logs = ['train', 'test'].flatMap((part) => ['a', 'b', 'c', 'd'].map((name) => `${part}-${name}`))
  const framesOf = (logId: string) => Array.from({ length: framesPerLog }, (_, i) => frameOf(world, logId, i))
  const dataset = {
    ...{ grid, taxonomy, logs: logs.map((logId) => ({ logId })) },
    firstFrame: new Map(logs.map((logId, i) => [logId, i * framesPerLog])),
    async *frames(logId: string, options: ReadOptions = {}) {
      yield* framesOf(logId).map(({ frame }) => partsOf(frame, options))
    },
    frame: async (index: number, options: ReadOptions = {}) =>
      partsOf(framesOf(logs[Math.floor(index / framesPerLog)])[index % framesPerLog].frame, options),
    objects: async (logId: string) => new Map(framesOf(logId).map(({ frame, objects }) => [frame.frameIndex, objects])),
  }
  const codesOf = (logId: string) =>
    framesOf(logId).map((made) => ({ frameIndex: made.frame.frameIndex, mean: meanOf(world, logId, made) }))
  const latents = {
    log: async (logId: string) => codesOf(logId),
    rows: async (logId: string, first: number, count: number) => codesOf(logId).slice(first, first + count),
  }
  const split = {
    logs: (part: string) => logs.filter((logId) => logId.startsWith(part)),
    partOf: (logId: string) => logId.split('-')[0],
  }
  const empty = {
    features: new Float32Array(0),
    width: 1,
    logs: [],
    frames: [],
    present: new Uint8Array(0),
    targets: [],
  }
  const rest = { probes: [], features: { train: empty, test: empty }, seed: 5, resamples: 200 }
  const provenance = { dataset: 'd', split: 's', run: 'r' }
  return { dataset, latents, split, model: { shape: [h, w, c] }, ...rest, provenance } as unknown as StudyContext
}

/** What was asked for and nothing else, as of a file. */
function partsOf(frame: Frame, { parts }: ReadOptions): Frame {
  return parts ? (Object.fromEntries(parts.map((part) => [part, frame[part]])) as unknown as Frame) : frame
}

function frameOf({ objectsOf, groundOf, speedMps = 0 }: World, logId: string, i: number): MadeUpFrame {
  const objects = objectsOf(logId, i)
  const semantics = new Uint8Array(voxels).fill(freeIndex(taxonomy))
  groundOf?.(logId, semantics)
  for (const { egoFromObject, sizeM, classIndex: label } of objects)
    forEachBoxVoxel(grid, egoFromObject, sizeM, (voxel) => {
      semantics[voxel] = label
    })
  const motion = { dxM: speedMps * stepS, dyM: 0, dzM: 0, dyawRad: 0, dtS: stepS }
  const frame = {
    ...{
      logId,
      siteId: 'site',
      frameIndex: i,
      timestampNs: BigInt(i) * 500_000_000n,
      semantics,
      objectCount: objects.length,
    },
    ...{ observed: packBits(new Uint8Array(voxels).fill(1)), observedBy: null, weather: 'clear' },
    ...{ cityFromEgo: poseFromYaw(0, [speedMps * stepS * i, 0, 0]), egoMotion: i === 0 ? null : motion },
  }
  return { frame: frame as unknown as Frame, objects }
}

function meanOf({ codeOf }: World, logId: string, made: MadeUpFrame): Float32Array {
  const rng = stream(3, 'code', logId, made.frame.frameIndex)
  return Float32Array.from(Array.from({ length: h * w }, (_, cell) => codeOf(made, cell, rng)).flat())
}

/** A car of 3 m whose centre is at (x, y). */
export function car(trackId: string, xM: number, yM: number): SceneObject {
  const egoFromObject = poseFromYaw(0, [xM, yM, 1])
  const rest = { category: 'car', sizeM: [3, 3, 2] as const, velocityMps: null, interiorPoints: null }
  return { trackId, classIndex: classIndex(taxonomy, 'car'), egoFromObject, ...rest }
}

/** The cell that a place in the ego frame lies in. */
export function cellAt(xM: number, yM: number): number {
  return Math.floor((xM + 16) / 4) * w + Math.floor((yM + 16) / 4)
}

/** Whether a cell holds a thing's voxel, or other than free. */
export function isTaken({ frame }: MadeUpFrame, cell: number): boolean {
  const [x, y] = [Math.floor(cell / w) * 4, (cell % w) * 4]
  for (let i = x; i < x + 4; i++)
    for (let j = y; j < y + 4; j++)
      for (let k = 0; k < 2; k++) if (frame.semantics[(i * 32 + j) * 2 + k] !== freeIndex(taxonomy)) return true
  return false
}
