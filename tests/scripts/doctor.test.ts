import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { diagnose, doctor } from '../../cli/doctor.js'

let cache: string

beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'occlab-doctor-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(cache, { recursive: true })
  process.exitCode = 0
})

/** Runs the command and returns what it printed and the exit code it left. */
async function runDoctor(json: boolean) {
  const printed: string[] = []
  const keep = (text: string | Uint8Array) => printed.push(String(text)) > 0
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  await doctor.handler({ json, _: ['doctor'], $0: 'occlab' })
  vi.restoreAllMocks()
  return { printed, exitCode: process.exitCode }
}

test('an empty cache is exit code 2, naming what is missing and the remedy', async () => {
  vi.stubEnv('OCCLAB_CACHE', cache)
  const { printed, exitCode } = await runDoctor(false)
  expect(exitCode).toBe(2)
  expect(printed[0]).toMatch(/✗ libtensorflow +not set up: npm run setup/)
  expect(printed[1]).toBe('occlab: missing: libtensorflow, native binding\n')
})

test('--json is one object with every finding, the engine and both speeds', async () => {
  const { printed } = await runDoctor(true)
  const diagnosis = JSON.parse(printed[0])
  const names = diagnosis.findings.map(({ name }: { name: string }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['Node', 'C++ compiler', 'disk', 'engine', 'device', 'threads', 'memory']),
  )
  expect(diagnosis.engine.tensorflowVersion).toBe('2.21.0')
  expect(diagnosis.bf16.float32GflopS).toBeGreaterThan(0)
})

test('a thread count that is no number is a finding about the engine, not a crash', async () => {
  vi.stubEnv('OCCLAB_THREADS', 'many')
  const { ok, findings } = await diagnose()
  expect(ok).toBe(false)
  expect(findings.find(({ name }) => name === 'engine')).toMatchObject({
    ok: false,
    detail: 'OCCLAB_THREADS: the number of threads is not usable (expected a whole number from 1, found many)',
  })
})
