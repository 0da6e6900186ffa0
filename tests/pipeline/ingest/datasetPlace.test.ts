import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../../pipeline/errors.js'
import { ingestDefaults } from '../../../pipeline/ingest/config.js'
import { findLogs } from '../../../pipeline/ingest/findLogs.js'
import { ingest } from '../../../pipeline/ingest/ingest.js'
import { ingestLog } from '../../../pipeline/ingest/ingestLog.js'
import { planLogs } from '../../../pipeline/ingest/plan.js'
import { simulateDefaults } from '../../../pipeline/simulate/config.js'
import { simulate } from '../../../pipeline/simulate/simulate.js'
import { tempFolder } from '../../support/tempFolder.js'
import { straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

function twoLogs(): string {
  const parent = tempFolder()
  for (const [n, name] of ['a', 'b'].entries()) {
    const log = wholeLog({ poses: straightPoses(2, n + 1) })
    writeSmallLog(join(parent, name), { ...log, log: { ...log.log, log_id: name } })
  }
  return parent
}

const config = ingestDefaults

test('a dataset beside its logs, whole or half written, is no folder without a log: strict runs may be repeated', async () => {
  const parent = twoLogs()
  const out = join(parent, 'dataset')
  const options = { logs: [parent], out, config, strict: true, warn: () => undefined }
  const first = await ingest(options)
  mkdirSync(join(parent, 'other.partial', '.state'), { recursive: true })
  expect(await ingest(options)).toEqual(first)
  // What occlab did not write is one, as before.
  mkdirSync(join(parent, 'photographs'))
  await expect(ingest(options)).rejects.toThrow('photographs: no log here')
})

test('a dataset is not put in the place of the logs that it is made of, not even with replace', async () => {
  const raw = join(tempFolder(), 'raw')
  await simulate({ out: raw, config: { ...simulateDefaults, logs: 1 }, seed: 1 })
  const before = readdirSync(raw, { recursive: true })
  const over = ingest({ logs: [raw], out: raw, config, replace: true, warn: () => undefined })
  await expect(over).rejects.toThrow(UsageError)
  await expect(over).rejects.toThrow('the dataset would take the place of its own logs')
  expect(readdirSync(raw, { recursive: true })).toEqual(before)
})

test('what cannot be written below a log is no fault of the log', async () => {
  const { logs } = await planLogs(await findLogs([twoLogs()], 'auto'), { tick: () => undefined } as never)
  const [log] = logs
  // A file where the dataset's folder should be.
  writeFileSync(join(log.dir, 'dataset'), '')
  const outcome = ingestLog({
    log,
    dir: join(log.dir, 'dataset'),
    config: { ...config, rig: 'r', site: 's', route: 'q' },
  })
  await expect(outcome).rejects.toThrow('ENOTDIR')
  expect(existsSync(join(log.dir, 'city_SE3_egovehicle.feather'))).toBe(true)
})

test('a folder without a log that an earlier run did not meet is told, for no manifest does', async () => {
  const parent = twoLogs()
  const out = join(tempFolder(), 'dataset')
  const told: [string, boolean][] = []
  const warn = (message: string, isInManifest: boolean) => void told.push([message, isInManifest])
  await ingest({ logs: [parent], out, config, warn })
  expect(told).toEqual([])
  mkdirSync(join(parent, 'photographs'))
  const { details } = await ingest({ logs: [parent], out, config, warn })
  expect(details.badLogs).toEqual([])
  expect(told.filter(([, isInManifest]) => !isInManifest)).toEqual([
    [expect.stringMatching(/^not in the dataset of an earlier run: .*photographs: no log here/), false],
  ])
})
