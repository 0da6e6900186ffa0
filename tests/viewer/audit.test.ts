import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError } from '../../pipeline/errors.js'
import { auditSplit } from '../../pipeline/splits/audit/auditSplit.js'
import { auditSplitDefaults } from '../../pipeline/splits/audit/config.js'
import type { AuditInfo } from '../../viewer/contract.js'
import { RunFolder } from '../../viewer/runFolder.js'
import { type Serving, serveRun } from '../../viewer/server.js'
import { noBrowser, openBrowser, watch } from '../support/browser.js'
import { handmadeRun, logIds } from '../support/handmadeRun.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-view-audit-'))
const run = join(folder, 'run')
const [clean, leaky] = ['clean', 'leaky'].map((name) => join(folder, name))

/** Every frame of the second log: even ones train, odd ones are tested. The clean one has nothing but training frames. */
async function auditOf(name: string, part: (frame: number) => string): Promise<void> {
  const lists = join(folder, `${name}.csv`)
  const lines = Array.from({ length: 8 }, (_, frame) => `${logIds[1]},${frame},${part(frame)}`)
  writeFileSync(lists, ['log_id,frame_index,part', ...lines].join('\n'))
  const options = { dataset: join(run, 'dataset'), lists, out: join(folder, name), seed: 1, replace: false }
  await auditSplit({ ...options, config: auditSplitDefaults })
}

beforeAll(async () => {
  await handmadeRun(run)
  await auditOf('leaky', (frame) => (frame % 2 === 0 ? 'train' : 'test'))
  await auditOf('clean', () => 'train')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the audit that a run is opened with', () => {
  const infoOf = async (audit?: string) => {
    const opened = await RunFolder.open(run, audit)
    await opened.close()
    return { audit: opened.audit, has: opened.info().hasAudit }
  }

  it('is none where nobody made one', async () => {
    expect(await infoOf()).toEqual({ audit: null, has: false })
  })

  it('is the one of the folder, finding by finding, with the frames that each names', async () => {
    const { audit, has } = await infoOf(leaky)
    expect(has).toBe(true)
    expect(audit!.verdict).toBe('leak')
    const shared = audit!.findings.find(({ kind }) => kind === 'sharedLogs')!
    expect(shared).toMatchObject({ severity: 'leak', title: 'logs in two parts', headline: '1 log', count: 1 })
    expect(shared.cases[0].frames.map(({ logId, part }) => [logId, part])).toEqual([
      [logIds[1], 'train'],
      [logIds[1], 'test'],
    ])
    // Of four test frames each is near to a training frame.
    expect(audit!.findings.find(({ kind }) => kind === 'trainDistance')!.cases.length).toBe(4)
    expect((await infoOf(clean)).audit!.verdict).toBe('clean')
  })

  it('is the one in the run folder when none is named', async () => {
    const lists = join(folder, 'leaky.csv')
    const out = join(run, 'splitAudit')
    const options = { dataset: join(run, 'dataset'), lists, out, seed: 1, replace: false, config: auditSplitDefaults }
    await auditSplit(options)
    expect((await infoOf()).audit!.verdict).toBe('leak')
    rmSync(out, { recursive: true })
  })

  it('planted: an audit of another dataset, and a folder that holds none, are refused by name', async () => {
    const foreign = join(folder, 'foreign')
    mkdirSync(foreign)
    const file = JSON.parse(readFileSync(join(leaky, 'audit.json'), 'utf8'))
    writeFileSync(join(foreign, 'audit.json'), JSON.stringify({ ...file, datasetHash: 'f'.repeat(64) }))
    await expect(RunFolder.open(run, foreign)).rejects.toThrow(DataError)
    await expect(RunFolder.open(run, foreign)).rejects.toThrow('of another dataset')
    await expect(RunFolder.open(run, join(folder, 'nowhere'))).rejects.toThrow('not a readable audit')
  })
})

describe.skipIf(noBrowser)(`the audit in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const appDir = join(folder, 'app')
  let browser: Browser
  let serving: Serving

  beforeAll(async () => {
    const root = resolve(import.meta.dirname, '..', '..', 'viewer')
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir: appDir } })
    serving = await serveRun(run, { appDir, audit: leaky })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await serving?.close()
  })

  async function open(url = serving.url) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const complaints = watch(page, url)
    await page.goto(url)
    await shows(page, () => true)
    return { page, complaints }
  }

  async function shows(page: Page, is: (view: { log: string; frame: number; ready: boolean }) => boolean) {
    const view = () => page.evaluate(() => window.occlabViewer)
    const isThere = async () => {
      const now = await view()
      return Boolean(now?.ready && is(now))
    }
    await expect.poll(isThere, { timeout: 60_000, interval: 100 }).toBe(true)
  }

  it('lists every finding with severity and count, and opens the frames that it names', async () => {
    const { page, complaints } = await open()
    const panel = page.locator('.audit')
    const served = (await (await fetch(`${serving.url}api/audit.json`)).json()) as AuditInfo
    expect(await panel.locator('details').count()).toBe(served.findings.length)
    expect(await panel.locator('.verdict').textContent()).toMatch(/^\d of 8 searches found a leak$/)
    const near = panel.locator('details[data-kind=trainDistance]')
    expect(await near.locator('.severity').textContent()).toBe('leak')
    expect(await near.locator('li').count()).toBe(4)
    const link = near.locator('li').first().locator('a').nth(1)
    const name = await link.getAttribute('data-frame')
    const [log, frame] = name!.split('/')
    expect(Number(frame) % 2).toBe(1)
    await link.click()
    await shows(page, (view) => view.log === log && view.frame === Number(frame))
    expect(page.url()).toContain(`frame=${frame}`)
    // Every link to the frame on screen is marked, and no other.
    const marked = await panel
      .locator('a[aria-current]')
      .evaluateAll((all) => all.map((a) => (a as HTMLElement).dataset.frame))
    expect(new Set(marked)).toEqual(new Set([name]))
    if (process.env.OCCLAB_SCREENSHOTS)
      await page.screenshot({ path: join(process.env.OCCLAB_SCREENSHOTS, 'audit.png') })
    expect(complaints).toEqual([])
    await page.close()
  })

  it('goes and comes back by key and button, and keeps inside the window', async () => {
    const { page } = await open()
    const panel = page.locator('.audit')
    const box = (await panel.boundingBox())!
    expect(box.x).toBeGreaterThan(640)
    expect(box.x + box.width).toBeLessThanOrEqual(1280)
    expect(box.y + box.height).toBeLessThanOrEqual(800)
    await page.keyboard.press('f')
    expect(await panel.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'audit', exact: true }).click()
    expect(await panel.isVisible()).toBe(true)
    await page.getByRole('button', { name: 'close the audit' }).click()
    expect(await panel.isVisible()).toBe(false)
    await page.close()
  })

  it('is closed at first where nothing leaks, and has no button where there is no audit', async () => {
    for (const [audit, buttons, asides] of [
      [clean, 1, 1],
      [undefined, 0, 0],
    ] as const) {
      const other = await serveRun(run, { appDir, audit })
      const { page } = await open(other.url)
      expect(await page.getByRole('button', { name: 'audit', exact: true }).count()).toBe(buttons)
      expect(await page.locator('.audit').count()).toBe(asides)
      if (asides > 0) expect(await page.locator('.audit').isVisible()).toBe(false)
      await page.close()
      await other.close()
    }
  })
})
