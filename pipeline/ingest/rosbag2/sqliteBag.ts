import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DataError } from '../../errors.js'
import { asDataError, type Bag, type BagMessage, canonicalType, type MessageRef, type Topic } from '../ros/bag.js'

// CommonJS without named exports.
const { Database } = createRequire(import.meta.url)('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm')
type Database = InstanceType<typeof Database>

/** The sqlite3 storage of ROS 2 bags: a table of topics and one of messages a file. It has no checksums. */
export class SqliteBag implements Bag {
  readonly file: string
  readonly words = new Map<string, string>()

  /** `unpack` is for bags whose recorder packed every message by itself. */
  constructor(
    private readonly dir: string,
    private readonly files: readonly string[],
    private readonly unpack: (data: Uint8Array) => Uint8Array = (data) => data,
  ) {
    this.file = join(dir, files[0])
  }

  async *messages(wanted: (topic: Topic) => boolean): AsyncGenerator<BagMessage> {
    for (const [file, name] of this.files.entries()) {
      const path = join(this.dir, name)
      const opened = new ReadOnlyDatabase(path)
      try {
        const topics = new Map([...topicsOf(opened.database)].filter(([, topic]) => wanted(topic)))
        const ids = [...topics.keys()].join(', ')
        const statement = opened.database.prepare(
          `SELECT id, topic_id, timestamp, data FROM messages WHERE topic_id IN (${ids}) ORDER BY id`,
        )
        for (const row of statement.iterate()) {
          const { id, topic_id, timestamp, data } = row as { [column: string]: number | bigint | Uint8Array }
          const topic = topics.get(Number(topic_id))!
          const ref = { file, at: Number(id), within: 0 }
          yield { topic, logTimeNs: BigInt(timestamp as bigint), data: this.unpack(data as Uint8Array), ref }
        }
        statement.finalize()
      } catch (error) {
        throw asDataError(error, 'not a ROS 2 bag that can be read', path)
      } finally {
        opened.close()
      }
    }
  }

  async read({ file, at }: MessageRef): Promise<Uint8Array> {
    const path = join(this.dir, this.files[file])
    const opened = new ReadOnlyDatabase(path)
    try {
      const row = opened.database.get('SELECT data FROM messages WHERE id = ?', at)
      if (row) return this.unpack(row.data as Uint8Array)
      throw new DataError('a message is gone', { file: path, place: `row ${at} of messages` })
    } catch (error) {
      throw asDataError(error, 'not a ROS 2 bag that can be read', path)
    } finally {
      opened.close()
    }
  }
}

/** By id. Definitions stand in a table of their own from Iron on. */
function topicsOf(database: Database): Map<number, Topic> {
  const tables = new Set(database.all("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name))
  const definitions = new Map<string, Topic['schema']>()
  if (tables.has('message_definitions'))
    for (const row of database.all(
      'SELECT topic_type, encoding, encoded_message_definition FROM message_definitions',
    )) {
      const { topic_type, encoding, encoded_message_definition } = row as Record<string, string>
      const data = new TextEncoder().encode(encoded_message_definition)
      definitions.set(topic_type, { encoding, data })
    }
  const rows = database.all('SELECT id, name, type, serialization_format FROM topics') as Record<string, string>[]
  return new Map(
    rows.map(({ id, name, type, serialization_format: encoding }) => [
      Number(id),
      { name, type: canonicalType(type), encoding, schema: definitions.get(type) ?? null },
    ]),
  )
}

/**
 * A database that leaves no trace. The library locks by making a folder beside the file, in the user's data: so it is given
 * a link in a folder of our own. Locking exclusively lets it open files left in write-ahead mode without shared memory.
 */
class ReadOnlyDatabase {
  readonly database: Database
  private readonly dir: string

  /** Throws DataError for a file that its recorder did not finish writing. */
  constructor(file: string) {
    for (const [ending, what] of [
      ['-wal', 'a bag with a write-ahead log that was never merged'],
      ['-journal', 'a bag whose last write was never finished'],
    ])
      if (existsSync(file + ending) && statSync(file + ending).size > 0)
        throw new DataError(what, {
          file: file + ending,
          expected: 'none: open the bag once with sqlite3 and write to it',
        })
    this.dir = mkdtempSync(join(tmpdir(), 'occlab-bag-'))
    try {
      const link = join(this.dir, 'bag.db3')
      symlinkSync(resolve(file), link)
      this.database = new Database(link, { readOnly: true })
      this.database.exec('PRAGMA locking_mode = EXCLUSIVE')
    } catch (error) {
      rmSync(this.dir, { recursive: true, force: true })
      throw asDataError(error, 'not a database that can be read', file)
    }
  }

  close(): void {
    this.database.close()
    rmSync(this.dir, { recursive: true, force: true })
  }
}
