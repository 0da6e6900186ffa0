import { DataError } from '../../errors.js'

/** A recording of messages by topic: the one thing that MCAP files, ROS 2 and ROS 1 bags are to the rest of ingest. */
export interface Bag {
  /** Its main file, for messages. */
  readonly file: string
  /** What its files say of the log itself, by the keys of `log.json`; filled once `messages` has run to its end. */
  readonly words: ReadonlyMap<string, string>
  /**
   * Every message of the topics that `wanted` (asked once a topic) takes, in the order of the files: no order of time is
   * promised. One message is in memory at a time, with the piece of the file that it lies in.
   * Throws DataError for damage that cannot be left out.
   */
  messages(wanted: (topic: Topic) => boolean): AsyncIterable<BagMessage>
  /** The bytes of a message that `messages` has shown. */
  read(ref: MessageRef): Promise<Uint8Array>
}

/** One publisher's channel. Several may share a name. */
export interface Topic {
  name: string
  /** As ROS 1 and Foxglove write it: `sensor_msgs/PointCloud2`, `foxglove.PointCloud`. */
  type: string
  /** How messages are encoded: `cdr`, `ros1`, `protobuf`, `json`. */
  encoding: string
  /** The definition of its type, where the file carries it. */
  schema: { encoding: string; data: Uint8Array } | null
}

export interface BagMessage {
  topic: Topic
  /** When it was recorded, ns since the Unix epoch. */
  logTimeNs: bigint
  /** Its own memory: nothing else lies in the buffer. */
  data: Uint8Array
  ref: MessageRef
}

/** Where a message lies: what is kept of it while its bytes are not needed. */
export interface MessageRef {
  /** Index of the file in the bag. */
  file: number
  /** Byte of the chunk or record, or row. */
  at: number
  /** Place in the chunk; 0 where there are no chunks. */
  within: number
}

/** Type names differ by container: `sensor_msgs/msg/PointCloud2` and `foxglove_msgs/msg/PointCloud` in ROS 2. */
export function canonicalType(type: string): string {
  return type.replace('/msg/', '/').replace(/^foxglove_msgs\//, 'foxglove.')
}

/** A DataError as it is, anything that a library throws as one that names the file. */
export function asDataError(error: unknown, what: string, file: string, place?: string): DataError {
  if (error instanceof DataError) return error
  return new DataError(what, { file, place, actual: error instanceof Error ? error.message : `${error}`, cause: error })
}
