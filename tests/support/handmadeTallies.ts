import { occupancy } from '../../eval/measures/occupancy.js'
import { policies } from '../../eval/metrics/policies.js'
import type { Tally } from '../../eval/scoreboard.js'
import type { Evaluation, Tallies } from '../../eval/tallyTable.js'
import { gridNamed } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import { classIndex, freeIndex, taxonomies } from '../../pipeline/taxonomy.js'

const taxonomy = taxonomies.fleet
const classes = taxonomy.classes.length
const [free, car, cone] = [freeIndex(taxonomy), classIndex(taxonomy, 'car'), classIndex(taxonomy, 'cone')]

/** How handmade tallies differ from the usual ones. */
export interface Handmade {
  /** Logs, called `log-0`, `log-1`, … */
  logs: number
  /** Share of a log's car voxels that the model finds, by log. */
  recall(log: number): number
  about: Partial<Evaluation>
}

/**
 * Tallies of a forecaster, of copying and of a reconstruction on logs of 100 to 300 car voxels, 10 cone voxels (never
 * found) and 1000 free ones. Logs of even number have rig `north`, the others `south`.
 */
export function handmadeTallies({ logs = 12, recall = () => 0.5, about = {} }: Partial<Handmade> = {}): Tallies {
  const world = { grid: gridNamed('compact'), taxonomy, rateHz: 2 }
  const forecasters = [
    { task: 'reconstruction', model: 'latent', horizonS: null, found: (log: number) => Math.min(1, recall(log) + 0.2) },
    { task: 'forecast', model: 'dynamics', horizonS: 1, found: recall },
    { task: 'forecast', model: 'copy', horizonS: 1, found: () => 0.4 },
  ] as const
  const evaluation: Evaluation = {
    ...{ world, part: 'test', ego: 'given', windows: { pastFrames: 2, strideFrames: 1, horizonsS: [1] } },
    population: { reconstruction: `${10 * logs} frames`, forecast: `${8 * logs} windows` },
    ...{ seed: 1, resamples: 200, minLogs: 3, dataset: 'd'.repeat(64), split: 's'.repeat(64) },
    ...{ latent: 'l'.repeat(64), dynamics: 'r'.repeat(64) },
    logs: Array.from({ length: logs }, (_, log) => ({
      ...{ logId: `log-${log}`, rigId: log % 2 === 0 ? 'north' : 'south', siteId: 'street', routeId: `route-${log}` },
      ...{ weather: null, timeOfDay: null, mapVersion: null, date: null },
    })),
    ...about,
  }
  return { about: evaluation, tallies: forecasters.map((each) => tallyOf(each, logs)) }
}

interface Forecaster extends Pick<Tally, 'task' | 'model' | 'horizonS'> {
  found(log: number): number
}

function tallyOf({ found, ...entry }: Forecaster, logs: number): Tally {
  const numbers = Array.from({ length: logs }, (_, log) => log)
  return {
    ...{ ...entry, measure: occupancy, policy: policies.occlab, slice: 'all' },
    logs: new Map(numbers.map((log) => [`log-${log}`, confusionOf(log, found(log))])),
    frames: new Map(numbers.map((log) => [`log-${log}`, { count: 8, hash: `frames of log ${log}` }])),
  }
}

/** [K, K] counts of one log. */
function confusionOf(log: number, recall: number): Float64Array {
  const counts = new Float64Array(classes * classes)
  const cars = 100 + stream(5, 'cars', log).int(201)
  const hits = Math.round(recall * cars)
  counts[car * classes + car] = hits
  counts[car * classes + free] = cars - hits
  counts[cone * classes + free] = 10
  counts[free * classes + free] = 1000
  return counts
}
