import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../pipeline/errors.js'

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** The built app: beside the compiled server, or in `dist/` when the sources themselves run. */
export function builtApp(): string {
  const candidates = ['../viewer-app/', '../dist/viewer-app/'].map((at) => fileURLToPath(new URL(at, import.meta.url)))
  const found = candidates.find((dir) => existsSync(join(dir, 'index.html')))
  if (!found) throw new UsageError('the viewer is not built; run: npm run build', { file: candidates[0] })
  return found
}

/** A file of the app by its URL path; null when there is none, or it would lie outside the app's folder. */
export async function appFile(dir: string, urlPath: string): Promise<{ body: Buffer; type: string } | null> {
  const path = resolve(dir, `.${urlPath === '/' ? '/index.html' : urlPath}`)
  const inside = relative(resolve(dir), path)
  const type = mediaTypes[extname(path)]
  if (!type || inside.startsWith('..') || inside.split(sep).includes('..')) return null
  const body = await readFile(path).catch(() => null)
  return body && { body, type }
}
