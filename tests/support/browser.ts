import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why no browser can be driven here, or null. Tests that need one are skipped with these words in their name. */
export const noBrowser = existsSync(executablePath) ? null : `no Chromium at ${executablePath}; set CHROMIUM`

/** Headless, with WebGL in software and without Chromium's own network traffic. */
export function openBrowser(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--headless=new',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ]
  return chromium.launch({ executablePath, args })
}

/** What a page did that it should not: console errors, exceptions, requests to anywhere but `origin`. */
export function watch(page: Page, origin: string): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('blob:'))
      complaints.push(`request: ${request.url()}`)
  })
  return complaints
}

/** Every pixel of a picture, four bytes each, decoded by a browser. */
export async function pixelsOf(
  browser: Browser,
  png: Buffer,
): Promise<{ width: number; height: number; rgba: Uint8Array }> {
  const page = await browser.newPage()
  try {
    const { width, height, data } = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
      context.drawImage(bitmap, 0, 0)
      const { data: rgba } = context.getImageData(0, 0, bitmap.width, bitmap.height)
      let binary = ''
      for (let at = 0; at < rgba.length; at += 8192) binary += String.fromCharCode(...rgba.subarray(at, at + 8192))
      return { width: bitmap.width, height: bitmap.height, data: btoa(binary) }
    }, png.toString('base64'))
    return { width, height, rgba: Buffer.from(data, 'base64') }
  } finally {
    await page.close()
  }
}
