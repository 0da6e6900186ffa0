import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { BatchQueue } from '../../../models/training/loader/batchQueue.js'
import type { Loader, LoaderPlan } from '../../../models/training/loader/loader.js'
import { openLoader } from '../../../models/training/loader/loader.js'
import type * as errors from '../../../pipeline/errors.js'
import { compiledRoot } from '../../support/compiled.js'

interface Request {
  number: number
  readMs?: number
  fault?: 'data' | 'exit'
}
interface Value {
  numbers: Float32Array
}

const url = new URL('./children/numbers.mjs', import.meta.url).href
const size = 1000

/** The loader as it is installed, with real threads. */
let compiled: { openLoader: typeof openLoader; errors: typeof errors; errorsUrl: string }
beforeAll(async () => {
  const root = await compiledRoot()
  const urlOf = (...path: string[]) => pathToFileURL(`${join(root, ...path)}.js`).href
  compiled = {
    openLoader: (await import(/* @vite-ignore */ urlOf('models', 'training', 'loader', 'loader'))).openLoader,
    errors: await import(/* @vite-ignore */ urlOf('pipeline', 'errors')),
    errorsUrl: urlOf('pipeline', 'errors'),
  }
})

const plan = (threads: number): LoaderPlan<unknown> => ({
  url,
  exportName: 'openNumbers',
  spec: { size, errors: compiled.errorsUrl },
  threads,
})
const open = (threads: number): Promise<Loader<Request, Value>> =>
  threads === 0 ? openLoader(plan(0)) : compiled.openLoader(plan(threads))

test.each([0, 1, 3])(
  'with %i threads every request gets its own batch, in the order it is asked for',
  async (threads) => {
    const loader = await open(threads)
    // Later batches are ready first.
    const queue = new BatchQueue((number) => loader.prepare({ number, readMs: 20 - number }), { first: 4, end: 19 }, 3)
    for (let number = 4; number < 19; number++) {
      const { batch } = await queue.take()
      expect(batch.value.numbers).toEqual(new Float32Array(size).fill(number))
      batch.release()
    }
    await expect(queue.take()).rejects.toThrow('no batch 19')
    await loader.close()
  },
)

test.each([0, 2])(
  'with %i threads what is released is written into again, and nothing that is in use',
  async (threads) => {
    const loader = await open(threads)
    const kept = await loader.prepare({ number: 7 })
    for (let number = 0; number < 8; number++) {
      const { value, release } = await loader.prepare({ number })
      expect(value.numbers[size - 1]).toBe(number)
      release()
    }
    expect(kept.value.numbers).toEqual(new Float32Array(size).fill(7))
    await loader.close()
  },
)

test('an error keeps its class and reaches its own batch alone', async () => {
  const loader = await open(1)
  const queue = new BatchQueue(
    (number) => loader.prepare({ number, fault: number === 1 ? 'data' : undefined }),
    { first: 0, end: 3 },
    2,
  )
  expect((await queue.take()).batch.value.numbers[0]).toBe(0)
  const error = await queue.take().catch((thrown) => thrown)
  expect(error).toBeInstanceOf(compiled.errors.DataError)
  expect(error).toMatchObject({ file: 'a.arrow', exitCode: 3 })
  expect((await queue.take()).batch.value.numbers[0]).toBe(2)
  await loader.close()
})

test('a thread that ends leaves nobody waiting, and a preparer that cannot be opened says why', async () => {
  const loader = await open(1)
  const answers = await Promise.allSettled([
    loader.prepare({ number: 0, fault: 'exit' }),
    loader.prepare({ number: 1 }),
  ])
  for (const answer of answers)
    expect(String((answer as PromiseRejectedResult).reason)).toContain('loader thread ended')
  await expect(loader.prepare({ number: 2 })).rejects.toThrow('loader thread ended')
  await loader.close()
  const missing = await compiled.openLoader({ ...plan(1), exportName: 'openNothing' })
  await expect(missing.prepare({ number: 0 })).rejects.toThrow()
  await missing.close()
})

test('never more than the bound is under way beside the batch that is taken', async () => {
  let [underway, most] = [0, 0]
  const prepare = async (number: number) => {
    underway++
    most = Math.max(most, underway)
    return number
  }
  const queue = new BatchQueue(prepare, { first: 0, end: 50 }, 4)
  for (let i = 0; i < 50; i++) {
    await new Promise((done) => setImmediate(done))
    expect(underway).toBeLessThanOrEqual(4)
    expect((await queue.take()).batch).toBe(i)
    underway--
  }
  // The fifth is the one that is being taken.
  expect(most).toBe(5)
})

test('what is not taken is waited for and dropped, and its failure is nobody’s', async () => {
  let finished = 0
  const prepare = async (number: number) => {
    await new Promise((done) => setTimeout(done, 20))
    finished++
    if (number === 2) throw new Error('never asked for')
    return number
  }
  const queue = new BatchQueue(prepare, { first: 0, end: 9 }, 3)
  await queue.take()
  await queue.close()
  expect(finished).toBe(4)
})

test('a slow reader in a thread is overlapped by the computation, one on the calling thread is not', async () => {
  const [readMs, computeMs, batches] = [25, 50, 12]
  /** How long the steps waited in all, the first one aside: nothing can be computed while it is read. */
  const waited = async (threads: number) => {
    const loader = await open(threads)
    const queue = new BatchQueue((number) => loader.prepare({ number, readMs }), { first: 0, end: batches }, 2)
    let total = 0
    for (let number = 0; number < batches; number++) {
      const { waitMs, batch } = await queue.take()
      if (number > 0) total += waitMs
      const endMs = performance.now() + computeMs
      while (performance.now() < endMs);
      batch.release()
      await new Promise((done) => setImmediate(done))
    }
    await loader.close()
    return total
  }
  const readInAll = readMs * (batches - 1)
  const [inThread, inProcess] = [await waited(1), await waited(0)]
  expect(inThread).toBeLessThan(0.4 * readInAll)
  expect(inProcess).toBeGreaterThan(0.6 * readInAll)
})
