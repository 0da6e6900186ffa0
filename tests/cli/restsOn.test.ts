import { expect, test } from 'vitest'
import { auditTable } from '../../cli/auditTable.js'
import { headlineTable } from '../../cli/headline.js'
import { probeTable } from '../../cli/probeTable.js'
import type { MetricRow } from '../../eval/metricRow.js'
import { metricRow } from '../support/handmadeRows.js'

const hashes = { split: `07c8d3957c52${'0'.repeat(52)}`, dataset: `eb0523635a66${'0'.repeat(52)}` }
const row = (patch: Partial<MetricRow>) => metricRow({ ...hashes, clusters: 2, ...patch })
const of = 'test part of split 07c8d3957c52, dataset eb0523635a66'

/** No table of numbers without its split, mask, policy and interval: each ends with them. */
test.each([
  [
    'scores',
    headlineTable([row({ measure: 'occupancy', horizonS: 1 })]),
    [of, /^policy occlab: mask observed; /, /bootstrap over 2 logs/],
  ],
  [
    'probes',
    probeTable([row({ task: 'probe', model: 'latent', metric: 'r2', slice: 'ego_speed', mask: 'none' })]),
    [`${of}; mask none`, 'in brackets 95 % intervals: bootstrap over logs, 2 at most'],
  ],
  [
    'audits',
    auditTable([row({ task: 'audit', metric: 'iou_gap', slice: 'rig=sedan', verdict: 'pass', clusters: 3 })]),
    [of, /^policy occlab: mask observed; /, 'in brackets 95 % intervals: bootstrap over logs, 3 at most'],
  ],
])('%s', (_name, lines, said) => {
  for (const words of said)
    expect(lines).toContainEqual(typeof words === 'string' ? words : expect.stringMatching(words))
})

test('without numbers there is nothing to say', () => {
  expect(auditTable([])).toEqual(['no audits'])
  expect(probeTable([])).toEqual(['no probes'])
})
