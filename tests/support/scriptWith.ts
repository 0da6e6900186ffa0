import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformWithOxc } from 'vite'
import { tempFolder } from './tempFolder.js'

const root = resolve(import.meta.dirname, '..', '..')

/**
 * A script of a module of the checkout, which imports nothing of ours, and of what is to be done with it: for tests that need a process
 * of their own with that module alone. Returns its path.
 */
export async function scriptWith(module: string, work: string): Promise<string> {
  const source = join(root, module)
  const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source)
  const file = join(tempFolder(), 'script.mjs')
  writeFileSync(file, `${code}\n${work}`)
  return file
}
