import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { parseLas } from '../../../pipeline/ingest/files/las.js'
import { stream } from '../../../pipeline/random.js'
import { noLaspy } from '../../support/laspy.js'
import { handmadeLas } from './handmadeLas.js'
import { writeScans } from './samples/scans.js'

describe('a LAS made by hand', () => {
  test('scale, offset, class without its flags, withheld', async () => {
    const table = await parseLas(handmadeLas(), 'a.las')
    const read = (name: string) => [...table.column(name)]
    expect([read('x'), read('y'), read('z')]).toEqual([
      [1.5, 0],
      [-2, 0],
      [100.25, 100],
    ])
    expect([read('intensity'), read('classification'), read('withheld')]).toEqual([
      [7, 0],
      [2, 9],
      [0, 1],
    ])
    expect(() => table.column('gps_time')).toThrow(/field of the points is missing/)
  })

  test.each<[string, (bytes: Buffer) => unknown, RegExp]>([
    ['another file', (b) => b.write('LAZF', 0), /byte 0: not a LAS file/],
    ['LAS 1.0', (b) => b.writeUInt8(0, 25), /byte 24: .*expected 1.1, 1.2, 1.3 or 1.4, found 1.0/],
    ['LAS 2.2', (b) => b.writeUInt8(2, 24), /byte 24: /],
    ['a header shorter than its version needs', (b) => b.writeUInt16LE(200, 94), /byte 94: truncated LAS header/],
    ['a header longer than the file', (b) => b.writeUInt16LE(60_000, 94), /byte 94: /],
    ['points inside the header', (b) => b.writeUInt32LE(100, 96), /byte 96: the points start outside/],
    ['points beyond the file', (b) => b.writeUInt32LE(1e9, 96), /byte 96: /],
    ['an unknown format', (b) => b.writeUInt8(11, 104), /byte 104: an unknown point format/],
    ['points too short for their format', (b) => b.writeUInt8(1, 104), /byte 105: .*at least 28, found 20/],
    ['a scale of zero', (b) => b.writeDoubleLE(0, 139), /byte 131: not a scale/],
    ['an offset that is no number', (b) => b.writeDoubleLE(Number.NaN, 155), /byte 131: /],
    ['a point too many', (b) => b.writeUInt32LE(3, 107), /expected 60 bytes, 3 points of 20, found 40/],
    [
      'the count of a writer that was killed',
      (b) => b.writeUInt32LE(0, 107),
      /more points than the header says .*found 40/,
    ],
    ['a point too few', (b) => b.writeUInt32LE(1, 107), /expected 20 bytes, 1 points of 20, found 40/],
    ['4 billion points', (b) => b.writeUInt32LE(2 ** 32 - 1, 107), /truncated LAS/],
    ['compression without its record', (b) => b.writeUInt8(128, 104), /without its LASzip record/],
  ])('with %s is refused', async (_name, damage, says) => {
    const bytes = handmadeLas()
    damage(bytes)
    const parsing = parseLas(bytes, 'a.las')
    await expect(parsing).rejects.toThrow(DataError)
    await expect(parsing).rejects.toThrow(says)
  })

  test('as LAS 1.1, and with padding or what follows the points in LAS 1.4, is the same', async () => {
    const old = handmadeLas()
    old[25] = 1
    const padded = Buffer.concat([handmadeLas(), Buffer.alloc(19)])
    // 375 bytes of header, the two points, and 100 of an extended record that starts where its header says.
    const long = Buffer.concat([
      handmadeLas().subarray(0, 227),
      Buffer.alloc(148),
      handmadeLas().subarray(227),
      Buffer.alloc(100),
    ])
    long[25] = 4
    long.writeUInt16LE(375, 94)
    long.writeUInt32LE(375, 96)
    long.writeBigUInt64LE(2n, 247)
    await expect(parseLas(long, 'a.las')).rejects.toThrow(/more points than the header says/)
    long.writeBigUInt64LE(415n, 235)
    const twoCounts = Buffer.from(long)
    twoCounts.writeUInt32LE(1, 107)
    await expect(parseLas(twoCounts, 'a.las')).rejects.toThrow(
      /byte 247: two numbers of points .*expected 1, as at byte 107/,
    )
    for (const bytes of [old, padded, long]) expect([...(await parseLas(bytes, 'a.las')).column('x')]).toEqual([1.5, 0])
  })

  test('cut off at any byte is refused', async () => {
    const whole = handmadeLas()
    for (let length = 0; length < whole.length; length += 7)
      await expect(parseLas(whole.subarray(0, length), 'a.las')).rejects.toThrow(DataError)
  })
})

