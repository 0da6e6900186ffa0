import { join } from 'node:path'
import { ArrowFile } from '../arrow/arrowFile.js'
import type { Dataset } from '../dataset.js'
import { verifyOutput } from '../manifest.js'
import type { LogInfo } from '../schema.js'

/**
 * Where and when each frame of a log was taken: all that a split looks at. `xM`, `yM`: the ego in the city frame of the
 * log's site. Height is left out on purpose: sources disagree about it (nuScenes writes 0), and a distance without it
 * is never longer than the true one, so a buffer in the plane keeps at least what it promises.
 */
export interface LogTrack
  extends Pick<
    LogInfo,
    'logId' | 'siteId' | 'routeId' | 'rigId' | 'date' | 'mapVersion' | 'observedVoxels' | 'sourceHash'
  > {
  frameIndex: Int32Array
  timestampNs: BigInt64Array
  xM: Float64Array
  yM: Float64Array
}

/** What of a dataset is needed to read tracks. */
export type TrackedDataset = Pick<Dataset, 'dir' | 'manifest' | 'logs'>

/**
 * Reads the track of every log, in the order of the dataset's logs, a record batch at a time; only the index, time and
 * pose columns are looked at and kept. Throws DataError when a file is damaged.
 */
export async function readTracks(dataset: TrackedDataset, onLog: () => void = () => undefined): Promise<LogTrack[]> {
  const tracks: LogTrack[] = []
  for (const log of dataset.logs) {
    tracks.push(await readTrack(dataset, log))
    onLog()
  }
  return tracks
}

async function readTrack(dataset: TrackedDataset, log: LogInfo): Promise<LogTrack> {
  const { logId, siteId, routeId, rigId, date, mapVersion, observedVoxels, sourceHash } = log
  const [frameIndex, timestampNs, xM, yM] = [[] as number[], [] as bigint[], [] as number[], [] as number[]]
  await verifyOutput(dataset.dir, dataset.manifest, log.file)
  const file = await ArrowFile.open(join(dataset.dir, log.file))
  try {
    for (let i = 0; i < file.batchCount; i++) {
      const batch = await file.readBatch(i)
      const column = (name: string) => batch.getChild(name)!
      for (const index of column('frame_index').toArray()) frameIndex.push(index)
      for (const timeNs of column('timestamp_ns').toArray()) timestampNs.push(timeNs)
      // The numbers of all rows, three a row: a million poses need not become a million objects.
      const placeM: Float64Array = column('city_from_ego').getChild('t')!.getChildAt(0)!.toArray()
      for (let at = 0; at < placeM.length; at += 3) {
        xM.push(placeM[at])
        yM.push(placeM[at + 1])
      }
    }
  } finally {
    await file.close()
  }
  return {
    ...{ logId, siteId, routeId, rigId, date, mapVersion, observedVoxels, sourceHash },
    frameIndex: Int32Array.from(frameIndex),
    timestampNs: BigInt64Array.from(timestampNs),
    xM: Float64Array.from(xM),
    yM: Float64Array.from(yM),
  }
}
