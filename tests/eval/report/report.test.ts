import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { JSDOM } from 'jsdom'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMetrics } from '../../../eval/metricTable.js'
import { report } from '../../../eval/report/report.js'
import { activeNats } from '../../../eval/report/sections/latentHealth.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { checkCertificate } from '../../../pipeline/splits/certificateCheck.js'
import { noBrowser, openBrowser, watch } from '../../support/browser.js'
import { handmadeRows, metricRow } from '../../support/handmadeRows.js'
import { handmadeRun } from '../../support/handmadeRun.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-report-'))
const run = join(folder, 'run')
const out = join(run, 'report')
const sections = [
  'summary',
  'forecast',
  'curves',
  'policies',
  'worst',
  'breakdowns',
  'classes',
  'rare',
  'reconstruction',
  'measures',
  'probes',
  'rigs',
  'training',
  'latent',
  'provenance',
  'reproduce',
  'glossary',
]
let document: Document

const text = (selector: string) => document.querySelector(selector)!.textContent!.replace(/\s+/g, ' ')
/** Rows of the tables below `selector`, their cells apart. */
const lines = (selector: string) =>
  [...document.querySelectorAll(`${selector} tr`)].map((row) =>
    [...row.children].map((cell) => cell.textContent!.replace(/\s+/g, ' ').trim()).join(' | '),
  )

