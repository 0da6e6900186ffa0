import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../pipeline/errors.js'
import { checkout } from './checkout.js'

/**
 * The folder of real logs: `--data`, else `$OCCLAB_DATA`, else what lies beside the checkout, else null. Throws
 * UsageError when a folder was named that is not there.
 */
export function dataFolder(flag: string | undefined): string | null {
  const named = flag ?? process.env.OCCLAB_DATA
  if (named && !existsSync(named)) throw new UsageError('no such data folder', { file: resolve(named) })
  if (named) return resolve(named)
  const beside = join(checkout, '..', 'shared', 'data')
  return existsSync(beside) ? beside : null
}
