/** A record's content, field by field (https://mcap.dev/spec#records). Throws RangeError beyond the record's end. */
export class RecordReader {
  private readonly view: DataView
  private at = 0

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  uint16(): number {
    return this.view.getUint16(this.step(2), true)
  }

  uint32(): number {
    return this.view.getUint32(this.step(4), true)
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.step(8), true)
  }

  text(): string {
    return new TextDecoder().decode(this.take(this.uint32()))
  }

  /** Text by text, behind the bytes they take. */
  map(): Map<string, string> {
    const bytes = this.uint32()
    const end = this.at + bytes
    const entries: [string, string][] = []
    while (this.at < end) entries.push([this.text(), this.text()])
    return new Map(entries)
  }

  take(length: number): Uint8Array {
    const start = this.step(length)
    return this.bytes.subarray(start, start + length)
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at)
  }

  private step(length: number): number {
    const start = this.at
    if (start + length > this.bytes.length)
      throw new RangeError(`${length} bytes at ${start} of a record of ${this.bytes.length}`)
    this.at += length
    return start
  }
}

export interface McapMessage {
  channelId: number
  logTimeNs: bigint
  data: Uint8Array
}

export function parseMessage(bytes: Uint8Array): McapMessage {
  const reader = new RecordReader(bytes)
  const channelId = reader.uint16()
  reader.uint32() // sequence
  const logTimeNs = reader.uint64()
  reader.uint64() // when it was published
  return { channelId, logTimeNs, data: reader.rest() }
}

export interface McapSchema {
  id: number
  name: string
  encoding: string
  data: Uint8Array
}

export function parseSchema(bytes: Uint8Array): McapSchema {
  const reader = new RecordReader(bytes)
  const [id, name, encoding] = [reader.uint16(), reader.text(), reader.text()]
  return { id, name, encoding, data: reader.take(reader.uint32()).slice() }
}

export interface McapChannel {
  id: number
  schemaId: number
  topic: string
  encoding: string
}

export function parseChannel(bytes: Uint8Array): McapChannel {
  const reader = new RecordReader(bytes)
  return { id: reader.uint16(), schemaId: reader.uint16(), topic: reader.text(), encoding: reader.text() }
}

export interface McapChunk {
  uncompressedBytes: bigint
  /** CRC-32 of the uncompressed records; 0 when the writer made none. */
  crc: number
  compression: string
  records: Uint8Array
}

export function parseChunk(bytes: Uint8Array): McapChunk {
  const reader = new RecordReader(bytes)
  reader.take(16) // times of its first and last message
  const [uncompressedBytes, crc, compression] = [reader.uint64(), reader.uint32(), reader.text()]
  return { uncompressedBytes, crc, compression, records: reader.take(Number(reader.uint64())) }
}

export function parseMetadata(bytes: Uint8Array): { name: string; entries: Map<string, string> } {
  const reader = new RecordReader(bytes)
  return { name: reader.text(), entries: reader.map() }
}

/** Every record in a chunk: its opcode and its content. Throws RangeError when the last is cut off. */
export function* recordsIn(records: Uint8Array): Generator<{ opcode: number; content: Uint8Array }> {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  for (let at = 0; at < records.length; ) {
    const reader = new RecordReader(records.subarray(at))
    const opcode = view.getUint8(at)
    reader.take(1)
    const length = Number(reader.uint64())
    yield { opcode, content: reader.take(length) }
    at += recordHeadBytes + length
  }
}

/** Opcode and length before every record's content. */
export const recordHeadBytes = 9
