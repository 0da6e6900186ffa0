import { type LogSlice, logSlices } from '../../eval/logSlices.js'
import { occupancy } from '../../eval/measures/occupancy.js'
import { policies } from '../../eval/metrics/policies.js'
import { Sampler } from '../../eval/sampler.js'
import type { Tally } from '../../eval/scoreboard.js'
import { clusterBootstrap } from '../../eval/statistics/bootstrap.js'
import { gainRows, type RowContext, rowsOf, slicedRows } from '../../eval/tallyRows.js'
import { gridNamed } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import { taxonomies } from '../../pipeline/taxonomy.js'
import type { Bench, Measured } from '../bench.js'
import { byTurns, cpuOf, median, type Side, sidesOf, timesFaster } from '../rounds.js'

const taxonomy = taxonomies.fleet
const world = { grid: gridNamed('compact'), taxonomy, rateHz: 2 }
const resamples = 1000
const rounds = 5

/** Made-up confusions as the demo has them: 9 logs, 3 horizons, 3 forecasters and a reconstruction, 2 policies, 20 slices. */
export const evalIntervals: Bench = {
  name: 'eval-intervals',
  question:
    'What do intervals, slices and gains of an evaluation cost, and what does it save to draw the logs once for all?',
  async run() {
    const tallies = talliesOf(9)
    const [all] = await byTurns([{ cpuS: () => cpuOf(() => rowsOfAll(tallies, 9)) } satisfies Side], rounds)
    const rows = rowsOfAll(tallies, 9)
    return [
      {
        ...{ what: `all rows of ${tallies.length} tallies over 9 logs, ${resamples} resamples`, value: median(all) },
        ...{ unit: 'CPU s', target: { atMost: 5 }, range: [Math.min(...all), Math.max(...all)] as const },
        sides: `${rows} rows`,
      },
      await againstSingly(tallies[0]),
    ]
  },
}

/** The rows of one tally, against a bootstrap of its own for each number. */
async function againstSingly(tally: Tally): Promise<Measured> {
  const values = tally.measure.values(world, tally.policy)
  const clusters = [...tally.logs.values()]
  const together: Side = { cpuS: () => cpuOf(() => rowsOf(tally, contextOf())) }
  const singly: Side = {
    cpuS: () =>
      cpuOf(() => {
        for (const { score } of values)
          clusterBootstrap(clusters, (sums) => score(sums).value, { rng: stream(1), resamples })
      }),
  }
  const [ours, theirs] = await byTurns([together, singly], rounds)
  return {
    what: `the ${values.length} values of one tally, against a bootstrap of its own for each`,
    ...{ ...timesFaster(ours, theirs), unit: '×', target: { atLeast: 3 } },
    sides: sidesOf({ together: ours, singly: theirs }, 1),
  }
}

function rowsOfAll(tallies: readonly Tally[], logs: number): number {
  const context = contextOf()
  const slices = slicesOf(logs)
  return tallies.reduce((sum, tally) => sum + rowsOfTally(tally, tallies, slices, context), 0)
}

function rowsOfTally(tally: Tally, all: readonly Tally[], slices: readonly LogSlice[], context: RowContext): number {
  const isModel = tally.model === 'dynamics' || tally.model === 'latent'
  const baselines = all.filter(
    ({ model, horizonS, policy }) =>
      tally.model === 'dynamics' &&
      (model === 'copy' || model === 'warp') &&
      horizonS === tally.horizonS &&
      policy === tally.policy,
  )
  return [
    rowsOf(tally, context),
    ...slices.map((slice) => slicedRows(tally, slice, context, isModel)),
    ...baselines.map((baseline) => gainRows(tally, baseline, context)),
  ].reduce((sum, rows) => sum + rows.length, 0)
}

function contextOf(): RowContext {
  return {
    ...{ world, sampler: new Sampler(1, resamples), minLogs: 3, ego: 'given', part: 'test' },
    ...{ population: { reconstruction: '', forecast: '' }, dataset: '', split: '', run: '' },
  }
}

function slicesOf(logs: number): LogSlice[] {
  const tags = Array.from({ length: logs }, (_, log) => ({
    ...{
      logId: `log-${log}`,
      rigId: `rig${log % 3}`,
      siteId: `site${Math.floor(log / 3) % 3}`,
      routeId: `route${log}`,
    },
    ...{ weather: log % 2 ? 'rain' : 'clear', timeOfDay: log % 4 ? 'day' : 'night', mapVersion: null, date: null },
  }))
  return logSlices(tags).slices
}

function talliesOf(logs: number): Tally[] {
  const horizons = ['dynamics', 'copy', 'warp'].flatMap((model) =>
    [1, 2, 3].map((horizonS) => ({ task: 'forecast' as const, model, horizonS })),
  )
  return [{ task: 'reconstruction' as const, model: 'latent', horizonS: null }, ...horizons].flatMap((entry) =>
    [policies.occlab, policies.occworld].map((policy) => ({
      ...{ ...entry, measure: occupancy, policy, slice: 'all', frames: new Map() },
      logs: new Map(
        Array.from({ length: logs }, (_, log) => [`log-${log}`, confusion(entry.model, entry.horizonS ?? 0, log)]),
      ),
    })),
  )
}

/** [K, K], a third of it other than 0, the diagonal heavy. */
function confusion(...name: (string | number)[]): Float64Array {
  const rng = stream(1, ...name)
  const classes = taxonomy.classes.length
  return Float64Array.from({ length: classes * classes }, (_, at) => {
    const isHit = at % (classes + 1) === 0
    return isHit ? rng.int(5000) : rng.int(3) === 0 ? rng.int(1000) : 0
  })
}
