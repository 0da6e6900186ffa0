import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { threadId } from 'node:worker_threads'
import { beforeAll, expect, test } from 'vitest'
import type * as errors from '../../pipeline/errors.js'
import { openPool, type Pool } from '../../pipeline/pool.js'
import { compiledRoot } from '../support/compiled.js'

interface Item {
  value: number
  kind?: 'plain' | 'DataError' | 'DiskError' | 'UsageError' | 'Interrupted'
  errors?: string
}

const work = new URL('./children/doubler.mjs', import.meta.url).href
const where = new URL('./children/threadOf.mjs', import.meta.url).href

/** The pool as it is installed, with real threads, and the classes that its errors are of. */
let compiled: { openPool: typeof openPool; errors: typeof errors; errorsUrl: string }
beforeAll(async () => {
  const url = (name: string) => pathToFileURL(`${join(root, 'pipeline', name)}.js`).href
  const root = await compiledRoot()
  const pool = await import(/* @vite-ignore */ url('pool'))
  compiled = {
    openPool: pool.openPool,
    errors: await import(/* @vite-ignore */ url('errors')),
    errorsUrl: url('errors'),
  }
})

const pools: [string, () => Pool<Item, number>][] = [
  ['on the calling thread', () => openPool(work, 'double', 1)],
  ['in three threads', () => compiled.openPool(work, 'double', 3)],
  ['on the calling thread and in two others', () => compiled.openPool(work, 'double', 3, true)],
]

test.each(pools)('%s: every item gets its own answer', async (_where, open) => {
  const pool = open()
  const values = Array.from({ length: 20 }, (_, value) => value)
  expect(await Promise.all(values.map((value) => pool.run({ value })))).toEqual(values.map((value) => 2 * value))
  await pool.close()
})

test.each(pools)('%s: an error reaches its caller alone', async (_where, open) => {
  const pool = open()
  const answers = await Promise.allSettled([1, -1, 2].map((value) => pool.run({ value, kind: 'plain' })))
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await pool.run({ value: 4 })).toBe(8)
  await pool.close()
})

test.each([
  ['DataError', 3],
  ['DiskError', 3],
  ['UsageError', 2],
  ['Interrupted', 130],
] as const)(
  'a %s crosses the border of a thread with class, message, fields and exit code %i',
  async (kind, exitCode) => {
    const pool = compiled.openPool<Item, number>(work, 'double', 2)
    const error = await pool.run({ value: -1, kind, errors: compiled.errorsUrl }).catch((thrown) => thrown)
    await pool.close()
    expect(error).toBeInstanceOf(compiled.errors[kind])
    expect(error).toMatchObject({
      ...{ name: kind, file: 'a.arrow', place: 'row 3', expected: 'one', actual: 'another' },
      message: 'a.arrow, row 3: trouble (expected one, found another)',
      exitCode,
    })
  },
)

test("the system's own errors keep code and path, from which a full disk is known", async () => {
  const pool = compiled.openPool<Item, number>(work, 'double', 2)
  const error = await pool.run({ value: -1, kind: 'plain' }).catch((thrown) => thrown)
  await pool.close()
  expect(error).toMatchObject({ message: 'plain trouble', code: 'ENOSPC', path: '/some/file' })
})

test('threads that end by themselves leave nobody waiting', async () => {
  const pool = compiled.openPool<Item, number>(work, 'double', 2)
  const answers = await Promise.allSettled([99, 99, 1, 2].map((value) => pool.run({ value })))
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
  await expect(pool.run({ value: 1 })).rejects.toThrow('ended before its work was done')
  await pool.close()
})

test('the calling thread takes what others are too busy for, and the rest when they have ended by themselves', async () => {
  const pool = compiled.openPool<Item, number>(where, 'threadOf', 2, true)
  const both = await Promise.all([{ value: 1 }, { value: 2 }].map((item) => pool.run(item)))
  const others = both.filter((id) => id !== threadId)
  expect(others).toHaveLength(1)
  // The thread is idle and comes first; the calling thread goes on alone.
  await expect(pool.run({ value: 99 })).rejects.toThrow('ended before its work was done')
  expect(await Promise.all([3, 4, 5].map((value) => pool.run({ value })))).toEqual([threadId, threadId, threadId])
  await pool.close()
})

test('from TypeScript source the work stays on the calling thread, whatever the number of jobs', async () => {
  const pool = openPool<number, number>(new URL('../../pipeline/grid.ts', import.meta.url).href, 'voxelCount', 4)
  expect(await pool.run({ dims: [2, 3, 4] } as never)).toBe(24)
  await pool.close()
})
