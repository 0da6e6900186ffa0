import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { DataError } from '../../../pipeline/errors.js'
import { readParsed } from '../../../pipeline/splits/parsedFile.js'
import { tempFolder } from '../../support/tempFolder.js'

const shape = z.object({ logs: z.array(z.object({ id: z.string(), frames: z.int() })) })

async function failing(text: string): Promise<string> {
  const file = join(tempFolder(), 'plan.json')
  writeFileSync(file, text)
  const error = await readParsed(file, shape, 'not a plan').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DataError)
  expect(error).toMatchObject({ file })
  return (error as DataError).actual!
}

test('a file of another shape is told by the first place that is wrong, and how many more there are', async () => {
  const text = await failing(JSON.stringify({ logs: [{ id: 'a', frames: 1 }, { id: 2, frames: 1 }, {}] }))
  expect(text).toMatch(/^at logs\.1\.id: .*string.*; and 2 more$/)
  expect(await failing('[]')).toMatch(/^at the top: /)
})

test('a file that is no JSON is told as one', async () => {
  expect(await failing('{')).toMatch(/JSON/)
})
