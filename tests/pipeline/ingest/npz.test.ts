import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { crc32, crc32ByTable } from '../../../pipeline/ingest/files/crc32.js'
import { readNpy } from '../../../pipeline/ingest/files/npy.js'
import { openNpz } from '../../../pipeline/ingest/files/npz.js'
import { noNumpy, numpy } from '../../support/numpy.js'
import { tempFolder } from '../../support/tempFolder.js'
import { npyOf, type ZipEntry, zipEntry, zipOf } from './arrayFiles.js'

test('CRC-32 of "123456789" is cbf43926, by table and by whatever Node has', () => {
  const bytes = Buffer.from('123456789')
  expect(crc32ByTable(bytes)).toBe(0xcbf43926)
  expect(crc32(bytes)).toBe(0xcbf43926)
  expect(crc32ByTable(new Uint8Array())).toBe(0)
})

const bytesNpy = (values: Uint8Array) => npyOf('|u1', [values.length], values)

function writeZip(entries: readonly ZipEntry[]): string {
  const file = join(tempFolder(), 'a.npz')
  writeFileSync(file, zipOf(entries))
  return file
}

async function readOne(file: string, name: string): Promise<unknown> {
  const npz = await openNpz(file)
  return npz.read(name).finally(() => npz.close())
}

describe('.npz by hand', () => {
  const sevens = new Uint8Array(5000).fill(7)
  const good = zipEntry('a.npy', bytesNpy(sevens))

  test('what was put in comes out', async () => {
    expect(await readOne(writeZip([good]), 'a')).toEqual({ shape: [5000], data: sevens })
    const stored = { ...good, method: 0, packed: bytesNpy(sevens) }
    expect(await readOne(writeZip([stored]), 'a')).toEqual({ shape: [5000], data: sevens })
  })

  test.each<[string, Partial<ZipEntry>, string]>([
    ['another CRC-32', { crc: (good.crc ^ 1) >>> 0 }, 'its CRC-32 is another'],
    ['a size that lies by one byte more', { size: good.size + 1 }, 'damaged entry'],
    ['a size that lies by one byte less', { size: good.size - 1 }, 'damaged entry'],
    ['a size of 4 GB', { size: 2 ** 32 - 2 }, 'an entry is too large'],
    ['a size of 2 GB in 40 bytes', { size: 2 ** 31 - 1 }, 'an entry cannot be that large'],
    ['no content', { size: 0 }, 'damaged entry'],
    ['a stored entry of two sizes', { method: 0 }, 'not a zip archive'],
    ['another packing', { method: 12 }, 'packed in another way'],
    ['a deflated stream cut short', { packed: good.packed.subarray(0, -5) }, 'damaged entry'],
    ['what is no deflated stream', { packed: new Uint8Array(40).fill(0xff) }, 'damaged entry'],
    ['an entry that is no array', zipEntry('a.npy', Buffer.from('a text')), 'not an .npy file'],
  ])('%s is refused, file and entry named', async (_name, fields, message) => {
    const file = writeZip([{ ...good, ...fields }])
    await expect(readOne(file, 'a')).rejects.toThrow(DataError)
    await expect(readOne(file, 'a')).rejects.toThrow(message)
    if (message !== 'not a zip archive') await expect(readOne(file, 'a')).rejects.toThrow(`${file}, entry 'a`)
  })

  test('two entries of one name, and two arrays of one name', async () => {
    await expect(openNpz(writeZip([good, good]))).rejects.toThrow(
      "two entries of an archive have one name (found 'a.npy')",
    )
    await expect(openNpz(writeZip([good, { ...good, name: 'a' }]))).rejects.toThrow('two arrays have one name')
  })

  test('an entry that goes by another name where its data stands', async () => {
    const file = writeZip([good])
    const bytes = readFileSync(file)
    bytes.write('b', 30)
    writeFileSync(file, bytes)
    await expect(readOne(file, 'a')).rejects.toThrow("entry 'a.npy': an entry has two names (found 'b.npy')")
  })

  test('a name that is not there: those that are, are told', async () => {
    await expect(readOne(writeZip([good]), 'b')).rejects.toThrow(
      "entry 'b': no such entry in the archive (expected a.npy)",
    )
  })

  test('something else, nothing, and an archive cut anywhere', async () => {
    const file = writeZip([good])
    const whole = readFileSync(file)
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      await expect(readOne(file, 'a'), `${length} bytes`).rejects.toThrow(DataError)
    }
    await expect(openNpz(join(tempFolder(), 'missing.npz'))).rejects.toThrow('cannot be read')
  })

  const ramp = Uint8Array.from({ length: 60 }, (_, i) => (i * i) % 251)
  const stored = { ...zipEntry('a.npy', bytesNpy(ramp)), method: 0, packed: bytesNpy(ramp) }

  test.each([
    // The last bits of a deflated stream are padding: changing them changes nothing.
    ['deflated', zipEntry('a.npy', bytesNpy(ramp)), 1],
    ['stored', stored, 0],
  ])(
    '%s, one byte is changed anywhere: an error, or the very same array, never another',
    async (_name, entry, padding) => {
      const file = writeZip([entry, zipEntry('b.npy', bytesNpy(Uint8Array.of(1, 2, 3)))])
      const whole = readFileSync(file)
      const [dataFrom, dataTo] = [30 + 5, 30 + 5 + entry.packed.length - padding]
      for (let at = 0; at < whole.length; at++)
        for (const bits of [0x01, 0xff]) {
          const damaged = Buffer.from(whole)
          damaged[at] ^= bits
          writeFileSync(file, damaged)
          const outcome = await readOne(file, 'a').catch((error: unknown) => error)
          const isRefused = outcome instanceof DataError
          if (!isRefused) expect(outcome, `byte ${at} ^ ${bits}`).toEqual({ shape: [60], data: ramp })
          if (at >= dataFrom && at < dataTo) expect(isRefused, `byte ${at} ^ ${bits}`).toBe(true)
        }
    },
  )
})

describe.skipIf(noNumpy)(`archives that NumPy wrote${noNumpy}`, () => {
  test('stored and deflated: the arrays of the single files; objects only bother who asks for them', async () => {
    const dir = tempFolder()
    const told = numpy('write_arrays.py', dir) as { name: string }[]
    for (const kind of ['stored', 'deflated']) {
      const npz = await openNpz(join(dir, `${kind}.npz`))
      expect(npz.names).toEqual(told.map(({ name }) => name))
      for (const { name } of told) expect(await npz.read(name), name).toEqual(await readNpy(join(dir, `${name}.npy`)))
      await npz.close()
    }
    const mixed = await openNpz(join(dir, 'mixed.npz'))
    expect(mixed.names).toEqual(['annotations', 'occ_label'])
    expect(await mixed.read('occ_label')).toEqual({ shape: [2, 2, 2], data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) })
    await expect(mixed.read('annotations')).rejects.toThrow("entry 'annotations', header: an array of Python objects")
    await mixed.close()
  })
})
