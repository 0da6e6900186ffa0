import { DataError } from '../errors.js'
import { eventLoopTurn } from '../eventLoopTurn.js'
import type { FrameWriter } from '../frames.js'
import type { Grid } from '../grid.js'
import { stopIfInterrupted } from '../interrupt.js'
import type { ObjectWriter } from '../objects.js'
import type { Pose } from '../pose.js'
import type { Taxonomy } from '../taxonomy.js'
import { below } from './checks/below.js'
import { collectOnce } from './collectGarbage.js'
import type { IngestConfig } from './config.js'
import { FrameObjects } from './frameObjects.js'
import { motionBetween } from './frameTimes.js'
import type { Labels } from './labels.js'
import { NoPoseError } from './noPoseError.js'
import { tally } from './observedCounts.js'
import { type OccupancyName, occupancies } from './occupancy/occupancies.js'
import type { FrameBuilder } from './occupancy/occupancyMethod.js'
import type { RawLog } from './reader.js'
import type { SkipCounter } from './skipCounter.js'
import { UnreadableError } from './unreadableError.js'

/** Where a log's frames and annotated things go; a log without annotations has no file of things. */
export interface Writers {
  frames: FrameWriter
  objects: ObjectWriter | null
}

export interface FrameSettings {
  grid: Grid
  taxonomy: Taxonomy
  labels: Labels
  config: IngestConfig
  skips: SkipCounter
}

/**
 * Makes the frames of one log, writes them, and adds their observed voxels to the count of each class. Returns how many frames
 * there are. Throws DataError for none.
 */
export async function writeFrames(
  raw: RawLog,
  occupancy: OccupancyName,
  timesNs: readonly number[],
  { grid, taxonomy, labels, config, skips }: FrameSettings,
  writers: Writers,
  observedVoxels: number[],
): Promise<number> {
  if (timesNs.length === 0) throw new DataError('the log has no frames', { file: raw.dir })
  const { sweeps, sensorMasks } = config
  const builder = occupancies[occupancy].open({ log: raw, grid, taxonomy, labels, sweeps, sensorMasks, skips })
  const things = raw.boxes && new FrameObjects(raw.boxes, raw.poses, labels)
  collectOnce()
  let before: { timeNs: number; pose: Pose } | null = null
  let frameIndex = 0
  let unread: UnreadableError | null = null
  for (const timeNs of timesNs) {
    // Sweeps are read without waiting for the system: here Ctrl-C comes through.
    await eventLoopTurn()
    stopIfInterrupted()
    const frame = await frameAt(timeNs, raw, builder)
    if (frame instanceof UnreadableError) {
      unread ??= frame
      skips.add('frame', 'what it is made of cannot be read', below(raw, frame.file ?? raw.dir))
      continue
    }
    if (frame instanceof NoPoseError) {
      skips.add(
        'frame',
        'no pose of its time, or of what it is made of',
        `${below(raw, raw.poses.file)}, ${frame.place}`,
      )
      continue
    }
    const { cityFromEgo, built } = frame
    const dtS: number = before ? (timeNs - before.timeNs) / 1e9 : 0
    const isWhole = before !== null && raw.poses.isContinuous(before.timeNs, timeNs)
    const egoMotion = before && isWhole ? motionBetween(before.pose, cityFromEgo, dtS, config.frameRateHz) : null
    const objects = things?.at(timeNs) ?? null
    writers.objects?.write(frameIndex, objects ?? [])
    writers.frames.write({
      frameIndex: frameIndex++,
      timestampNs: raw.poses.timestampNs(timeNs),
      cityFromEgo,
      egoMotion,
      objectCount: objects?.length ?? null,
      ...built,
    })
    tally(built, observedVoxels)
    before = { timeNs, pose: cityFromEgo }
  }
  builder.close?.()
  if (frameIndex === 0 && unread) throw unread.cause
  if (frameIndex === 0) throw new DataError('no frame has poses for all that it is made of', { file: raw.poses.file })
  return frameIndex
}

async function frameAt(timeNs: number, { poses }: RawLog, builder: FrameBuilder) {
  try {
    const cityFromEgo = poses.at(timeNs)
    return { cityFromEgo, built: await builder.build(timeNs, cityFromEgo) }
  } catch (error) {
    if (error instanceof NoPoseError || error instanceof UnreadableError) return error
    throw error
  }
}
