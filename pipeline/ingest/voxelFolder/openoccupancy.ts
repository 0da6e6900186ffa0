import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DataError } from '../../errors.js'
import type { Reader, Sensor } from '../reader.js'
import { readSensorsJson, type VoxelDescription } from './description.js'
import { folderReader } from './folderReader.js'
import { voxelsFileName } from './voxels.js'

const [framesFile, posesFile, sensorsFile] = ['frames.csv', 'poses.csv', 'sensors.json']
const lidar = 'LIDAR_TOP'
const folder = 'occupancy'

/** nuScenes' sixteen lidarseg classes, from code 1 on. */
const names =
  'barrier bicycle bus car construction_vehicle motorcycle pedestrian traffic_cone trailer truck driveable_surface ' +
  'other_flat sidewalk terrain manmade vegetation'

const description: Omit<VoxelDescription, 'sensors'> = {
  grid: { name: 'openoccupancy', originM: [-51.2, -51.2, -5], voxelM: 0.2, dims: [512, 512, 40] },
  folder,
  array: null,
  layout: 'sparse',
  axes: 'zyx',
  classes: Object.fromEntries(names.split(' ').map((name, index) => [index + 1, name])),
  // Noise.
  unknown: [0],
  masks: {},
  times: { table: framesFile },
  poses: { file: posesFile },
  frame: lidar,
  vocabulary: 'openoccupancy',
}

/**
 * OpenOccupancy's nuScenes-Occupancy (Wang et al. 2023, https://arxiv.org/abs/2303.03991): `scene_<token>/occupancy/`
 * with an array a keyframe, named by the token of its LiDAR sweep, in that LiDAR's axes. It ships neither times nor
 * poses nor the LiDAR's mounting: nuScenes has them, and three small files beside `occupancy/` must give them.
 */
export const openoccupancy: Reader = folderReader({
  recognises: async (dir) =>
    /^scene_./.test(basename(dir)) && existsSync(join(dir, folder)) && !existsSync(join(dir, voxelsFileName)),
  describe: async (dir) => ({ ...description, sensors: await sensorsOf(dir) }),
  logIdOf: (dir) => basename(dir),
  besides: [framesFile, posesFile, sensorsFile],
})

async function sensorsOf(dir: string): Promise<Sensor[]> {
  for (const [file, what] of [
    [framesFile, 'the time of each frame: columns frame (token of the LiDAR sweep) and timestamp_ns'],
    [posesFile, "the ego's poses in nuScenes' city frame, as a table of poses"],
    [sensorsFile, `{"${lidar}": {"q": [w, x, y, z], "t": [x, y, z]}}, from nuScenes' calibrated_sensor`],
  ])
    if (!existsSync(join(dir, file)))
      throw new DataError('the layout ships no poses, and none stand beside it', {
        file: join(dir, file),
        expected: what,
      })
  const sensors = await readSensorsJson(join(dir, sensorsFile))
  if (sensors.some(({ sensorName }) => sensorName === lidar)) return sensors
  const actual = sensors.map(({ sensorName }) => sensorName).join(', ')
  throw new DataError('its grids lie in the axes of a sensor that is missing', {
    file: join(dir, sensorsFile),
    expected: lidar,
    actual,
  })
}
