import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { peakMemoryMib } from '../../pipeline/peakMemory.js'
import { scriptWith } from '../support/scriptWith.js'

const mib = 2 ** 20

test('200 MiB that are held and let go stay in the peak', () => {
  const before = process.memoryUsage.rss() / mib
  expect(Buffer.alloc(200 * mib, 1).length).toBe(200 * mib)
  expect(peakMemoryMib()).toBeGreaterThan(before + 150)
})

test.skipIf(process.platform !== 'linux')('the peak is the own one, not that of the parent (Linux)', async () => {
  const say = 'console.log(peakMemoryMib(), process.resourceUsage().maxRSS / 1024)'
  const file = await scriptWith('pipeline/peakMemory.ts', say)
  const held = Buffer.alloc(600 * mib, 1)
  const [own, withParent] = execFileSync(process.execPath, [file], { encoding: 'utf8' }).split(' ').map(Number)
  expect(held.length).toBe(600 * mib)
  expect(own).toBeLessThan(300)
  // What it is for: the usual figure counts the parent's memory.
  expect(withParent).toBeGreaterThan(600)
})
