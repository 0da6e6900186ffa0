import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { download } from '../../scripts/download.mjs'
import { type Behaviour, serveWheel, type WheelServer } from './wheelServer.js'

let folder: string
let server: WheelServer | undefined

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'occlab-download-'))
})
afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(folder, { recursive: true })
})

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

const content = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7) % 251))

async function job(behaviour?: Behaviour, expected = content) {
  server = await serveWheel(content, behaviour)
  const target = path.join(folder, 'fake.whl')
  const notes: string[] = []
  const fetched = download({
    url: server.url,
    target,
    sha256: sha256(expected),
    size: content.length,
    pauseMs: 1,
    onNote: (text) => notes.push(text),
  })
  return { fetched, target, notes, partial: `${target}.partial` }
}

test('an interrupted download goes on where it stopped', async () => {
  const { fetched, target, partial } = await job({ breakOffAfter: 40_000 })
  await fetched
  expect(readFileSync(target).equals(content)).toBe(true)
  expect(existsSync(partial)).toBe(false)
  expect(server!.ranges).toEqual(['none', 'bytes=40000-'])
})

test("an earlier run's partial file is continued with a Range request", async () => {
  writeFileSync(path.join(folder, 'fake.whl.partial'), content.subarray(0, 60_000))
  const { fetched, target, notes } = await job()
  await fetched
  expect(readFileSync(target).equals(content)).toBe(true)
  expect(server!.ranges).toEqual(['bytes=60000-'])
  expect(notes).toEqual([])
})

test('a server without ranges sends everything, and nothing is doubled', async () => {
  writeFileSync(path.join(folder, 'fake.whl.partial'), content.subarray(0, 60_000))
  const { fetched, target } = await job({ ignoreRanges: true })
  await fetched
  expect(readFileSync(target).equals(content)).toBe(true)
})

test('a corrupt partial file is found by its hash, named, and fetched afresh', async () => {
  writeFileSync(path.join(folder, 'fake.whl.partial'), Buffer.alloc(60_000))
  const { fetched, target, notes } = await job()
  await fetched
  expect(readFileSync(target).equals(content)).toBe(true)
  expect(notes).toEqual([expect.stringMatching(/^fake\.whl\.partial from an earlier run was corrupt/)])
  expect(server!.ranges).toEqual(['bytes=60000-', 'none'])
})

test('content that is not what was pinned is refused, named with both hashes, and removed', async () => {
  const { fetched } = await job({}, Buffer.from('another release'))
  await expect(fetched).rejects.toThrow(
    `fake.whl is corrupt: expected SHA-256 ${sha256(Buffer.from('another release'))}, found ${sha256(content)}`,
  )
  expect(readdirSync(folder)).toEqual([])
})
