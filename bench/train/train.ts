import type { Bench, Measured } from '../bench.js'
import type { Side } from './side.js'
import { makeTrainData, type TrainData } from './trainData.js'
import {
  alone,
  bothClocks,
  clocks,
  fastest,
  inferByTurns,
  medianOf,
  type Rounds,
  ratio,
  trainByTurns,
} from './trainRounds.js'
import { closeAll, openAll, ourSide, providePyTorch, variants } from './trainSides.js'
import { config, flopsOfStep } from './trainSpec.js'

/** Everything is of one frame of 200×200×16 voxels, the preset `occ3d`, on all cores. */
export const train: Bench = {
  name: 'train',
  question: 'Training and running a tokenizer of the Occ3D grid: how fast, in how much memory, against PyTorch?',
  async run() {
    const data = await makeTrainData()
    const env = await providePyTorch()
    const peers = env ? await openAll(data, 'vae', variants, env) : []
    const ours = await ourSide(data)
    try {
      return await measured(data, ours, peers)
    } finally {
      closeAll([ours, ...peers])
    }
  },
}

/** Where no peer runs, ours alone. */
export async function measured(data: TrainData, ours: Side, peers: readonly Side[]): Promise<Measured[]> {
  const steps = await trainByTurns([ours, ...peers], data.train, { rounds: 7, perRound: 1 })
  const runs = await inferByTurns([ours, ...peers], data.test, 9)
  const against =
    peers.length === 0
      ? [alone(steps, ours, 'a training step')]
      : bothClocks.map((clock) => ({
          what: `a training step against PyTorch's best of ${peers.length}, ${clocks[clock]}`,
          ...{ ...ratio(steps, ours, fastest(steps, peers, clock), clock), unit: '×', target: { atMost: 0.9 } },
        }))
  const latency = alone(runs, ours, 'encode + decode of a frame, p50', { atMost: 80 })
  const memory = await memoryFigure(ours, peers)
  return [...against, latency, memory, ...(await roofline(data, ours, steps))]
}

async function memoryFigure(ours: Side, peers: readonly Side[]): Promise<Measured> {
  const peaks = await Promise.all([ours, ...peers].map((side) => side.ask<number>('peak', {})))
  if (peers.length === 0) return { what: 'peak memory', value: peaks[0], unit: 'MiB', target: null }
  const sides = [ours, ...peers].map(({ name }, i) => `${name} ${peaks[i].toFixed(0)} MiB`).join(', ')
  const value = peaks[0] / Math.min(...peaks.slice(1))
  return { what: "peak memory, times PyTorch's least", value, unit: '×', target: { atMost: 1 }, sides }
}

/** How much of what one convolution reaches alone a whole training step reaches. */
async function roofline({ spec }: TrainData, ours: Side, steps: Rounds): Promise<Measured[]> {
  const peak = await ours.ask<{ float32GflopS: number; bfloat16GflopS: number | null }>('roofline', {})
  const gflop = flopsOfStep(config, spec.grid.dims, spec.taxonomy.classes.length) / 1e9
  const most = Math.max(peak.float32GflopS, peak.bfloat16GflopS ?? 0)
  const rate = gflop / medianOf(steps, ours, 'wallS')
  const peaks = `float32 ${peak.float32GflopS.toFixed(0)}, bfloat16 with its casts ${peak.bfloat16GflopS?.toFixed(0) ?? 'none'}`
  const sides = `${gflop.toFixed(1)} GFLOP a step at ${rate.toFixed(0)} GFLOP/s; convolution ${peaks}`
  return [
    {
      what: "share of a convolution's own rate that a step reaches",
      value: rate / most,
      unit: '',
      target: null,
      sides,
    },
  ]
}
