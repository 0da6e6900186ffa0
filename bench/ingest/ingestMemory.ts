import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Field, Float64, Int64, Schema, Utf8 } from 'apache-arrow'
import { writeArrowFile } from '../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../pipeline/columns.js'
import { codeOf, vocabulary } from '../../pipeline/simulate/categories.js'
import { halfBits } from '../../pipeline/simulate/half.js'
import { PointBuffer } from '../../pipeline/simulate/pointBuffer.js'
import { writeSweep } from '../../pipeline/simulate/sweepFile.js'
import type { Bench } from '../bench.js'
import { inFolder } from '../workspace.js'
import { ingestInChild } from './childIngest.js'
import { config } from './ingestSettings.js'

const counts = [100, 1000, 10_000]
const points = 10_000
const gapNs = 100_000_000n
const startNs = 1_700_000_000_000_000_000n

/**
 * Frames are small, so that ten thousand take a minute: what is asked is whether anything stays behind. Not smaller still:
 * a process that has hardly begun to work has not yet taken the memory that its garbage needs.
 */
export const ingestMemory: Bench = {
  name: 'ingest-memory',
  question: 'Peak memory: how much more for ten thousand frames of one log than for a hundred?',
  run: () =>
    inFolder(async (folder) => {
      const peakMib = async (frames: number) => {
        const log = straightLog(join(folder, `log-${frames}`), frames)
        const small = { ...config, grid: 'compact' }
        return (await ingestInChild({ logs: [log], out: join(folder, `out-${frames}`), config: small, jobs: 1 }))
          .peakMib
      }
      const peaksMib: number[] = []
      for (const frames of counts) peaksMib.push(await peakMib(frames))
      const [fewMib, someMib, manyMib] = peaksMib
      const sides = counts.map((n, i) => `${n.toLocaleString('en-GB')} frames ${peaksMib[i].toFixed(0)} MiB`).join(', ')
      return [
        {
          what: 'compact grid, 10,000 frames against 100',
          value: manyMib / fewMib,
          unit: '×',
          target: { atMost: 1.2 },
          sides,
        },
        { what: 'the last nine tenths: 10,000 against 1,000', value: manyMib / someMib, unit: '×', target: null },
      ]
    }),
}

/** A log that drives straight on and sees the same ring of points in every sweep. */
function straightLog(dir: string, sweeps: number): string {
  for (const part of ['sensors/lidar', 'calibration']) mkdirSync(join(dir, part), { recursive: true })
  const facts = { log_id: `straight-${sweeps}`, vocabulary, site_id: 'site', route_id: 'route', rig_id: 'rig' }
  writeFileSync(join(dir, 'log.json'), JSON.stringify(facts))
  const still = { qw: 1, qx: 0, qy: 0, qz: 0, ty_m: 0 }
  const times = Array.from({ length: sweeps + 2 }, (_, n) => startNs + BigInt(n) * gapNs)
  const poses = times.map((timestamp_ns, n) => ({ timestamp_ns, ...still, tx_m: n, tz_m: 0 }))
  write(join(dir, 'city_SE3_egovehicle.feather'), 'timestamp_ns', new Int64(), poses)
  const mount = { sensor_name: 'up_lidar', ...still, tx_m: 0, tz_m: 1.8 }
  write(join(dir, 'calibration', 'egovehicle_SE3_sensor.feather'), 'sensor_name', new Utf8(), [mount])
  const file = (n: number) => join(dir, 'sensors', 'lidar', `${times[n]}.feather`)
  writeSweep(file(0), ring())
  for (let n = 1; n < sweeps; n++) linkSync(file(0), file(n))
  return dir
}

function write(path: string, key: string, type: Int64 | Utf8, rows: Record<string, unknown>[]): void {
  const numbers = ['qw', 'qx', 'qy', 'qz', 'tx_m', 'ty_m', 'tz_m']
  const fields = [new Field(key, type, false), ...numbers.map((name) => new Field(name, new Float64(), false))]
  const schema = new Schema(fields)
  writeArrowFile(path, schema, [batchFromRows(schema, rows)], 'lz4')
}

function ring(): PointBuffer {
  const buffer = new PointBuffer(points, 0)
  buffer.count = points
  for (let p = 0; p < points; p++) {
    const [angle, rangeM] = [(2 * Math.PI * p) / points, 6 + (p % 20)]
    buffer.x[p] = halfBits(rangeM * Math.cos(angle))
    buffer.y[p] = halfBits(rangeM * Math.sin(angle))
    buffer.offsetNs[p] = Math.floor((Number(gapNs) * p) / points)
    buffer.semantic[p] = p % 3 === 0 ? codeOf.CAR : codeOf.ROAD
  }
  return buffer
}
