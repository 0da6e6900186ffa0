import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { DiskError } from '../../../pipeline/errors.js'
import { hashFile } from '../../../pipeline/hash.js'
import { ingestDefaults } from '../../../pipeline/ingest/config.js'
import { ingest } from '../../../pipeline/ingest/ingest.js'
import { readManifest } from '../../../pipeline/manifest.js'
import { stream } from '../../../pipeline/random.js'
import { startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import { tempFolder } from '../../support/tempFolder.js'
import { straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

let root = ''
beforeAll(async () => {
  root = await compiledRoot()
})

/** Logs of forty frames each, so that reading them takes a while. */
function someLogs(count: number): string {
  const parent = tempFolder()
  const times = Array.from({ length: 40 }, (_, n) => n / 2)
  for (let n = 0; n < count; n++) {
    const sweeps = times.map((timeS) => ({ timeS, pointsM: [[8.5, 0.3, 1]] as [number, number, number][] }))
    const log = wholeLog({ poses: straightPoses(20, n + 1), sweeps, boxes: null })
    writeSmallLog(join(parent, `log-${n}`), { ...log, log: { ...log.log, log_id: `log-${n}` } })
  }
  return parent
}

const child = (out: string, logs: string) =>
  startNode(join(import.meta.dirname, 'ingestChild.mjs'), [root, out, '2', logs])
const here = (out: string, logs: string, warn: (message: string) => void = () => undefined) =>
  ingest({ logs: [logs], out, config: ingestDefaults, warn })

const seed = 20261122
test(`killed at random moments, eight times in all, then left to finish: the same dataset (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const logs = someLogs(4)
  const reference = await here(join(tempFolder(), 'dataset'), logs)
  const rng = stream(seed, 'kill')
  const started = Date.now()
  let out = join(tempFolder(), 'dataset')
  expect((await child(out, logs).ended).code).toBe(0)
  const wholeMs = Date.now() - started
  for (let kills = 0; kills < 8; ) {
    // One that came through before it was killed: from the beginning again.
    if (existsSync(out)) out = join(tempFolder(), 'dataset')
    const running = child(out, logs)
    const timer = setTimeout(() => running.process.kill('SIGKILL'), rng.uniform(0, wholeMs))
    const { signal } = await running.ended
    clearTimeout(timer)
    if (signal === 'SIGKILL') kills++
    // What has the target's name is whole, whenever the end came.
    if (existsSync(out)) expect((await readManifest(out, 'ingest')).hash).toBe(reference.hash)
  }
  const { code, stdout, stderr } = await child(out, logs).ended
  expect(code, stderr).toBe(0)
  expect(stdout.trim()).toBe(reference.hash)
  for (const [file, { sha256 }] of Object.entries(reference.outputs))
    expect(await hashFile(join(out, file)), file).toBe(sha256)
  expect(existsSync(`${out}.partial`)).toBe(false)
})

test('two ingests into one target: the second is told which process writes there, and harms nothing', async () => {
  const logs = someLogs(2)
  const reference = await here(join(tempFolder(), 'dataset'), logs)
  const out = join(tempFolder(), 'dataset')
  const first = child(out, logs)
  // Stopped while it holds the lock.
  while (!existsSync(`${out}.lock`) || !existsSync(`${out}.partial`)) await new Promise((turn) => setTimeout(turn, 1))
  first.process.kill('SIGSTOP')
  const second = await here(out, logs).catch((error) => error)
  expect(second).toMatchObject({ tag: 'locked', exitCode: 2, file: `${out}.lock` })
  expect(second.message).toContain(`process ${first.process.pid} is writing here`)
  first.process.kill('SIGCONT')
  const { code, stdout, stderr } = await first.ended
  expect(code, stderr).toBe(0)
  expect(stdout.trim()).toBe(reference.hash)
  expect(existsSync(`${out}.lock`)).toBe(false)
  // Who comes later gets what is there.
  expect((await here(out, logs)).hash).toBe(reference.hash)
})

const noMount = whyNoSmallDisk()
test.skipIf(noMount)(
  `a disk of 32 KiB fills up; when it has grown, the same command ends as ever${noMount}`,
  async () => {
    const logs = someLogs(3)
    const reference = await here(join(tempFolder(), 'dataset'), logs)
    const disk = tempFolder()
    const mount = (options: string) => execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk])
    mount('size=32k')
    onTestFinished(() => {
      execFileSync('umount', [disk])
    })
    const out = join(disk, 'dataset')
    const error = await here(out, logs).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DiskError)
    expect(error.message).toContain('the disk is full')
    expect(existsSync(out)).toBe(false)
    // In threads an error loses its class on its way; what ends up on the terminal must say the same.
    const { code, stderr } = await child(out, logs).ended
    expect(code).not.toBe(0)
    expect(stderr).toContain('the disk is full')
    mount('remount,size=16m')
    expect((await here(out, logs)).hash).toBe(reference.hash)
  },
)

test('files may not grow as long as they should: said so, and with the limit gone the same command ends as ever', async () => {
  const logs = someLogs(2)
  const reference = await here(join(tempFolder(), 'dataset'), logs)
  const out = join(tempFolder(), 'dataset')
  const line = [process.execPath, join(import.meta.dirname, 'ingestChild.mjs'), root, out, '1', logs].join(' ')
  // 512 or 1,024 bytes a block; a log's frames take more.
  const { status, stderr } = spawnSync('sh', ['-c', `ulimit -f 4; ${line}`], { encoding: 'utf8' })
  expect(status).not.toBe(0)
  expect(stderr).toContain('DiskError')
  expect(stderr).toContain('the file would be larger than is allowed here')
  expect((await here(out, logs)).hash).toBe(reference.hash)
})

test('a log that is written to while others are read is left out by that reason; the others are as ever', async () => {
  const logs = someLogs(2)
  const warnings: string[] = []
  const file = join(logs, 'log-1', 'city_SE3_egovehicle.feather')
  const out = join(tempFolder(), 'dataset')
  const manifest = await here(out, logs, (message) => warnings.push(message)).then((whole) => {
    expect(whole.details.badLogs).toEqual([])
    return whole
  })
  // The same again, with a recorder that is still at work on the second log once the first is done.
  const again = join(tempFolder(), 'dataset')
  const write = process.stderr.write.bind(process.stderr)
  onTestFinished(() => {
    process.stderr.write = write
  })
  process.stderr.write = ((text: string, ...rest: never[]) => {
    if (/^ingest +1\/2/.test(`${text}`)) appendFileSync(file, ' ')
    return write(text, ...rest)
  }) as typeof process.stderr.write
  const left = await ingest({
    logs: [logs],
    out: again,
    config: ingestDefaults,
    jobs: 1,
    warn: (message) => warnings.push(message),
  })
  expect(left.details.badLogs).toMatchObject([
    { log: 'log-1', why: expect.stringContaining('the file changed while the log was read') },
  ])
  expect(warnings).toHaveLength(1)
  expect(left.outputs['frames-00000.arrow']).toEqual(manifest.outputs['frames-00000.arrow'])
  expect(existsSync(join(again, 'frames-00001.arrow'))).toBe(false)
})

test('a log that went away while others were read, and is back: the same command ends as if nothing had been', async () => {
  const logs = someLogs(2)
  const reference = await here(join(tempFolder(), 'dataset'), logs)
  const file = join(logs, 'log-1', 'city_SE3_egovehicle.feather')
  const out = join(tempFolder(), 'dataset')
  const write = process.stderr.write.bind(process.stderr)
  onTestFinished(() => {
    process.stderr.write = write
  })
  process.stderr.write = ((text: string, ...rest: never[]) => {
    if (/^ingest +1\/2/.test(`${text}`)) renameSync(file, `${file}.away`)
    return write(text, ...rest)
  }) as typeof process.stderr.write
  const options = { logs: [logs], out, config: ingestDefaults, jobs: 1, warn: () => undefined }
  const left = await ingest(options)
  process.stderr.write = write
  expect(left.details.lacking).toEqual(['log-1'])
  renameSync(`${file}.away`, file)
  const again = await ingest(options)
  expect(again.hash).toBe(reference.hash)
  expect(again.details).toEqual(reference.details)
  expect((await readManifest(out)).hash).toBe(reference.hash)
})

/** Only root may mount; containers often may not. */
function whyNoSmallDisk(): string {
  const dir = mkdtempSync(join(tmpdir(), 'occlab-mount-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir])
  if (status === 0) spawnSync('umount', [dir])
  rmSync(dir, { recursive: true })
  return status === 0 ? '' : ' (skipped: no right to mount a disk)'
}
