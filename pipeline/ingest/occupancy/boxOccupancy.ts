import { DataError } from '../../errors.js'
import { packBits, voxelCount } from '../../grid.js'
import type { Pose } from '../../pose.js'
import { freeIndex } from '../../taxonomy.js'
import { leftOut } from '../labels.js'
import type { Box, BoxSource, RawLog } from '../reader.js'
import { BoxTracks } from './boxTracks.js'
import { forEachBoxVoxel } from './boxVoxels.js'
import { GroundColumns } from './groundColumns.js'
import type { BuiltFrame, FrameBuilder, OccupancyMethod, Scene } from './occupancyMethod.js'

/**
 * Occupancy from annotations alone: drivable area of the map in the layer of its ground, boxes over it, the larger
 * first, so that what overlaps keeps the smaller thing. Everything in the grid counts as observed.
 */
export const boxOccupancy: OccupancyMethod = {
  offeredNs: (log) => boxesOf(log).timesNs,
  open: (scene) => new BoxFrames(scene, boxesOf(scene.log)),
}

function boxesOf(log: RawLog): BoxSource {
  if (log.boxes) return log.boxes
  throw new DataError('no annotations to take occupancy from', { file: log.dir, expected: 'annotated boxes' })
}

class BoxFrames implements FrameBuilder {
  private readonly ground: GroundColumns
  private readonly tracks: BoxTracks
  private readonly observed: Uint8Array

  constructor(
    private readonly scene: Scene,
    private readonly boxes: BoxSource,
  ) {
    const { log, grid, skips } = scene
    this.ground = new GroundColumns(grid)
    this.tracks = new BoxTracks(boxes, log.poses)
    this.observed = packBits(new Uint8Array(voxelCount(grid)).fill(1))
    if (!log.map) skips.add('map', 'no map: frames from boxes have no drivable area', 'map')
  }

  async build(timeNs: number, cityFromEgo: Pose): Promise<BuiltFrame> {
    const { grid, taxonomy } = this.scene
    const semantics = new Uint8Array(voxelCount(grid)).fill(freeIndex(taxonomy))
    this.drawGround(semantics, cityFromEgo)
    this.drawBoxes(semantics, this.tracks.at(timeNs))
    return {
      semantics,
      observed: this.observed,
      observedBy: null,
      lidarPoints: 0,
      sweeps: 0,
      source: this.boxes.source,
    }
  }

  private drawGround(semantics: Uint8Array, cityFromEgo: Pose): void {
    const { grid, labels, log } = this.scene
    const Z = grid.dims[2]
    this.ground.place(log.map, cityFromEgo)
    this.ground.drivable.forEach((drivable, column) => {
      const layer = drivable ? this.ground.layer(column) : -1
      if (layer >= 0) semantics[column * Z + layer] = labels.drivable
    })
  }

  private drawBoxes(semantics: Uint8Array, boxes: readonly Box[]): void {
    const { grid, labels } = this.scene
    const volume = ({ sizeM }: Box) => sizeM[0] * sizeM[1] * sizeM[2]
    for (const { category, egoFromBox, sizeM } of [...boxes].sort((a, b) => volume(b) - volume(a))) {
      const label = labels.classOf(category)
      if (label === leftOut) continue
      forEachBoxVoxel(grid, egoFromBox, sizeM, (voxel) => {
        semantics[voxel] = label
      })
    }
  }
}
