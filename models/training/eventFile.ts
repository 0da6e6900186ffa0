/**
 * Scalars for TensorBoard: a file of TFRecords (https://www.tensorflow.org/tutorials/load_data/tfrecord), each an `Event`
 * message of `tensorflow/core/util/event.proto`. Written here rather than by the engine's own writer, which keeps every
 * file open until the process ends and cannot say that a resumed run starts again from an earlier step.
 */

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32c } from './crc32c.js'

/** Numbers of the fields used, and protobuf's wire types. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const
const wire = { varint: 0, bits64: 1, bytes: 2, bits32: 5 } as const
const sessionStart = 1

/** An event file, open for appending. */
export class EventFile {
  private readonly file: number

  /**
   * Opens a file of its own in the folder, which it makes.
   *
   * @param done steps done before: what an earlier, killed run wrote of later steps is void
   */
  constructor(dir: string, done: number) {
    mkdirSync(dir, { recursive: true })
    const nowS = Math.floor(Date.now() / 1000)
    this.file = openSync(join(dir, `events.out.tfevents.${nowS}.occlab.${process.pid}.${done}`), 'a')
    this.write(bytesField(event.fileVersion, text('brain.Event:2')))
    // TensorBoard drops what it has read of this step and later ones.
    this.write(
      varintField(event.step, done === 0 ? 0 : done + 1),
      bytesField(event.sessionLog, varintField(1, sessionStart)),
    )
  }

  /** Numbers of one step by tag; those that are not finite are left out. */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const summary = Object.entries(values)
      .filter(([, value]) => Number.isFinite(value))
      .map(([tag, value]) => bytesField(1, Buffer.concat([bytesField(1, text(tag)), floatField(2, value)])))
    if (summary.length > 0) this.write(varintField(event.step, step), bytesField(event.summary, Buffer.concat(summary)))
  }

  close(): void {
    closeSync(this.file)
  }

  private write(...fields: Buffer[]): void {
    const time = Buffer.alloc(9)
    time.writeUInt8((event.wallTime << 3) | wire.bits64)
    time.writeDoubleLE(Date.now() / 1000, 1)
    writeSync(this.file, recordOf(Buffer.concat([time, ...fields])))
  }
}

/** Length, its checksum, the bytes, their checksum; all little endian. */
function recordOf(bytes: Buffer): Buffer {
  const record = Buffer.alloc(bytes.length + 16)
  record.writeBigUInt64LE(BigInt(bytes.length))
  record.writeUInt32LE(masked(crc32c(record.subarray(0, 8))), 8)
  record.set(bytes, 12)
  record.writeUInt32LE(masked(crc32c(bytes)), 12 + bytes.length)
  return record
}

/** TFRecords rotate their checksums and add a constant, so that a checksum of a checksum is no plain one. */
function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0
}

function text(value: string): Buffer {
  return Buffer.from(value, 'utf8')
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | wire.bytes]), varint(bytes.length), bytes])
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | wire.varint]), varint(value)])
}

function floatField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt8((number << 3) | wire.bits32)
  bytes.writeFloatLE(value, 1)
  return bytes
}

/** @param value a whole number from 0 to 2^53 */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}
