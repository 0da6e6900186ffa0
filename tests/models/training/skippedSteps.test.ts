import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { readHistory } from '../../../models/training/history.js'
import { train } from '../../../models/training/loop.js'
import { weightedSum } from '../../../models/training/lossTerms.js'
import { tempFolder } from '../../support/tempFolder.js'
import { regressionRun } from './regression.js'

let said: string[] = []
beforeEach(() => {
  said = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text))
    return true
  })
})

/** A regression whose loss is not finite in the given steps. */
function faulty(dir: string, steps: readonly number[], maxSkips: number, bad = Number.NaN) {
  const { run, parameters } = regressionRun(dir)
  const { loss } = run
  const planned = {
    ...run,
    config: { ...run.config, maxSkips, ema: 0.9 },
    loss(batch: Parameters<typeof loss>[0], step: number) {
      const good = loss(batch, step)
      if (!steps.includes(step)) return good
      return weightedSum({ ...good.terms, square: tf.scalar(bad) }, good.weights)
    },
  }
  const values = () => [...tf.tidy(() => parameters.flat().dataSync())]
  return { run: planned, values }
}

test('without patience for it, a loss that is not finite stops before it reaches the parameters', async () => {
  const { run, values } = faulty(tempFolder(), [4], 0)
  const failure = await train(run).catch((error) => error)
  expect(failure).toMatchObject({ tag: 'data', place: 'step 5' })
  expect(failure.message).toContain('in step 5 on frames log/4: total NaN, square NaN')
  const upToIt = faulty(tempFolder(), [], 0)
  await train({
    ...upToIt.run,
    batches: { prepare: (step) => (step === 4 ? stop() : run.batches.prepare(step)) },
  }).catch(() => undefined)
  expect(values()).toEqual(upToIt.values())
})

const stop = () => Promise.reject(new Error('stopped'))

test('a few such steps are left out, counted and named, and change nothing', async () => {
  const dir = tempFolder()
  const { run, values } = faulty(dir, [2, 7], 2, Number.POSITIVE_INFINITY)
  const changes: boolean[] = []
  let before: number[] = []
  const { loss } = run
  run.loss = (batch, step) => {
    const now = [...values()]
    if (step > 0) changes.push(now.join() !== before.join())
    before = now
    return loss(batch, step)
  }
  const { skipped } = await train(run)
  // Seen at the start of the next step: steps 3 and 8 found the weights as steps 2 and 7 had.
  expect(changes.flatMap((changed, i) => (changed ? [] : [i]))).toEqual([2, 7])
  expect(skipped).toEqual([
    { step: 3, why: expect.stringMatching(/^on frames log\/2: total Infinity, square Infinity/) },
    { step: 8, why: expect.stringMatching(/^on frames log\/7: /) },
  ])
  expect(said.filter((text) => text.includes('left out')).length).toBe(2)
  const rows = await readHistory(join(dir, 'history.parquet'))
  expect(rows.filter(({ name }) => name === 'skipped_step').map(({ step }) => step)).toEqual([3, 8])
  expect(rows.every(({ value }) => Number.isFinite(value))).toBe(true)
})

test('one more than allowed stops the run and names the frames of all of them, also across a resumption', async () => {
  const dir = tempFolder()
  const killed = faulty(dir, [1, 6, 10], 2)
  const { prepare } = killed.run.batches
  const dying = { ...killed.run, batches: { prepare: (step: number) => (step === 9 ? stop() : prepare(step)) } }
  await expect(train(dying)).rejects.toThrow('stopped')
  const failure = await train(faulty(dir, [1, 6, 10], 2).run).catch((error) => error)
  expect(failure).toMatchObject({ tag: 'data', place: 'step 11' })
  for (const frame of ['log/1', 'log/6', 'log/10']) expect(failure.message).toContain(frame)
})

test('an interval in which every step is left out is not logged', async () => {
  const dir = tempFolder()
  await train(faulty(dir, [4, 5, 6, 7], 4).run)
  const rows = await readHistory(join(dir, 'history.parquet'))
  expect(rows.filter(({ part, name }) => part === 'train' && name === 'total').map(({ step }) => step)).toEqual([4, 12])
})

test('a step that is left out leaks no tensor', async () => {
  const { run } = faulty(tempFolder(), [3, 4], 2)
  const { timing } = await train(run)
  expect(timing.tensorsAlive).toEqual({ first: timing.tensorsAlive!.last, last: timing.tensorsAlive!.last })
})
