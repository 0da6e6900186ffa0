import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, messageOf } from '../../errors.js'
import { readTextRows } from '../files/textRows.js'
import type { FrameTimes, VoxelDescription } from './description.js'

/** One frame's file, below the log's folder. */
export interface FrameFile {
  file: string
  timestampNs: bigint
}

/** The names of the frames' files below `dir`, sorted. Throws DataError when there are none. */
export async function frameNames(dir: string, description: VoxelDescription): Promise<string[]> {
  const { folder } = description
  const path = join(dir, folder)
  const names = await readdir(path).catch((error) => {
    throw new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
  })
  const frames = framesAmong(
    names.map((name) => (folder === '' ? name : `${folder}/${name}`)),
    description,
  )
  if (frames.length > 0) return frames.sort()
  throw new DataError('no frames', { file: path, expected: `files that end in ${endingOf(description)}` })
}

/** Those of a log's files that are frames. */
export function framesAmong(files: readonly string[], description: VoxelDescription): string[] {
  const start = description.folder === '' ? '' : `${description.folder}/`
  return files.filter((file) => {
    const name = file.slice(start.length)
    return (
      file.startsWith(start) && name.endsWith(endingOf(description)) && !name.includes('/') && !name.startsWith('.')
    )
  })
}

function endingOf({ array }: VoxelDescription): '.npy' | '.npz' {
  return array === null ? '.npy' : '.npz'
}

/** The frames in order of time. Throws DataError for a file without a time, and for two of one time. */
export async function timedFrames(dir: string, files: readonly string[], times: FrameTimes): Promise<FrameFile[]> {
  const timeOf = 'table' in times ? await timesByTable(join(dir, times.table)) : timesByName(dir, files, times)
  const frames = files.map((file) => {
    const timestampNs = timeOf(stemOf(file))
    if (timestampNs !== undefined) return { file, timestampNs }
    const expected = 'table' in times ? `a row in ${times.table}` : 'a name that is a whole number'
    throw new DataError('a frame without a time', { file: join(dir, file), expected })
  })
  frames.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0))
  const twin = frames.findIndex(({ timestampNs }, index) => timestampNs === frames[index - 1]?.timestampNs)
  if (twin < 0) return frames
  throw new DataError('two frames of one time', { file: join(dir, frames[twin].file), actual: frames[twin - 1].file })
}

type TimeOf = (stem: string) => bigint | undefined

function stemOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.np[yz]$/, '')
}

function timesByName(dir: string, files: readonly string[], times: { rateHz: number } | { names: string }): TimeOf {
  const numbered = (stem: string) => (/^\d{1,19}$/.test(stem) ? BigInt(stem) : undefined)
  if ('names' in times) return numbered
  const step = stepOf(dir, files.map((file) => Number(numbered(stemOf(file)))).filter(Number.isSafeInteger))
  return (stem) => {
    const number = numbered(stem)
    return number === undefined ? undefined : BigInt(Math.round((Number(number) / step) * (1e9 / times.rateHz)))
  }
}

/**
 * The least step between frame numbers: some sources number their simulator's ticks and keep every second one. Throws
 * DataError when another step is no multiple of it.
 */
function stepOf(dir: string, numbers: number[]): number {
  numbers.sort((a, b) => a - b)
  const steps = numbers.slice(1).map((number, index) => number - numbers[index])
  const step = Math.min(...steps.filter((next) => next > 0))
  const odd = steps.findIndex((next) => next % step !== 0)
  if (odd < 0) return Number.isFinite(step) ? step : 1
  const expected = `a multiple of ${step} after ${numbers[odd]}`
  throw new DataError('frames are not numbered in equal steps', { file: dir, place: `${numbers[odd + 1]}`, expected })
}

async function timesByTable(file: string): Promise<TimeOf> {
  const [head, ...rows] = await readTextRows(file)
  const columns = head?.text.split(',').map((cell) => cell.trim())
  if (columns?.join() !== 'frame,timestamp_ns')
    throw new DataError('not a table of frames', { file, expected: 'frame,timestamp_ns', actual: head?.text ?? '' })
  const times = new Map<string, bigint>()
  for (const { text, line } of rows) {
    const [frame, timestamp, ...rest] = text.split(',').map((cell) => cell.trim())
    if (!/^\d{1,19}$/.test(timestamp ?? '') || rest.length > 0 || times.has(frame))
      throw new DataError('not one time of one frame', {
        file,
        place: `line ${line}`,
        expected: 'a frame not named before, and a whole number of ns',
        actual: text.slice(0, 80),
      })
    times.set(frame, BigInt(timestamp))
  }
  return (stem) => times.get(stem)
}
