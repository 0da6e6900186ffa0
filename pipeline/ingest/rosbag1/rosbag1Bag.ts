import { open, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { loadDecompressHandlers } from '@mcap/support'
import { DataError } from '../../errors.js'
import { asDataError, type Bag, type BagMessage, canonicalType, type MessageRef, type Topic } from '../ros/bag.js'
import type { SkipCounter } from '../skipCounter.js'

// CommonJS: required, its types and its code are those of one and the same build.
const { Bag: Recording } = createRequire(import.meta.url)('@foxglove/rosbag') as typeof import('@foxglove/rosbag')
type Recording = InstanceType<typeof Recording>
type Decompress = NonNullable<ConstructorParameters<typeof Recording>[1]>['decompress']
type ChunkInfo = Recording['chunkInfos'][number]

/** One ROS 1 bag. */
export class Rosbag1Bag implements Bag {
  readonly words = new Map<string, string>()
  private readonly chunks: ReadonlyMap<number, ChunkInfo>

  private constructor(
    readonly file: string,
    private readonly name: string,
    private readonly recording: Recording,
    private readonly decompress: NonNullable<Decompress>,
    private readonly skips: SkipCounter,
  ) {
    this.chunks = new Map(recording.chunkInfos.map((info) => [info.chunkPosition, info]))
  }

  /** `name` is how skips call the file. Throws DataError for a bag without an index. */
  static async open(file: string, name: string, skips: SkipCounter): Promise<Rosbag1Bag> {
    const { bz2, lz4 } = await loadDecompressHandlers()
    try {
      const recording = new Recording(await fileOf(file))
      // Looked at first: without an index, the library takes the whole file for one.
      const { connectionCount, indexPosition } = await recording.reader.readHeader()
      if (connectionCount === 0 || indexPosition === 0)
        throw new DataError('a bag without an index', {
          file,
          expected: 'a bag that was closed, or `rosbag reindex`ed',
        })
      await recording.open()
      // A bag's own name for a compression is that of the handler; sizes are numbers there.
      const decompress = {
        bz2: (bytes: Uint8Array, size: number) => bz2(bytes, BigInt(size)),
        lz4: (bytes: Uint8Array, size: number) => lz4(bytes, BigInt(size)),
      }
      return new Rosbag1Bag(file, name, recording, decompress, skips)
    } catch (error) {
      throw asDataError(error, 'not a ROS 1 bag that can be read; `rosbag reindex` mends one that was cut off', file)
    }
  }

  async *messages(wanted: (topic: Topic) => boolean): AsyncGenerator<BagMessage> {
    const topics = new Map<number, Topic>()
    for (const { conn, topic: name, type, messageDefinition } of this.recording.connections.values()) {
      const schema = { encoding: 'ros1msg', data: new TextEncoder().encode(messageDefinition) }
      const topic: Topic = { name, type: canonicalType(type ?? ''), encoding: 'ros1', schema }
      if (wanted(topic)) topics.set(conn, topic)
    }
    for (const info of this.recording.chunkInfos) yield* this.inChunk(info, topics)
  }

  async read({ at, within }: MessageRef): Promise<Uint8Array> {
    const info = this.chunks.get(at)
    if (!info) throw new DataError('a chunk is gone', { file: this.file, place: `byte ${at}` })
    try {
      const { chunk } = await this.recording.reader.readChunk(info, this.decompress)
      return messageAt(chunk.data!, within).data
    } catch (error) {
      throw asDataError(error, 'a chunk that cannot be read', this.file, `byte ${at}`)
    }
  }

  private async *inChunk(info: ChunkInfo, topics: ReadonlyMap<number, Topic>): AsyncGenerator<BagMessage> {
    const at = info.chunkPosition
    if (!info.connections.some(({ conn }) => topics.has(conn))) return
    let found: { conn: number; offset: number; logTimeNs: bigint }[]
    let chunk: Uint8Array
    try {
      const result = await this.recording.reader.readChunk(info, this.decompress)
      chunk = result.chunk.data!
      found = result.indices.flatMap(({ conn, indices }) =>
        (indices ?? []).map(({ time, offset }) => ({
          conn,
          offset,
          logTimeNs: BigInt(time.sec) * 1_000_000_000n + BigInt(time.nsec),
        })),
      )
    } catch {
      this.skips.add('chunk', 'damaged: it cannot be unpacked', `${this.name}, byte ${at}`)
      return
    }
    found.sort((a, b) => a.offset - b.offset)
    for (const { conn, offset, logTimeNs } of found) {
      const topic = topics.get(conn)
      if (!topic) continue
      let message: { conn: number; data: Uint8Array }
      try {
        message = messageAt(chunk, offset)
      } catch {
        this.skips.add('message', 'no message where the index says', `${this.name}, byte ${at} +${offset}`)
        continue
      }
      if (message.conn === conn) yield { topic, logTimeNs, data: message.data, ref: { file: 0, at, within: offset } }
      else this.skips.add('message', 'no message where the index says', `${this.name}, byte ${at} +${offset}`)
    }
  }
}

/** Opcode of a message in a chunk. */
const messageOpcode = 2

/** The message record at a place in a chunk: fields `name=value` behind their lengths, then the data behind its own. */
function messageAt(chunk: Uint8Array, at: number): { conn: number; data: Uint8Array } {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  const headEnd = at + 4 + view.getUint32(at, true)
  const fields = new Map<string, number>()
  for (let field = at + 4; field < headEnd; ) {
    const length = view.getUint32(field, true)
    const equals = chunk.indexOf(0x3d, field + 4)
    fields.set(new TextDecoder().decode(chunk.subarray(field + 4, equals)), equals + 1)
    field += 4 + length
  }
  const [op, conn] = [fields.get('op'), fields.get('conn')]
  if (op === undefined || conn === undefined || view.getUint8(op) !== messageOpcode) throw new Error('no message')
  const length = view.getUint32(headEnd, true)
  const start = headEnd + 4
  if (start + length > chunk.length) throw new RangeError('a message beyond its chunk')
  return { conn: view.getUint32(conn, true), data: chunk.slice(start, start + length) }
}

/** The file opened anew for every read: a log is never closed. */
async function fileOf(file: string) {
  const { size } = await stat(file)
  return {
    size: () => size,
    async read(offset: number, length: number): Promise<Uint8Array> {
      const handle = await open(file)
      try {
        // The library asks for a stretch beyond the header, which a small bag may not have.
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset)
        return bytes.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
  }
}
