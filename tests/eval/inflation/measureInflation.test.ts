import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { inflationTable, type NearestTrainingFrame } from '../../../cli/inflationTable.js'
import { inflationDefaults, inflationPresets } from '../../../eval/inflation/inflationConfig.js'
import { measureInflation } from '../../../eval/inflation/measureInflation.js'
import { Trials } from '../../../eval/inflation/trainAndScore.js'
import { readMetrics } from '../../../eval/metricTable.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { EpochSampler } from '../../../models/training/epochSampler.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { tempFolder } from '../../support/tempFolder.js'
import { framesPerLog, testLogs, trainLogs, writeSecret } from './secretDataset.js'

const tiny = (change: Partial<typeof inflationDefaults> = {}) =>
  resolveConfig('inflation', inflationDefaults, inflationPresets, 'tiny', change)

async function folders(change: Partial<typeof inflationDefaults> = {}) {
  const root = tempFolder()
  const [dataset, split, out] = ['dataset', 'split', 'inflation'].map((name) => join(root, name))
  await writeSecret(dataset, split)
  return { root, dataset, split, out, config: tiny(change), seed: 1 }
}

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

test('planted: a class that only the test logs show is recalled by the leaky model alone, and the gain is shown', async () => {
  const at = await folders({ steps: 120 })
  const before = tf.memory().numTensors
  const manifest = await measureInflation(at)
  expect(tf.memory().numTensors).toBe(before)
  const [scored, train] = [(testLogs.length * framesPerLog) / 2, trainLogs.length * framesPerLog]
  expect(manifest.details.frames).toEqual({ scored, train, logs: testLogs.length })
  const rows = await readMetrics(join(at.out, 'metrics.parquet'))
  const value = (model: string, metric: string) =>
    rows.find((row) => row.model === model && row.metric === metric && row.slice === 'all')!
  expect(value('clean', 'rare_recall').value).toBeLessThan(0.1)
  expect(value('leaky', 'rare_recall').value).toBeGreaterThan(0.3)
  const gain = value('leaky − clean', 'rare_recall_inflation')
  expect(gain.value).toBeCloseTo(value('leaky', 'rare_recall').value! - value('clean', 'rare_recall').value!, 12)
  expect(gain.low).toBeGreaterThan(0)
  expect(gain.clusters).toBe(testLogs.length)
  // The train logs end 1, 2 and 3 km before the three test logs.
  const nearest = manifest.details.nearestTrainingFrame as NearestTrainingFrame
  expect(nearest.clean.within5M).toBe(0)
  expect(nearest.clean.medianM).toBeGreaterThan(900)
  expect(nearest.leaky).toMatchObject({ within5M: 1 })
  const said = inflationTable(rows, nearest)
  expect(said.filter((line) => line.startsWith('rare recall'))[1]).toMatch(/that much of the score is no skill/)
}, 120_000)

test('a run that was killed does no finished trial again, and leaves the bytes of one that was not', async () => {
  const at = await folders()
  await measureInflation(at)
  const killed = { ...at, out: join(at.root, 'killed') }
  const original = EpochSampler.prototype.at
  let calls = 0
  const sampler = vi.spyOn(EpochSampler.prototype, 'at').mockImplementation(function (
    this: EpochSampler,
    step: number,
  ) {
    calls++
    // Each trial has 20 steps: this is the third one's tenth.
    if (calls === 50) throw new Error('killed')
    return original.call(this, step)
  })
  await expect(measureInflation(killed)).rejects.toThrow('killed')
  calls = 100
  await measureInflation(killed)
  // The third and the fourth trial, and neither of the first two again.
  expect(calls - 100).toBe(40)
  sampler.mockRestore()
  const [one, other] = await Promise.all([at, killed].map(({ out }) => readFile(join(out, 'metrics.parquet'))))
  expect(other.equals(one)).toBe(true)
}, 120_000)

test('both models of a repeat start from one seed and see as many frames; each repeat has its own', async () => {
  const at = await folders({ repeats: 2, steps: 1 })
  const run = vi.spyOn(Trials.prototype, 'run')
  await measureInflation(at)
  const trials = run.mock.calls.map(([trial]) => trial)
  run.mockRestore()
  expect(trials.map(({ name }) => name)).toEqual(['clean-1', 'leaky-1', 'clean-2', 'leaky-2'])
  expect(trials[0].seed).toBe(trials[1].seed)
  expect(trials[2].seed).toBe(trials[3].seed)
  expect(trials[2].seed).not.toBe(trials[0].seed)
  for (const { train, scored } of trials) {
    expect(train).toHaveLength(trainLogs.length * framesPerLog)
    expect(scored).toEqual(trials[0].scored)
  }
}, 120_000)

test('settings that leave nothing to compare are refused', async () => {
  const at = await folders()
  for (const change of [{ steps: 0 }, { repeats: 0 }, { scoredShare: 1 }, { scoredShare: 0 }, { frames: -1 }])
    await expect(measureInflation({ ...at, config: tiny(change) })).rejects.toThrow(/inflation\./)
  await expect(measureInflation({ ...at, config: tiny({ latent: 'huge' }) })).rejects.toThrow(/no preset 'huge'/)
})

test('a split of another dataset is refused', async () => {
  const at = await folders()
  // Any other folder of ours has another hash than the dataset that was split.
  await expect(measureInflation({ ...at, dataset: at.split })).rejects.toThrow(/another dataset/)
})
