import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { LockedError } from '../../pipeline/errors.js'
import { hashFile } from '../../pipeline/hash.js'
import { type Manifest, readManifest } from '../../pipeline/manifest.js'
import { runStage } from '../../pipeline/stage.js'
import { type Child, startNode } from '../support/child.js'
import { compiledRoot } from '../support/compiled.js'
import { tempFolder } from '../support/tempFolder.js'
import { smallStage } from './children/smallStage.mjs'

let root = ''
beforeAll(async () => {
  root = await compiledRoot()
})

function child(target: string, env: NodeJS.ProcessEnv = {}, replace = ''): Child {
  return startNode(join(import.meta.dirname, 'children', 'stage.mjs'), [root, target, replace], env)
}

const runHere = (target: string, replace = false) => runStage(smallStage.plan(target, replace), smallStage.run)

/** The folder holds what its manifest lists, byte for byte, and nothing else of the stage. */
async function expectWhole(target: string): Promise<Manifest> {
  const manifest = await readManifest(target, 'small')
  expect(Object.keys(manifest.outputs)).toEqual(['unit-0.txt', 'unit-1.txt', 'unit-2.txt'])
  for (const [file, { sha256, bytes }] of Object.entries(manifest.outputs)) {
    expect(await hashFile(join(target, file))).toBe(sha256)
    expect(statSync(join(target, file)).size).toBe(bytes)
  }
  expect(existsSync(join(target, '.state'))).toBe(false)
  return manifest
}

test('killed at any change to the file system, a stage leaves nothing under its name, and goes on to the same result', async () => {
  const reference = await runHere(join(tempFolder(), 'out'))
  let crashAt = 0
  for (let done = false; !done; crashAt++) {
    const target = join(tempFolder(), 'out')
    const { signal, stdout } = await child(target, { CRASH_AT: String(crashAt + 1) }).ended
    done = signal !== 'SIGKILL'
    if (done) expect(stdout).toContain(reference.hash)
    if (existsSync(target)) await expectWhole(target)
    const resumed = await runHere(target)
    expect(resumed).toEqual(await expectWhole(target))
    expect({ ...resumed }).toEqual({ ...reference })
    expect(existsSync(`${target}.partial`)).toBe(false)
    expect(existsSync(`${target}.lock`)).toBe(false)
  }
  // Each unit alone writes its file and its journal entry: a loop that ended at once has tested nothing.
  expect(crashAt).toBeGreaterThan(15)
})

test('killed while it replaces an older result, the name shows the old one, the new one, or nothing', async () => {
  const older = { ...smallStage.plan(''), seed: 1 }
  const { stdout } = await child(join(tempFolder(), 'out')).ended
  const changes = Number(stdout.match(/after (\d+) changes/)![1])
  // Replacing takes one change more than writing anew; the last ten hold all that move folders.
  for (let crashAt = changes - 8; crashAt <= changes + 1; crashAt++) {
    const target = join(tempFolder(), 'out')
    const before = await runStage({ ...older, target }, smallStage.run)
    const { signal } = await child(target, { CRASH_AT: String(crashAt) }, 'replace').ended
    expect(signal).toBe('SIGKILL')
    if (existsSync(target)) expect([1, 7]).toContain((await expectWhole(target)).seed)
    const after = await runHere(target, true)
    expect(after.seed).toBe(7)
    expect(after.hash).not.toBe(before.hash)
    expect(await expectWhole(target)).toEqual(after)
    expect(readdirSync(dirname(target))).toEqual(['out'])
  }
})

test.each([0, 1, 2])('kill -9 inside unit %i: finished units are not run again', async (unit) => {
  const target = join(tempFolder(), 'out')
  const running = child(target, { STOP_IN: String(unit) })
  await running.said(`in unit ${unit}`)
  running.process.kill('SIGKILL')
  await running.ended
  expect(existsSync(target)).toBe(false)
  const again: number[] = []
  const manifest = await runStage(smallStage.plan(target), (work) =>
    smallStage.run(work, async (index: number) => {
      again.push(index)
    }),
  )
  expect(again).toEqual([0, 1, 2].slice(unit))
  expect(manifest.hash).toBe((await runHere(join(tempFolder(), 'out'))).hash)
})

test('while a process writes, another is refused by the id of the first; after its death the lock is taken over', async () => {
  const target = join(tempFolder(), 'out')
  const running = child(target, { STOP_IN: '1' })
  await running.said('in unit 1')
  await expect(runHere(target)).rejects.toThrow(LockedError)
  await expect(runHere(target)).rejects.toThrow(`process ${running.process.pid} is writing here`)
  running.process.kill('SIGKILL')
  await running.ended
  expect(readFileSync(`${target}.lock`, 'utf8').split('\n')[0]).toBe(String(running.process.pid))
  await runHere(target)
  await expectWhole(target)
})

test('of many processes that start at once, each writes, finds the result, or is refused', async () => {
  const target = join(tempFolder(), 'out')
  const reference = await runHere(join(tempFolder(), 'out'))
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => child(target).ended))
  for (const { code, stdout, stderr } of outcomes)
    if (code === 0) expect(stdout).toContain(reference.hash)
    else expect(stderr).toContain('LockedError')
  expect(outcomes.some(({ code }) => code === 0)).toBe(true)
  expect((await expectWhole(target)).hash).toBe(reference.hash)
})
