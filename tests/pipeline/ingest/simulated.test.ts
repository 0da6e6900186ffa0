import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataset } from '../../../pipeline/dataset.js'
import { ingestDefaults } from '../../../pipeline/ingest/config.js'
import { ingest } from '../../../pipeline/ingest/ingest.js'
import { simulateDefaults } from '../../../pipeline/simulate/config.js'
import { simulate } from '../../../pipeline/simulate/simulate.js'
import { taxonomies } from '../../../pipeline/taxonomy.js'
import { tempFolder } from '../../support/tempFolder.js'

test('simulated logs: every rig and site is read, no category is unknown, no log is bad', async () => {
  const logs = join(tempFolder(), 'logs')
  const config = { ...simulateDefaults, logs: 3, rigs: ['sedan64', 'shuttle32', 'tug16'], durationS: 1, sweepRateHz: 4 }
  await simulate({ out: logs, config, seed: 3 })
  for (const taxonomy of Object.keys(taxonomies)) {
    const out = join(tempFolder(), 'dataset')
    const manifest = await ingest({ logs: [logs], out, config: { ...ingestDefaults, taxonomy }, warn: () => undefined })
    expect(manifest.details).toMatchObject({ logs: 3, frames: 6, occupancy: { lidar: 3, boxes: 0 }, badLogs: [] })
    expect(manifest.skipped.filter(({ what }) => what === 'category')).toEqual([])
    const dataset = await openDataset(out)
    const frame = await dataset.frame(1)
    await dataset.close()
    expect(frame.sweeps).toBe(3)
    expect(frame.calibrationId).toMatch(new RegExp(`^${frame.rigId}-[0-9a-f]{8}$`))
    expect(frame.weather).not.toBeNull()
    expect(frame.egoMotion?.dtS).toBeCloseTo(0.5, 9)
  }
})
