import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootstrapTable } from '../../eval/statistics/bootstrap.js'
import type { Interval } from '../../eval/statistics/interval.js'
import { type Grid, grids, voxelCount } from '../../pipeline/grid.js'
import { argoverse2 } from '../../pipeline/ingest/argoverse2/reader.js'
import { labelsFor } from '../../pipeline/ingest/labels.js'
import { lidarOccupancy } from '../../pipeline/ingest/occupancy/lidarOccupancy.js'
import type { FrameBuilder } from '../../pipeline/ingest/occupancy/occupancyMethod.js'
import type { RawLog } from '../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../pipeline/ingest/skipCounter.js'
import { stream } from '../../pipeline/random.js'
import { vocabulary } from '../../pipeline/simulate/categories.js'
import { simulateDefaults } from '../../pipeline/simulate/config.js'
import { poseStepS, siteFromEgo } from '../../pipeline/simulate/egoTrack.js'
import { type LogPlan, planFleet } from '../../pipeline/simulate/plan.js'
import { simulateLog, sweepSteps } from '../../pipeline/simulate/simulateLog.js'
import { simulateWorld } from '../../pipeline/simulate/world.js'
import { taxonomies } from '../../pipeline/taxonomy.js'
import type { Bench, Measured } from '../bench.js'
import { at, type Counted, categorySets, counted, score } from './occupancyScore.js'
import { TrueHits } from './trueHits.js'
import { trueVoxels } from './trueVoxels.js'

const taxonomy = taxonomies.fleet
const sets = categorySets(taxonomy)
/** Sweeps of a log at whose times frames are made. */
const frameSweeps = [9, 14, 19, 24]

/** A way to make frames: how many sweeps, and what is known of what moves. */
interface Variant {
  name: string
  sweeps: number
  of(log: RawLog): RawLog
}

const variants: readonly Variant[] = [
  { name: '1 sweep, points as met', sweeps: 1, of: asMet },
  { name: '1 sweep, movers taken to the frame', sweeps: 1, of: (log) => log },
  { name: '5 sweeps, movers not carried', sweeps: 5, of: asIfStill },
  { name: '5 sweeps, carried from the sweep’s time', sweeps: 5, of: asMet },
  { name: '5 sweeps, carried from each point’s time', sweeps: 5, of: (log) => log },
]

function asMet(log: RawLog): RawLog {
  const { boxes } = log
  if (!boxes) return log
  const { timesNs, categories, source } = boxes
  return { ...log, boxes: { timesNs, categories, source, at: (index) => boxes.at(index) } }
}

function asIfStill(log: RawLog): RawLog {
  const { sweeps } = log
  if (!sweeps) return log
  const { timesNs, lidars, pointCategories } = sweeps
  const read = (index: number) => sweeps.read(index)
  return { ...log, boxes: null, sweeps: { timesNs, lidars, pointCategories, movingCategories: new Set(), read } }
}

/** One log's counts, variant by variant. */
interface LogScore {
  plan: LogPlan
  sums: Float64Array[]
}

export const occupancy: Bench = {
  name: 'occupancy',
  question: 'How true is the occupancy that ingest makes of sweeps, held against the simulated world itself?',
  async run() {
    const grid: Grid = grids.occ3d
    const scores: LogScore[] = []
    for (const plan of plans()) scores.push(await scoreLog(plan, grid))
    process.stdout.write(tables(scores))
    return targets(scores)
  },
}

/** Every rig at every site, in clear weather and the same drives in rain. */
function plans(): LogPlan[] {
  const rigs = ['sedan64', 'shuttle32', 'tug16', 'truck64']
  const clear = planFleet({ ...simulateDefaults, rigs, logs: 24, durationS: 2.5, weatherShare: 0 }, 7)
  return [...clear, ...clear.map((plan): LogPlan => ({ ...plan, logId: `${plan.logId}-rain`, weather: 'rain' }))]
}

