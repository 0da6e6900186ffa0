import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import ownTempFolder from './ownTempFolder.js'
import { sharedTempFolder, tempFolder } from './tempFolder.js'

test('this run has a temporary folder and a key of its own', () => {
  expect(tmpdir()).toMatch(/\/occlab-tests-[^/]+$/)
  expect(process.env.OCCLAB_KEY).toBe(join(tmpdir(), 'key.pem'))
})

test('what is left in a run’s temporary folder goes with it', () => {
  for (const name of ['TMPDIR', 'OCCLAB_KEY']) vi.stubEnv(name, process.env[name])
  const before = tmpdir()
  const remove = ownTempFolder()
  const own = tmpdir()
  expect(dirname(own)).toBe(before)
  mkdirSync(join(own, 'left', 'behind'), { recursive: true })
  writeFileSync(join(own, 'left', 'behind', 'file'), '')
  remove()
  vi.unstubAllEnvs()
  expect(existsSync(own)).toBe(false)
  expect(existsSync(before)).toBe(true)
})

describe('the folders of tests', () => {
  const seen: string[] = []
  describe('in a suite', () => {
    const shared = sharedTempFolder()
    test.each([1, 2])('a test’s own is new for each, the shared one stays (%d)', () => {
      seen.push(tempFolder(), shared())
      expect(seen.every((dir, i) => existsSync(dir) === (i >= seen.length - 2 || i % 2 === 1))).toBe(true)
    })
  })
  test('after the suite neither is there', () => {
    const [first, shared, second, again] = seen
    expect(again).toBe(shared)
    expect(second).not.toBe(first)
    expect(seen.filter((dir) => existsSync(dir))).toEqual([])
  })
})
