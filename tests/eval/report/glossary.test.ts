import { describe, expect, test } from 'vitest'
import { measures } from '../../../eval/measures/measures.js'
import { policies } from '../../../eval/metrics/policies.js'
import type { RunResults } from '../../../eval/report/runResults.js'
import { glossary } from '../../../eval/report/sections/glossary.js'
import { metricName } from '../../../eval/report/sections/metricName.js'
import { reconstruction } from '../../../eval/report/sections/reconstruction.js'
import { terms } from '../../../eval/report/sections/terms.js'
import { whenOf } from '../../../eval/report/slices.js'
import { metricRow } from '../../support/handmadeRows.js'
import { world } from '../measures/scene.js'

const explained = new Set(terms.flatMap(({ of }) => of ?? []))
const pageOf = (...metrics: string[]) =>
  glossary({ rows: metrics.map((metric) => ({ metric })) } as unknown as RunResults).markup

describe('the glossary', () => {
  test.each(Object.values(measures))('explains every metric of $name', (measure) => {
    const metrics = new Set(measure.values(world, policies.occlab).map(({ metric }) => metric))
    expect(metrics.size).toBeGreaterThan(0)
    expect([...metrics].filter((metric) => !explained.has(metric))).toEqual([])
  })

  test('explains no metric that nothing gives', () => {
    const known = new Set(
      Object.values(measures).flatMap((m) => m.values(world, policies.occlab).map(({ metric }) => metric)),
    )
    const ofProbes = ['r2', 'mae', 'balanced_accuracy', 'accuracy', 'selectivity', 'auroc', 'map']
    const ranks = ['recall_at_1', 'recall_at_5', 'recall_at_10', 'association_accuracy', 'true_future_first']
    expect([...explained].filter((metric) => !known.has(metric) && ![...ofProbes, ...ranks].includes(metric))).toEqual(
      [],
    )
  })

  test('shows what the page leans on', () => {
    expect(pageOf('vpq')).toContain('Panoptic quality')
    expect(pageOf('iou')).not.toContain('Panoptic quality')
    expect(pageOf('iou')).toContain('Bootstrap over logs')
  })
})

test('a reconstruction under a convention of its own is no line of the table of policies', () => {
  const of = (metric: string, policy: string) =>
    metricRow({ task: 'reconstruction', model: 'latent', horizonS: null, metric, policy })
  const { markup } = reconstruction({ rows: [of('iou', 'occlab'), of('ray_iou', 'rays')] } as unknown as RunResults)
  expect(markup).toContain('occlab')
  expect(markup).not.toContain('rays')
})

test('what is measured over whole windows is no reconstruction', () => {
  expect(whenOf({ task: 'forecast', horizonS: null })).toBe('all horizons')
  expect(whenOf({ task: 'forecast', horizonS: 2 })).toBe('2 s')
  expect(whenOf({ task: 'reconstruction', horizonS: null })).toBe('reconstruction')
})

test.each([
  ['iou', 'IoU'],
  ['miou_gain_over_copy', 'mIoU gain over copy'],
  ['boundary_mf1', 'boundary mF1'],
  ['ray_iou_2m', 'RayIoU at 2 m'],
  ['class_ray_iou', 'class RayIoU'],
  ['iou_lost_per_s', 'IoU lost per s'],
  ['map', 'mAP'],
  ['object_recall', 'object recall'],
])('%s is called %s', (metric, name) => {
  expect(metricName(metric)).toBe(name)
})
