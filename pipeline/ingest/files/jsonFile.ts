import type { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'
import { readWhole } from './wholeFile.js'

/** The content of a JSON file, whatever it is. Throws DataError for a file that is missing or no JSON. */
export async function readJson(file: string): Promise<unknown> {
  // Some programs of Windows put a byte order mark before UTF-8.
  const text = (await readWhole(file)).toString('utf8').replace(/^\ufeff/, '')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DataError('not JSON', { file, actual: messageOf(error), cause: error })
  }
}

/** The content of a JSON file that is of a shape; `notThat` says what it is not, if not. Throws DataError that names the key. */
export async function readJsonAs<T>(file: string, shape: z.ZodType<T>, notThat: string): Promise<T> {
  const parsed = shape.safeParse(await readJson(file))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DataError(notThat, { file, place: issue.path.join('.') || undefined, actual: issue.message })
}