describe.skipIf(noLaspy)(`LAZ${noLaspy}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'occlab-laz-'))
  let old = Buffer.alloc(0)
  let layered = Buffer.alloc(0)
  beforeAll(() => {
    const { dirs } = writeScans(['laz_1_1.2', 'laz_6_1.4'], dir)
    old = readFileSync(join(dirs['laz_1_1.2'], 'scan_8.laz'))
    layered = readFileSync(join(dirs['laz_6_1.4'], 'scan_8.laz'))
  }, 30_000)
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test.each<[string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    ['its end', (b) => b.subarray(0, b.length - 400), /a truncated LAZ: its chunk table is missing/],
    ['most of it', (b) => b.subarray(0, 1000), /truncated LAZ/],
  ])('without %s is refused', async (_name, damage, says) => {
    for (const bytes of [old, layered]) {
      const parsing = parseLas(damage(Buffer.from(bytes))!, 'a.laz')
      await expect(parsing).rejects.toThrow(DataError)
      await expect(parsing).rejects.toThrow(says)
    }
  })

  test.each([10n ** 12n, 60_000n])('that promises %i points is refused, without memory for them', async (points) => {
    const bytes = Buffer.from(layered)
    bytes.writeUInt32LE(0, 107)
    bytes.writeBigUInt64LE(points, 247)
    const before = process.memoryUsage().arrayBuffers
    await expect(parseLas(bytes, 'a.laz')).rejects.toThrow(/expected \d+ points in chunks of 50000.*found 1 chunks/)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6)
  })

  test('that promises a few points more than were packed runs out of its box, or of data', async () => {
    for (const [bytes, at] of [
      [Buffer.from(old), 107],
      [Buffer.from(layered), 247],
    ] as const) {
      bytes.writeUInt32LE(at === 247 ? 0 : 30_000, 107)
      bytes.writeUInt32LE(30_000, at)
      await expect(parseLas(bytes, 'a.laz')).rejects.toThrow(/damaged LAZ data/)
    }
  })

  test('with waveforms is refused by name, and what comes after is still read', async () => {
    const bytes = Buffer.from(layered)
    bytes[104] = 128 | 9
    bytes.writeUInt16LE(59, 105)
    await expect(parseLas(bytes, 'a.laz')).rejects.toThrow(/compressed points with waveforms .*found 9/)
    expect((await parseLas(layered, 'a.laz')).count).toBe(400)
  })

  test('leaves the process its own last-resort handlers', async () => {
    const count = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event))
    const before = count()
    await parseLas(layered, 'a.laz')
    const broken = Buffer.from(old)
    broken.fill(0xff, 500, 600)
    await parseLas(broken, 'a.laz').catch(() => undefined)
    await parseLas(old, 'a.laz')
    expect(count()).toEqual(before)
  })

  const seed = 1955
  test(`with any byte changed is read or refused, and never anything else (seed ${seed})`, async () => {
    const random = stream(seed, 'laz')
    let refused = 0
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(round % 2 ? old : layered)
      bytes[random.int(bytes.length)] ^= 1 << random.int(8)
      const table = await parseLas(bytes, 'a.laz').catch((error) => {
        expect(error).toBeInstanceOf(DataError)
        refused++
        return null
      })
      if (table) expect(table.column('x').every((x) => Number.isFinite(Number(x)))).toBe(true)
    }
    expect(refused).toBeGreaterThan(20)
  }, 60_000)
})
