import { join } from 'node:path'
import type { Grid } from '../../grid.js'
import { readNpy } from '../files/npy.js'
import { type Npz, openNpz } from '../files/npz.js'
import type { PoseTrack } from '../poseTrack.js'
import { freeCategory, type HashedLog, sourceOf, type VoxelGrid, type VoxelSource } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { VoxelDescription } from './description.js'
import type { FrameFile } from './frameFiles.js'
import { GridInEgo } from './gridInEgo.js'
import { type DecodedVoxels, VoxelDecoder } from './voxelDecoder.js'

/** The grids of a folder of voxel arrays, read a frame at a time. */
export class VoxelFolder implements VoxelSource {
  readonly timesNs: Float64Array
  readonly grid: Grid
  readonly categories: readonly string[]
  readonly masks: readonly string[]
  private readonly decoder: VoxelDecoder
  /** Null where the source's grid already lies in the ego's axes. */
  private readonly inEgo: GridInEgo | null

  constructor(
    private readonly log: HashedLog,
    private readonly description: VoxelDescription,
    private readonly frames: readonly FrameFile[],
    poses: PoseTrack,
    skips: SkipCounter,
  ) {
    this.timesNs = Float64Array.from(frames, ({ timestampNs }) => poses.timeNs(timestampNs))
    this.decoder = new VoxelDecoder(description, skips)
    this.categories = this.decoder.categories
    this.masks = Object.keys(description.masks)
    const sensor = description.sensors.find(({ sensorName }) => sensorName === description.frame)
    this.inEgo = sensor ? new GridInEgo(description.grid, sensor.egoFromSensor) : null
    this.grid = this.inEgo?.grid ?? description.grid
  }

  async read(index: number): Promise<VoxelGrid> {
    const { file } = this.frames[index]
    const { decoded, masks } = await this.decoded(file)
    const free = this.categories.indexOf(freeCategory)
    const observed = this.placed(masks.length === 0 ? decoded.known : anyOf(masks), 0)
    return {
      timeNs: this.timesNs[index],
      categories: this.placed(decoded.categories, free),
      observed,
      observedBy: Object.fromEntries(this.masks.map((name, i) => [name, this.placed(masks[i], 0)])),
      file,
      source: sourceOf(this.log, file),
    }
  }

  private placed(values: Uint8Array, outside: number): Uint8Array {
    return this.inEgo ? this.inEgo.gather(values, outside) : values
  }

  /** A mask has no voxel of which the codes say that nobody knows it: whoever looks there sees no free space. */
  private async decoded(file: string): Promise<{ decoded: DecodedVoxels; masks: Uint8Array[] }> {
    const path = join(this.log.dir, file)
    const { array, masks } = this.description
    if (array === null)
      return { decoded: this.decoder.voxels(await readNpy(path), { file: path, array: '' }), masks: [] }
    return withNpz(path, async (npz) => {
      const decoded = this.decoder.voxels(await npz.read(array), { file: path, array })
      const seen: Uint8Array[] = []
      for (const name of Object.values(masks)) {
        const mask = this.decoder.mask(await npz.read(name), { file: path, array: name })
        seen.push(mask.map((bit, voxel) => bit & decoded.known[voxel]))
      }
      return { decoded, masks: seen }
    })
  }
}

/** What one of the masks has. */
function anyOf(masks: readonly Uint8Array[]): Uint8Array {
  return masks.reduce((some, mask) => some.map((bit, voxel) => bit | mask[voxel]))
}

/** Opens an archive for as long as `use` takes. */
export async function withNpz<T>(file: string, use: (npz: Npz) => Promise<T>): Promise<T> {
  const npz = await openNpz(file)
  return use(npz).finally(() => npz.close())
}
