import { join } from 'node:path'
import { writeArrowFile } from '../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../pipeline/columns.js'
import { type FrameBody, FrameWriter, type LogTags } from '../../pipeline/frames.js'
import { type Grid, maskBytes, voxelCount } from '../../pipeline/grid.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { poseFromYaw } from '../../pipeline/pose.js'
import { calibrationSchema, logSchema } from '../../pipeline/schema.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import { runStage } from '../../pipeline/stage.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'

/** A grid so small that its bytes can be read by eye. */
export const tinyGrid: Grid = { name: 'tiny', originM: [0, 0, 0], voxelM: 1, dims: [4, 3, 2] }

/** Tags of a log, all nullable ones null unless given. */
export function tagsOf(logId: string, some: Partial<LogTags> = {}): LogTags {
  const nullable = { calibrationId: null, mapVersion: null, weather: null, timeOfDay: null }
  return { logId, siteId: 'site', routeId: 'route', rigId: 'rig', ...nullable, ...some }
}

/** Frame number `i` of a log: every column a known function of `i`; the first and every fifth lack an ego motion, every third has masks. */
export function frameBody(i: number, grid = tinyGrid): FrameBody {
  return {
    frameIndex: i,
    timestampNs: 1_700_000_000_000_000_001n + BigInt(i) * 100_000_000n,
    cityFromEgo: poseFromYaw(0.1 * i, [i, -i, 0.5]),
    egoMotion: i % 5 === 0 ? null : { dxM: 1, dyM: 0.25 * i, dzM: -0.5, dyawRad: 0.1, dtS: 0.1 },
    semantics: Uint8Array.from({ length: voxelCount(grid) }, (_, v) => (v + i) % fleet.classes.length),
    observed: Uint8Array.from({ length: maskBytes(grid) }, (_, b) => (b * 37 + i) % 256),
    observedBy: i % 3 === 1 ? { lidar: Uint8Array.of(i, 1, 2), camera: Uint8Array.of(7, i) } : null,
    lidarPoints: 1000 + i,
    sweeps: (i % 3) + 1,
    objectCount: null,
    source: `sweeps/${i}.feather @ ${'ab'.repeat(4)}`,
  }
}

/** Writes a finished dataset folder of the given tracks: what `ingest` leaves, with made-up grids. */
export function writeDataset(dir: string, tracks: readonly LogTrack[], grid = tinyGrid): Promise<Manifest> {
  const plan = { stage: 'ingest', target: dir, config: { logs: tracks.map(({ logId }) => logId) }, seed: 1, inputs: {} }
  return runStage(plan, async (work) => {
    const rows = tracks.map((track, i) => logRow(track, `frames-${String(i).padStart(5, '0')}.arrow`))
    for (const [i, track] of tracks.entries()) writeFrames(join(work.dir, rows[i].file), track, grid)
    writeArrowFile(join(work.dir, 'logs.arrow'), logSchema, [batchFromRows(logSchema, rows)], 'zstd')
    const sensor = {
      calibration_id: 'c1',
      rig_id: 'rig',
      sensor_name: 'lidar',
      ego_from_sensor: poseFromYaw(0, [1, 0, 2]),
    }
    const sensors = [batchFromRows(calibrationSchema, [sensor])]
    writeArrowFile(join(work.dir, 'calibrations.arrow'), calibrationSchema, sensors, 'zstd')
    work.detail('grid', grid)
    work.detail('taxonomy', { name: fleet.name, classes: fleet.classes })
  })
}

function writeFrames(path: string, track: LogTrack, grid: Grid): void {
  const writer = new FrameWriter(path, grid, fleet, 'occlab tests', tagsOf(track.logId, track))
  track.frameIndex.forEach((frameIndex, i) => {
    const cityFromEgo = poseFromYaw(0, [track.xM[i], track.yM[i], 0])
    writer.write({ ...frameBody(i, grid), frameIndex, timestampNs: track.timestampNs[i], cityFromEgo })
  })
  writer.close()
}

function logRow(track: LogTrack, file: string) {
  return {
    log_id: track.logId,
    site_id: track.siteId,
    route_id: track.routeId,
    rig_id: track.rigId,
    date: track.date,
    map_version: track.mapVersion,
    observed_voxels: track.observedVoxels && Object.entries(track.observedVoxels).map(([k, v]) => [k, BigInt(v)]),
    license: null,
    format: 'made-up',
    occupancy: 'boxes',
    frames: track.frameIndex.length,
    file,
    source_hash: track.sourceHash,
  }
}
