import type { Bench, Measured } from '../bench.js'
import type { Side } from './side.js'
import { makeTrainData, type TrainData } from './trainData.js'
import { compareQuality } from './trainQuality.js'
import { alone, bothClocks, clocks, fastest, inferByTurns, type Rounds, ratio, trainByTurns } from './trainRounds.js'
import { closeAll, openAll, ourSide, providePyTorch } from './trainSides.js'

/** A tokenizer that works at full resolution, as published ones do, against ours; one frame a step on either side. */
export const trainTokenizer: Bench = {
  name: 'train-tokenizer',
  question: 'A tokenizer for the Occ3D grid: how fast is ours, against one of the shape of OccWorld in PyTorch?',
  async run({ full }) {
    const data = await makeTrainData()
    const env = await providePyTorch()
    const peers = env ? await openAll(data, 'occworld', ['float32', 'bfloat16'], env) : []
    const ours = await ourSide(data)
    let figures: Measured[]
    try {
      figures = await speeds(data, ours, peers)
    } finally {
      closeAll([ours, ...peers])
    }
    return full && env && peers.length > 0 ? [...figures, ...(await compareQuality(data, env))] : figures
  },
}

/** Where no peer runs, ours alone. */
export async function speeds(data: TrainData, ours: Side, peers: readonly Side[]): Promise<Measured[]> {
  const steps = await trainByTurns([ours, ...peers], data.train, { rounds: 3, perRound: 1 })
  const runs = await inferByTurns([ours, ...peers], data.test, 3)
  if (peers.length === 0)
    return [alone(steps, ours, 'a training frame'), alone(runs, ours, 'a frame encoded and decoded')]
  const compare = (took: Rounds, what: string, atLeast: number) =>
    bothClocks.map((clock) => ({
      what: `${what}, times the OccWorld-shaped tokenizer, ${clocks[clock]}`,
      ...{ ...ratio(took, fastest(took, peers, clock), ours, clock), unit: '×', target: { atLeast } },
    }))
  return [...compare(steps, 'training frames', 12), ...compare(runs, 'frames encoded and decoded', 8)]
}
