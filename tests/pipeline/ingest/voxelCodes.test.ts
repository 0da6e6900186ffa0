import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RawLog, Reader } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { openoccupancy } from '../../../pipeline/ingest/voxelFolder/openoccupancy.js'
import { uniocc } from '../../../pipeline/ingest/voxelFolder/uniocc.js'
import { tempFolder } from '../../support/tempFolder.js'
import { npyOf, npzOf } from './arrayFiles.js'

async function open(dir: string, reader: Reader): Promise<RawLog> {
  const [source] = await reader.logs(dir)
  return reader.open({ ...source, hashOf: () => '' }, { rig: 'rig', site: 'site', route: 'route' }, new SkipCounter())
}

describe('the codes of published layouts', () => {
  const namesOf = async ({ voxels: grids }: RawLog, voxelsAt: number[]) => {
    const { categories, observed } = await grids!.read(0)
    return voxelsAt.map((voxel) => (observed[voxel] ? grids!.categories[categories[voxel]] : 'unknown'))
  }

  // https://github.com/tasl-lab/UniOcc, uniocc_viz.py.
  test('uniocc: 0 to 10, and no more', async () => {
    const dir = join(tempFolder(), 'Carla-2Hz-mini', 'scene_001')
    mkdirSync(dir, { recursive: true })
    const frameOf = (codes: number[]) => {
      const grid = new Uint8Array(200 * 200 * 16).fill(10)
      grid.set(codes)
      return npzOf({
        occ_label: npyOf('|u1', [200, 200, 16], grid),
        occ_mask_camera: npyOf('|u1', [200, 200, 16], new Uint8Array(grid.length).fill(1)),
        ego_to_world_transformation: npyOf(
          '<f8',
          [4, 4],
          Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
        ),
      })
    }
    const codes = Array.from({ length: 11 }, (_, code) => code)
    writeFileSync(join(dir, '0.npz'), frameOf(codes))
    expect((await namesOf(await open(dir, uniocc), codes)).join(' ')).toBe(
      'general_object vehicle bicycle motorcycle pedestrian traffic_cone vegetation road terrain building free',
    )
    writeFileSync(join(dir, '0.npz'), frameOf([11]))
    await expect(namesOf(await open(dir, uniocc), [0])).rejects.toThrow('a code that stands for no class')
  })

  // https://github.com/JeffWang987/OpenOccupancy, docs/prepare_data.md.
  test('openoccupancy: 1 to 16, 0 is noise, and no more', async () => {
    const dir = join(tempFolder(), 'scene_1')
    mkdirSync(join(dir, 'occupancy'), { recursive: true })
    const write = (rows: number[][]) =>
      writeFileSync(join(dir, 'occupancy', 'a.npy'), npyOf('<i4', [rows.length, 4], Int32Array.from(rows.flat())))
    writeFileSync(join(dir, 'frames.csv'), 'frame,timestamp_ns\na,1000000000\n')
    writeFileSync(join(dir, 'poses.csv'), 'timestamp_ns,x,y,z,qw,qx,qy,qz\n1000000000,0,0,0,1,0,0,0\n')
    writeFileSync(join(dir, 'sensors.json'), '{"LIDAR_TOP": {"q": [1, 0, 0, 0], "t": [0, 0, 0]}}')
    // Row z y x code: in line along x. Voxel (x, 3, 2) of 512×512×40.
    const codes = Array.from({ length: 17 }, (_, code) => code)
    write(codes.map((code) => [2, 3, code, code]))
    const voxelsAt = [...codes, 17].map((x) => (x * 512 + 3) * 40 + 2)
    expect((await namesOf(await open(dir, openoccupancy), voxelsAt)).join(' ')).toBe(
      'unknown barrier bicycle bus car construction_vehicle motorcycle pedestrian traffic_cone trailer truck ' +
        'driveable_surface other_flat sidewalk terrain manmade vegetation free',
    )
    write([[2, 3, 0, 17]])
    await expect(namesOf(await open(dir, openoccupancy), [0])).rejects.toThrow('a code that stands for no class')
  })
})
