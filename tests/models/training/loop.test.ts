import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { readHistory } from '../../../models/training/history.js'
import { train } from '../../../models/training/loop.js'
import type { Parameters } from '../../../models/training/parameters.js'
import type { Training } from '../../../models/training/training.js'
import { Interrupted } from '../../../pipeline/errors.js'
import { tempFolder } from '../../support/tempFolder.js'
import { type RegressionBatch as Batch, regressionRun } from './regression.js'

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

const steps = 12

const regression = (dir: string, change: Partial<Training<Batch>> = {}) => {
  const { parameters, run } = regressionRun(dir)
  return { parameters, run: { ...run, config: { ...run.config, steps }, ...change } }
}

const folder = tempFolder

/** The steps whose batches the run asks for, as it does. */
function stepsAsked(run: Training<Batch>): number[] {
  const seen: number[] = []
  const { prepare } = run.batches
  run.batches = {
    prepare(step) {
      seen.push(step)
      return prepare(step)
    },
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
  const { prepare } = killed.run.batches
  killed.run.batches = { prepare: (step) => (step === 8 ? Promise.reject(new Error('killed')) : prepare(step)) }
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
  const again = regression(dir, { batches: { prepare: () => Promise.reject(new Error('no step is left')) } })
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

test('timing says how long steps waited: for a slow loader most of the time, for a quick one next to none', async () => {
  const share = async (prepareMs: number) => {
    const { run } = regression(folder())
    const { prepare } = run.batches
    const slow = async (step: number) => {
      const endMs = performance.now() + prepareMs
      while (performance.now() < endMs);
      return prepare(step)
    }
    // Without its validation, in whose turns batches would be prepared, too.
    const { timing } = await train({ ...run, batches: { prepare: slow }, validation: undefined })
    expect(timing.steps).toBe(steps)
    expect(timing.examples).toBe(steps)
    expect(timing.peakRssMib).toBeGreaterThan(20)
    return { waitedMs: timing.loaderWaitMsTotal, share: timing.loaderShare! }
  }
  const [slow, quick] = [await share(60), await share(0)]
  // The first batches are prepared before the first step.
  expect(slow.waitedMs).toBeGreaterThan(60 * (steps - 3))
  expect(slow.share).toBeGreaterThan(0.5)
  expect(quick.share).toBeLessThan(0.4)
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
  expect(new Set(counts).size).toBe(1)
  expect(tf.memory().numTensors).toBe(before + parameters.all.length)
})
