import { expect, test } from 'vitest'
import type { MetricRow } from '../../../eval/metricRow.js'
import { probeRow } from '../../../eval/probes/probeRow.js'
import { summariseProbes } from '../../../eval/probes/probeSummary.js'

const line = {
  ...{ unit: 'ratio', countOf: 'frames', policy: 'linear probe', classPolicy: 'wanted: should beat chance' },
  ...{ population: 'some frames', dataset: 'd', split: 's', run: 'r' },
}
const row = (
  over: Partial<typeof line> & { model: string; metric: string; slice: string; className?: string },
  value: number,
) => probeRow({ ...line, ...over }, { value, count: 9 }, null)

const rows: MetricRow[] = [
  row({ model: 'latent', metric: 'r2', slice: 'ego_speed' }, 0.8),
  row({ model: 'chance', metric: 'r2', slice: 'ego_speed' }, 0),
  row({ model: 'latent', metric: 'mae', slice: 'ego_speed' }, 1.5),
  row({ model: 'control', metric: 'r2', slice: 'ego_speed' }, -0.1),
  row({ model: 'latent', metric: 'r2', slice: 'ego_speed, shots=1' }, 0.1),
  row({ model: 'latent', metric: 'r2', slice: 'ego_speed, shots=4' }, 0.2),
  row({ model: 'latent', metric: 'auroc', slice: 'risk_head', policy: 'linear head' }, 0.9),
  row({ model: 'plan alone', metric: 'auroc', slice: 'risk_head', policy: 'linear head' }, 0.7),
  row({ model: 'latent', metric: 'auroc', slice: 'class_presence', policy: 'each class', className: 'car' }, 0.6),
]

test('all that is said of one probe stands in one place', () => {
  const [probe, ...others] = summariseProbes(rows).probes
  expect(others).toEqual([])
  expect(probe).toMatchObject({ name: 'ego_speed', isShortcut: false, information: undefined })
  expect([probe.latent, probe.chance, probe.control, probe.error].map((of) => of?.value)).toEqual([0.8, 0, -0.1, 1.5])
  expect(probe.shots.map(({ frames, row: { value } }) => [frames, value])).toEqual([
    [1, 0.1],
    [4, 0.2],
  ])
})

test('another study stands beside what it is held against, class by class', () => {
  const { studies } = summariseProbes(rows)
  expect(
    studies.map(({ latent, beside }) => [latent.slice, latent.className, beside.map(({ model }) => model)]),
  ).toEqual([
    ['risk_head', null, ['plan alone']],
    ['class_presence', 'car', []],
  ])
})
