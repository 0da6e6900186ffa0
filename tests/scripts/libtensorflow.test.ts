import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { provision, type Reporter, type WheelPlan } from '../../scripts/libtensorflow.mjs'
import { realProgram } from './realProgram.js'
import { serveWheel, type WheelServer } from './wheelServer.js'

const silent: Reporter = { start() {}, progress() {}, note() {} }

let folder: string
let server: WheelServer | undefined

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'occlab-libtensorflow-'))
})
afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(folder, { recursive: true })
})

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

const wanted = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/include/tensorflow/c/c_api.h']

/** A wheel as pip would bring it: a zip archive of the wanted files and of much that is not wanted. */
function fakeWheel(): Buffer {
  const file = path.join(folder, 'source.whl')
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
  for name in sys.argv[2:]:
      archive.writestr(name, "content of " + name)`
  const names = [...wanted, 'tensorflow/libtensorflow_framework.so.2', 'tensorflow/python/keras.py']
  execFileSync('python3', ['-c', script, file, ...names])
  const content = readFileSync(file)
  rmSync(file)
  return content
}

function planFor(content: Buffer): WheelPlan {
  const file = 'fake-1.0-py3-none-any.whl'
  const wheel = { name: 'occlab-fake', version: '1.0', file, sha256: sha256(content), size: content.length }
  return {
    device: 'cpu',
    tensorflow: '2.21.0',
    wheels: [{ ...wheel, unpacked: 1, keep: 'engine' }],
    folder: 'libtensorflow-fake',
    download: content.length,
    unpacked: 1,
  }
}

test('is unpacked in the layout of the wheel, only what is needed, and the wheel goes', async () => {
  const content = fakeWheel()
  server = await serveWheel(content)
  await provision(planFor(content), folder, silent, { locate: async () => server!.url })
  const unpacked = path.join(folder, 'libtensorflow-fake')
  for (const name of wanted) expect(readFileSync(path.join(unpacked, name), 'utf8')).toBe(`content of ${name}`)
  expect(existsSync(path.join(unpacked, 'tensorflow/python'))).toBe(false)
  expect(readdirSync(path.join(folder, 'downloads'))).toEqual([])
  expect(readdirSync(folder).sort()).toEqual(['downloads', 'libtensorflow-fake'])
})

test('a wheel that an interrupted run had unpacked is not fetched again', async () => {
  const content = fakeWheel()
  server = await serveWheel(content)
  const plan = planFor(content)
  const beside = path.join(folder, `${plan.folder}.partial`)
  mkdirSync(beside)
  writeFileSync(path.join(beside, 'unpacked.txt'), `${plan.wheels[0].file}\n`)
  await provision(plan, folder, silent, { locate: async () => server!.url })
  expect(server.ranges).toEqual([])
  expect(existsSync(path.join(folder, plan.folder))).toBe(true)
})

/** Puts a python3 before the real one whose pip behaves as the shell snippets say, for as long as `work` takes. */
async function withPip(index: string, fetch: string, work: () => Promise<void>) {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  const script = `#!/bin/sh
case "$*" in
*'pip index'*) ${index} ;;
*'pip download'*) ${fetch} ;;
*) exec ${realProgram('python3')} "$@" ;;
esac
`
  writeFileSync(path.join(bin, 'python3'), script, { mode: 0o755 })
  const before = process.env.PATH
  process.env.PATH = `${bin}:${before}`
  try {
    await work()
  } finally {
    process.env.PATH = before
  }
}

test("its address is taken from pip's log", async () => {
  const content = fakeWheel()
  server = await serveWheel(content)
  const link = server.url.replace('fake.whl', 'fake-1.0-py3-none-any.whl#sha256=0')
  await withPip(`echo '  Found link ${link} (from an index), version: 1.0'`, 'exit 1', async () => {
    await provision(planFor(content), folder, silent)
  })
  expect(server.ranges).toEqual(['none'])
  expect(existsSync(path.join(folder, 'libtensorflow-fake'))).toBe(true)
})

test('where Node cannot fetch it, pip does', async () => {
  const content = fakeWheel()
  const source = path.join(folder, 'elsewhere.whl')
  writeFileSync(source, content)
  const copy = `while [ "$1" != --dest ]; do shift; done; mkdir -p "$2"; cp ${source} "$2/fake-1.0-py3-none-any.whl"`
  await withPip('exit 1', copy, async () => {
    await provision(planFor(content), folder, silent)
  })
  expect(existsSync(path.join(folder, 'libtensorflow-fake', wanted[0]))).toBe(true)
  expect(readdirSync(path.join(folder, 'downloads'))).toEqual([])
})

test('without network the error says so and what to do', async () => {
  await withPip('exit 1', 'echo "ERROR: No matching distribution" >&2; exit 1', async () => {
    const provisioned = provision(planFor(Buffer.from('x')), folder, silent)
    await expect(provisioned).rejects.toThrow(/^no network: .* run again.*No matching distribution/)
  })
})
