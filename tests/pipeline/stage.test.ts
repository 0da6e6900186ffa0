import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../pipeline/errors.js'
import { hashInput, readManifest, verifyOutput } from '../../pipeline/manifest.js'
import { runStage, type StagePlan, timingFile, type Work } from '../../pipeline/stage.js'
import { toolVersion } from '../../pipeline/version.js'
import { tempFolder } from '../support/tempFolder.js'

function planFor(target: string, some: Partial<StagePlan> = {}): StagePlan {
  return { stage: 'small', target, config: { size: 3, names: ['a'] }, seed: 7, inputs: {}, ...some }
}

const oneFile = (work: Work) => writeFile(join(work.dir, 'out.txt'), 'hello\n')

test('a finished folder holds the outputs, their hashes, and everything that decided them', async () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'raw'))
  writeFileSync(join(dir, 'raw', 'in.txt'), 'input\n')
  const target = join(dir, 'deep', 'out')
  const manifest = await runStage(planFor(target, { inputs: { raw: join(dir, 'raw') } }), async (work) => {
    await oneFile(work)
    expect(work.inputHashes).toEqual({ raw: await hashInput(join(dir, 'raw')) })
    work.detail('answer', 42)
  })
  expect(await readManifest(target, 'small')).toEqual(manifest)
  expect(manifest).toMatchObject({
    ...{ tool: 'occlab', version: toolVersion, stage: 'small', seed: 7, config: { size: 3, names: ['a'] } },
    inputs: { raw: { path: '../../raw', hash: await hashInput(join(dir, 'raw')) } },
    // SHA-256 of "hello\n".
    outputs: { 'out.txt': { sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03', bytes: 6 } },
    details: { answer: 42 },
    skipped: [],
  })
  expect(existsSync(join(target, timingFile))).toBe(true)
})

test('the same plan twice returns at once, without running', async () => {
  const target = join(tempFolder(), 'out')
  const first = await runStage(planFor(target), oneFile)
  const second = await runStage(planFor(target), () => Promise.reject(new Error('ran again')))
  expect(second).toEqual(first)
})

test('the hash depends on config, seed and inputs, and not on time or place', async () => {
  const hashOf = async (some: Partial<StagePlan>) =>
    (await runStage(planFor(join(tempFolder(), 'out'), some), oneFile)).hash
  const input = join(tempFolder(), 'in.txt')
  writeFileSync(input, 'x')
  const plain = await hashOf({})
  expect(await hashOf({})).toBe(plain)
  expect(await hashOf({ config: { names: ['a'], size: 3 } })).toBe(plain)
  const others = [{ config: { size: 4, names: ['a'] } }, { seed: 8 }, { inputs: { raw: input } }, { stage: 'other' }]
  const hashes = await Promise.all(others.map(hashOf))
  expect(new Set([plain, ...hashes]).size).toBe(5)
})

test.each([
  [{ config: { size: 4, names: ['a'] } }, 'config size'],
  [{ config: { size: 4, names: ['b'], more: true } }, 'config size, names, more'],
  [{ seed: 8 }, 'seed'],
  [{ stage: 'other' }, 'stage small'],
  [{ inputs: { raw: import.meta.filename } }, 'inputs or version'],
] as [Partial<StagePlan>, string][])(
  "another plan's target is refused with what differs: $1",
  async (some, differing) => {
    const target = join(tempFolder(), 'out')
    const before = await runStage(planFor(target), oneFile)
    const other = runStage(planFor(target, some), oneFile)
    await expect(other).rejects.toThrow(UsageError)
    await expect(other).rejects.toMatchObject({ file: target, place: differing })
    expect(await readManifest(target)).toEqual(before)
  },
)

test('with replace, the other result takes the place of the first', async () => {
  const target = join(tempFolder(), 'out')
  await runStage(planFor(target), oneFile)
  const replaced = await runStage(planFor(target, { seed: 8, replace: true }), (work) =>
    writeFile(join(work.dir, 'other.txt'), 'other\n'),
  )
  expect(await readManifest(target)).toEqual(replaced)
  expect(existsSync(join(target, 'out.txt'))).toBe(false)
  expect(readdirSync(dirname(target))).toEqual(['out'])
})

