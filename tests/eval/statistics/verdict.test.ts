import { describe, expect, it } from 'vitest'
import { clusterBootstrap, mean } from '../../../eval/statistics/bootstrap.js'
import { type Evidence, type Gate, verdict } from '../../../eval/statistics/verdict.js'
import { stream } from '../../../pipeline/random.js'

const evidence: Evidence = { value: 0.6, low: 0.55, high: 0.66, clusters: 20, count: 500 }
const gate: Gate = { threshold: 0.5, direction: 'at least', minimumClusters: 10 }

describe('verdict', () => {
  it.each([
    ['the interval is above the floor', {}, {}, 'pass', '0.6 [0.55, 0.66] is at least 0.5.'],
    ['its low end touches the floor', { low: 0.5 }, {}, 'pass', 'is at least 0.5'],
    ['the interval is under the floor', { value: 0.4, low: 0.3, high: 0.49 }, {}, 'fail', 'is not at least 0.5'],
    ['the interval straddles the floor', { low: 0.45 }, {}, 'insufficient-support', 'straddles the threshold 0.5'],
    ['its high end touches the floor', { value: 0.4, low: 0.3, high: 0.5 }, {}, 'insufficient-support', 'straddles'],
    ['the interval is under the ceiling', {}, { threshold: 0.7, direction: 'at most' }, 'pass', 'is at most 0.7'],
    ['the interval is above the ceiling', {}, { direction: 'at most' }, 'fail', 'is not at most 0.5'],
    ['the interval straddles the ceiling', {}, { threshold: 0.6, direction: 'at most' }, 'insufficient-support', 'str'],
    ['logs are too few', { clusters: 9 }, {}, 'insufficient-support', '9 of the 10 clusters'],
    ['voxels are too few', { count: 40 }, { minimumCount: 50 }, 'insufficient-support', '40 of the 50 voxels'],
    ['there is no interval', { low: null, high: null }, {}, 'insufficient-support', 'no confidence interval'],
    ['the value decides and is enough', { low: 0.1 }, { decideBy: 'value' }, 'pass', '0.6 is at least 0.5.'],
    ['the value decides and is not', { value: 0.4 }, { decideBy: 'value' }, 'fail', '0.4 is not at least 0.5.'],
    ['nothing bears on it', { value: null, low: null, high: null, clusters: 0 }, {}, 'not-applicable', 'Nothing'],
  ] as const)('%s', (_, changed, required, expected, reason) => {
    const result = verdict({ ...evidence, ...changed }, { ...gate, ...required })
    expect(result.verdict).toBe(expected)
    expect(result.reason).toContain(reason)
    expect(result.reason).toMatch(/^\S.*\.$/)
  })

  it('takes an interval of the bootstrap as it is, and counts only the clusters that support it', () => {
    const clusters = [
      ...Array.from({ length: 5 }, (_, i) => [8 + i / 10, 10]),
      ...Array.from({ length: 20 }, () => [0, 0]),
    ]
    const interval = clusterBootstrap(clusters, mean, { rng: stream(1) })
    expect(verdict(interval, { ...gate, minimumClusters: 5 }).verdict).toBe('pass')
    expect(verdict(interval, gate).reason).toContain('5 of the 10 clusters')
  })
})
