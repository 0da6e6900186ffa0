import { join } from 'node:path'
import { McapConstants } from '@mcap/core'
import { DataError, messageOf } from '../../errors.js'
import { type Bag, type BagMessage, canonicalType, type MessageRef, type Topic } from '../ros/bag.js'
import type { SkipCounter } from '../skipCounter.js'
import { type DataRecord, McapFile } from './mcapFile.js'
import { type McapSchema, parseChannel, parseMessage, parseMetadata, parseSchema } from './records.js'

const { Opcode } = McapConstants
/** Name of the metadata record in which a file says who and where it is. */
const metadataName = 'occlab'

/** Undoes what a recorder did to single messages. */
export type Unpack = (data: Uint8Array) => Uint8Array

/** One MCAP file, or the parts of one recording in their order. */
export class McapBag implements Bag {
  readonly file: string
  readonly words = new Map<string, string>()
  private readonly opened = new Map<number, McapFile>()

  /** `unpack` is for ROS 2 bags whose recorder packed every message by itself. */
  constructor(
    private readonly dir: string,
    private readonly files: readonly string[],
    private readonly skips: SkipCounter,
    private readonly unpack: Unpack = (data) => data,
  ) {
    this.file = join(dir, files[0])
  }

  async *messages(wanted: (topic: Topic) => boolean): AsyncGenerator<BagMessage> {
    for (const file of this.files.keys()) {
      const channels = new Channels(wanted)
      for await (const record of (await this.part(file)).records()) {
        const message = this.understood(record, channels, file)
        if (message) yield message
      }
    }
  }

  async read({ file, at, within }: MessageRef): Promise<Uint8Array> {
    return this.unpack(await (await this.part(file)).message(at, within))
  }

  private async part(file: number): Promise<McapFile> {
    for (const [other, part] of this.opened) if (other !== file) part.forget()
    const known = this.opened.get(file)
    if (known) return known
    const part = await McapFile.open(join(this.dir, this.files[file]), this.files[file], this.skips)
    this.opened.set(file, part)
    return part
  }

  private understood({ opcode, content, at, within }: DataRecord, channels: Channels, file: number): BagMessage | null {
    try {
      if (opcode === Opcode.SCHEMA) channels.addSchema(content)
      else if (opcode === Opcode.CHANNEL) channels.addChannel(content)
      else if (opcode === Opcode.METADATA) this.addWords(content)
      else {
        const { channelId, logTimeNs, data } = parseMessage(content)
        const topic = channels.topicOf(channelId)
        return topic && { topic, logTimeNs, data: this.unpack(data.slice()), ref: { file, at, within } }
      }
      return null
    } catch (cause) {
      if (cause instanceof DataError) throw cause
      const [path, place] = [join(this.dir, this.files[file]), `byte ${at}`]
      throw new DataError('a record that cannot be read', { file: path, place, actual: messageOf(cause), cause })
    }
  }

  private addWords(content: Uint8Array): void {
    const { name, entries } = parseMetadata(content)
    if (name === metadataName) for (const [key, value] of entries) this.words.set(key, value)
  }
}

/** The channels of one file by number. */
class Channels {
  private readonly schemas = new Map<number, McapSchema>()
  /** Null for topics that are not wanted. */
  private readonly topics = new Map<number, Topic | null>()

  constructor(private readonly wanted: (topic: Topic) => boolean) {}

  addSchema(content: Uint8Array): void {
    const schema = parseSchema(content)
    this.schemas.set(schema.id, schema)
  }

  /** Channels are repeated; their first word counts. */
  addChannel(content: Uint8Array): void {
    const { id, schemaId, topic: name, encoding } = parseChannel(content)
    if (this.topics.has(id)) return
    const schema = this.schemas.get(schemaId) ?? null
    const topic: Topic = { name, type: canonicalType(schema?.name ?? ''), encoding, schema }
    this.topics.set(id, this.wanted(topic) ? topic : null)
  }

  topicOf(id: number): Topic | null {
    const topic = this.topics.get(id)
    if (topic === undefined) throw new Error(`a message of channel ${id}, which the file has not named`)
    return topic
  }
}
