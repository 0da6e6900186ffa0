import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LockedError, UsageError } from '../../pipeline/errors.js'
import { takeLock } from '../../pipeline/lock.js'
import { tempFolder } from '../support/tempFolder.js'

test('a lock that is held is refused; given back, it is free', () => {
  const path = join(tempFolder(), 'x.lock')
  const release = takeLock(path)
  expect(() => takeLock(path)).toThrow(LockedError)
  release()
  takeLock(path)()
  expect(existsSync(path)).toBe(false)
})

test.each([
  ['a dead process', '999999999\n'],
  // In a container every life of the tool may have the same id.
  ['an earlier life of our own id', `${process.pid}\n`],
  ['a process that was killed before it wrote its id', ''],
  ['nobody we know', 'what?\n'],
])('the lock of %s is taken over', (_who, content) => {
  const path = join(tempFolder(), 'x.lock')
  writeFileSync(path, content)
  const release = takeLock(path)
  expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(`${process.pid}`)
  release()
})

test('the lock of a process whose id another one has by now is taken over, and that one is left alone', () => {
  const path = join(tempFolder(), 'x.lock')
  // Process 1 lives as long as the machine, and did not start so long after it.
  writeFileSync(path, `1\n${hostname()}\nc0ffee 999999999\n`)
  takeLock(path)()
  expect(existsSync(path)).toBe(false)
  writeFileSync(path, '1\n')
  expect(() => takeLock(path)).toThrow('process 1 is writing here')
})

test('the lock of another machine is never taken over: nobody here can tell whether its holder lives', () => {
  const path = join(tempFolder(), 'x.lock')
  writeFileSync(path, '999999999\nsome-other-machine\n\n')
  expect(() => takeLock(path)).toThrow("process 999999999 of the machine 'some-other-machine' is writing here")
  expect(readFileSync(path, 'utf8')).toContain('some-other-machine')
})

test('a lock names a process, its machine and when it started; a process that has ended but is not buried holds none', async () => {
  const path = join(tempFolder(), 'x.lock')
  const release = takeLock(path)
  const [pid, host, birth] = readFileSync(path, 'utf8').split('\n')
  expect([pid, host]).toEqual([`${process.pid}`, hostname()])
  release()
  if (process.platform !== 'linux') return
  expect(birth).toMatch(/^[0-9a-f-]{36} \d+$/)
  // A shell that becomes `sleep` never waits for its child.
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void parent.kill())
  const zombie = String(await new Promise((said) => parent.stdout.once('data', said))).trim()
  const isEnded = () => readFileSync(`/proc/${zombie}/stat`, 'utf8').includes(') Z ')
  await expect.poll(isEnded).toBe(true)
  writeFileSync(path, `${zombie}\n`)
  takeLock(path)()
})

test('a folder of the name of a lock is no bug of ours', () => {
  const path = join(tempFolder(), 'x.lock')
  mkdirSync(path)
  expect(() => takeLock(path)).toThrow(UsageError)
})
