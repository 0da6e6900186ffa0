import type { Grid } from '../../../pipeline/grid.js'
import { compose, invert, transform } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import type { Frame, SceneObject } from '../../../pipeline/schema.js'
import type { MetricRow } from '../../metricRow.js'
import { ratio } from '../../metrics/score.js'
import { bootstrapTable } from '../../statistics/bootstrap.js'
import { probeRow } from '../probeRow.js'
import { type CodedFrame, codedLogs, type Study, type StudyContext } from '../study.js'

/** A thing is looked for among those of its class within this distance of where it was, m. */
const gateM = 15
/** By log: things asked for, found by latent, found as the nearest, Σ 1 / candidates. */
const [askedAt, latentAt, nearestAt, chanceAt] = [0, 1, 2, 3]

/**
 * Whether the latent knows a thing again one frame later: its cell's numbers against those of every thing of its class
 * near where it was. Only things with at least two candidates are asked for; without a rival there is nothing to know.
 */
export const association: Study = {
  name: 'association',
  question: 'Is a thing known again one frame later by the numbers of its cell?',
  source: 'Ours; appearance association as in DeepSORT, https://arxiv.org/abs/1703.07402, with latents for appearance',
  run: rowsOf,
}

/** Where the ego is tells where things have gone to; of their voxels nothing is asked. */
const parts = ['cityFromEgo', 'egoMotion'] as const satisfies readonly (keyof Frame)[]
type Posed = CodedFrame<(typeof parts)[number]>

async function rowsOf(context: StudyContext): Promise<MetricRow[]> {
  const clusters: Float64Array[] = []
  for await (const { frames } of codedLogs(context, 'test', parts)) clusters.push(countsOf(frames, context))
  const asked = clusters.reduce((sum, cluster) => sum + cluster[askedAt], 0)
  const values = { latent: latentAt, nearest: nearestAt, chance: chanceAt }
  const statistics = Object.fromEntries(
    Object.entries(values).map(([model, at]) => [model, (sums: Float64Array) => ratio(sums[at], sums[askedAt]).value]),
  )
  const options = { rng: stream(context.seed, 'association'), resamples: context.resamples }
  const intervals = bootstrapTable(clusters, statistics, options)
  const line = {
    ...{ metric: 'association_accuracy', unit: 'ratio', countOf: 'things', slice: 'tracking_association' },
    ...{
      policy: 'nearest by Euclidean distance of cells',
      classPolicy: 'wanted: should beat chance, and the nearest place',
    },
    population: `things of ${clusters.length} logs (test) with a rival of their class within ${gateM} m, one frame later`,
    ...context.provenance,
  }
  const remark = asked === 0 ? 'no annotated thing has a rival' : null
  return Object.keys(values).map((model) =>
    probeRow(
      { ...line, model, ...(remark && { remark }) },
      { value: intervals[model].value, count: asked },
      intervals[model],
    ),
  )
}

function countsOf(frames: readonly Posed[], context: StudyContext): Float64Array {
  const sums = new Float64Array(4)
  for (let i = 1; i < frames.length; i++) {
    const [before, now] = [frames[i - 1], frames[i]]
    const isNext = now.frame.egoMotion !== null && now.frame.frameIndex === before.frame.frameIndex + 1
    if (!isNext || !before.objects || !now.objects) continue
    for (const object of before.objects) addThing(object, before, now, context, sums)
  }
  return sums
}

function addThing(
  object: SceneObject,
  before: Posed,
  now: Posed,
  { dataset: { grid }, model: { shape } }: StudyContext,
  sums: Float64Array,
): void {
  const nowFromBefore = compose(invert(now.frame.cityFromEgo), before.frame.cityFromEgo)
  const was = transform(nowFromBefore, object.egoFromObject.t)
  const look = cellAt(before.mean, object, grid, shape)
  if (!look) return
  const candidates = now.objects!.flatMap((other) => {
    if (other.classIndex !== object.classIndex) return []
    const numbers = cellAt(now.mean, other, grid, shape)
    const [x, y] = other.egoFromObject.t
    const apartM = Math.hypot(x - was[0], y - was[1])
    if (!numbers || apartM > gateM) return []
    return [{ isSame: other.trackId === object.trackId, apartM, unlike: distance(look, numbers) }]
  })
  if (candidates.length < 2 || !candidates.some(({ isSame }) => isSame)) return
  const best = (of: 'apartM' | 'unlike') => candidates.reduce((a, b) => (b[of] < a[of] ? b : a)).isSame
  sums[askedAt]++
  sums[latentAt] += best('unlike') ? 1 : 0
  sums[nearestAt] += best('apartM') ? 1 : 0
  sums[chanceAt] += 1 / candidates.length
}

/** The numbers of the cell that a thing's centre lies in, [c]; null outside the map. */
function cellAt(
  mean: Float32Array,
  { egoFromObject: { t } }: SceneObject,
  { originM, voxelM, dims }: Grid,
  [h, w, c]: readonly [number, number, number],
): Float32Array | null {
  const i = Math.floor(((t[0] - originM[0]) / voxelM / dims[0]) * h)
  const j = Math.floor(((t[1] - originM[1]) / voxelM / dims[1]) * w)
  return i < 0 || j < 0 || i >= h || j >= w ? null : mean.subarray((i * w + j) * c, (i * w + j + 1) * c)
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0)
}
