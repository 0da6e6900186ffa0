import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { straightPoses, wholeLog, writeSmallLog } from '../pipeline/ingest/smallLog.js'
import { occlab } from '../support/occlab.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-inspect-'))
const dataset = join(folder, 'dataset')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('occlab inspect', () => {
  beforeAll(async () => {
    // A pose that stands three metres off: there and back are two jumps.
    const poses = straightPoses(2)
    poses[9] = { timeS: 0.9, pose: { q: [1, 0, 0, 0], t: [4.8, 0, 0] } }
    const log = writeSmallLog(join(folder, 'logs', 'small'), wholeLog({ poses }))
    const { code, stderr } = await occlab('ingest', log, '--out', dataset)
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('found poseJumps: 2 in 1 log, no ego motion goes across it')
  })

  it('says in words what a dataset holds, and what is wrong with it', async () => {
    const { code, stdout, stderr } = await occlab('inspect', dataset)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('4 frames · 1 log')
    expect(stdout).toContain('rigs         rig 1')
    expect(stdout).toContain('dates        2024-05-06')
    expect(stdout).toMatch(/^ +car +█+/m)
    expect(stdout).toContain('★ animal')
    expect(stdout).toContain('! poseJumps: 2 in 1 log')
  })

  it('prints one object with --json, and draws a sheet beside the dataset', async () => {
    const { code, stdout, stderr } = await occlab('inspect', dataset, '--json', '--sheet')
    expect(code, stderr).toBe(0)
    const card = JSON.parse(stdout)
    expect(card).toMatchObject({ frames: 4, logs: 1, gaps: 1, sheet: `${dataset}-sheet.png` })
    expect(card.findings).toMatchObject([{ check: 'poseJumps', count: 2 }])
    const { width, height } = PNG.sync.read(readFileSync(card.sheet))
    expect(width).toBeGreaterThan(1000)
    expect(height).toBeGreaterThan(300)
  })

  it('draws the sheet where it is told', async () => {
    const path = join(folder, 'my.png')
    const { code, stdout } = await occlab('inspect', dataset, '--sheet', path)
    expect(code).toBe(0)
    expect(stdout).toContain(`sheet → ${path}`)
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG')
  })

  it('leaves with 3 on what is no dataset', async () => {
    const { code, stderr } = await occlab('inspect', folder)
    expect(stderr).toContain('no readable manifest')
    expect(code).toBe(3)
  })
})
