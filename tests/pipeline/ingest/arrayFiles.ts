import { deflateRawSync } from 'node:zlib'
import { crc32ByTable } from '../../../pipeline/ingest/files/crc32.js'

/** The bytes of a `.npy`, field by field; `start` is its magic and version. */
export function npyBytes(header: string, body: Uint8Array, start = '\x93NUMPY\x01\x00'): Buffer {
  const padded = header.padEnd(117, ' ').concat('\n')
  const length = String.fromCharCode(padded.length)
  return Buffer.concat([Buffer.from(`${start}${length}\x00${padded}`, 'latin1'), body])
}

/** A `.npy` in C order of little-endian numbers; `type` is NumPy's name of them. */
export function npyOf(type: string, shape: readonly number[], values: ArrayBufferView): Buffer {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const body = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return npyBytes(`{'descr': '${type}', 'fortran_order': False, 'shape': (${dims}), }`, body)
}

/** What the heads of a zip say of an entry, and what is in it. */
export interface ZipEntry {
  name: string
  method: number
  packed: Uint8Array
  size: number
  crc: number
}

export function zipEntry(name: string, bytes: Uint8Array): ZipEntry {
  return { name, method: 8, packed: deflateRawSync(bytes), size: bytes.length, crc: crc32ByTable(bytes) }
}

/** The bytes of a zip archive, field by field. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const { name, method, packed, size, crc } of entries) {
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(method, 4)
    fields.writeUInt32LE(crc, 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name)])
    local.push(head, Buffer.from(packed))
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, place, Buffer.from(name)]))
    at += head.length + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end])
}

/** The bytes of a `.npz` of arrays by name. */
export function npzOf(arrays: Readonly<Record<string, Uint8Array>>): Buffer {
  return zipOf(Object.entries(arrays).map(([name, npy]) => zipEntry(`${name}.npy`, npy)))
}
