import { noNumpy, numpy } from '../../../support/numpy.js'
import type { Sample } from './sample.js'

export interface WrittenScans<Format extends string> {
  /** The log's folder in each format. */
  dirs: Record<Format, string>
  timesNs: string[]
  /** Scan by scan: x y z in m, the code of the label, ns after the scan. */
  scans: { xyz: [number, number, number][]; label: number[]; t: number[] }[]
}

/** The same small log in each of some formats of `write_scans.py`. */
export function writeScans<Format extends string>(formats: readonly Format[], dir: string): WrittenScans<Format> {
  return numpy('write_scans.py', formats.join(), dir) as WrittenScans<Format>
}

/** Binary PCD beside a TUM trajectory, and nothing that describes them. */
export const scans: Sample = {
  write: (dir) => writeScans(['plain'], dir).dirs.plain,
  config: { rig: 'rig', site: 'site', route: 'route' },
  frames: 3,
  missing: noNumpy,
}