test('a folder that occlab did not write is never touched, not even with replace', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'precious.txt'), 'mine')
  const run = runStage(planFor(dir, { replace: true }), oneFile)
  await expect(run).rejects.toThrow('the target exists and is not a folder occlab wrote')
  expect(readFileSync(join(dir, 'precious.txt'), 'utf8')).toBe('mine')
})

test('what a user put beside the target is never deleted: a copy of a former result, a folder in the way', async () => {
  const target = join(tempFolder(), 'out')
  await runStage(planFor(target), oneFile)
  renameSync(target, `${target}.old`)
  await runStage(planFor(target), oneFile)
  await runStage(planFor(target), oneFile)
  await runStage(planFor(target, { seed: 8, replace: true }), oneFile)
  expect(readdirSync(`${target}.old`)).toContain('out.txt')

  const other = join(dirname(target), 'other')
  mkdirSync(`${other}.partial`)
  writeFileSync(join(`${other}.partial`, 'download.tar'), 'half of it')
  const run = runStage(planFor(other), oneFile)
  await expect(run).rejects.toThrow(UsageError)
  await expect(run).rejects.toMatchObject({ file: `${other}.partial`, actual: "'download.tar' in it" })
  expect(readFileSync(join(`${other}.partial`, 'download.tar'), 'utf8')).toBe('half of it')
  rmSync(join(`${other}.partial`, 'download.tar'))
  await runStage(planFor(other), oneFile)
  writeFileSync(`${target}-3.partial`, 'a file')
  await expect(runStage(planFor(`${target}-3`), oneFile)).rejects.toThrow('in the way')
})

test('a target that is a link: the result lies where it leads, with a folder there or without', async () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'disk'))
  const [link, real] = [join(dir, 'link'), join(dir, 'disk', 'out')]
  symlinkSync('disk/out', link)
  const first = await runStage(planFor(link), oneFile)
  expect(await readManifest(real)).toEqual(first)
  const second = await runStage(planFor(link, { seed: 8, replace: true }), oneFile)
  expect(await readManifest(real)).toEqual(second)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect([readdirSync(dir), readdirSync(join(dir, 'disk'))]).toEqual([['disk', 'link'], ['out']])
  symlinkSync('round', join(dir, 'round'))
  await expect(runStage(planFor(join(dir, 'round')), oneFile)).rejects.toThrow('the link leads back to itself')
})

test('killed when all was done but its name, a stage does not run again', async () => {
  const target = join(tempFolder(), 'out')
  const manifest = await runStage(planFor(target), oneFile)
  renameSync(target, `${target}.partial`)
  const again = await runStage(planFor(target), () => Promise.reject(new Error('ran again')))
  expect(again).toEqual(manifest)
  expect(readdirSync(dirname(target))).toEqual(['out'])
})

