/**
 * Weights on disk in the safetensors format, https://huggingface.co/docs/safetensors: the header's length as 8 bytes
 * little endian, the header as JSON `{name: {dtype, shape, data_offsets}}`, then the raw values, little endian.
 */

import { readFile } from 'node:fs/promises'
import { endianness } from 'node:os'
import { DataError, messageOf } from '../../pipeline/errors.js'
import { writeAtomically } from '../../pipeline/stage.js'
import {
  decodeSafetensors,
  type Entry,
  kinds,
  LENGTH_BYTES,
  type SafetensorKind,
  type Safetensors,
  type SafetensorValues,
} from './decodeSafetensors.js'

export type { NamedTensors } from './decodeSafetensors.js'

/** Writes the file so that its name never shows half of it. Same tensors, same bytes. */
export async function writeSafetensors(file: string, { tensors, metadata }: Safetensors): Promise<void> {
  await writeAtomically(file, encodeSafetensors({ tensors, metadata }))
}

/** Reads a file that `writeSafetensors` or any other implementation wrote. Throws DataError for a damaged one. */
export async function readSafetensors(file: string): Promise<Safetensors> {
  const bytes = await readFile(file).catch((error) => {
    throw new DataError('cannot be read', { file, actual: messageOf(error), cause: error })
  })
  return decodeSafetensors(bytes, file)
}

export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  if (endianness() !== 'LE') throw new Error('safetensors are little endian, this machine is not')
  // The widest types first keep every tensor aligned, as the reference implementation does.
  const names = Object.keys(tensors).sort((a, b) => widthOf(tensors[b]) - widthOf(tensors[a]) || (a < b ? -1 : 1))
  const header: Record<string, Entry | Record<string, string>> = {}
  if (Object.keys(metadata).length > 0) header.__metadata__ = sorted(metadata)
  let at = 0
  for (const name of names) {
    const { shape, values } = tensors[name]
    header[name] = { dtype: kindOf(values), shape: [...shape], data_offsets: [at, at + values.byteLength] }
    at += values.byteLength
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8')
  // Padded with spaces, so that the values start at a multiple of 8.
  const headerBytes = Math.ceil(json.length / 8) * 8
  const file = Buffer.alloc(LENGTH_BYTES + headerBytes + at, ' ')
  file.writeBigUInt64LE(BigInt(headerBytes), 0)
  json.copy(file, LENGTH_BYTES)
  for (const name of names) {
    const { values } = tensors[name]
    const [start] = (header[name] as Entry).data_offsets
    file.set(bytesOf(values), LENGTH_BYTES + headerBytes + start)
  }
  return file
}

function kindOf(values: SafetensorValues): SafetensorKind {
  return (Object.keys(kinds) as SafetensorKind[]).find((kind) => values instanceof kinds[kind])!
}

function widthOf({ values }: { values: SafetensorValues }): number {
  return values.BYTES_PER_ELEMENT
}

function bytesOf(values: SafetensorValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
