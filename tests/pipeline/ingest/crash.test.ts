import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { hashFile } from '../../../pipeline/hash.js'
import { ingestDefaults } from '../../../pipeline/ingest/config.js'
import { ingest } from '../../../pipeline/ingest/ingest.js'
import { readManifest } from '../../../pipeline/manifest.js'
import { startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import { tempFolder } from '../../support/tempFolder.js'
import { straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

let root = ''
beforeAll(async () => {
  root = await compiledRoot()
})

const count = 4

/** Four logs that differ, the last of them bad. */
function fourLogs(): string {
  const parent = tempFolder()
  for (let n = 0; n < count; n++) {
    const log = wholeLog({ poses: n === count - 1 ? null : straightPoses(2, n + 1) })
    writeSmallLog(join(parent, `log-${n}`), { ...log, log: { ...log.log, log_id: `log-${n}` } })
  }
  return parent
}

const child = (out: string, jobs: number, logs: string, env: NodeJS.ProcessEnv = {}) =>
  startNode(join(import.meta.dirname, 'ingestChild.mjs'), [root, out, String(jobs), logs], env).ended
const here = (out: string, logs: string) => ingest({ logs: [logs], out, config: ingestDefaults, warn: () => undefined })

test.each([
  [1, 1],
  [1, 3],
  [2, 2],
])('with %i jobs, killed when %i logs are done: goes on from there, to the same dataset', async (jobs, dieAfter) => {
  const logs = fourLogs()
  const reference = await here(join(tempFolder(), 'dataset'), logs)
  const out = join(tempFolder(), 'dataset')
  const { signal } = await child(out, jobs, logs, { DIE_AFTER: String(dieAfter) })
  expect(signal).toBe('SIGKILL')
  expect(existsSync(out)).toBe(false)
  const partial = `${out}.partial`
  const journal = join(partial, '.state', 'journal')
  const entries = readdirSync(journal).filter((entry) => entry.endsWith('.json'))
  expect(entries.length).toBeGreaterThanOrEqual(dieAfter)
  // Which logs were done first is the threads' affair; what is in the journal must not be written again.
  const written = entries
    .flatMap((entry) => Object.keys(JSON.parse(readFileSync(join(journal, entry), 'utf8')).outputs))
    .map((file) => [file, statSync(join(partial, file)).mtimeMs] as const)
  expect(written.length).toBeGreaterThan(0)

  const { code, stdout } = await child(out, jobs, logs)
  expect(code).toBe(0)
  expect(stdout.trim()).toBe(reference.hash)
  for (const [file, mtimeMs] of written) expect(statSync(join(out, file)).mtimeMs, file).toBe(mtimeMs)
  const manifest = await readManifest(out, 'ingest')
  // The place of the inputs is all that may differ: it is given relative to the target.
  expect({ ...manifest, inputs: null }).toEqual({ ...reference, inputs: null })
  for (const [file, { sha256 }] of Object.entries(manifest.outputs))
    expect(await hashFile(join(out, file))).toBe(sha256)
  expect(existsSync(partial)).toBe(false)
})

test('threads change no byte', async () => {
  const logs = fourLogs()
  const reference = await here(join(tempFolder(), 'dataset'), logs)
  for (const jobs of [1, 3]) {
    const { code, stdout, stderr } = await child(join(tempFolder(), 'dataset'), jobs, logs)
    expect(code, stderr).toBe(0)
    expect(stdout.trim()).toBe(reference.hash)
    expect(stderr).toContain('log-3/city_SE3_egovehicle.feather: the log has no poses')
  }
})
