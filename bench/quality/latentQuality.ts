import { join } from 'node:path'
import { boundary } from '../../eval/measures/boundary.js'
import { occupancy } from '../../eval/measures/occupancy.js'
import { policies } from '../../eval/metrics/policies.js'
import { bootstrapTable } from '../../eval/statistics/bootstrap.js'
import type { Interval } from '../../eval/statistics/interval.js'
import { type LatentConfig, latentDefaults } from '../../models/latent/config.js'
import { trainLatent } from '../../models/latent/train.js'
import { ingestDefaults, ingestPresets } from '../../pipeline/ingest/config.js'
import { ingest } from '../../pipeline/ingest/ingest.js'
import { stream } from '../../pipeline/random.js'
import { simulateDefaults, simulatePresets } from '../../pipeline/simulate/config.js'
import { simulate } from '../../pipeline/simulate/simulate.js'
import { type SplitConfig, splitDefaults } from '../../pipeline/splits/config.js'
import { split } from '../../pipeline/splits/split.js'
import type { Bench, Measured } from '../bench.js'
import { inFolder } from '../workspace.js'
import { type Reconstructed, reconstructTest } from './reconstructTest.js'

/** Latents from small to large: what a bit buys. */
const variants: Record<string, Partial<LatentConfig>> = {
  '16×16×8': { patch: 4, channels: 8 },
  '32×32×4': { patch: 2, channels: 4 },
  '32×32×8 (default)': {},
  '32×32×16': { patch: 2, channels: 16 },
}
const steps = 300
const sites = ['urban', 'suburban', 'apron']

export const latentQuality: Bench = {
  name: 'quality',
  question:
    'What does a bit of latent buy: reconstruction of held-out sites and of real box logs, against bits a frame?',
  run: ({ data }) =>
    inFolder(async (folder) => {
      const simulated = await simulatedDataset(folder)
      const measured = await table('simulated, each of three sites held out', simulated, siteSplits, folder)
      if (!data) {
        process.stdout.write('skipped, real box logs: no data folder (--data DIR)\n')
        return measured
      }
      const boxes = await boxDataset(folder, data)
      return [...measured, ...(await table('real box logs, two in five held out', boxes, logSplit, folder))]
    }),
}

async function simulatedDataset(folder: string): Promise<string> {
  const logs = join(folder, 'logs')
  const out = join(folder, 'simulated')
  await simulate({ out: logs, config: { ...simulateDefaults, ...simulatePresets.demo }, seed: 1 })
  await ingest({ logs: [logs], out, config: { ...ingestDefaults, ...ingestPresets.demo } })
  return out
}

async function boxDataset(folder: string, data: string): Promise<string> {
  const out = join(folder, 'boxes')
  const config = { ...ingestDefaults, ...ingestPresets.demo, occupancy: 'boxes' }
  await ingest({ logs: [join(data, 'boxlogs'), join(data, 'argoverse2')], out, config, warn: () => undefined })
  return out
}

/** Test parts that are never trained on; the logs of all of them are scored together. */
type Splits = Record<string, Partial<SplitConfig>>

const siteSplits: Splits = Object.fromEntries(
  sites.map((site) => [site, { rule: ['site'], holdOut: [site], shares: [0.7, 0, 0.3] }]),
)
const logSplit: Splits = { logs: { rule: ['log'], shares: [0.6, 0, 0.4] } }

async function table(title: string, dataset: string, splits: Splits, folder: string): Promise<Measured[]> {
  const head = ['latent', 'bits a frame', 'numbers', 'IoU', 'mIoU', 'rare recall', 'boundary F1']
  process.stdout.write(`\n${title}\n\n${line(head)}${line(head.map(() => '---'))}`)
  const found: Measured[] = []
  for (const [name, over] of Object.entries(variants)) {
    const parts: Reconstructed[] = []
    for (const [which, rule] of Object.entries(splits))
      parts.push(await trainedAndScored({ dataset, name, which, over, rule, folder, title }))
    const scores = scoresOf(parts)
    const bits = parts.reduce((sum, part) => sum + part.bits * part.frames, 0) / sum(parts, ({ frames }) => frames)
    const cells = ['iou', 'miou', 'rare_recall', 'boundary_f1'].map((metric) => shown(scores[metric]))
    process.stdout.write(line([name, Math.round(bits).toLocaleString('en-GB'), String(parts[0].numbers), ...cells]))
    const what = `${title}: mIoU of ${name} at ${Math.round(bits)} bits a frame`
    found.push({ what, value: scores.miou?.value ?? 0, unit: '', target: null, range: rangeOf(scores.miou) })
  }
  return found
}

interface Trial {
  dataset: string
  name: string
  which: string
  over: Partial<LatentConfig>
  rule: Partial<SplitConfig>
  folder: string
  title: string
}

async function trainedAndScored({ dataset, name, which, over, rule, folder, title }: Trial): Promise<Reconstructed> {
  const at = join(folder, title.replaceAll(/\W+/g, '-'), which)
  const parts = join(at, 'split')
  await split({ dataset, out: parts, config: { ...splitDefaults, ...rule }, seed: 1, replace: false })
  const latent = join(at, name.replaceAll(/\W+/g, '-'))
  const config = { ...latentDefaults, ...over, steps }
  await trainLatent({ dataset, split: parts, out: latent, config, seed: 1, label: `${name}, ${which}` })
  return reconstructTest({ dataset, split: parts, latent })
}

/** The headline values over the logs of all parts, with cluster bootstraps over logs. */
function scoresOf(parts: readonly Reconstructed[]): Record<string, Interval> {
  const [{ world }] = parts
  const scored = [occupancy, boundary].flatMap((measure) => {
    const clusters = parts.flatMap(({ sums }) => sums[measure.name])
    const wanted = measure.values(world, policies.occlab).filter(({ className }) => className === null)
    const statistics = Object.fromEntries(
      wanted.map(({ metric, score }) => [metric, (all: Float64Array) => score(all).value]),
    )
    return Object.entries(bootstrapTable(clusters, statistics, { rng: stream(1, 'quality', measure.name) }))
  })
  return Object.fromEntries(scored)
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

function shown(interval: Interval | undefined): string {
  if (!interval || interval.value === null) return '–'
  const { value, low, high } = interval
  return low === null ? value.toFixed(3) : `${value.toFixed(3)} [${low.toFixed(3)}, ${high!.toFixed(3)}]`
}

function rangeOf(interval: Interval | undefined): readonly [number, number] | undefined {
  return interval?.low != null ? [interval.low, interval.high!] : undefined
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}
