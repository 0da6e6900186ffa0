import { compose, invert, yawOf } from '../../../pipeline/pose.js'
import type { Frame } from '../../../pipeline/schema.js'
import type { StudyContext } from '../study.js'

/** Two passes are compared where they came this near each other, and looked the same way. */
export const nearM = 2
const nearRad = 0.2
/** Pairs of frames of two logs that are looked at: neighbours show the same change. */
const pairsPerLog = 10

/** Where a frame with a latent was taken, and where both are kept. */
export interface Place extends Pick<Frame, 'siteId' | 'cityFromEgo'> {
  /** Number of the frame in the dataset. */
  frame: number
  /** Row of its latent among those of its log. */
  code: number
}

export interface Pass {
  logId: string
  places: readonly Place[]
}

/** Places of the test frames, log by log: all of them fit into memory, which their voxels do not. */
export async function testPasses({ dataset, split, latents }: StudyContext): Promise<Pass[]> {
  const passes: Pass[] = []
  for (const logId of split.logs('test')) {
    const codes = new Map((await latents.log(logId)).map(({ frameIndex }, row) => [frameIndex, row]))
    const places: Place[] = []
    let frame = dataset.firstFrame.get(logId)!
    for await (const { frameIndex, ...where } of dataset.frames(logId, {
      parts: ['frameIndex', 'siteId', 'cityFromEgo'],
    })) {
      const code = codes.get(frameIndex)
      if (code !== undefined && split.partOf(logId, frameIndex) === 'test') places.push({ ...where, frame, code })
      frame++
    }
    passes.push({ logId, places })
  }
  return passes
}

/** For frames of one pass the nearest of another that stood at the same place; a few, evenly along the first pass. */
export function pairsOf(a: Pass, b: Pass): [Place, Place][] {
  const pairs = a.places.flatMap((here): [Place, Place][] => {
    const there = nearestAlike(here, b.places)
    return there ? [[here, there]] : []
  })
  const step = Math.ceil(pairs.length / pairsPerLog)
  return pairs.filter((_, i) => i % step === 0)
}

function nearestAlike(here: Place, places: readonly Place[]): Place | null {
  let [nearest, leastM]: [Place | null, number] = [null, nearM]
  for (const there of places) {
    const distanceM = apartM(here, there)
    // Of those that are equally near the first.
    if (distanceM > leastM || (nearest && distanceM === leastM) || !isAlike(here, there)) continue
    nearest = there
    leastM = distanceM
  }
  return nearest
}

function apartM({ cityFromEgo: a }: Place, { cityFromEgo: b }: Place): number {
  return Math.hypot(a.t[0] - b.t[0], a.t[1] - b.t[1])
}

function isAlike(a: Place, b: Place): boolean {
  if (a.siteId !== b.siteId) return false
  return Math.abs(yawOf(compose(invert(a.cityFromEgo), b.cityFromEgo).q)) <= nearRad
}
