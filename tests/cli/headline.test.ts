import { describe, expect, test } from 'vitest'
import { headlineTable } from '../../cli/headline.js'
import type { MetricRow } from '../../eval/metricRow.js'
import { leadingRows } from '../../eval/report/rows.js'
import { metricRow } from '../support/handmadeRows.js'

const forecast = (patch: Partial<MetricRow>) =>
  metricRow({ task: 'forecast', model: 'dynamics', horizonS: 1, slice: 'all', className: null, ...patch })
const iou = forecast({ metric: 'iou', measure: 'occupancy', policy: 'occworld', value: 0.5, low: 0.4, high: 0.6 })
const rays = forecast({ metric: 'ray_iou', measure: 'rays', policy: 'rays', value: 0.25 })

describe('the table that evaluation ends with', () => {
  test('is of the occupancy, also where a measure without policies was counted before it', () => {
    const lines = headlineTable([rays, iou])
    expect(lines).toContainEqual(expect.stringMatching(/^forecast 1 s +dynamics +0\.500 \[0\.400, 0\.600\]$/))
    expect(lines).toContainEqual(expect.stringMatching(/^policy occworld: /))
  })

  test('has each policy beside it, every number with its interval, and says what the policy is', () => {
    const policy = {
      policy: 'occlab',
      mask: 'observed',
      classPolicy: 'all classes but free',
      value: 0.75,
      low: 0.7,
      high: 0.8,
    }
    const lines = headlineTable([iou, forecast({ metric: 'iou', measure: 'occupancy', ...policy })])
    expect(lines).toContainEqual(expect.stringMatching(/^occworld +1 s +0\.500 \[0\.400, 0\.600\]$/))
    expect(lines).toContainEqual(expect.stringMatching(/^occlab +1 s +0\.750 \[0\.700, 0\.800\]$/))
    expect(lines).toContain('occlab: mask observed; all classes but free')
  })

  test('says of a whole window that it is of all horizons, and no reconstruction', () => {
    const worse = { value: 0.1, low: 0.05, high: 0.15, better: 'lower', p: 0.001, pHolm: 0.002 } as const
    const rest = { metric: 'iou_lost_per_s_minus_rest', policy: 'occworld', slice: 'rig=north', horizonS: null }
    expect(headlineTable([iou, forecast({ ...rest, ...worse })])).toContainEqual(
      'worse than elsewhere: rig=north, iou_lost_per_s, all horizons: 0.100 [0.050, 0.150], p 0.002 (Holm)',
    )
  })
})

test('a convention of a measure’s own leads only where there is nothing else', () => {
  expect(leadingRows([rays, iou])).toEqual([iou])
  expect(leadingRows([rays])).toEqual([rays])
})
