import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const scripts = resolve(import.meta.dirname, '..', 'pipeline', 'ingest', 'python')
const packages = 'import numpy, rosbags, mcap, mcap_protobuf, google.protobuf'
const found = spawnSync('python3', ['-c', packages], { encoding: 'utf8' })

/** Why bags cannot be written by others' writers here, as an ending of a test's name; empty when they can. */
export const noBags =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`

if (noBags) console.warn(`bags are not read${noBags}`)

export type BagKind = 'mcap' | 'foxglove-protobuf' | 'foxglove-json' | 'rosbag2' | 'rosbag2-mcap' | 'rosbag1'

/** Writes the drive of `drive.py` below `dir` in one container; returns the path that a user would name. */
export function writeBag(kind: BagKind, dir: string, options: Record<string, unknown> = {}): string {
  return written('write_bag.py', kind, dir, options)
}

/** Writes the drive of `write_drivers.py` below `dir` as a driver would, and its `expected.f32`; returns the bag's path. */
export function writeDriverBag(driver: string, dir: string, options: Record<string, unknown> = {}): string {
  return written('write_drivers.py', driver, dir, options)
}

function written(script: string, kind: string, dir: string, options: Record<string, unknown>): string {
  const { status, stdout, stderr } = spawnSync('python3', [join(scripts, script), kind, dir, JSON.stringify(options)], {
    encoding: 'utf8',
    cwd: scripts,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  if (status !== 0) throw new Error(`${kind}: ${stderr}`)
  return JSON.parse(stdout)
}
