import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')

/** A source file, its path relative to the checkout with forward slashes. */
export interface Source {
  path: string
  text: string
}

/** All TypeScript and plain JavaScript sources below these folders of the checkout; missing folders are empty. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) => {
    if (!existsSync(join(root, folder))) return []
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()
    return names
      .filter((name) => /\.(ts|tsx|mts|mjs|js)$/.test(name))
      .map((name) => ({
        path: posix.join(folder, name.replaceAll('\\', '/')),
        text: readFileSync(join(root, folder, name), 'utf8'),
      }))
  })
}

/** What a file imports: static, dynamic, re-exported or as a type. Our own files as paths from the checkout's root. */
export function importsOf({ path, text }: Source): { files: string[]; packages: string[] } {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const patterns = [
    /\b(?:import|export)\b[^'"`;=()]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
    /\brequire(?:\.resolve)?\(\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
  ]
  const found = patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]))
  const files = found
    .filter((name) => /^\..*\.m?[jt]s$/.test(name))
    .map((name) => posix.join(posix.dirname(path), name))
  return { files, packages: found.filter((name) => !name.startsWith('.')) }
}
