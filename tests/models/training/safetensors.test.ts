import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeSafetensors } from '../../../models/training/decodeSafetensors.js'
import { encodeSafetensors, readSafetensors, writeSafetensors } from '../../../models/training/safetensors.js'
import { sharedTempFolder } from '../../support/tempFolder.js'

const folder = sharedTempFolder()

test('the bytes are the format, written out by hand', () => {
  const bytes = encodeSafetensors({
    tensors: { b: { shape: [2], values: Float32Array.of(1, -2) }, a: { shape: [], values: Uint8Array.of(7) } },
    metadata: { made_by: 'a test' },
  })
  const header =
    '{"__metadata__":{"made_by":"a test"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
    '"a":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}'
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ')
  const expected = Buffer.concat([
    Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(padded),
    // 1 and −2 in IEEE 754, little endian, then the byte.
    Buffer.from([0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0, 7]),
  ])
  expect(Buffer.from(bytes).equals(expected)).toBe(true)
})

test('reads a file whose tensors stand in another order and without alignment', () => {
  const header =
    '{"x":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},"y":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
  const bytes = Buffer.alloc(8 + header.length + 5)
  bytes.writeBigUInt64LE(BigInt(header.length))
  bytes.write(header, 8)
  bytes.writeUInt8(9, 8 + header.length)
  bytes.writeFloatLE(0.5, 8 + header.length + 1)
  const { tensors } = decodeSafetensors(bytes, 'x')
  expect(tensors.x).toEqual({ shape: [1], values: Float32Array.of(0.5) })
  expect(tensors.y).toEqual({ shape: [1], values: Uint8Array.of(9) })
})

test('what is written is read back: seed 7', () => {
  const name = fc.string({ minLength: 1, maxLength: 8 }).filter((s) => s !== '__metadata__' && s !== '__proto__')
  const values = fc.oneof(
    fc.float32Array({ maxLength: 9 }),
    fc.float64Array({ maxLength: 9 }),
    fc.int32Array({ maxLength: 9 }),
    fc.uint8Array({ maxLength: 9 }),
  )
  const tensor = values.map((v) => ({ shape: [v.length], values: v }))
  fc.assert(
    fc.property(fc.dictionary(name, tensor, { maxKeys: 5 }), (tensors) => {
      expect(decodeSafetensors(encodeSafetensors({ tensors, metadata: {} }), 'x').tensors).toEqual(tensors)
    }),
    { seed: 7, numRuns: 50 },
  )
})

const whole = encodeSafetensors({
  tensors: { w: { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) } },
  metadata: {},
})
const withHeader = (change: (header: string) => string) => {
  const length = Number(new DataView(whole.buffer, whole.byteOffset).getBigUint64(0, true))
  const bytes = Buffer.from(whole)
  bytes.write(change(bytes.toString('utf8', 8, 8 + length)), 8)
  return bytes
}

test.each([
  ['an empty file', Buffer.alloc(0), 'not a safetensors file'],
  ['a header longer than the file', Buffer.from([255, 255, 0, 0, 0, 0, 0, 0, 123]), 'not a safetensors file'],
  ['a file cut short', whole.subarray(0, whole.length - 1), 'offsets do not fit'],
  ['bytes too many', Buffer.concat([whole, Buffer.alloc(3)]), 'truncated or too long'],
  ['a header that is not JSON', withHeader((h) => h.replace('{', '[')), 'the header is not JSON'],
  [
    'a dtype we do not read',
    withHeader((h) => h.replace('F32', 'F16')),
    'unknown dtype (expected F64 | F32 | I32 | U8',
  ],
  ['an entry without a shape', withHeader((h) => h.replace('shape', 'shade')), 'not the entry of a tensor'],
  ['a negative size', withHeader((h) => h.replace('[2,2]', '[-2]').replace('16]', '8] ')), 'not the entry of a tensor'],
  ['offsets that do not fit the shape', withHeader((h) => h.replace('[2,2]', '[2,3]')), 'offsets do not fit'],
])('refuses %s', (_name, bytes, message) => {
  expect(() => decodeSafetensors(bytes, 'weights')).toThrow(message)
})

test('a missing file is bad data, not a bug', async () => {
  await expect(readSafetensors(join(folder(), 'none'))).rejects.toMatchObject({ tag: 'data' })
})

const hasPython = () => {
  try {
    execFileSync('python3', ['-c', 'import safetensors.numpy, numpy'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!hasPython())('agrees with the Python package, both ways (skipped where it is not installed)', async () => {
  const [ours, theirs] = [join(folder(), 'ours.safetensors'), join(folder(), 'theirs.safetensors')]
  await writeSafetensors(ours, {
    tensors: { w: { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) } },
    metadata: { made_by: 'a test' },
  })
  const script = [
    'import sys, numpy as np',
    'from safetensors.numpy import load_file, save_file',
    'w = load_file(sys.argv[1])["w"]',
    'assert w.shape == (2, 3) and w.dtype == np.float32 and w[1, 0] == 4',
    'save_file({"w": w * 2, "n": np.arange(3, dtype=np.uint8)}, sys.argv[2])',
  ]
  writeFileSync(join(folder(), 'check.py'), script.join('\n'))
  execFileSync('python3', [join(folder(), 'check.py'), ours, theirs])
  const { tensors } = await readSafetensors(theirs)
  expect(tensors.w).toEqual({ shape: [2, 3], values: Float32Array.of(2, 4, 6, 8, 10, 12) })
  expect(tensors.n.values).toEqual(Uint8Array.of(0, 1, 2))
})
