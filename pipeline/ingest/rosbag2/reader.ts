import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import type { LogSource, Reader } from '../reader.js'
import type { Bag } from '../ros/bag.js'
import { type BagFiles, filesNamed, isFileNamed, logsOf } from '../ros/bagFiles.js'
import type { SkipCounter } from '../skipCounter.js'
import { type BagMetadata, metadataFileName, readMetadata } from './metadata.js'

const ending = '.db3'

/**
 * ROS 2 bags (https://github.com/ros2/rosbag2): a folder with `metadata.yaml` and one or more `.db3` or `.mcap` files, which
 * together are one log; or `.db3` files whose recorder left no metadata, grouped by the name before their number.
 */
export const rosbag2: Reader = {
  recognises: async (path) =>
    isFileNamed(path, ending) ||
    existsSync(join(path, metadataFileName)) ||
    (await filesNamed(path, ending)).length > 0,

  async logs(path): Promise<LogSource[]> {
    if (isFileNamed(path, ending))
      return logsOf(dirname(path), [
        { name: basename(path, ending), files: withMetadata(dirname(path), [basename(path)]) },
      ])
    const metadata = await readMetadata(path)
    if (!metadata) return logsOf(path, groups(await filesNamed(path, ending)))
    const files = metadata.files.map((file) => withinFolder(path, file))
    const lost = files.find((file) => !existsSync(join(path, file)))
    if (lost) throw new DataError('a part of the bag is not there', { file: join(path, lost), expected: 'this file' })
    return logsOf(path, [{ name: basename(path), files: withMetadata(path, files) }])
  },

  async open(log, fill, skips) {
    const { openBagLog } = await import('../ros/bagLog.js')
    const metadata = log.files.includes(metadataFileName) ? await readMetadata(log.dir) : null
    const files = metadata
      ? metadata.files.map((file) => withinFolder(log.dir, file)).filter((file) => log.files.includes(file))
      : log.files.filter((file) => file.endsWith(ending)).sort(byNumber)
    return openBagLog(await bagOf(log.dir, files, metadata, skips), log, files, fill, skips)
  },
}

async function bagOf(
  dir: string,
  files: readonly string[],
  metadata: BagMetadata | null,
  skips: SkipCounter,
): Promise<Bag> {
  const file = join(dir, metadataFileName)
  const { storage, compressionMode, compressionFormat } = metadata ?? {
    storage: 'sqlite3',
    compressionMode: '',
    compressionFormat: '',
  }
  if (compressionMode === 'file')
    throw new DataError('a bag whose files are packed whole', {
      file,
      place: 'compression_mode',
      expected: 'unpacked files: `ros2 bag convert`, or zstd -d and their new names in metadata.yaml',
    })
  const unpack = compressionMode === 'message' ? await unpackerOf(compressionFormat, file) : undefined
  if (storage === 'mcap') {
    const { McapBag } = await import('../mcap/mcapBag.js')
    return new McapBag(dir, files, skips, unpack)
  }
  if (storage === 'sqlite3') {
    const { SqliteBag } = await import('./sqliteBag.js')
    return new SqliteBag(dir, files, unpack)
  }
  throw new DataError('a storage that is not read', {
    file,
    place: 'storage_identifier',
    expected: 'sqlite3 | mcap',
    actual: storage,
  })
}

async function unpackerOf(format: string, file: string): Promise<(data: Uint8Array) => Uint8Array> {
  if (format !== 'zstd')
    throw new DataError('a compression that is not read', {
      file,
      place: 'compression_format',
      expected: 'zstd',
      actual: format,
    })
  const { unzstd } = await import('../../arrow/zstd.js')
  return (data) => unzstd(data)
}

function withMetadata(dir: string, files: readonly string[]): string[] {
  return existsSync(join(dir, metadataFileName)) ? [...files, metadataFileName] : [...files]
}

/** Files without metadata: those that differ only in the number at their end are parts of one bag. */
function groups(files: readonly string[]): BagFiles[] {
  const found = new Map<string, string[]>()
  for (const file of files) {
    const name = basename(file, ending).replace(/_\d+$/, '')
    found.set(name, [...(found.get(name) ?? []), file])
  }
  return [...found].map(([name, parts]) => ({ name, files: parts.sort(byNumber) }))
}

function byNumber(a: string, b: string): number {
  const number = (file: string) => Number(file.match(/_(\d+)\.db3$/)?.[1] ?? -1)
  return number(a) - number(b) || (a < b ? -1 : 1)
}

/** Before Foxy, paths were given from the folder above. */
function withinFolder(dir: string, file: string): string {
  return existsSync(join(dir, file)) ? file : basename(file)
}
