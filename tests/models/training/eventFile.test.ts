import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { crc32c } from '../../../models/training/crc32c.js'
import { EventFile } from '../../../models/training/eventFile.js'
import { readHistory } from '../../../models/training/history.js'
import { train } from '../../../models/training/loop.js'
import { tempFolder } from '../../support/tempFolder.js'
import { regressionRun } from './regression.js'

const script = resolve(import.meta.dirname, 'python', 'readEvents.py')
const found = spawnSync('python3', ['-c', 'import tensorboard'], { encoding: 'utf8' })
/** Why event files cannot be held against TensorBoard's own reader here, as an ending of a test's name. */
const noTensorboard =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`
if (noTensorboard) console.warn(`event files are not held against TensorBoard${noTensorboard}`)

type Scalars = Record<string, [step: number, value: number][]>

/** What TensorBoard's own reader makes of a folder. */
function readByTensorboard(dir: string): Scalars {
  const { status, stdout, stderr } = spawnSync('python3', [script, dir], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

test('the checksum is the published one of "123456789"', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  // RFC 3720, B.4: 32 bytes of zeros, and of ones.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
})

test('the first record is the format’s version, written out by hand', () => {
  const dir = tempFolder()
  new EventFile(dir, 0).close()
  const [name] = readdirSync(dir)
  expect(name).toMatch(/^events\.out\.tfevents\.\d+\./)
  const bytes = readFileSync(join(dir, name))
  expect(Number(bytes.readBigUInt64LE())).toBe(9 + 2 + 13)
  // Field 1 (wall time) as a double, then field 3 as 13 bytes of text.
  expect(bytes[12]).toBe(0x09)
  expect(Math.abs(bytes.readDoubleLE(13) - Date.now() / 1000)).toBeLessThan(60)
  expect(bytes.subarray(21, 36)).toEqual(Buffer.from('\x1a\x0dbrain.Event:2'))
})

test.skipIf(noTensorboard)(`TensorBoard reads every scalar, large steps and odd values${noTensorboard}`, () => {
  const dir = tempFolder()
  const file = new EventFile(dir, 0)
  file.scalars(1, { 'train/total': 0.5, 'val/größe': -2 })
  file.scalars(300, { 'train/total': 1e-30, left: Number.NaN })
  file.scalars(5_000_000_000, { 'train/total': 3 })
  file.scalars(5_000_000_001, { left: Number.POSITIVE_INFINITY })
  file.close()
  expect(readByTensorboard(dir)).toEqual({
    'train/total': [
      [1, 0.5],
      [300, Math.fround(1e-30)],
      [5_000_000_000, 3],
    ],
    'val/größe': [[1, -2]],
  })
})

test.skipIf(noTensorboard)(
  `a resumed run's curves are those of its history, nothing twice${noTensorboard}`,
  async () => {
    const dir = tempFolder()
    const killed = regressionRun(dir).run
    const { prepare } = killed.batches
    const dying = { prepare: (step: number) => (step === 9 ? Promise.reject(new Error('killed')) : prepare(step)) }
    // Checkpoint after 5, logged at 4 and 8: 8 is logged again.
    await expect(train({ ...killed, tensorboard: true, batches: dying })).rejects.toThrow('killed')
    await train({ ...regressionRun(dir).run, tensorboard: true })
    const scalars = readByTensorboard(join(dir, 'tensorboard'))
    const rows = await readHistory(join(dir, 'history.parquet'))
    const expected: Scalars = {}
    for (const { part, name, step, value } of rows) {
      const tag = `${part}/${name}`
      expected[tag] = [...(expected[tag] ?? []), [step, Math.fround(value)]]
    }
    const { 'run/examplesPerS': pace, ...rest } = scalars
    expect(pace.map(([step]) => step)).toEqual([4, 8, 12])
    expect(Object.fromEntries(Object.entries(rest).filter(([tag]) => !tag.startsWith('run/')))).toEqual(expected)
  },
)
