import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
