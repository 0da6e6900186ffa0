import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progress } from '../../pipeline/progress.js'

let said: string[] = []
beforeEach(() => {
  said = []
  vi.useFakeTimers({ now: 0 })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text).replace(/ +/g, ' '))
    return true
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.skipIf(process.stderr.isTTY)('a line at every tenth, with the time left at the pace so far', () => {
  const bar = progress('work', 20, 'logs')
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(1500)
    bar.tick(`log ${i}`)
  }
  expect(said).toHaveLength(11)
  expect(said[1]).toBe('work 2/20 logs 3.0 s eta 27 s log 1\n')
  expect(said[5]).toBe('work 10/20 logs 15.0 s eta 15 s log 9\n')
  expect(said[10]).toBe('work 20/20 logs 30.0 s log 19\n')
})

test.skipIf(process.stderr.isTTY)('what was done before a resumption says nothing of the pace', () => {
  const bar = progress('work', 100, 'steps')
  bar.update(80)
  vi.advanceTimersByTime(4000)
  bar.update(90, 'loss 1')
  expect(said).toEqual(['work 80/100 steps 0.0 s \n', 'work 90/100 steps 4.0 s eta 4 s loss 1\n'])
})
