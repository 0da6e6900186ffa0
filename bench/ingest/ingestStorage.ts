import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDataset } from '../../pipeline/dataset.js'
import { type FrameBody, FrameWriter } from '../../pipeline/frames.js'
import { bitAt, packBits, voxelCount } from '../../pipeline/grid.js'
import { ingest } from '../../pipeline/ingest/ingest.js'
import { identity } from '../../pipeline/pose.js'
import type { Bench, Measured } from '../bench.js'
import type { PythonPeer } from '../pythonPeer.js'
import { withPython } from '../workspace.js'
import { config, grid, openInPython, taxonomy } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

const frames = 40
const realFrame = join('occ3d', 'gts', 'scene-unknown', '29796060110c4163b07f06eff4af0753', 'labels.npz')

/** The arrays of an Occ3D file: bits of the masks, a byte a voxel of the classes. */
type Occ3dFrame = Pick<FrameBody, 'semantics' | 'observed' | 'observedBy'>

/** Both hold semantics and the masks of LiDAR and cameras; ours also poses, times, observed voxels and sources. */
export const ingestStorage: Bench = {
  name: 'ingest-storage',
  question: 'Bytes on disk: ZSTD Arrow against the same frames as Occ3D stores them, np.savez_compressed',
  run: ({ data }) =>
    withPython(async (folder, python) => {
      const log = await labelledLog(join(folder, 'log'), 2, data)
      await openInPython(python, log)
      const made = await madeFrame(log.dir, join(folder, 'dataset'))
      const figures = [await compare(made, `a frame of ${log.what}`, join(folder, 'made'), python)]
      const file = data && join(data, realFrame)
      if (!file || !existsSync(file)) return figures
      const real = await readFrame(file, join(folder, 'real.bytes'), python)
      return [...figures, await compare(real, 'a frame of Occ3D-nuScenes', join(folder, 'real'), python)]
    }),
}

/** A frame that ingest makes; as the cameras' mask the half ahead of what LiDAR saw. */
async function madeFrame(log: string, out: string): Promise<Occ3dFrame> {
  await ingest({ logs: [log], out, config, jobs: 1 })
  const dataset = await openDataset(out)
  const { semantics, observed } = await dataset.frame(1)
  await dataset.close()
  const ahead = observed.map((bits, byte) => (byte >= observed.length / 2 ? bits : 0))
  return { semantics, observed, observedBy: { camera: ahead, lidar: observed } }
}

async function readFrame(npz: string, raw: string, python: PythonPeer): Promise<Occ3dFrame> {
  await python.ask('unpack_occ3d', { npz, out: raw })
  const bytes = readFileSync(raw)
  const count = voxelCount(grid)
  const [semantics, lidar, camera] = [0, 1, 2].map((n) => new Uint8Array(bytes.subarray(n * count, (n + 1) * count)))
  const either = lidar.map((seen, voxel) => seen | camera[voxel])
  return { semantics, observed: packBits(either), observedBy: { camera: packBits(camera), lidar: packBits(lidar) } }
}

async function compare(frame: Occ3dFrame, what: string, path: string, python: PythonPeer): Promise<Measured> {
  const nothing = { calibrationId: null, mapVersion: null, weather: null, timeOfDay: null }
  const tags = { logId: 'log', siteId: 'site', routeId: 'route', rigId: 'rig', ...nothing }
  const writer = new FrameWriter(`${path}.arrow`, grid, taxonomy, 'occlab bench', tags)
  const none = { egoMotion: null, lidarPoints: 0, objectCount: null }
  const rest = { ...none, cityFromEgo: identity, sweeps: 1, source: 'labels.npz' }
  for (let n = 0; n < frames; n++)
    writer.write({ frameIndex: n, timestampNs: BigInt(n) * 500_000_000n, ...rest, ...frame })
  const { bytes } = writer.close()
  const { result } = await python.ask<{ occ3dBytes: number }>('save_npz', { frames: `${path}.arrow`, out: path })
  const kilobytes = (all: number) => `${(all / frames / 1e3).toFixed(1)} kB`
  const occupied = frame.semantics.reduce((count, _, voxel) => count + bitAt(frame.observed, voxel), 0)
  return {
    what: `Arrow for each byte of npz, ${what}, ${occupied.toLocaleString('en-GB')} voxels observed`,
    ...{ value: bytes / result.occ3dBytes, unit: '×', target: { atMost: 1 } },
    sides: `ours ${kilobytes(bytes)}, npz ${kilobytes(result.occ3dBytes)} a frame`,
  }
}
