import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the checkout, wherever this file was compiled to: what is not TypeScript lies there. */
export const checkout = above(import.meta.dirname)

function above(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return folder
  return above(dirname(folder))
}
