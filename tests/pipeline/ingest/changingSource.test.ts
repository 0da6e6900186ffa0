import { appendFileSync, linkSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ingestDefaults } from '../../../pipeline/ingest/config.js'
import { changedSince } from '../../../pipeline/ingest/fileStamp.js'
import { findLogs } from '../../../pipeline/ingest/findLogs.js'
import { ingestLog } from '../../../pipeline/ingest/ingestLog.js'
import { type PlannedLog, planLogs } from '../../../pipeline/ingest/plan.js'
import { type Format, readers } from '../../../pipeline/ingest/readers.js'
import { tempFolder } from '../../support/tempFolder.js'
import { copiesOf, type Sample } from './samples/sample.js'
import { samples } from './samples/samples.js'

async function planned(path: string, format: Format): Promise<PlannedLog> {
  const plan = await planLogs(await findLogs([path], format), { tick: () => undefined } as never)
  return plan.logs[0]
}

const outcomeOf = (log: PlannedLog, { config }: Sample) =>
  ingestLog({
    log,
    dir: tempFolder(),
    config: { ...ingestDefaults, grid: 'compact', ...config },
  })

/** One that is not empty. */
const fileOf = ({ dir, files }: PlannedLog) =>
  files.map((name) => join(dir, name)).find((file) => readFileSync(file).length > 0)!

const changes: Record<string, (file: string) => void> = {
  'is written on': (file) => appendFileSync(file, ' '),
  'is written anew with as many bytes': (file) => utimesSync(file, new Date(), new Date(Date.now() + 5000)),
  'goes away': (file) => rmSync(file),
}

for (const format of Object.keys(readers) as Format[]) {
  const sample: Sample = samples[format]
  describe.skipIf(sample.missing)(`${format}: between hashing and the end of reading${sample.missing}`, () => {
    const copy = copiesOf(sample)

    test('nothing changes: the log is good', async () => {
      const log = await planned(await copy(), format)
      expect(await changedSince(log)).toBeNull()
      expect(await outcomeOf(log, sample)).toMatchObject({ bad: null })
    })

    test('a file is written anew with as many bytes and the old time of writing: the log is bad', async () => {
      const named = await copy()
      const file = fileOf(await planned(named, format))
      // A whole second: what can be set to the nanosecond again.
      utimesSync(file, 1_700_000_000, 1_700_000_000)
      const log = await planned(named, format)
      const bytes = readFileSync(file)
      bytes[bytes.length >> 1] ^= 1
      writeFileSync(file, bytes)
      utimesSync(file, 1_700_000_000, 1_700_000_000)
      const { bad } = await outcomeOf(log, sample)
      expect(bad).toContain(`${file}: the file changed while the log was read`)
    })

    test('a file gets a second name: the log is good', async () => {
      const log = await planned(await copy(), format)
      linkSync(fileOf(log), join(tempFolder(), 'second'))
      expect(await changedSince(log)).toBeNull()
    })

    test.each(Object.entries(changes))(
      'its first or its last file %s: the log is bad, with that reason',
      async (_, change) => {
        for (const at of [0, -1]) {
          const log = await planned(await copy(), format)
          const file = join(log.dir, log.files.at(at)!)
          change(file)
          const { bad } = await outcomeOf(log, sample)
          expect(bad).toContain(`${file}: the file changed while the log was read`)
        }
      },
    )
  })
}