test('a stage that throws leaves nothing under its name, and gives back its lock', async () => {
  const target = join(tempFolder(), 'out')
  await expect(runStage(planFor(target), () => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
  expect(existsSync(target)).toBe(false)
  expect(existsSync(`${target}.lock`)).toBe(false)
  await runStage(planFor(target), oneFile)
})

test('a unit that was finished is read back with its result and its skips, also when the result is 0', async () => {
  const target = join(tempFolder(), 'out')
  let runs = 0
  const stage = (fails: boolean) => async (work: Work) => {
    const result = await work.unit('one', async () => {
      runs++
      await oneFile(work)
      return { files: ['out.txt'], result: 0, skipped: [{ what: 'box', why: 'odd', where: 'row 1', count: 2 }] }
    })
    expect(result).toBe(0)
    if (fails) throw new Error('after the unit')
  }
  await expect(runStage(planFor(target), stage(true))).rejects.toThrow('after the unit')
  const manifest = await runStage(planFor(target), stage(false))
  expect(runs).toBe(1)
  expect(manifest.skipped).toEqual([{ what: 'box', why: 'odd', where: 'row 1', count: 2 }])
})

test('a finished unit whose file is gone or has another length is run again', async () => {
  const target = join(tempFolder(), 'out')
  let runs = 0
  const stage = (fails: boolean) => async (work: Work) => {
    await work.unit('one', async () => {
      runs++
      await oneFile(work)
      return { files: ['out.txt'], result: null }
    })
    if (fails) throw new Error('stop')
  }
  await expect(runStage(planFor(target), stage(true))).rejects.toThrow('stop')
  writeFileSync(join(`${target}.partial`, 'out.txt'), 'hell')
  await runStage(planFor(target), stage(false))
  expect(runs).toBe(2)
  expect(readFileSync(join(target, 'out.txt'), 'utf8')).toBe('hello\n')
})

test('a unit that may come out otherwise is not kept; a folder that lacks something is made again, until it does not', async () => {
  const target = join(tempFolder(), 'out')
  let isThere = false
  let runs = 0
  const stage = (fails: boolean) => async (work: Work) => {
    const whole = await work.unit('one', async () => {
      runs++
      return { files: [], result: isThere, isPassing: !isThere }
    })
    if (!whole) work.detail('lacking', true)
    if (fails) throw new Error('stop')
  }
  const plan = planFor(target, { isLacking: ({ details }) => details.lacking === true })
  await expect(runStage(plan, stage(true))).rejects.toThrow('stop')
  await runStage(plan, stage(false))
  expect(runs).toBe(2)
  isThere = true
  expect((await runStage(plan, stage(false))).details).toEqual({})
  expect((await runStage(plan, stage(false))).details).toEqual({})
  expect(runs).toBe(3)
  expect(readdirSync(dirname(target))).toEqual(['out'])
})

test("another plan's leavings are not gone on from", async () => {
  const target = join(tempFolder(), 'out')
  const failing = async (work: Work) => {
    await writeFile(join(work.dir, 'stray.txt'), 'stray')
    throw new Error('stop')
  }
  await expect(runStage(planFor(target), failing)).rejects.toThrow('stop')
  const manifest = await runStage(planFor(target, { seed: 8 }), oneFile)
  expect(Object.keys(manifest.outputs)).toEqual(['out.txt'])
})

test('skips of one kind and reason become one line: the first place, the sum', async () => {
  const manifest = await runStage(planFor(join(tempFolder(), 'out')), async (work) => {
    work.skip({ what: 'box', why: 'odd', where: 'row 9', count: 1 })
    work.skip({ what: 'box', why: 'odd', where: 'row 2', count: 3 })
    work.skip({ what: 'box', why: 'even', where: 'row 5', count: 1 })
  })
  expect(manifest.skipped).toEqual([
    { what: 'box', why: 'even', where: 'row 5', count: 1 },
    { what: 'box', why: 'odd', where: 'row 2', count: 4 },
  ])
})

test('a half-written file of a killed run is no output', async () => {
  const manifest = await runStage(planFor(join(tempFolder(), 'out')), async (work) => {
    await oneFile(work)
    writeFileSync(join(work.dir, 'notes.txt.writing'), 'half')
  })
  expect(Object.keys(manifest.outputs)).toEqual(['out.txt'])
})

test('a parent folder that is a file is a usage error, no bug report', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'file'), 'x')
  await expect(runStage(planFor(join(dir, 'file', 'out')), oneFile)).rejects.toThrow(UsageError)
})

test('verifyOutput tells a file that was changed, is missing, or was never written', async () => {
  const target = join(tempFolder(), 'out')
  const manifest = await runStage(planFor(target), oneFile)
  await verifyOutput(target, manifest, 'out.txt')
  await expect(verifyOutput(target, manifest, 'other.txt')).rejects.toThrow('not among the outputs')
  writeFileSync(join(target, 'out.txt'), 'hellO\n')
  await expect(verifyOutput(target, manifest, 'out.txt')).rejects.toThrow('not the bytes that were written')
})
