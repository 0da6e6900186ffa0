import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { expect, test } from 'vitest'
import { writePng } from '../../../pipeline/card/png.js'
import { tempFolder } from '../../support/tempFolder.js'

/** A red pixel and a blue one. */
const picture = { width: 2, height: 1, rgba: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 255) }

test('the folders above a picture are made', async () => {
  const path = join(tempFolder(), 'pictures', 'of', 'today.png')
  await writePng(path, picture)
  expect([...PNG.sync.read(readFileSync(path)).data]).toEqual([255, 0, 0, 255, 0, 0, 255, 255])
})

test('a folder with the name of the picture, a file with that of a folder above: named, and nothing is left', async () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'dataset'))
  writeFileSync(join(dir, 'file'), 'kept')
  await expect(writePng(join(dir, 'dataset'), picture)).rejects.toMatchObject({
    tag: 'usage',
    file: join(dir, 'dataset'),
  })
  await expect(writePng(join(dir, 'file', 'sheet.png'), picture)).rejects.toMatchObject({ tag: 'usage' })
  expect(readdirSync(dir).sort()).toEqual(['dataset', 'file'])
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('kept')
})
