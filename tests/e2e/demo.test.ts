import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMetrics } from '../../eval/metricTable.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { stream } from '../../pipeline/random.js'
import { type Outcome, occlab, realData, realDataMissing, start } from '../support/occlab.js'

const stages = ['logs', 'dataset', 'split', 'latent', 'latents', 'dynamics', 'metrics', 'probes', 'audits', 'report']
const folder = mkdtempSync(join(tmpdir(), 'occlab-e2e-'))
const manifestOf = (run: string, stage: string): Manifest =>
  JSON.parse(readFileSync(join(run, stage, 'manifest.json'), 'utf8'))
const hashesOf = (run: string) => Object.fromEntries(stages.map((stage) => [stage, manifestOf(run, stage).hash]))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the main job on a simulated fleet', () => {
  const run = join(folder, 'alone')
  let outcome: Outcome
  let alone: Record<string, string>

  beforeAll(async () => {
    outcome = await occlab('demo', '--size', 'tiny', '--out', run)
    alone = outcome.code === 0 ? hashesOf(run) : {}
  }, 600_000)

  it('ends well, prints the headline table and says where to look', () => {
    expect(outcome.stderr + outcome.stdout).not.toContain('a bug')
    expect(outcome.code, outcome.stderr).toBe(0)
    expect(outcome.stdout).toMatch(/forecast 3 s +warp +\d\.\d{3} \[/)
    expect(outcome.stdout).toContain(join(run, 'report', 'index.html'))
  })

  it('leaves one finished folder a stage and nothing half-written', () => {
    expect(readdirSync(run).sort()).toEqual([...stages].sort())
  })

  it('chains every stage to the one before it by content hash', () => {
    for (const stage of stages) {
      const { inputs } = manifestOf(run, stage)
      for (const [name, { hash }] of Object.entries(inputs))
        if (stages.includes(name)) expect(hash, `${stage} ← ${name}`).toBe(manifestOf(run, name).hash)
    }
  })

  it('puts policy, support, interval and provenance beside every number', async () => {
    const rows = await readMetrics(join(run, 'report', 'metrics.parquet'))
    expect(new Set(rows.map(({ task }) => task))).toEqual(new Set(['reconstruction', 'forecast', 'probe', 'audit']))
    for (const row of rows) {
      const at = `${row.task} ${row.model} ${row.metric} ${row.className} ${row.slice}`
      expect(
        row.policy && row.mask && row.classPolicy && row.population && row.dataset && row.split && row.run,
        at,
      ).toBeTruthy()
      if (row.count === 0) expect(row.value, at).toBeNull()
      if (row.interval !== 'none') expect(row.low! <= row.high!, at).toBe(true)
      else expect(row.remark, at).toBeTruthy()
    }
  })

  it('is not run again when nothing changed', async () => {
    const again = await occlab('demo', '--size', 'tiny', '--out', run)
    expect(again.code, again.stderr).toBe(0)
    expect(hashesOf(run)).toEqual(alone)
  }, 120_000)

  const seed = 20261121
  it(`ends with the same hashes after ten kills at random moments (seed ${seed})`, async () => {
    const killed = join(folder, 'killed')
    const rng = stream(seed, 'kills')
    for (let kill = 0; kill < 10; kill++) {
      const child = start(['demo', '--size', 'tiny', '--out', killed])
      const timer = setTimeout(() => child.kill('SIGKILL'), rng.uniform(500, 7000))
      await child.outcome
      clearTimeout(timer)
    }
    const last = await occlab('demo', '--size', 'tiny', '--out', killed)
    expect(last.code, last.stderr).toBe(0)
    expect(hashesOf(killed)).toEqual(alone)
    expect(readdirSync(killed).sort()).toEqual([...stages].sort())
  }, 900_000)

  it('stops on Ctrl-C with exit code 130 and goes on from there', async () => {
    const stopped = join(folder, 'stopped')
    const child = start(['demo', '--size', 'tiny', '--out', stopped])
    await child.says(/✓ dataset/)
    child.kill('SIGINT')
    expect((await child.outcome).code).toBe(130)
    const resumed = await occlab('demo', '--size', 'tiny', '--out', stopped)
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(hashesOf(stopped)).toEqual(alone)
  }, 600_000)
})

describe('the main job on real logs', () => {
  it.skipIf(realDataMissing)(
    `runs on the seven logs${realDataMissing ? ` (skipped: ${realDataMissing})` : ''}`,
    async () => {
      const run = join(folder, 'real')
      const logs = [join(realData, 'boxlogs'), join(realData, 'argoverse2')]
      const outcome = await occlab('demo', '--size', 'tiny', '--out', run, '--logs', ...logs)
      expect(outcome.code, outcome.stderr).toBe(0)
      expect(outcome.stdout).toMatch(/forecast 1 s +copy/)
      expect(manifestOf(run, 'dataset').details).toMatchObject({ logs: 7 })
      expect(readdirSync(run).sort()).toEqual(stages.filter((stage) => stage !== 'logs').sort())
    },
    600_000,
  )
})
