import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findLogs } from '../../../pipeline/ingest/findLogs.js'
import { tempFolder } from '../../support/tempFolder.js'

/** Empty files: layouts are told from names. */
function folderWith(...files: string[]): string {
  const dir = join(tempFolder(), 'drive')
  for (const file of files) {
    mkdirSync(join(dir, file, '..'), { recursive: true })
    writeFileSync(join(dir, file), '')
  }
  return dir
}

async function messageFor(path: string): Promise<string> {
  const { logs, problems } = await findLogs([path], 'auto')
  expect(logs).toEqual([])
  return problems[0].error.message
}

describe('a part of a log is not a log: the folder to name is said', () => {
  const parts: [string, string[], string][] = [
    ['argoverse2', ['city_SE3_egovehicle.feather', 'sensors/lidar/1.feather'], 'sensors/lidar'],
    ['argoverse2', ['city_SE3_egovehicle.feather', 'annotations.feather'], 'annotations.feather'],
    ['nuscenes', ['v1.0-mini/scene.json'], 'v1.0-mini'],
    ['semantickitti', ['calib.txt', 'poses.txt', 'voxels/000000.bin', 'labels/000000.label'], 'voxels'],
    ['scans', ['poses.txt', 'scans/0.pcd'], 'scans'],
    ['scans', ['poses.txt', 'scans/0.pcd'], 'scans/0.pcd'],
  ]
  test.each(parts)('%s: %j, named by %s', async (format, files, part) => {
    expect(await messageFor(join(folderWith(...files), part))).toMatch(
      new RegExp(`no log here .*found what may be a part of ${format} in the folder 'drive': name that\\)$`),
    )
  })

  test('of no log: nothing is said of folders above', async () => {
    const dir = folderWith('deep/down/photograph.jpg')
    expect(await messageFor(join(dir, 'deep', 'down'))).toMatch(/or a folder of logs\)$/)
  })
})
