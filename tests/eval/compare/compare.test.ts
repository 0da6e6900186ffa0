import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { JSDOM } from 'jsdom'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { compareRuns } from '../../../cli/evalCompare.js'
import { compare, openSides } from '../../../eval/compare/compare.js'
import { compareDefaults } from '../../../eval/compare/compareTallies.js'
import { comparisonFile, readComparison } from '../../../eval/compare/comparisonRow.js'
import { talliesFile, writeTallies } from '../../../eval/tallyTable.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { runStage } from '../../../pipeline/stage.js'
import { noBrowser, openBrowser, watch } from '../../support/browser.js'
import { type Handmade, handmadeTallies } from '../../support/handmadeTallies.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-compare-'))
const at = (...names: string[]) => join(folder, ...names)
const config = { ...compareDefaults, resamples: 300 }
const flags = { seed: 1, replace: false, json: false, resamples: 300 }

/** A metrics folder as `occlab eval` leaves it, but for what a comparison does not read. */
async function metricsFolder(target: string, handmade: Partial<Handmade>): Promise<string> {
  await runStage({ stage: 'eval', target, config: {}, seed: 1, inputs: {} }, async (work) => {
    writeTallies(join(work.dir, talliesFile), handmadeTallies(handmade))
  })
  return target
}

const recall = (log: number) => 0.5 + 0.05 * Math.sin(7 * log)

beforeAll(async () => {
  await metricsFolder(at('a', 'metrics'), { recall })
  await metricsFolder(at('b'), { recall: (log) => recall(log) + (log % 2 === 0 ? 0.06 : 0.03) })
  await metricsFolder(at('noisy'), { recall: (log) => recall(log) + 0.05 * Math.sin(3 * log + 1) })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the stage that compares', () => {
  it('takes a run folder or a metrics folder, and keeps a table that reads back, with the same bytes again', async () => {
    const sides = await openSides(at('a'), at('b'))
    const { manifest, comparison } = await compare(sides, { out: at('out'), config, seed: 1, replace: false })
    expect(await readComparison(at('out', comparisonFile))).toEqual(comparison.rows)
    expect(Object.keys(manifest.inputs)).toEqual(['a', 'b'])
    expect(manifest.details.outcomes).toMatchObject({ better: expect.any(Number) })
    const again = await compare(sides, { out: at('again'), config, seed: 1, replace: false })
    expect(again.manifest.outputs).toEqual(manifest.outputs)
  })

  it('refuses what is no metrics folder, keeps no tallies, or was damaged', async () => {
    await expect(openSides(at('a'), at('nothing'))).rejects.toThrow(DataError)
    await runStage({ stage: 'eval', target: at('old'), config: {}, seed: 1, inputs: {} }, async () => {})
    await expect(openSides(at('a'), at('old'))).rejects.toThrow(/older occlab.*run occlab eval again/)
    const damaged = await metricsFolder(at('damaged'), {})
    const bytes = readFileSync(join(damaged, talliesFile))
    bytes[200] ^= 1
    writeFileSync(join(damaged, talliesFile), bytes)
    await expect(openSides(at('a'), damaged)).rejects.toThrow(/not the bytes that were written/)
  })
})

describe('the command', () => {
  let printed = ''
  beforeAll(() => {
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text
      return true
    })
  })
  afterEach(() => {
    printed = ''
    process.exitCode = undefined
  })
  afterAll(() => vi.restoreAllMocks())

  it('says what got better, by how much and how surely', async () => {
    await compareRuns({ ...flags, compare: [at('a'), at('b')] })
    const [line] = printed.split('\n').filter((each) => each.startsWith('forecast 1 s iou'))
    expect(line).toMatch(/occlab +0\.\d{3} +0\.\d{3} +\+0\.0\d\d \[\+0\.0\d\d, \+0\.0\d\d\] +1\.000 +< 0\.001 +better/)
    expect(printed).toMatch(/better in B: \d+ of the classes and slices/)
    expect(printed).toContain('worse in B: no class and no slice')
    expect(printed).toMatch(/72 too few logs/)
    expect(process.exitCode).toBeUndefined()
  })

  it('leaves with 4 where a limit is broken, and says which', async () => {
    await compareRuns({ ...flags, compare: [at('a'), at('b')], failBelow: ['iou=-0.01'], passAbove: ['iou@1=0.01'] })
    expect(process.exitCode).toBeUndefined()
    expect(printed).toMatch(/limit iou=-0\.01 holds: reconstruction iou/)
    await compareRuns({ ...flags, compare: [at('b'), at('a')], failBelow: ['iou=-0.01'] })
    expect(process.exitCode).toBe(4)
    expect(printed).toMatch(/limit iou=-0\.01 BROKEN: forecast 1 s iou/)
    process.exitCode = undefined
    await compareRuns({ ...flags, compare: [at('a'), at('noisy')], failBelow: ['iou@1=0'] })
    expect(process.exitCode).toBeUndefined()
    await compareRuns({ ...flags, compare: [at('a'), at('noisy')], passAbove: ['iou@1=0'] })
    expect(process.exitCode).toBe(4)
  })

  it('prints one object with --json', async () => {
    await compareRuns({ ...flags, json: true, compare: [at('a'), at('b')], failBelow: ['miou=0'] })
    const object = JSON.parse(printed)
    expect(object.rows.length).toBe(Object.values<number>(object.outcomes).reduce((sum, count) => sum + count, 0))
    expect(object.limits[0]).toMatchObject({ limit: 'miou=0', kind: 'fail', isBroken: false })
  })

  it('refuses one folder, or a limit that says nothing', async () => {
    await expect(compareRuns({ ...flags, compare: [at('a')] })).rejects.toThrow(UsageError)
    await expect(compareRuns({ ...flags, compare: [at('a'), at('b')], failBelow: ['x'] })).rejects.toThrow(UsageError)
  })
})

describe('the page', () => {
  const page = () => readFileSync(at('out', 'index.html'), 'utf8')

  it('puts better, worse and unknown apart, plots every headline value, and needs nothing else', () => {
    const { document } = new JSDOM(page()).window
    const [good, bad] = ['good', 'bad'].map((tone) => document.querySelector(`#summary .${tone}`)!.textContent!)
    expect(good).toContain('IoU at 1\u00a0s')
    expect(good).toContain('IoU of the reconstruction')
    expect(bad).toContain('No headline value.')
    const headings = [...document.querySelectorAll('h2')].map((each) => each.textContent!.trim())
    expect(headings.slice(3)).toEqual(['Headline values', 'Classes', 'By rig', 'By route', 'How this was compared'])
    const chart = document.querySelector('#headline-values svg')!
    expect(chart.querySelectorAll('circle').length).toBe(2)
    expect(page()).not.toMatch(/<script|src=|url\(/)
    expect(page()).not.toContain(folder)
  })

  it.skipIf(noBrowser)(`fits a phone and a screen${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, async () => {
    const browser = await openBrowser()
    const url = pathToFileURL(at('out', 'index.html')).href
    for (const width of [1280, 390]) {
      const opened = await browser.newPage({ viewport: { width, height: 800 } })
      const complaints = watch(opened, url)
      await opened.goto(url)
      expect(await opened.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      expect(complaints).toEqual([])
    }
    await browser.close()
  })
})
