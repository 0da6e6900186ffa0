import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** Bundles `page.ts` for a browser as `docs/backends.md` says; returns the bundle and the modules of ours in it. */
export async function bundlePage(): Promise<{ code: string; modules: string[] }> {
  const find = /^\.{1,2}\/(.*\/)?tensorflow\.js$/
  const result = await build({
    ...{ root, configFile: false, logLevel: 'error', plugins: [noNode] },
    resolve: { alias: [{ find, replacement: resolve(root, 'models/engine/tensorflow.browser.ts') }] },
    build: {
      ...{ write: false, minify: false },
      rolldownOptions: {
        input: resolve(import.meta.dirname, 'page.ts'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  })
  if (Array.isArray(result) || !('output' in result)) throw new Error('one bundle was expected')
  const [{ code, moduleIds }] = result.output
  return {
    code,
    modules: moduleIds.filter((id) => !id.includes('node_modules')).map((id) => id.slice(root.length + 1)),
  }
}

/** What Node alone has would be an empty object in a browser, and fail late: here it fails at once. */
const noNode: Plugin = {
  name: 'no-node',
  enforce: 'pre',
  resolveId(id, importer) {
    if (id.startsWith('node:')) throw new Error(`${importer} imports ${id}`)
  },
}
