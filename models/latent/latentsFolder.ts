import { join } from 'node:path'
import { ArrowFile } from '../../pipeline/arrow/arrowFile.js'
import { DataError } from '../../pipeline/errors.js'
import { type Manifest, readManifest } from '../../pipeline/manifest.js'

/** Latents in one record batch: the unit of writing and reading. */
export const rowsPerBatch = 8

/** The latent of one frame. */
export interface FrameLatent {
  frameIndex: number
  /** ns since the Unix epoch. */
  timestampNs: bigint
  /** h·w·c, c fastest. */
  mean: Float32Array
  logvar: Float32Array
}

/** A folder that `encode` wrote, open for reading. */
export interface Latents {
  readonly manifest: Manifest
  /** h, w, c. */
  readonly shape: readonly [number, number, number]
  readonly logs: readonly { logId: string; frames: number }[]
  /** All latents of a log, in time order. Throws RangeError for an unknown log. */
  log(logId: string): Promise<FrameLatent[]>
  /** `count` latents of a log from its row `first` on: what a window needs, without the rest of the log. */
  rows(logId: string, first: number, count: number): Promise<FrameLatent[]>
  close(): Promise<void>
}

interface LogFile {
  logId: string
  file: string
  frames: number
}

/** Opens a folder of latents. Throws DataError when it is not one, or a file is missing or damaged. */
export async function openLatents(dir: string): Promise<Latents> {
  const manifest = await readManifest(dir, 'encode')
  const { shape, logs } = manifest.details as { shape: [number, number, number]; logs: LogFile[] }
  const opened = new Map<string, Promise<ArrowFile>>()
  const fileOf = (log: LogFile) => {
    const file = opened.get(log.file) ?? ArrowFile.open(join(dir, log.file))
    opened.set(log.file, file)
    return file
  }
  const rows = async (logId: string, first: number, count: number) => {
    const log = logs.find((candidate) => candidate.logId === logId)
    if (!log) throw new RangeError(`no latents of log '${logId}'`)
    if (first < 0 || first + count > log.frames)
      throw new RangeError(`rows ${first} to ${first + count - 1} of ${log.frames} of log '${logId}'`)
    return readRows(await fileOf(log), first, count, shape)
  }
  return {
    manifest,
    shape,
    logs,
    rows,
    log: (logId) => rows(logId, 0, logs.find((log) => log.logId === logId)?.frames ?? 0),
    close: async () => {
      for (const file of opened.values()) await (await file).close()
      opened.clear()
    },
  }
}

async function readRows(
  file: ArrowFile,
  first: number,
  count: number,
  [h, w, c]: readonly [number, number, number],
): Promise<FrameLatent[]> {
  const latents: FrameLatent[] = []
  for (let at = first; at < first + count; ) {
    const index = Math.floor(at / rowsPerBatch)
    const batch = await file.readBatch(index)
    const column = (name: string) => batch.getChild(name)!
    const end = Math.min(first + count, (index + 1) * rowsPerBatch)
    for (; at < end; at++) {
      const row = at % rowsPerBatch
      const [mean, logvar] = ['mean', 'logvar'].map((name) => floats(column(name).get(row)))
      if (mean.length !== h * w * c)
        throw new DataError('a latent has another size', {
          file: file.path,
          place: `row ${at}`,
          expected: `${h}×${w}×${c}`,
          actual: `${mean.length} values`,
        })
      latents.push({
        frameIndex: column('frame_index').get(row),
        timestampNs: column('timestamp_ns').get(row),
        mean,
        logvar,
      })
    }
  }
  return latents
}

/** Copied: the bytes of a row start anywhere, and a view would keep the whole record batch. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer)
}
