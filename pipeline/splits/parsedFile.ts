import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DataError, messageOf } from '../errors.js'

/** A JSON file of ours, of a shape. Throws DataError with `problem` when it cannot be read, is no JSON or of another shape. */
export async function readParsed<T>(file: string, shape: z.ZodType<T>, problem: string, expected?: string): Promise<T> {
  try {
    return shape.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new DataError(problem, {
      file,
      expected,
      actual: cause instanceof z.ZodError ? firstOf(cause) : messageOf(cause),
      cause,
    })
  }
}

/** What is wrong first, and how much besides: a file of an older version is wrong in hundreds of places. */
function firstOf({ issues: [first, ...others] }: z.ZodError): string {
  const more = others.length === 0 ? '' : `; and ${others.length} more`
  return `at ${first.path.join('.') || 'the top'}: ${first.message}${more}`
}
