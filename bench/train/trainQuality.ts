import { stream } from '../../pipeline/random.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import type { Measured } from '../bench.js'
import type { Side, Took } from './side.js'
import type { TrainData } from './trainData.js'
import { closeAll, ourSide, peerSide } from './trainSides.js'
import { config, learningRates } from './trainSpec.js'

/** Frames of a run, one a step, and how often mIoU is taken on the way. */
const frames = 240
const scoreEvery = 40

interface Point {
  wallS: number
  cpuS: number
  miou: number
}

/**
 * Both trained on the same frames in the same order; mIoU over the observed voxels of logs that neither trained on, class
 * weights taken back alike (`priorShift`).
 */
export async function compareQuality(data: TrainData, env: NodeJS.ProcessEnv): Promise<Measured[]> {
  const order = stream(1, 'bench train').shuffle(data.train)
  const sides = [
    { side: await ourSide(data), rate: config.learningRate },
    { side: await peerSide(data, { model: 'occworld', variant: 'bfloat16', learningRate: 1e-3 }, env), rate: 1e-3 },
  ]
  const curves: Point[][] = []
  try {
    for (const { side, rate } of sides) curves.push(await curveOf(side, order, data, rate))
  } finally {
    closeAll(sides.map(({ side }) => side))
  }
  return figuresOf(curves[0], curves[1])
}

async function curveOf(
  side: Side,
  order: readonly number[],
  { test, spec }: TrainData,
  peak: number,
): Promise<Point[]> {
  const rates = learningRates(frames, peak)
  const curve: Point[] = []
  let [wallS, cpuS] = [0, 0]
  for (let done = 0; done < frames; done += scoreEvery) {
    const batches = Array.from({ length: scoreEvery }, (_, i) => [order[(done + i) % order.length]])
    const took = await side.ask<Took>('train', { batches, learningRates: rates.slice(done, done + scoreEvery) })
    wallS += took.wallS
    cpuS += took.cpuS
    curve.push({ wallS, cpuS, miou: await miouOf(side, test, freeIndex(spec.taxonomy)) })
  }
  return curve
}

/** Mean over the classes that truth or prediction have, without `free`. */
async function miouOf(side: Side, numbers: readonly number[], free: number): Promise<number> {
  const { intersections, unions } = await side.ask<{ intersections: number[]; unions: number[] }>('score', { numbers })
  const ious = unions.flatMap((union, k) => (union > 0 && k !== free ? [intersections[k] / union] : []))
  return ious.reduce((sum, iou) => sum + iou, 0) / ious.length
}

function figuresOf(ours: Point[], peer: Point[]): Measured[] {
  const [last, theirs] = [ours.at(-1)!, peer.at(-1)!]
  const best = peer.reduce((a, b) => (b.miou > a.miou ? b : a))
  const reached = ours.find(({ miou }) => miou >= best.miou)
  const sides = `occlab ${last.miou.toFixed(3)}, OccWorld-shaped ${theirs.miou.toFixed(3)}`
  const to = `mIoU ${best.miou.toFixed(3)}`
  return [
    {
      what: `mIoU after ${frames} frames, less the OccWorld-shaped tokenizer's`,
      ...{ value: last.miou - theirs.miou, unit: '', target: { atLeast: 0 }, sides },
    },
    {
      what: `time to the other's best, ${to}, times less by the clock`,
      ...{ value: reached ? best.wallS / reached.wallS : 0, unit: '×', target: { atLeast: 12 } },
      sides: reached
        ? `occlab ${reached.wallS.toFixed(0)} s (${reached.cpuS.toFixed(0)} s of the processor), the other ${best.wallS.toFixed(0)} s (${best.cpuS.toFixed(0)} s)`
        : `occlab did not reach it in ${frames} frames`,
    },
  ]
}
