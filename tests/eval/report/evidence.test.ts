import { describe, expect, it } from 'vitest'
import { provenBest } from '../../../eval/report/evidence.js'
import { findings } from '../../../eval/report/findings.js'
import { inWords, shown, signed } from '../../../eval/report/numbers.js'
import type { RunResults } from '../../../eval/report/runResults.js'
import type { Manifest } from '../../../pipeline/manifest.js'
import { fleet } from '../../../pipeline/taxonomies/fleet.js'
import { handmadeRows, metricRow } from '../../support/handmadeRows.js'

const results = (rows = handmadeRows()): RunResults => ({
  rows,
  manifests: {},
  split: null,
  certificate: null,
  classes: fleet.classes,
  histories: {},
})
const forecast = (model: string, value: number, half: number) =>
  metricRow({ model, horizonS: 1, value, low: value - half, high: value + half })
const gain = (baseline: string, value: number, half: number) =>
  metricRow({ metric: `iou_gain_over_${baseline}`, horizonS: 1, value, low: value - half, high: value + half })

describe('the best of a horizon', () => {
  it('is the model when its paired gains over both baselines exclude zero, even where intervals meet', () => {
    const rows = [
      forecast('dynamics', 0.6, 0.1),
      forecast('copy', 0.5, 0.1),
      forecast('warp', 0.55, 0.1),
      gain('copy', 0.1, 0.02),
      gain('warp', 0.05, 0.02),
    ]
    expect(provenBest(rows, 'iou', 1)).toBe('dynamics')
  })

  it('is nobody when one paired gain holds zero, whatever the values say', () => {
    const rows = [
      forecast('dynamics', 0.6, 0.01),
      forecast('copy', 0.5, 0.01),
      forecast('warp', 0.55, 0.01),
      gain('copy', 0.1, 0.02),
      gain('warp', 0.05, 0.06),
    ]
    expect(provenBest(rows, 'iou', 1)).toBeUndefined()
  })

  it('is a baseline that beats the model paired and the other baseline by intervals apart', () => {
    const rows = [
      forecast('dynamics', 0.6, 0.1),
      forecast('copy', 0.4, 0.05),
      forecast('warp', 0.65, 0.1),
      gain('copy', 0.2, 0.1),
      gain('warp', -0.05, 0.02),
    ]
    expect(provenBest(rows, 'iou', 1)).toBe('warp')
  })

  it('needs intervals where nothing is paired, and someone to compare with', () => {
    expect(provenBest([forecast('dynamics', 0.6, 0.1), forecast('warp', 0.55, 0.1)], 'iou', 1)).toBeUndefined()
    expect(provenBest([forecast('dynamics', 0.6, 0.01), forecast('warp', 0.5, 0.01)], 'iou', 1)).toBe('dynamics')
    expect(provenBest([forecast('dynamics', 0.6, 0.01)], 'iou', 1)).toBeUndefined()
  })
})

describe('the findings', () => {
  const of = (tone: string, rows = handmadeRows()) =>
    findings(results(rows))
      .filter((each) => each.tone === tone)
      .map(({ what }) => what.replaceAll('\u00a0', ' '))

  it('say what is good, what is bad and what is open in the handmade story', () => {
    expect(of('good')).toEqual([
      'Beats copy and warp in IoU at 2, 3 s',
      'Beats copy and warp in mIoU at 2, 3 s',
      'Holds on 1 unseen rig of 3',
    ])
    expect(of('bad')).toEqual([
      'Loses to a baseline in IoU at 1 s',
      'Misses most rare-class voxels',
      'Worse than elsewhere: rig=south',
      'Fails the rig-holdout audit on 1 rig of 3',
      'The latent tells the rig: a shortcut a model can take',
    ])
    expect(of('unknown')).toEqual([
      'mIoU at 1 s cannot be told from a baseline',
      '1 slice has too few logs to be held against the rest',
      'Rig-holdout audit undecided for 1 rig of 3',
      'The split is not part of this run',
      '9 classes could not be measured',
    ])
  })

  it('say whether the scored frames were new to the models', () => {
    const scored = (remark: string | null): RunResults => {
      const metrics = { details: { trainedFrames: { rules: ['same-frame', 'near'], remark } } } as unknown as Manifest
      return { ...results([]), manifests: { metrics } }
    }
    expect(findings(scored(null))).toContainEqual({
      tone: 'good',
      what: 'No scored frame meets a training frame',
      evidence: 'compared by same-frame, near',
    })
    expect(findings(scored('scored although …'))).toContainEqual({
      tone: 'bad',
      what: 'The scored frames are not new to the models',
      evidence: 'scored although …',
    })
  })

  it('put the closest baseline’s interval and support beside the claim', () => {
    const [claim] = findings(results())
    expect(claim.evidence).toBe(
      '2 s: +0.060 [0.040, 0.080] over warp; 3 s: +0.090 [0.070, 0.110] over warp (120,000 voxels, 12 logs)',
    )
  })

  it('never call a rare class found that was not there', () => {
    const rows = handmadeRows().map((row) =>
      row.metric === 'rare_recall' ? metricRow({ ...row, value: null, count: 0, low: null, high: null }) : row,
    )
    expect(of('unknown', rows)).toContain('Rare-class recall is not applicable')
    expect(of('bad', rows)).not.toContain('Misses most rare-class voxels')
  })

  it('are silent about what was not evaluated', () => {
    expect(findings(results([]))).toEqual([expect.objectContaining({ what: 'The split is not part of this run' })])
  })
})

describe('numbers', () => {
  it('read alike everywhere, and zero has no sign', () => {
    expect([shown(0.5), shown(null), shown(-0.0001), shown(-0.25), shown(1.2345, 'm/s')]).toEqual([
      '0.500',
      'n/a',
      '0.000',
      '−0.250',
      '1.23 m/s',
    ])
    expect([signed(0.1), signed(-0.1), signed(null)]).toEqual(['+0.100', '−0.100', 'n/a'])
    expect(inWords(metricRow({ value: 0.5, low: null, high: null }))).toBe('0.500 [no interval]')
  })
})
