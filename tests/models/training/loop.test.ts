import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-core'
import { beforeEach, expect, test, vi } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { readHistory } from '../../../models/training/history.js'
import { loopDefaults, type Training, type TrainingBatch, train } from '../../../models/training/loop.js'
import { weightedSum } from '../../../models/training/lossTerms.js'
import { Parameters } from '../../../models/training/parameters.js'
import { Interrupted } from '../../../pipeline/errors.js'
import { seedOf } from '../../../pipeline/random.js'

/** The signal that Ctrl-C aborts, in the test's hand. */
const stop = vi.hoisted(() => ({ controller: new AbortController() }))
vi.mock('../../../pipeline/interrupt.js', async () => {
  const { Interrupted } = await import('../../../pipeline/errors.js')
  return {
    get interrupted() {
      return stop.controller.signal
    },
    stopIfInterrupted: () => {
      if (stop.controller.signal.aborted) throw new Interrupted('stopped')
    },
  }
})
beforeEach(() => {
  stop.controller = new AbortController()
})

interface Batch extends TrainingBatch {
  x: Tensor2D
}

const steps = 12

/** A two-layer regression with noise in its loss, so that a resumed run must find the streams where they were. */
function regression(dir: string, change: Partial<Training<Batch>> = {}) {
  const parameters = new Parameters(3)
  const first = parameters.make('first', [4, 8], { normal: 0.5 }) as Variable
  const second = parameters.make('second', [8, 1], { normal: 0.5 }) as Variable
  const batchOf = async (step: number): Promise<Batch> => {
    const x: Tensor2D = tf.randomNormal([16, 4], 0, 1, 'float32', seedOf(3, 'batch', step))
    return { x, frames: [`log/${step}`], dispose: () => x.dispose() }
  }
  const loss = ({ x }: Batch, step: number) => {
    const noise = tf.randomNormal([16, 1], 0, 0.1, 'float32', seedOf(3, 'noise', step))
    const hidden = tf.tanh(tf.matMul(x, first as unknown as Tensor2D))
    const error = tf.sub(tf.add(tf.matMul(hidden, second as unknown as Tensor2D), noise), tf.sum(x, 1, true))
    const square = tf.mean(tf.square(error)) as Scalar
    return weightedSum({ square, absolute: tf.mean(tf.abs(error)) as Scalar }, { square: 1, absolute: 0.1 })
  }
  const run: Training<Batch> = {
    label: 'test',
    work: { dir, stateDir: dir },
    parameters,
    config: { ...loopDefaults, steps, warmupSteps: 3, logEvery: 4, validateEvery: 6, checkpointEvery: 5 },
    nextBatch: batchOf,
    loss,
    validation: { batches: 2, batch: (i) => batchOf(1000 + i), loss },
    ...change,
  }
  return { run, parameters }
}

const folder = () => mkdtempSync(join(tmpdir(), 'occlab-loop-'))

/** The steps whose batches the run asks for, as it does. */
function stepsAsked(run: Training<Batch>): number[] {
  const seen: number[] = []
  const open = run.nextBatch
  run.nextBatch = (step) => {
    seen.push(step)
    return open(step)
  }
  return seen
}

/** Everything a run leaves, as bytes. */
async function outcomeOf(dir: string, parameters: Parameters) {
  const values = Object.values(parameters.values()).map(({ values }) => Buffer.from(values.buffer).toString('hex'))
  return { values, history: (await readFile(join(dir, 'history.parquet'))).toString('hex') }
}

async function uninterrupted() {
  const dir = folder()
  const { run, parameters } = regression(dir)
  await train(run)
  return outcomeOf(dir, parameters)
}

test('the same seed gives the same bytes', async () => {
  expect(await uninterrupted()).toEqual(await uninterrupted())
})

test('a run killed between checkpoints and started again gives the bytes of one that was not', async () => {
  const dir = folder()
  const killed = regression(dir)
  const open = killed.run.nextBatch
  killed.run.nextBatch = (step) => (step === 8 ? Promise.reject(new Error('killed')) : open(step))
  await expect(train(killed.run)).rejects.toThrow('killed')
  const { run, parameters } = regression(dir)
  const seen = stepsAsked(run)
  await train(run)
  // The last checkpoint was after step 5; steps 6 to 8 are computed again.
  expect(seen[0]).toBe(5)
  expect(await outcomeOf(dir, parameters)).toEqual(await uninterrupted())
})

