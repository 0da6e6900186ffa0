import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noLaspy } from '../../support/laspy.js'
import { noNumpy } from '../../support/numpy.js'
import { datasetOf } from './datasetOf.js'
import { type WrittenScans, writeScans } from './samples/scans.js'
import { openScans, triples } from './smallScans.js'

const names = ['ROAD', 'CAR', 'BUILDING', 'a code without a name']
const codes = [1, 2, 5]

const arrays = ['pcd_binary', 'pcd_ascii', 'pcd_lzf_literal', 'pcd_lzf', 'pcd_wide', 'bin', 'npy', 'npyrecords']
const las = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((format) => `las_${format}_1.${format < 4 ? 2 : format < 6 ? 3 : 4}`)
const laz = [0, 1, 2, 3, 6, 7, 8].map((format) => `laz_${format}_1.${format < 4 ? 2 : 4}`)
/** LAS formats without a time: their points are all taken as of the scan's. */
const untimed = /^la._[02]_/

let written: WrittenScans<string>
const parent = mkdtempSync(join(tmpdir(), 'occlab-scans-'))
beforeAll(() => {
  if (!noNumpy) written = writeScans(noLaspy ? arrays : [...arrays, ...las, ...laz], parent)
}, 60_000)
afterAll(() => rmSync(parent, { recursive: true, force: true }))

for (const format of [...arrays, ...las, ...laz]) {
  const missing = noNumpy || (arrays.includes(format) ? '' : noLaspy)
  test.skipIf(missing)(`scans as ${format} give the points, labels and times that were written${missing}`, async () => {
    const { log, read, skips } = await openScans(written.dirs[format])
    expect([...log.sweeps!.timesNs].map((ns) => `${log.poses.timestampNs(ns)}`)).toEqual(written.timesNs)
    expect(log.sweeps!.pointCategories).toEqual(names)
    for (const [index, { xyz, label, t }] of written.scans.entries()) {
      const sweep = await read(index)
      expect(sweep.count).toBe(400)
      expect([...sweep.category!]).toEqual(label.map((code) => codes.indexOf(code)))
      expect([...sweep.offsetNs]).toEqual(untimed.test(format) ? t.map(() => 0) : t)
      // The ego moves by 2.5 and 5 m/s along x and y, and does not turn.
      const offM = triples(sweep).map(([x, y, z], p) => {
        const [dtS, [px, py, pz]] = [sweep.offsetNs[p] / 1e9, xyz[p]]
        return Math.max(Math.abs(x - px - 2.5 * dtS), Math.abs(y - py - 5 * dtS), Math.abs(z - pz))
      })
      expect(Math.max(...offM)).toBeLessThan(1e-5)
    }
    expect(skips.list('')).toEqual([])
  })
}

describe.skipIf(noNumpy)(`one dataset${noNumpy}`, () => {
  const kinds = ['pcd_lzf', 'bin', 'npy', ...(noLaspy ? [] : ['las_3_1.2', 'laz_6_1.4'])]

  test(`from ${kinds.join(', ')} as from binary PCD`, async () => {
    const config = { rig: 'rig', site: 'site', route: 'route', sweeps: 1 }
    const from = (format: string) => datasetOf([written.dirs[format]], config)
    const plain = await from('pcd_binary')
    for (const kind of kinds) {
      const other = await from(kind)
      expect([kind, other.frameCount, other.logs[0].vocabulary]).toEqual([kind, 3, 'occlab-sim'])
      for (let index = 0; index < 3; index++) {
        const [{ source: _, ...a }, { source: __, ...b }] = [await plain.frame(index), await other.frame(index)]
        expect(a.lidarPoints).toBe(400)
        expect(b).toEqual(a)
      }
    }
  }, 60_000)
})