async function scoreLog(plan: LogPlan, grid: Grid): Promise<LogScore> {
  const dir = mkdtempSync(join(tmpdir(), 'occlab-bench-'))
  try {
    simulateLog(plan, dir)
    const [source] = await argoverse2.logs(join(dir, plan.logId))
    const fill = { rig: null, site: null, route: null }
    const log = await argoverse2.open({ ...source, hashOf: () => '' }, fill, new SkipCounter())
    return { plan, sums: await scoreFrames(log, plan, grid) }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

async function scoreFrames(log: RawLog, plan: LogPlan, grid: Grid): Promise<Float64Array[]> {
  const world = simulateWorld(plan)
  const labels = labelsFor(taxonomy, vocabulary)
  const rest = { grid, taxonomy, labels, sensorMasks: false, skips: new SkipCounter() }
  const builders = variants.map(
    ({ sweeps, of }): FrameBuilder => lidarOccupancy.open({ ...rest, sweeps, log: of(log) }),
  )
  const sums = variants.map(() => new Float64Array(counted.length))
  const trueHits = new TrueHits(world, grid)
  const steps = sweepSteps(plan)
  for (const index of frameSweeps) {
    const timeS = steps[index] * poseStepS
    const pose = siteFromEgo(world.ego, steps[index])
    const voxels = trueVoxels(world, grid, timeS, pose)
    const hits = [1, 5].map((sweeps) => {
      const found = new Uint8Array(voxelCount(grid))
      for (let s = index - sweeps + 1; s <= index; s++) trueHits.add(steps[s], timeS, pose, found)
      return found
    })
    const timeNs = log.sweeps!.timesNs[index]
    for (const [v, builder] of builders.entries()) {
      const built = await builder.build(timeNs, log.poses.at(timeNs))
      score(built, taxonomy, sets, voxels, hits[variants[v].sweeps === 1 ? 0 : 1], sums[v])
    }
  }
  return sums
}

/** What the table shows: a share of two counts. */
const shares = {
  'precision, in the voxel': ['occupiedHere', 'occupied'],
  'precision, within half a voxel': ['occupiedNear', 'occupied'],
  'class right': ['classRight', 'occupiedHere'],
  'recall of true hits': ['hitFound', 'hit'],
  'recall of surfaces seen': ['seenSurfaceFound', 'seenSurface'],
  'free but touched by a solid': ['freeTouched', 'free'],
  'by the ground only': ['freeGround', 'free'],
  'by what stands': ['freeStanding', 'free'],
  'by what moves': ['freeMover', 'free'],
  'free with its centre in a thing': ['freeCentre', 'free'],
  'free with its centre below ground': ['freeCentreBelow', 'free'],
  'free and wholly inside': ['freeInside', 'free'],
  'movers: precision, in the voxel': ['calledHere', 'called'],
  'movers: precision, within half a voxel': ['calledNear', 'called'],
  'movers: recall of true hits, class right': ['moverHitFound', 'moverHit'],
  'movers’ voxels called free': ['moverSpaceFree', 'moverSpace'],
  'standing things’ voxels called free': ['standingSpaceFree', 'standingSpace'],
} satisfies Record<string, readonly [Counted, Counted]>

type Share = keyof typeof shares

function sharesOf(scores: readonly LogScore[], variant: number): Record<Share, Interval> {
  const statistics = Object.fromEntries(
    Object.entries(shares).map(([name, [part, whole]]) => [
      name,
      (summed: Float64Array) => (summed[at[whole]] === 0 ? null : summed[at[part]] / summed[at[whole]]),
    ]),
  ) as Record<Share, (summed: Float64Array) => number | null>
  const clusters = scores.map(({ sums }) => sums[variant])
  return bootstrapTable(clusters, statistics, { rng: stream(1, 'occupancy', variant) })
}

function tables(scores: readonly LogScore[]): string {
  const groups: [string, LogScore[]][] = [
    ['all, clear', scores.filter(({ plan }) => plan.weather === 'clear')],
    ['all, rain', scores.filter(({ plan }) => plan.weather === 'rain')],
    ...['sedan64', 'shuttle32', 'tug16', 'truck64'].map((rig): [string, LogScore[]] => [
      `${rig}, clear`,
      scores.filter(({ plan }) => plan.rigId === rig && plan.weather === 'clear'),
    ]),
  ]
  return groups
    .filter(([, of]) => of.length > 0)
    .map(([name, of]) => table(name, of))
    .join('\n')
}

function table(name: string, scores: readonly LogScore[]): string {
  const columns = variants.map((_, v) => sharesOf(scores, v))
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`
  return (
    `\n${name}: ${scores.length} logs\n\n` +
    line(['%', ...variants.map((variant) => variant.name)]) +
    line(['---', ...variants.map(() => '---')]) +
    (Object.keys(shares) as Share[]).map((share) => line([share, ...columns.map((c) => shown(c[share]))])).join('')
  )
}

function shown({ value, low, high }: Interval): string {
  const percent = (share: number | null) => (share === null ? '–' : (100 * share).toFixed(2))
  return low === null ? percent(value) : `${percent(value)} (${percent(low)}–${percent(high)})`
}

function targets(scores: readonly LogScore[]): Measured[] {
  const best = sharesOf(scores, variants.length - 1)
  const percent = (what: string, value: number, atLeast: number): Measured => ({
    what,
    value: 100 * value,
    unit: '%',
    target: { atLeast },
  })
  return [
    percent('precision within half a voxel', best['precision, within half a voxel'].value ?? 0, 99),
    percent('recall of true hits', best['recall of true hits'].value ?? 0, 95),
    percent('free voxels whose centre is in no thing', 1 - (best['free with its centre in a thing'].value ?? 1), 99.5),
  ]
}
