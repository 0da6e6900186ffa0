import { expect, test } from 'vitest'
import type { FeatureTable } from '../../../../eval/probes/features.js'
import type { Probe } from '../../../../eval/probes/probe.js'
import { probes } from '../../../../eval/probes/probes.js'
import { classPresence } from '../../../../eval/probes/studies/classPresence.js'
import { fewShot } from '../../../../eval/probes/studies/fewShot.js'
import { mutualInformation } from '../../../../eval/probes/studies/mutualInformation.js'
import { selectivity } from '../../../../eval/probes/studies/selectivity.js'
import type { StudyContext } from '../../../../eval/probes/study.js'
import { identity } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'
import { classIndex } from '../../../../pipeline/taxonomy.js'
import { taxonomy } from './madeUp.js'

const classes = taxonomy.classes.length
const cone = classIndex(taxonomy, 'cone')

/** Ten frames a log; the first of six features is `signal`, the others are noise. A cone is there when it is positive. */
function table(name: string, count: number, targetOf: (signal: number) => number | string): FeatureTable {
  const rng = stream(13, name)
  const features = Float32Array.from({ length: 6 * count }, () => rng.normal())
  const rows = Array.from({ length: count }, (_, i) => i)
  const present = new Uint8Array(count * classes)
  for (const row of rows) present[row * classes + cone] = features[6 * row] > 0 ? 1 : 0
  return {
    ...{ features, width: 6, present, logs: rows.map((i) => `${name}-${Math.floor(i / 10)}`) },
    frames: rows.map((i) => ({ siteId: 'site', frameIndex: i % 10, cityFromEgo: identity })),
    targets: [rows.map((i) => targetOf(features[6 * i]))],
  }
}

function contextOf(probe: Probe, targetOf: (signal: number) => number | string): StudyContext {
  const features = { train: table('train', 200, targetOf), test: table('test', 200, targetOf) }
  const rest = { probes: [probe], seed: 1, resamples: 100, provenance: { dataset: 'd', split: 's', run: 'r' } }
  return { ...rest, features, dataset: { taxonomy } } as unknown as StudyContext
}

const yesNo = (signal: number) => (signal > 0 ? 'yes' : 'no')

test('a probe that reads what is there is selective: with shuffled labels it does no better than chance', async () => {
  const rows = await selectivity.run(contextOf(probes.pedestrianNear, yesNo))
  const [control, gap] = rows
  expect(control).toMatchObject({ model: 'control', metric: 'balanced_accuracy' })
  expect(control.value!).toBeLessThan(0.65)
  expect(gap).toMatchObject({ model: 'latent', metric: 'selectivity' })
  expect(gap.low!).toBeGreaterThan(0.25)
})

test('labels that have nothing to do with the latent leave nothing to select', async () => {
  let i = 0
  const [, gap] = await selectivity.run(contextOf(probes.pedestrianNear, () => ['yes', 'no'][i++ % 2]))
  expect(Math.abs(gap.value!)).toBeLessThan(0.15)
})

test('more labelled frames tell more; one of each class already something', async () => {
  const rows = await fewShot.run(contextOf(probes.pedestrianNear, yesNo))
  expect(rows.map(({ slice }) => slice)).toEqual([1, 4, 16, 64].map((n) => `pedestrian_within_20m, shots=${n}`))
  const [one, , , most] = rows.map(({ value }) => value!)
  expect(one).toBeGreaterThan(0.5)
  expect(most).toBeGreaterThan(one + 0.1)
  expect(most).toBeGreaterThan(0.9)
})

test('few shots of a regression are frames, not classes', async () => {
  const rows = await fewShot.run(contextOf(probes.egoSpeed, (signal) => 3 * signal))
  expect(rows[0].population).toMatch(/^3 draws of 1 training frames, scored on 200 frames/)
  expect(rows[3].value!).toBeGreaterThan(0.9)
})

test('two even classes that can be told apart hold nearly ln 2 nats, never more', async () => {
  const [row] = await mutualInformation.run(contextOf(probes.pedestrianNear, yesNo))
  expect(row).toMatchObject({ metric: 'information', unit: 'nat' })
  expect(row.value!).toBeGreaterThan(0.8 * Math.LN2)
  expect(row.value!).toBeLessThan(Math.LN2)
})

test('presence is asked of every class that is there often enough, and of no other', async () => {
  const rows = await classPresence.run(contextOf(probes.egoSpeed, () => 0))
  expect(rows.map(({ className }) => className)).toEqual(['cone'])
  expect(rows[0].value!).toBeGreaterThan(0.98)
})
