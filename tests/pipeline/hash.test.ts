import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataError } from '../../pipeline/errors.js'
import { canonicalJson, filesBelow, hashFile, hashFolder, hashJson } from '../../pipeline/hash.js'
import { hashInput } from '../../pipeline/manifest.js'
import { tempFolder } from '../support/tempFolder.js'

test('SHA-256, by the published test vector', async () => {
  const file = join(tempFolder(), 'abc')
  writeFileSync(file, 'abc')
  expect(await hashFile(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

/** Bytes that are nowhere the same for long. */
function bytesOf(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 2654435761) >>> 13
  return bytes
}

test('files shorter than, as long as and longer than what is read at once, several of them by turns', async () => {
  const mib = 2 ** 20
  const dir = tempFolder()
  const contents = [0, 1, mib - 1, mib, mib + 1, 3 * mib + 5, 40 * mib, 40 * mib + 1].map(bytesOf)
  const paths = contents.map((bytes, n) => {
    const path = join(dir, `${n}`)
    writeFileSync(path, bytes)
    return path
  })
  const expected = contents.map((bytes) => createHash('sha256').update(bytes).digest('hex'))
  expect(await Promise.all(paths.map(hashFile))).toEqual(expected)
})

test('hashing a long file leaves room for what else waits', async () => {
  const file = join(tempFolder(), 'long')
  writeFileSync(file, Buffer.alloc(100 * 2 ** 20))
  let hasRun = false
  setImmediate(() => {
    hasRun = true
  })
  await hashFile(file)
  expect(hasRun).toBe(true)
})

test('a file that cannot be read is named', async () => {
  const path = join(tempFolder(), 'missing')
  await expect(hashFile(path)).rejects.toMatchObject({ code: 'ENOENT', path })
})

const seed = 577

/** Canonical JSON by its definition: every object is built anew from its sorted entries. */
function rebuilt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rebuilt)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, rebuilt(inner)]))
}

test(`canonical JSON sorts the keys of every object, those that are numbers too (seed ${seed})`, () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 20 }).map(String), fc.string({ maxLength: 2 }))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.constant(null), tie('object'), fc.array(tie('value'))),
    object: fc.dictionary(key, tie('value')),
  }))
  const property = fc.property(value, (json) => {
    expect(canonicalJson(json)).toBe(JSON.stringify(rebuilt(json)))
  })
  fc.assert(property, { seed })
  expect(canonicalJson({ 10: 1, 9: 2, b: { '2': 0, '10': 0 } })).toBe('{"9":2,"10":1,"b":{"2":0,"10":0}}')
})

test('the order of keys does not matter at any depth; the order of lists does', () => {
  expect(canonicalJson({ b: [1, { d: 2, c: 3 }], a: null })).toBe('{"a":null,"b":[1,{"c":3,"d":2}]}')
  expect(hashJson({ a: 1, b: { c: 2, d: 3 } })).toBe(hashJson({ b: { d: 3, c: 2 }, a: 1 }))
  expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]))
})

function folder(): string {
  const dir = tempFolder()
  mkdirSync(join(dir, 'b'))
  writeFileSync(join(dir, 'b', 'x.txt'), 'x')
  writeFileSync(join(dir, 'a.txt'), 'a')
  return dir
}

test('files below a folder, sorted, with forward slashes', async () => {
  expect(await filesBelow(folder())).toEqual(['a.txt', 'b/x.txt'])
})

test("a folder's hash knows names and bytes, and not where it lies", async () => {
  const [one, other] = [folder(), folder()]
  expect(await hashFolder(one)).toBe(await hashFolder(other))
  writeFileSync(join(other, 'a.txt'), 'A')
  expect(await hashFolder(one)).not.toBe(await hashFolder(other))
  writeFileSync(join(other, 'a.txt'), 'a')
  renameSync(join(other, 'a.txt'), join(other, 'c.txt'))
  expect(await hashFolder(one)).not.toBe(await hashFolder(other))
})

test('linked files and folders count with their content; a link in a circle ends', async () => {
  const [dir, elsewhere] = [folder(), folder()]
  symlinkSync(join(elsewhere, 'a.txt'), join(dir, 'link.txt'))
  symlinkSync(join(elsewhere, 'b'), join(dir, 'linked'))
  symlinkSync(dir, join(dir, 'b', 'circle'))
  symlinkSync(join(dir, 'nowhere'), join(dir, 'broken'))
  expect(await filesBelow(dir)).toEqual(['a.txt', 'b/x.txt', 'link.txt', 'linked/x.txt'])
  const before = await hashFolder(dir)
  writeFileSync(join(elsewhere, 'a.txt'), 'changed')
  expect(await hashFolder(dir)).not.toBe(before)
})

test('an input that is not there is named', async () => {
  const path = join(tempFolder(), 'missing')
  await expect(hashInput(path)).rejects.toThrow(DataError)
  await expect(hashInput(path)).rejects.toThrow(path)
})
