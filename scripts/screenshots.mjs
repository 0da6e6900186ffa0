/**
 * The README's pictures, from a finished demo: `node scripts/screenshots.mjs runs/demo`. Needs Chromium (`$CHROMIUM` or
 * /usr/bin/chromium) and a build.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { serveRun } from '../dist/viewer/server.js'

const run = path.resolve(process.argv[2] ?? 'runs/demo')
const images = path.resolve(import.meta.dirname, '..', 'docs', 'images')
const args = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
const { url, close } = await serveRun(run, { port: 0 })
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, colorScheme: 'light' })
  const logs = (await (await fetch(new URL('/api/run.json', url))).json()).logs
  const predicted = logs.filter((candidate) => candidate.predicted > 0)
  const log = predicted.find(({ siteId }) => siteId !== 'apron') ?? predicted[0]
  await page.goto(`${url}#log=${log.logId}&frame=12&horizon=2`)
  await page.waitForFunction(() => window.occlabViewer?.ready)
  // One more turn of the renderer: the panels are drawn one after another.
  await page.waitForTimeout(2000)
  await page.screenshot({ path: path.join(images, 'viewer.png') })
  await page.setViewportSize({ width: 1280, height: 1400 })
  await page.goto(pathToFileURL(path.join(run, 'report', 'index.html')).href)
  await page.screenshot({ path: path.join(images, 'report.png') })
} finally {
  await close()
  await browser.close()
}
