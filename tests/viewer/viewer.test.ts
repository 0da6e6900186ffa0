import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { outcomes, rgbOf } from '../../viewer/app/palette.js'
import type { PublishedView } from '../../viewer/app/published.js'
import { type Serving, serveRun } from '../../viewer/server.js'
import { noBrowser, openBrowser, pixelsOf, watch } from '../support/browser.js'
import { handmadeRun } from '../support/handmadeRun.js'

const colourOf = (name: string) => rgbOf(fleet.classes.find((each) => each.name === name)!.colour)
const outcomeColour = (name: string) => rgbOf(outcomes.find((each) => each.name === name)!.colour)

describe.skipIf(noBrowser)(`the viewer in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'occlab-view-'))
  const appDir = join(folder, 'app')
  let browser: Browser
  let serving: Serving

  beforeAll(async () => {
    const root = resolve(import.meta.dirname, '..', '..', 'viewer')
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir: appDir } })
    serving = await serveRun(await handmadeRun(join(folder, 'run')), { appDir })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await serving?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const published = (page: Page) => page.evaluate(() => window.occlabViewer)

  /** Waits until the page has drawn what `is` asks for. */
  async function until(page: Page, is: (view: PublishedView) => boolean): Promise<PublishedView> {
    await expect
      .poll(async () => is((await published(page)) ?? ({} as PublishedView)), { timeout: 60_000, interval: 100 })
      .toBe(true)
    return (await published(page))!
  }

  async function open(hash = '', colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme })
    const complaints = watch(page, serving.url)
    await page.goto(serving.url + hash)
    return { page, complaints, view: await until(page, ({ ready }) => ready) }
  }

  /** Pixels of panel number `at` of each colour, exactly: the top of a voxel in the open has its class's own colour. */
  async function count(page: Page, at: number, ...colours: [number, number, number][]): Promise<number[]> {
    const clip = (await page.locator('.frame').nth(at).boundingBox())!
    const { rgba } = await pixelsOf(browser, await page.screenshot({ clip }))
    return colours.map(([r, g, b]) => {
      let same = 0
      for (let i = 0; i < rgba.length; i += 4) if (rgba[i] === r && rgba[i + 1] === g && rgba[i + 2] === b) same++
      return same
    })
  }

  it('draws truth, reconstruction and forecast side by side, in the colours of their classes', async () => {
    const { page, complaints, view } = await open()
    expect(view.panels.map(({ kind }) => kind)).toEqual(['truth', 'reconstruction', 'forecast'])
    expect(view).toMatchObject({ log: 'street-b', frame: 3, horizonS: 1 })
    for (const [at, { voxels }] of view.panels.entries()) {
      expect(voxels).toBeGreaterThan(1000)
      const [road, car] = await count(page, at, colourOf('drivable'), colourOf('car'))
      expect(road, `road in panel ${at}`).toBeGreaterThan(5000)
      expect(car, `cars in panel ${at}`).toBeGreaterThan(500)
    }
    // The handmade reconstruction has lost the cones, and no panel shows what its grid does not hold.
    const cones = [...(await count(page, 0, colourOf('cone'))), ...(await count(page, 1, colourOf('cone')))]
    expect(cones[0]).toBeGreaterThan(50)
    expect(cones[1]).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows the score of the very frame beside each panel', async () => {
    const { page, view } = await open()
    expect(view.panels[0]).toMatchObject({ iou: null })
    expect(view.panels[1].iou).toBeGreaterThan(0.9)
    const readout = await page.locator('.panel footer').nth(1).textContent()
    expect(readout).toContain(view.panels[1].iou!.toFixed(3))
    expect(readout).toMatch(/observed voxels only · [\d,]+ voxels, \d+ classes/)
    expect(readout).toContain('test part: IoU 0.830 [0.820, 0.840]')
    await page.close()
  })

  it('moves all panels with the timeline, by key, by slider and by playing', async () => {
    const { page, complaints } = await open()
    const before = await page.screenshot()
    await page.keyboard.press('ArrowRight')
    await until(page, ({ frame }) => frame === 4)
    expect(before.equals(await page.screenshot())).toBe(false)
    await page.locator('.timeline input[type=range]').fill('6')
    await until(page, ({ frame }) => frame === 6)
    expect(page.url()).toContain('frame=6')
    await page.keyboard.press('Escape')
    await page.locator('.play').click()
    await until(page, ({ frame }) => frame === 0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows errors against the truth, by colour', async () => {
    const { page, complaints } = await open('#log=street-b&frame=7&horizon=3&panels=truth,forecast,copy')
    const colours = ['hit', 'miss', 'false alarm'].map(outcomeColour)
    expect(await count(page, 2, ...colours)).toEqual([0, 0, 0])
    await page.keyboard.press('e')
    await until(page, ({ colouring }) => colouring === 'outcomes')
    for (const [i, pixels] of (await count(page, 2, ...colours)).entries())
      expect(pixels, ['hit', 'miss', 'false alarm'][i]).toBeGreaterThan(300)
    // The truth keeps its classes: it is what the others are held against.
    expect((await count(page, 0, colourOf('drivable')))[0]).toBeGreaterThan(2000)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('changes horizon, says in words what was not kept, and scores nothing there', async () => {
    const { page, complaints } = await open('#log=street-b&frame=4&horizon=1')
    await page.keyboard.press('3')
    const { panels } = await until(page, ({ horizonS }) => horizonS === 3)
    expect(panels[2]).toMatchObject({ kind: 'forecast', voxels: 0, iou: null })
    expect(await page.locator('.message').nth(2).textContent()).toContain(
      'No forecast 3 s ahead was kept for this frame',
    )
    expect(await page.locator('.panel footer').nth(2).textContent()).toContain('n/a')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('switches classes off in every panel, and marks the rare ones', async () => {
    const { page } = await open()
    const all = (await published(page))!.voxels
    const swatches = await page
      .locator('.legend button .swatch')
      .evaluateAll((each) => each.map((swatch) => [swatch.clientWidth, getComputedStyle(swatch).opacity]))
    expect(swatches.length).toBe(fleet.classes.length - 1)
    for (const swatch of swatches) expect(swatch).toEqual([12, '1'])
    await page.locator('.legend button', { hasText: /^car$/ }).click()
    await until(page, ({ voxels }) => voxels !== all)
    expect(await count(page, 0, colourOf('car'))).toEqual([0])
    expect(await page.locator('.legend button', { hasText: 'child' }).locator('.rare').count()).toBe(1)
    expect(await page.locator('.legend button', { hasText: 'truck' }).locator('.rare').count()).toBe(0)
    await page.close()
  })

  it('takes a fourth panel and a log without predictions', async () => {
    const { page, complaints } = await open()
    await page.getByRole('button', { name: '+ panel' }).click()
    const { panels } = await until(page, (view) => view.panels.length === 4)
    expect(panels[3].kind).toBe('copy')
    await page.locator('.toolbar select').selectOption('street-a')
    const bare = await until(page, ({ log }) => log === 'street-a')
    expect(bare.panels.map(({ voxels }) => voxels > 0)).toEqual([true, false, false, false])
    expect(complaints).toEqual([])
    await page.close()
  })

  it('has a light and a dark face, and lets nothing overlap or overflow', async () => {
    for (const [width, height] of [
      [1280, 800],
      [1600, 1000],
    ]) {
      const { page } = await open('', 'dark')
      await page.setViewportSize({ width, height })
      const boxes = await page
        .locator('.toolbar, main, .legend, .timeline')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()))
      for (const [i, box] of boxes.entries()) {
        expect(box.right).toBeLessThanOrEqual(width)
        expect(box.bottom).toBeLessThanOrEqual(height)
        if (i > 0) expect(box.top).toBeGreaterThanOrEqual(boxes[i - 1].bottom)
      }
      await page.close()
    }
    const background = async (scheme: 'light' | 'dark') => {
      const { page } = await open('', scheme)
      const colour = await page.evaluate(() => getComputedStyle(document.querySelector('canvas')!).backgroundColor)
      await page.close()
      return rgbOf(colour).reduce((sum, part) => sum + part, 0)
    }
    expect(await background('light')).toBeGreaterThan(600)
    expect(await background('dark')).toBeLessThan(120)
  })
})