beforeAll(async () => {
  await report({ run: await handmadeRun(run), out })
  document = new JSDOM(readFileSync(join(out, 'index.html'), 'utf8')).window.document
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the report', () => {
  it('has its sections in order, and a way to each', () => {
    expect([...document.querySelectorAll('section')].map(({ id }) => id)).toEqual(sections)
    const targets = [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))
    expect(targets).toEqual(sections.slice(1).map((id) => `#${id}`))
  })

  it('names dataset, split and models by the hashes of their manifests', () => {
    for (const name of ['dataset', 'split', 'latent', 'dynamics']) {
      const { hash } = JSON.parse(readFileSync(join(run, name, 'manifest.json'), 'utf8'))
      expect(text('.identity')).toContain(`${name} ${hash.slice(0, 12)}`)
    }
  })

  it('keeps every number of the run in its table', async () => {
    const rows = await readMetrics(join(out, 'metrics.parquet'))
    expect(rows.length).toBe(handmadeRows().length)
    expect(new Set(rows.map(({ task }) => task))).toEqual(new Set(['forecast', 'reconstruction', 'probe', 'audit']))
  })

  it('says mask, classes, policy, ego, population and support beside the headline, and an interval with each number', () => {
    const facts = text('#forecast .facts')
    for (const fact of ['observed', 'all classes but free', 'occlab', 'given', '96 windows of 12 test logs', '12 logs'])
      expect(facts).toContain(fact)
    const cells = [...document.querySelectorAll('.headline td.num:not(.soft)')]
    expect(cells.length).toBe(27)
    for (const cell of cells) expect(cell.textContent).toMatch(/−?\d\.\d{3}\s+\[−?\d\.\d{3}, −?\d\.\d{3}\]/)
  })

  it('prints in bold only what the evidence proves best', () => {
    const bold = [...document.querySelectorAll('.headline strong')].map(({ textContent }) => textContent)
    // 1 s: warp by IoU, nobody by mIoU; 2 and 3 s: the model by both.
    expect(bold).toEqual(['0.740', '0.640', '0.360', '0.580', '0.310'])
  })

  it('puts the policies side by side, with how each counts', () => {
    expect(lines('#policies').map((line) => line.split(' | ').slice(0, 2))).toEqual([
      ['policy', 'IoU, 1 s'],
      [
        'occlabmask observed; all classes but free; absent from truth: skip',
        '0.710 [0.690, 0.730]copy 0.550warp 0.740',
      ],
      ['occworldmask none; all classes but free; absent from truth: skip', '0.510 [0.490, 0.530]copy 0.350warp 0.540'],
    ])
  })

  it('says where it is worst, what was tested for that, and what could not be', () => {
    expect(text('#worst')).toContain('3 tests, corrected by Holm')
    expect(text('#worst')).toContain('1 difference could not be tested for too few logs')
    const verdicts = lines('#worst').map((line) => line.split(' | '))
    expect(verdicts.slice(1).map((cells) => [cells[0], cells[2], cells.at(-1)])).toEqual([
      ['rig=south', '1 s', 'worse'],
      ['rig=north', '1 s', 'better'],
      ['rig=south', '2 s', 'cannot be told'],
      ['site=quay', '1 s', 'too few logs'],
    ])
    expect(text('#summary .bad')).toContain('Worse than elsewhere: rig=south')
    expect(text('#summary .unknown')).toContain('1 slice has too few logs')
  })

  it('groups slices by their name, whatever measures them', () => {
    const titles = [...document.querySelectorAll('#breakdowns h3')].map(({ textContent }) => textContent)
    expect(titles).toEqual(['By rig', 'By range'])
    const chart = document.querySelector('#breakdowns svg[aria-label="IoU by 0–10 m, 10–20 m, 20–30 m"]')!
    expect(chart).not.toBeNull()
    // Three dots of the model, the last hollow: two logs are too few.
    const dots = [...chart.querySelectorAll('circle')].map((dot) => dot.getAttribute('fill'))
    expect(dots).toEqual(['var(--model)', 'var(--model)', 'var(--card)'])
    expect(lines('#breakdowns').some((line) => line.startsWith('range=10–20 m | 0.650 [0.610, 0.690]'))).toBe(true)
  })

  it('has a block for every measure in its own words, its errors marked, and a plot of reliability', () => {
    const blocks = [...document.querySelectorAll('#measures h3')].map(({ textContent }) => textContent)
    expect(blocks).toEqual(['calibration', 'error growth'])
    expect(text('#measures')).toContain('Brier score and calibration error')
    expect(lines('#measures')).toContain('horizon | predicted by | Brier score ↓ | calibration error ↓')
    expect(text('#measures')).toContain('0.06 1/s')
    for (const id of ['#measures', '#breakdowns']) expect(text(id)).toContain('Policy occlab, mask observed.')
    const plot = document.querySelector('#measures svg[aria-label="Reliability 1 s ahead"]')!
    expect(plot.querySelectorAll('circle').length).toBe(4)
  })

  it('shows n/a, never 0, for a class that the truth does not hold, and marks the rare ones', () => {
    const line = (name: string) =>
      [...document.querySelectorAll('#classes tbody tr')].find((row) =>
        row.querySelector('th')!.textContent!.trim().startsWith(name),
      )!
    expect([...line('tug').querySelectorAll('td')].map((cell) => cell.textContent!.trim())).toEqual([
      '0',
      'n/a',
      'n/a',
      'n/a',
    ])
    expect(line('tug').querySelector('.rare')).not.toBeNull()
    expect(line('car').querySelector('.rare')).toBeNull()
    expect(text('#rare')).toContain(
      'n/a, no voxel in the scored truth: construction vehicle, wheelchair, animal, debris, tug.',
    )
  })

  it('holds probes against chance and names the shortcut', () => {
    const of = (start: string) => lines('#probes').find((line) => line.startsWith(start))
    expect(of('rig id')).toMatch(/shortcut.*\| 0\.970 \[0\.950, 0\.990\] \| 0\.500 \|.*\| readable: a shortcut$/)
    expect(of('yaw rate')).toMatch(/\| not told from chance$/)
    expect(of('pedestrian near')).toMatch(/\| readable$/)
  })

  it('gives the audit’s verdicts in words, with the threshold', () => {
    expect(text('#rigs')).toContain('more than 0.05 in IoU fails')
    const verdicts = [...document.querySelectorAll('#rigs .pill')].map(({ textContent }) => textContent)
    expect(verdicts).toEqual(['pass', 'fail', 'cannot be decided'])
  })

  it('tells latent health by the engine’s own limit', async () => {
    const engine = await import('../../../models/latent/collapse.js')
    expect(engine.activeNats).toBe(activeNats)
    expect(text('#latent')).toContain('3 of 4 channels active')
    expect(text('#latent')).toContain('posterior collapse')
  })

  it('carries the certificate, says what it says, and which folders were made under it', async () => {
    const { altered, head } = await checkCertificate(out)
    expect(altered).toEqual([])
    const provenance = text('#provenance')
    expect(provenance).toContain(`1 leak: 1 near. Fingerprint ${head.slice(0, 12)}`)
    expect(provenance).toContain('Carried by latent, metrics.')
    expect(provenance).not.toContain('Made under another certificate')
    expect(provenance).toContain(
      'None of the 8 scored frames meets a training frame (8 of the latent, 8 of the dynamics) by 5 rules: same-frame,',
    )
    expect(text('#summary')).toContain('No scored frame meets a training frame')
  })

  it('lists the leaks, what gave way, what was skipped, and the commands', () => {
    expect(text('#provenance')).toContain('1 leak between the parts')
    expect(lines('#provenance')).toContain(
      'near | street-a (train, 2 frames) | street-b (test, 2 frames) | 7.5 m | 3.0 s',
    )
    expect(text('#provenance')).toContain('val is empty')
    expect(lines('#provenance')).toContain(
      'dataset | 2 | category | no class for it; counted as others | street-a, row 3',
    )
    expect(text('#reproduce pre')).toContain('occlab train latent --dataset RUN/dataset --split RUN/split --family vae')
  })

  it('is one file that needs nothing else, and says nothing of where it was made', () => {
    const markup = readFileSync(join(out, 'index.html'), 'utf8')
    expect(markup).not.toMatch(/<script|<link rel="stylesheet"|src=|url\(|@import/)
    expect(markup.replaceAll(/http:\/\/www\.w3\.org\/[\w/]+/g, '')).not.toMatch(/https?:/)
    expect(markup).not.toContain(folder)
  })

  it('has the same bytes wherever the run lies', async () => {
    const elsewhere = join(folder, 'elsewhere')
    await report({ run: await handmadeRun(elsewhere), out: join(elsewhere, 'report') })
    expect(readFileSync(join(elsewhere, 'report', 'index.html'))).toEqual(readFileSync(join(out, 'index.html')))
  })

  it('escapes what data says', async () => {
    const evil = metricRow({
      task: 'audit',
      metric: 'iou_gap',
      slice: 'rig=<img src=x onerror=alert(1)>',
      verdict: 'fail',
      remark: '</style><b>',
    })
    const marked = join(folder, 'marked')
    await report({ run: await handmadeRun(marked, { rows: [evil] }), out: join(marked, 'report') })
    const markup = readFileSync(join(marked, 'report', 'index.html'), 'utf8')
    expect(markup).not.toContain('<img')
    expect(markup.match(/<\/style>/g)!.length).toBe(markup.match(/<style/g)!.length)
  })

  it('says what is missing when the run has only part of it', async () => {
    const bare = join(folder, 'bare')
    await report({ run: await handmadeRun(bare, { rows: [] }), out: join(bare, 'report') })
    const page = new JSDOM(readFileSync(join(bare, 'report', 'index.html'), 'utf8')).window.document
    for (const id of [
      'forecast',
      'curves',
      'policies',
      'worst',
      'breakdowns',
      'measures',
      'classes',
      'reconstruction',
      'probes',
      'rigs',
    ])
      expect(page.querySelector(`#${id} .missing`), id).not.toBeNull()
  })

  it('refuses a run without results, and another plan’s folder', async () => {
    const none = await handmadeRun(join(folder, 'none'), { predictions: false })
    await expect(report({ run: none, out: join(none, 'report') })).rejects.toThrow(DataError)
    await expect(report({ run: join(folder, 'bare'), out })).rejects.toThrow(UsageError)
  })
})

describe.skipIf(noBrowser)(`the report in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  let browser: Browser
  const url = pathToFileURL(join(out, 'index.html')).href

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  const sizes = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))
  it.each(sizes)(
    'fits $width pixels in $scheme, asks for nothing and complains of nothing',
    async ({ width, scheme }) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme })
      const complaints = watch(page, url)
      await page.goto(url)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      const drawn = await page
        .locator('figure svg')
        .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().width))
      expect(drawn.length).toBeGreaterThan(8)
      for (const each of drawn) expect(each).toBeGreaterThan(200)
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(background).toBe(scheme === 'light' ? 'rgb(244, 246, 249)' : 'rgb(14, 17, 22)')
      expect(complaints).toEqual([])
      await page.close()
    },
  )

  it('prints', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' })
    await page.goto(url)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(24, 32, 44)')
    expect((await page.pdf()).subarray(0, 4).toString()).toBe('%PDF')
    await page.close()
  })
})
