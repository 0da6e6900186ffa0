import type { Bench, Measured } from '../bench.js'
import type { Side } from './side.js'
import { makeTrainData, type TrainData } from './trainData.js'
import { compareQuality } from './trainQuality.js'
import { bothClocks, clocks, fastest, inferByTurns, type Rounds, ratio, trainByTurns } from './trainRounds.js'
import { openAll, ourSide, providePyTorch } from './trainSides.js'

/** A tokenizer that works at full resolution, as published ones do, against ours; one frame a step on either side. */
export const trainTokenizer: Bench = {
  name: 'train-tokenizer',
  question: 'A tokenizer for the Occ3D grid: how fast is ours, against one of the shape of OccWorld in PyTorch?',
  async run({ full }) {
    const data = await makeTrainData()
    const env = await providePyTorch()
    if (!env) return []
    const ours = await ourSide(data)
    try {
      const figures = await againstOccWorld(data, ours, env)
      return full ? [...figures, ...(await compareQuality(data, env))] : figures
    } finally {
      ours.close()
    }
  },
}

async function againstOccWorld(data: TrainData, ours: Side, env: NodeJS.ProcessEnv): Promise<Measured[]> {
  const peers = await openAll(data, 'occworld', ['float32', 'bfloat16'], env)
  const steps = await trainByTurns([ours, ...peers], data.train, { rounds: 3, perRound: 1, warmUps: 0 })
  const runs = await inferByTurns([ours, ...peers], data.test, 3)
  for (const peer of peers) peer.close()
  const compare = (took: Rounds, what: string, atLeast: number) =>
    bothClocks.map((clock) => ({
      what: `${what}, times the OccWorld-shaped tokenizer, ${clocks[clock]}`,
      ...{ ...ratio(took, fastest(took, peers, clock), ours, clock), unit: '×', target: { atLeast } },
    }))
  return [...compare(steps, 'training frames', 12), ...compare(runs, 'frames encoded and decoded', 8)]
}
