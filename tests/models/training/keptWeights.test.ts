import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { readHistory } from '../../../models/training/history.js'
import { train } from '../../../models/training/loop.js'
import type { LoopConfig } from '../../../models/training/loopConfig.js'
import type { Training } from '../../../models/training/training.js'
import { tempFolder } from '../../support/tempFolder.js'
import { type RegressionBatch, regressionRun } from './regression.js'

/** A run whose validations score what is listed, in order, whatever the weights are. */
function scored(dir: string, scores: readonly number[], change: Partial<LoopConfig>) {
  const { run, parameters } = regressionRun(dir)
  const weightsAt: Record<number, number[]> = {}
  const config = {
    ...run.config,
    steps: 3 * scores.length,
    validateEvery: 3,
    logEvery: 3,
    checkpointEvery: 4,
    ...change,
  }
  // A killed run's validations are done again: the score goes by the step, which the batch of the last one tells.
  let step = 0
  const { loss } = run
  const planned: Training<RegressionBatch> = {
    ...run,
    config,
    loss(batch, at) {
      step = at + 1
      return loss(batch, at)
    },
    validation: {
      ...run.validation!,
      score: () => ({
        add: () => undefined,
        means() {
          weightsAt[step] = [...tf.tidy(() => parameters.flat().dataSync())]
          return { miou: scores[step / 3 - 1] }
        },
      }),
    },
  }
  return { run: planned, parameters, weightsAt }
}

test('the best validation is kept, the last one where that is asked for', async () => {
  const scores = [0.2, 0.5, 0.4, 0.5]
  const best = scored(tempFolder(), scores, { keep: 'best', bestBy: 'miou' })
  const outcome = await train(best.run)
  expect(outcome.weights).toEqual({
    keep: 'best',
    step: 6,
    averaged: null,
    chosenBy: { name: 'miou', value: 0.5 },
  })
  expect(outcome.val?.miou).toBe(0.5)
  expect([...best.parameters.flat().dataSync()]).toEqual(best.weightsAt[6])
  expect(best.weightsAt[6]).not.toEqual(best.weightsAt[12])
  const last = scored(tempFolder(), scores, { keep: 'last', bestBy: 'miou' })
  expect((await train(last.run)).weights).toEqual({ keep: 'last', step: 12, averaged: null, chosenBy: null })
  expect([...last.parameters.flat().dataSync()]).toEqual(last.weightsAt[12])
})

test('of averaged weights the mean at the best validation is kept', async () => {
  const { run, parameters, weightsAt } = scored(tempFolder(), [0.5, 0.1, 0.2], {
    keep: 'best',
    bestBy: 'miou',
    ema: 0.9,
  })
  expect((await train(run)).weights).toMatchObject({ keep: 'best', step: 3, averaged: 0.9 })
  expect([...parameters.flat().dataSync()]).toEqual(weightsAt[3])
})

test('a run without validation keeps its last weights', async () => {
  const { run } = regressionRun(tempFolder())
  const outcome = await train({ ...run, validation: undefined, config: { ...run.config, keep: 'best', patience: 2 } })
  expect(outcome.weights).toEqual({ keep: 'last', step: 12, averaged: null, chosenBy: null })
})

test('training stops after as many validations without a better one as it has patience for', async () => {
  const dir = tempFolder()
  const scores = [0.1, 0.3, 0.2, 0.3, 0.9]
  const { run } = scored(dir, scores, { bestBy: 'miou', patience: 2, logEvery: 100 })
  const outcome = await train(run)
  expect(outcome).toMatchObject({ steps: 12, stoppedEarly: true })
  const rows = await readHistory(join(dir, 'history.parquet'))
  // What had not been logged yet is logged at the end.
  expect(rows.filter(({ part, name }) => part === 'train' && name === 'total').map(({ step }) => step)).toEqual([12])
  const patient = scored(tempFolder(), scores, { bestBy: 'miou', patience: 3 })
  expect(await train(patient.run)).toMatchObject({ steps: 15, stoppedEarly: false })
})

test.each([
  ['keep', { keep: 'most' }, 'best | last'],
  ['bestBy', { bestBy: 'luck' }, 'total | cross_entropy | miou | iou | rare_recall | open'],
  ['ema', { ema: 1 }, 'from 0 to under 1'],
  ['patience', { patience: 1.5 }, 'a whole number from 0'],
  ['validateEvery', { validateEvery: 0 }, 'a whole number from 1'],
  ['warmupSteps', { warmupSteps: 0.5 }, 'a whole number from 0'],
  ['beta2', { beta2: 1 }, 'from 0 to under 1'],
  ['clipNorm', { clipNorm: -1 }, 'above 0'],
  ['finalShare', { finalShare: 2 }, '0 to 1'],
])('%s that no run can have is a usage error', async (name, change, expected) => {
  const { run } = regressionRun(tempFolder())
  const failure = await train({ ...run, config: { ...run.config, ...change } }).catch((error) => error)
  expect(failure).toMatchObject({ tag: 'usage', message: expect.stringContaining(name) })
  expect(failure.message).toContain(expected)
})

test('a number that the validation does not have is a usage error that lists those it has', async () => {
  const { run } = regressionRun(tempFolder())
  const failure = await train({ ...run, config: { ...run.config, keep: 'best', bestBy: 'miou' } }).catch((e) => e)
  expect(failure).toMatchObject({ tag: 'usage', expected: 'total | square | absolute' })
})

test('killed at any step, a run with a mean, a best validation and patience goes on to the same bytes', async () => {
  // The best is the second of five; the run ends early after the fourth.
  const scores = [0.1, 0.6, 0.2, 0.3, 0.9]
  const change = { keep: 'best', bestBy: 'miou', patience: 2, ema: 0.9 }
  const left = async (dir: string, { run, parameters }: ReturnType<typeof scored>) => {
    const { timing: _clock, ...outcome } = await train(run)
    const files = await Promise.all(
      ['history.parquet', 'rawWeights.safetensors'].map((name) => readFile(join(dir, name), 'base64')),
    )
    return { outcome, files, weights: [...parameters.flat().dataSync()] }
  }
  const whole = tempFolder()
  const expected = await left(whole, scored(whole, scores, change))
  expect(expected.outcome).toMatchObject({ steps: 12, stoppedEarly: true, weights: { step: 6 } })
  for (let killedAt = 0; killedAt < 12; killedAt++) {
    const dir = tempFolder()
    const killed = scored(dir, scores, change)
    const { loss } = killed.run
    const dying = {
      ...killed.run,
      loss(batch: RegressionBatch, step: number) {
        if (step === killedAt) throw new Error('killed')
        return loss(batch, step)
      },
    }
    await expect(train(dying)).rejects.toThrow('killed')
    expect(await left(dir, scored(dir, scores, change)), `killed at ${killedAt}`).toEqual(expected)
  }
})
