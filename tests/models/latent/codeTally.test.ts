import { expect, test } from 'vitest'
import { CodeTally } from '../../../models/latent/codeTally.js'
import { mutualInformation } from '../../../models/latent/mutualInformation.js'
import { stream } from '../../../pipeline/random.js'

/** M posteriors whose means are normal with that deviation, and whose own deviation is σ; one draw of each. */
function posteriors(M: number, deviations: number[], sigma: number, seed = 1) {
  const rng = stream(seed, 'posteriors')
  const c = deviations.length
  const mean = Float64Array.from({ length: M * c }, (_, d) => deviations[d % c] * rng.normal())
  const logvar = new Float64Array(M * c).fill(2 * Math.log(sigma))
  return { c, mean, logvar, draw: mean.map((value) => value + sigma * rng.normal()) }
}

test('mutual information is that of a Gaussian channel, ½ ln(1 + signal / noise)', () => {
  const { joint, perChannel } = mutualInformation(posteriors(2000, [1, 3, 0], 1))
  // ½ ln 2, ½ ln 10, 0, and their sum, since the channels are independent.
  const expected = [0.3466, 1.1513, 0]
  expected.forEach((nats, k) => {
    expect(Math.abs(perChannel[k] - nats)).toBeLessThan(0.05)
  })
  expect(Math.abs(joint - 1.4979)).toBeLessThan(0.08)
})

test('it is 0 where the posterior ignores the example, and ends at ln M where it names it', () => {
  expect(mutualInformation(posteriors(300, [0, 0], 1)).joint).toBeCloseTo(0, 10)
  const sure = mutualInformation(posteriors(300, [1, 1], 1e-6))
  expect(sure.joint).toBeCloseTo(Math.log(300), 6)
  expect(sure.limit).toBe(Math.log(300))
})

test('a code of one live and one dead channel: KL, active units, dimensions', () => {
  const shape = [4, 4, 2] as const
  const tally = new CodeTally(shape, 8, 1)
  const rng = stream(2, 'code')
  for (let frame = 0; frame < 8; frame++) {
    // Channel 0: mean N(0, 1), σ² = e⁻²; channel 1: the prior itself.
    const mean = Float64Array.from({ length: 32 }, (_, d) => (d % 2 === 0 ? rng.normal() : 0))
    const logvar = Float64Array.from({ length: 32 }, (_, d) => (d % 2 === 0 ? -2 : 0))
    tally.add({ name: `log/${frame}`, mean, logvar })
  }
  const means = tally.means()
  expect(means.active_units_covariance).toBe(1)
  expect(means.inactive_dimensions).toBe(0.5)
  expect(means['kl_dimension/p10']).toBe(0)
  // ½ (m² + e⁻² − 1 + 2), m² about 1: at least ½ (e⁻² + 1) = 0.57.
  expect(means['kl_dimension/p90']).toBeGreaterThan(0.57)
  expect(means['mutual_information_channel/1']).toBeCloseTo(0, 6)
  expect(means['mutual_information_channel/0']).toBeCloseTo(means.mutual_information, 6)
  // Signal 1, noise e⁻²: ½ ln(1 + e²) = 1.06, of 8 × 16 cells.
  expect(Math.abs(means.mutual_information - 1.06)).toBeLessThan(0.25)
  expect(means.mutual_information_limit).toBeCloseTo(Math.log(128), 12)
  // What is left of the KL is the divergence of the aggregate posterior, and that is nearly N(0, 1 + e⁻²).
  expect(means.aggregate_kl).toBeGreaterThan(-0.2)
  expect(means.aggregate_kl).toBeLessThan(0.3)
})

test('a mean that moves by less than a tenth over the data is no active unit', () => {
  const active = (deviation: number) => {
    const tally = new CodeTally([1, 1, 1], 2, 1)
    for (const sign of [1, -1]) tally.add({ name: `log/${sign}`, mean: [sign * deviation], logvar: [0] })
    return tally.means().active_units_covariance
  }
  // Variance 0.0121 and 0.0081 against 0.01.
  expect([active(0.11), active(0.09)]).toEqual([1, 0])
})

test('nothing was added: nothing is said', () => {
  expect(new CodeTally([2, 2, 2], 4, 1).means()).toEqual({})
})
