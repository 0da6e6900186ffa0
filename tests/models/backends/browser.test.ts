import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { noBrowser, openBrowser, watch } from '../../support/browser.js'
import { wasmFolder } from '../../support/wasmBackend.js'
import { bundlePage } from './bundle.js'
import { deviations, relativeTo, shareOfOthers, tooFar } from './deviations.js'
import { type ModelOutputs, modelOutputs } from './modelOutputs.js'
import type { Packed } from './page.js'
import { type ServedFiles, serveFiles } from './serveFiles.js'
import { type ModelCase, modelCases, trainedFiles } from './trainedFiles.js'
import { wholeGrid } from './wholeGrid.js'

function wasmFiles(): ServedFiles {
  const names = readdirSync(wasmFolder).filter((name) => name.endsWith('.wasm'))
  return Object.fromEntries(
    names.map((name) => [`/${name}`, { type: 'application/wasm', body: readFileSync(join(wasmFolder, name)) }]),
  )
}

describe.skipIf(noBrowser)(`a trained latent in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'occlab-browser-'))
  const native = {} as Record<ModelCase, ModelOutputs>
  let modules: string[]
  let serving: Awaited<ReturnType<typeof serveFiles>>
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const bundle = await bundlePage()
    modules = bundle.modules
    const served: Record<string, ServedFiles[string]> = {
      ...wasmFiles(),
      '/': {
        type: 'text/html',
        body: '<!doctype html><link rel="icon" href="data:,"><script src="./page.js"></script>',
      },
      '/page.js': { type: 'text/javascript', body: bundle.code },
    }
    for (const name of Object.keys(modelCases) as ModelCase[]) {
      const files = await trainedFiles(name, folder)
      native[name] = modelOutputs(files)
      served[`/${name}/model.json`] = { type: 'application/json', body: files.spec }
      served[`/${name}/weights`] = { type: 'application/octet-stream', body: files.weights }
    }
    serving = await serveFiles(served)
    browser = await openBrowser()
    page = await browser.newPage()
    complaints = watch(page, serving.url)
    await page.goto(serving.url)
  })
  afterAll(async () => {
    await browser?.close()
    await serving?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is bundled from the very files that Node runs, all but the engine', () => {
    expect(modules).toEqual(expect.arrayContaining(['models/latent/vae.ts', 'models/engine/tensorflow.browser.ts']))
    expect(modules).not.toContain('models/engine/tensorflow.ts')
  })

  it.each([
    ['compact', 'webgl'],
    ['occ3d', 'webgl'],
    ['compact', 'wasm'],
    ['occ3d', 'wasm'],
    ['focal', 'webgl'],
    ['smoothed', 'webgl'],
    ['focal', 'cpu'],
    ['smoothed', 'cpu'],
  ] as const)('configured as %s, on %s, it says what it says natively', async (name, backend) => {
    const outputs = unpacked(await page.evaluate(([n, b]) => window.runModel(n, b), [name, backend] as const))
    expect(outputs).toMatchObject({ backend, leaked: 0 })
    const found = deviations(outputs, native[name])
    if (process.env.OCCLAB_DEVIATIONS) console.log(name, backend, found)
    expect(tooFar(found), JSON.stringify(found)).toEqual({})
    expect(complaints).toEqual([])
  })

  it.each([
    ['compact', 'wasm'],
    ['compact', 'webgl'],
    ['occ3d', 'wasm'],
    ['occ3d', 'webgl'],
  ] as const)('encodes and decodes a frame of the whole grid %s on %s', async (name, backend) => {
    const runs = process.env.OCCLAB_DEVIATIONS ? 3 : 1
    const expected = wholeGrid(name, runs)
    const asked = [name, backend, runs] as const
    const found = unpacked(await page.evaluate((args) => window.runWholeGrid(...args), asked))
    const [mean, others] = [relativeTo(expected.mean, found.mean), shareOfOthers(expected.classes, found.classes)]
    if (process.env.OCCLAB_DEVIATIONS) console.log(name, backend, { mean, others }, found.bestMs, expected.bestMs)
    expect(found).toMatchObject({ backend, leaked: 0 })
    expect(mean).toBeLessThan(1e-5)
    expect(others).toBeLessThan(1e-4)
    expect(new Set(expected.classes).size).toBeGreaterThan(3)
  })
})

/** The outputs as they were before they crossed over; `classes` are whole numbers. */
function unpacked<Outputs extends object>(outputs: Packed<Outputs>): Outputs {
  const entries = Object.entries(outputs).map(([key, value]) => {
    if (typeof value !== 'string' || key === 'backend') return [key, value]
    const { buffer } = new Uint8Array(Buffer.from(value, 'base64'))
    return [key, key === 'classes' ? new Int32Array(buffer) : new Float32Array(buffer)]
  })
  return Object.fromEntries(entries)
}
