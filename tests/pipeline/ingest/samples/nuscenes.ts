import { noNumpy, numpy } from '../../../support/numpy.js'
import type { Sample } from './sample.js'

export type NuscenesPart = 'map' | 'occ3d' | 'lidarseg' | 'two' | 'alone' | 'wrong'

/** Writes the small scene, with what else is asked for; returns the folder. */
export function writeNuscenes(dir: string, ...parts: NuscenesPart[]): string {
  return numpy('write_nuscenes.py', dir, ...parts) as string
}

export const nuscenes: Sample = {
  write: (dir) => writeNuscenes(dir, 'map', 'occ3d'),
  config: {},
  frames: 2,
  missing: noNumpy,
}

export const occ3d: Sample = {
  write: (dir) => writeNuscenes(dir, 'alone'),
  config: { rig: 'n015', site: 'singapore-onenorth', route: 'drive' },
  frames: 2,
  missing: noNumpy,
}
