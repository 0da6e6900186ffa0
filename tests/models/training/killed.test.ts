import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import type { TrainLatentOptions } from '../../../models/latent/train.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { openDataset } from '../../../pipeline/dataset.js'
import { stream } from '../../../pipeline/random.js'
import { readSplit } from '../../../pipeline/splits/readSplit.js'
import { startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import { tempFolder } from '../../support/tempFolder.js'
import { splitStreets, writeStreets } from '../latent/streetDataset.js'

const program = resolve(import.meta.dirname, 'children', 'train.mjs')
const steps = 24

/** With all that a checkpoint holds: a running mean, a best validation, the count of those without a better one. */
const config = resolveConfig('latent', latentDefaults, latentPresets, 'tiny', {
  ...{ steps, checkpointEvery: 5, validateEvery: 4, logEvery: 3, precision: 'float32' },
  ...{ ema: 0.9, keep: 'best', patience: 4, corruptions: ['pointDropout=0.2'] },
})

async function dataset(): Promise<Omit<TrainLatentOptions, 'out'> & { root: string }> {
  const root = tempFolder()
  const [dataset, split] = [join(root, 'dataset'), join(root, 'split')]
  await writeStreets(dataset, 6)
  await splitStreets(dataset, split)
  return { root, dataset, split, config, seed: 1, tensorboard: true }
}

/** Runs the training in a process of its own, as it is installed. */
async function run(options: TrainLatentOptions, diesAt?: number) {
  return startNode(program, [
    await compiledRoot(),
    'latent',
    JSON.stringify(options),
    ...(diesAt === undefined ? [] : [`${diesAt}`]),
  ])
}

async function finished(options: TrainLatentOptions) {
  const { code, stdout, stderr } = await (await run(options)).ended
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

test('killed by SIGKILL at steps and moments drawn from seed 3, then run on: the hashes of a run that was not', async () => {
  const { root, ...at } = await dataset()
  const whole = await finished({ ...at, out: join(root, 'whole') })
  const options = { ...at, out: join(root, 'killed') }
  const rng = stream(3, 'kills')
  let deaths = 0
  for (let i = 0; i < 3; i++) {
    const atStep = await (await run(options, 3 + 6 * i + rng.int(6))).ended
    deaths += atStep.signal === 'SIGKILL' ? 1 : 0
    // In the midst of anything: computing, validating, writing a checkpoint.
    const child = await run(options)
    await child.said('step').catch(() => undefined)
    await new Promise((done) => setTimeout(done, rng.int(60)))
    child.process.kill('SIGKILL')
    deaths += (await child.ended).signal === 'SIGKILL' ? 1 : 0
  }
  expect(deaths).toBeGreaterThanOrEqual(4)
  expect(await finished(options)).toEqual(whole)
  // Only the last of its processes writes what it measured.
  expect(JSON.parse(readFileSync(join(options.out, 'timing.json'), 'utf8')).steps).toBeLessThan(steps)
}, 300_000)

test('the bytes do not depend on the loader’s threads, nor on its cache', async () => {
  const { root, ...at } = await dataset()
  const hashes: string[] = []
  for (const loaderThreads of [0, 1, 3]) {
    const out = join(root, `threads-${loaderThreads}`)
    hashes.push((await finished({ ...at, out, loaderThreads, cacheMb: 8 * loaderThreads })).hash)
    const timing = JSON.parse(readFileSync(join(out, 'timing.json'), 'utf8'))
    expect(timing.loaderShare).toBeGreaterThanOrEqual(0)
    expect(timing.loaderShare).toBeLessThan(1)
    expect(timing.peakRssMib).toBeGreaterThan(50)
    expect(existsSync(join(out, 'tensorboard'))).toBe(true)
  }
  expect(new Set(hashes).size).toBe(1)
  const quiet = await finished({ ...at, out: join(root, 'quiet'), tensorboard: false })
  expect(quiet.hash).toBe(hashes[0])
  expect(existsSync(join(root, 'quiet', 'tensorboard'))).toBe(false)
}, 300_000)

test('damage in a file that only a loader thread reads stops the run with the file’s name', async () => {
  const { root, ...at } = await dataset()
  const options = { ...at, out: join(root, 'run') }
  // The survey is done, so that from now on only the loader reads frames.
  expect((await (await run(options, 6)).ended).signal).toBe('SIGKILL')
  const [logId] = (await readSplit(at.split)).logs('train')
  const opened = await openDataset(at.dataset)
  const file = join(at.dataset, opened.logs.find((log) => log.logId === logId)!.file)
  await opened.close()
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1] ^= 1
  writeFileSync(file, bytes)
  const { code, stderr } = await (await run(options)).ended
  expect(code).not.toBe(0)
  expect(stderr).toContain(`DataError: ${file}`)
  expect(stderr).toContain('not the bytes that were written')
})
