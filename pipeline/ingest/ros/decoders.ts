import { parse } from '@foxglove/rosmsg'
import { MessageReader as Ros1Reader } from '@foxglove/rosmsg-serialization'
import { MessageReader as Ros2Reader } from '@foxglove/rosmsg2-serialization'
import { protobufFromBinaryDescriptor } from '@mcap/support'
import { DataError } from '../../errors.js'
import type { Topic } from './bag.js'
import { ros2Definitions } from './definitions.js'

/** Turns the bytes of a topic's messages into plain objects. Throws whatever its library throws for bad bytes. */
export type Decode = (data: Uint8Array) => unknown

/** CDR pads a message to four bytes. */
const paddingBytes = 3

/** Throws DataError that names the topic when its messages cannot be decoded at all. */
export function decoderOf(topic: Topic, file: string): Decode {
  const make = Object.hasOwn(encodings, topic.encoding) ? encodings[topic.encoding as keyof typeof encodings] : null
  const place = `topic ${topic.name}`
  if (!make)
    throw new DataError('messages of an encoding that is not read', {
      file,
      place,
      expected: Object.keys(encodings).join(' | '),
      actual: topic.encoding || 'none',
    })
  try {
    return make(topic, file)
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    const actual = cause instanceof Error ? cause.message : `${cause}`
    throw new DataError(`the definition of ${topic.type} cannot be read`, { file, place, actual, cause })
  }
}

const encodings = {
  cdr: cdrDecoder,
  ros1: ros1Decoder,
  protobuf: protobufDecoder,
  json: () => decodeJson,
} satisfies Record<string, (topic: Topic, file: string) => Decode>

function cdrDecoder(topic: Topic, file: string): Decode {
  const { schema } = topic
  if (schema?.encoding === 'ros2msg') {
    const reader = new Ros2Reader(parse(textOf(schema.data), { ros2: true }))
    return (data) => reader.readMessage(data)
  }
  return builtInDecoder(topic, file)
}

/**
 * For files that carry no definitions. The type may have looked otherwise when the file was recorded; then its messages
 * are longer or shorter than the definition says, and every one is refused.
 */
function builtInDecoder({ name, type, schema }: Topic, file: string): Decode {
  const text = Object.hasOwn(ros2Definitions, type) ? ros2Definitions[type as keyof typeof ros2Definitions] : null
  if (text === null)
    throw new DataError(`the file carries no definition of ${type} that can be read, and occlab has none`, {
      file,
      place: `topic ${name}`,
      expected: 'a ros2msg definition',
      actual: schema?.encoding ?? 'none',
    })
  const reader = new Ros2Reader(parse(text, { ros2: true }))
  return (data) => {
    const message = reader.readMessage(data)
    const left = data.byteLength - reader.lastReadByteLength()
    if (left > paddingBytes) throw new Error(`${left} bytes more than its definition says`)
    return message
  }
}

function ros1Decoder({ schema, type }: Topic): Decode {
  if (!schema) throw new Error(`no definition of ${type}`)
  const reader = new Ros1Reader(parse(textOf(schema.data)))
  return (data) => reader.readMessage(data)
}

/** Whole numbers of 64 bits become decimal text, absent messages null. */
function protobufDecoder({ schema, type }: Topic): Decode {
  if (schema?.encoding !== 'protobuf') throw new Error(`no protobuf descriptors of ${type}`)
  const message = protobufFromBinaryDescriptor(schema.data).lookupType(type)
  return (data) => message.toObject(message.decode(data), { longs: String, defaults: true })
}

function decodeJson(data: Uint8Array): unknown {
  return JSON.parse(textOf(data))
}

function textOf(data: Uint8Array): string {
  return new TextDecoder().decode(data)
}
