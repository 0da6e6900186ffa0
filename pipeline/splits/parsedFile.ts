import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { DataError, messageOf } from '../errors.js'

/** A JSON file of ours, of a shape. Throws DataError with `problem` when it cannot be read, is no JSON or of another shape. */
export async function readParsed<T>(file: string, shape: z.ZodType<T>, problem: string, expected?: string): Promise<T> {
  try {
    return shape.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new DataError(problem, { file, expected, actual: messageOf(cause), cause })
  }
}
