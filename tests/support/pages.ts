import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')

/** A page that people read, its path relative to the checkout with forward slashes. */
export interface Page {
  path: string
  text: string
}

/** What a reader meets: the pages at the top of the checkout and those of `docs/`. */
export function pages(): Page[] {
  const markdown = (folder: string) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => posix.join(folder, name))
  return [...markdown('.'), ...markdown('docs')].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Files of the checkout's own folders and its top, relative with forward slashes. */
export function checkoutFiles(...folders: string[]): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.join(entry.parentPath.slice(root.length + 1).replaceAll('\\', '/'), entry.name)),
  )
  const top = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile())
  return [...top.map(({ name }) => name), ...below]
}

/** What stands in `code` on a page: between single backticks, and each line of a block. */
export function codeOn({ text }: Page): string[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].flatMap(([, body]) => body.split('\n'))
  const spans = text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)
  return [...blocks, ...[...spans].map(([, span]) => span.replace(/\s+/g, ' '))]
}

/** `## A title, as `code`` → `a-title-as-code`: the name by which a link finds a heading, as GitHub makes it. */
export function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
