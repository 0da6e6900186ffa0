import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LockedError } from '../../pipeline/errors.js'
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
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
  release()
})
