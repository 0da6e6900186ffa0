/** What `bench/peers/train.py` is for PyTorch, for occlab: answers the same jobs, one a line of JSON. */
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { batchOfArrays, type OccupancyBatch } from '../../models/batch.js'
import { measureBf16 } from '../../models/engine/bf16.js'
import { tf } from '../../models/engine/tensorflow.js'
import type { LatentModel, LatentSpec } from '../../models/latent/latentModel.js'
import { buildLatent } from '../../models/latent/load.js'
import { choosePrecision } from '../../models/precision.js'
import { AdamW } from '../../models/training/adamw.js'
import { gradientOf } from '../../models/training/gradient.js'
import { voxelCount } from '../../pipeline/grid.js'
import { peakMemoryMib } from '../../pipeline/peakMemory.js'
import type { Took } from './side.js'
import { npyHeader } from './trainData.js'
import type { BenchSpec } from './trainSpec.js'

interface Run {
  folder: string
  frames: number
  model: LatentModel
  spec: LatentSpec
  optimiser: AdamW
  step: number
}

let run: Run

function open(args: { folder: string; frames: number; spec: BenchSpec }): number {
  const spec: LatentSpec = { ...args.spec, precision: choosePrecision(args.spec.config.precision) }
  const model = buildLatent(spec)
  run = { ...args, spec, model, optimiser: new AdamW(model.parameters, spec.config), step: 0 }
  return model.parameters.size
}

function batch(numbers: readonly number[]): OccupancyBatch {
  const voxels = voxelCount(run.spec.grid)
  const [semantics, observed] = ['semantics', 'observed'].map((name) => {
    const header = npyHeader([run.frames, ...run.spec.grid.dims]).length
    const bytes = new Uint8Array(numbers.length * voxels)
    const file = openSync(join(run.folder, `${name}.npy`), 'r')
    numbers.forEach((number, i) => {
      readSync(file, bytes, i * voxels, voxels, header + number * voxels)
    })
    closeSync(file)
    return Int32Array.from(bytes)
  })
  const metadata = numbers.map((frameIndex) => ({ logId: 'bench', frameIndex })) as never[]
  return batchOfArrays({ semantics, observed, input: null, metadata }, run.spec.grid)
}

function timed(work: () => number): Took {
  const [start, before] = [performance.now(), process.cpuUsage()]
  const value = work()
  const { user, system } = process.cpuUsage(before)
  return { wallS: (performance.now() - start) / 1000, cpuS: (user + system) / 1e6, value }
}

function train({ batches, learningRates }: { batches: number[][]; learningRates: number[] }): Took {
  const total = { wallS: 0, cpuS: 0, value: 0 }
  batches.forEach((numbers, i) => {
    const frames = batch(numbers)
    const one = timed(() => step(frames, learningRates[i]))
    frames.dispose()
    Object.assign(total, { wallS: total.wallS + one.wallS, cpuS: total.cpuS + one.cpuS, value: one.value })
  })
  return total
}

function step(frames: OccupancyBatch, learningRate: number): number {
  const { model, optimiser } = run
  const { gradient, names, values } = gradientOf(model.parameters, () => model.loss(frames, run.step))
  optimiser.apply(gradient, values[names.indexOf('gradient_norm')], learningRate, run.step++)
  gradient.dispose()
  return values[names.indexOf('total')]
}

/** Each frame through encoder and decoder to the most likely classes, read back. */
function infer({ numbers }: { numbers: number[] }): Took[] {
  return numbers.map((number) => {
    const frames = batch([number])
    const took = timed(() => reconstruct(frames)[0])
    frames.dispose()
    return took
  })
}

function reconstruct(frames: OccupancyBatch): Int32Array {
  return tf.tidy(() => run.model.classes(run.model.encode(frames).mode()).dataSync<'int32'>())
}

function score({ numbers }: { numbers: number[] }) {
  const K = run.spec.taxonomy.classes.length
  const [intersections, unions] = [Array<number>(K).fill(0), Array<number>(K).fill(0)]
  for (const number of numbers) {
    const frames = batch([number])
    const predicted = reconstruct(frames)
    const [truth, observed] = [frames.semantics.dataSync(), frames.observed.dataSync()]
    for (let v = 0; v < truth.length; v++) {
      if (observed[v] === 0) continue
      unions[truth[v]]++
      if (truth[v] === predicted[v]) intersections[truth[v]]++
      else unions[predicted[v]]++
    }
    frames.dispose()
  }
  return { intersections, unions }
}

const jobs: Record<string, (args: never) => unknown> = {
  ...{ open, train, infer, score, peak: () => peakMemoryMib(), roofline: () => measureBf16() },
}

for await (const line of createInterface(process.stdin)) {
  const { job, args } = JSON.parse(line)
  process.stdout.write(`${JSON.stringify({ result: jobs[job](args as never) })}\n`)
}