test('Ctrl-C leaves a checkpoint of the very step, from which the run goes on to the same bytes', async () => {
  const dir = folder()
  const stopped = regression(dir)
  const loss = stopped.run.loss
  stopped.run.loss = (batch, step) => {
    if (step === 6) stop.controller.abort()
    return loss(batch, step)
  }
  await expect(train(stopped.run)).rejects.toThrow(Interrupted)
  stop.controller = new AbortController()
  const { run, parameters } = regression(dir)
  const seen = stepsAsked(run)
  await train(run)
  expect(seen[0]).toBe(7)
  expect(await outcomeOf(dir, parameters)).toEqual(await uninterrupted())
})

test('a finished run that was killed before its folder was sealed computes no step again', async () => {
  const dir = folder()
  const { run } = regression(dir)
  const first = await train(run)
  const again = regression(dir, { nextBatch: () => Promise.reject(new Error('no step is left')) })
  const second = await train(again.run)
  expect({ ...second, timing: null }).toEqual({ ...first, timing: null })
})

test('the history holds the means of each interval, the learning rate and the validation, and no time', async () => {
  const dir = folder()
  const { run } = regression(dir)
  const outcome = await train(run)
  const rows = await readHistory(join(dir, 'history.parquet'))
  const stepsOf = (part: string, name: string) =>
    rows.filter((row) => row.part === part && row.name === name).map(({ step }) => step)
  expect(stepsOf('train', 'total')).toEqual([4, 8, 12])
  expect(stepsOf('val', 'total')).toEqual([6, 12])
  expect([...new Set(rows.filter(({ part }) => part === 'train').map(({ name }) => name))]).toEqual([
    'total',
    'square',
    'absolute',
    'gradient_norm',
    'learning_rate',
  ])
  const last = (name: string) => rows.find((row) => row.step === 12 && row.part === 'train' && row.name === name)!.value
  expect(last('total')).toBeCloseTo(last('square') + 0.1 * last('absolute'), 5)
  expect(outcome.train.total).toBe(last('total'))
  expect(outcome.val?.total).toBeGreaterThan(0)
})

test('it learns', async () => {
  const { run } = regression(folder())
  const { train: means } = await train({
    ...run,
    config: { ...run.config, steps: 300, learningRate: 0.02, validateEvery: 1000 },
  })
  expect(means.square).toBeLessThan(0.1)
})

test('a loss that is not finite stops before it reaches the parameters, and names step, frames and terms', async () => {
  const { run, parameters } = regression(folder())
  const loss = run.loss
  run.loss = (batch, step) => {
    const good = loss(batch, step)
    if (step !== 4) return good
    return weightedSum({ ...good.terms, square: tf.scalar(Number.NaN) }, good.weights)
  }
  const failure = await train(run).catch((error) => error)
  expect(failure).toMatchObject({ tag: 'data', place: 'step 5' })
  expect(failure.message).toContain('log/4')
  expect(failure.message).toContain('square NaN')
  for (const { values } of Object.values(parameters.values())) expect(values.every(Number.isFinite)).toBe(true)
})

test('a parameter that the loss forgot is a bug with a name', async () => {
  const { run, parameters } = regression(folder())
  parameters.make('forgotten', [2], { constant: 0 })
  await expect(train(run)).rejects.toThrow("does not depend on parameter 'forgotten'")
})

test('a warning is said once while it holds, and stands in the history', async () => {
  const dir = folder()
  const { run } = regression(dir)
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const outcome = await train({ ...run, watch: (_means, step) => (step >= 8 ? 'the latent is unwell' : null) })
  const shown = said.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('unwell'))
  said.mockRestore()
  expect(shown).toEqual(['\ntest: step 8: the latent is unwell\n'])
  expect(outcome.lastWarning).toBe('the latent is unwell')
  const warnings = (await readHistory(join(dir, 'history.parquet'))).filter(({ note }) => note !== null)
  expect(warnings).toEqual([{ step: 8, part: 'train', name: 'warning', value: 1, note: 'the latent is unwell' }])
})

test('memory is flat from step to step, and a run leaves only the parameters', async () => {
  const before = tf.memory().numTensors
  const { run, parameters } = regression(folder())
  const counts: number[] = []
  const loss = run.loss
  run.loss = (batch, step) => {
    counts.push(tf.memory().numTensors)
    return loss(batch, step)
  }
  await train(run)
  // In the last step no further batch is waiting.
  expect(new Set(counts.slice(0, -1)).size).toBe(1)
  expect(tf.memory().numTensors).toBe(before + parameters.all.length)
})
