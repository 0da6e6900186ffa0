import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from '../../scripts/lock.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'occlab-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('two set-ups at once take turns', async () => {
  const lock = path.join(folder, 'setup.lock')
  const seen: string[] = []
  const work = (name: string) => async () => {
    seen.push(`${name} starts`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    seen.push(`${name} ends`)
  }
  const waited: string[] = []
  await Promise.all([withLock(lock, work('a')), withLock(lock, work('b'), (owner) => waited.push(owner))])
  expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
  expect(waited).toEqual([`${process.pid} ${os.hostname()}`])
  expect(readdirSync(folder)).toEqual([])
})

test('the lock of a killed one is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const lock = path.join(folder, 'setup.lock')
  writeFileSync(lock, `${pid} ${os.hostname()}\n`)
  expect(await withLock(lock, async () => 'done')).toBe('done')
  expect(readdirSync(folder)).toEqual([])
})
