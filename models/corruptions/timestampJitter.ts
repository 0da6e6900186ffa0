import type { EgoMotion } from '../../pipeline/schema.js'
import { type Corruption, copyOf } from './corruption.js'
import { type Affine, resampled } from './resample.js'

/** A turning scanner sends its points in packets, each a sector of the turn with a stamp of its own. */
const sectors = 16

/**
 * Stamps that are off by a normal error, one for each of 16 sectors of a turn (temporal misalignment in Dong et al.
 * 2023, https://arxiv.org/abs/2303.11040; motion blur in Robo3D, https://arxiv.org/abs/2303.17597). A sector measured
 * δ seconds late holds the static world as the ego saw it δ later: moved against the ego's velocity and turned against
 * its yaw rate, both taken from the motion since the frame before. Sectors err by different amounts, which smears the
 * grid along the motion. Movers are moved like the rest. A frame whose motion is unknown stays as it is.
 */
export const timestampJitter: Corruption = {
  unit: 's',
  most: 1,
  apply(view, deviationS, scene, rng) {
    const errorsS = Array.from({ length: sectors }, () => deviationS * rng.normal())
    const { egoMotion } = scene
    if (egoMotion === null || egoMotion.dtS <= 0) return copyOf(view)
    const sources = errorsS.map((errorS) => sourceAfter(egoMotion, errorS))
    return resampled(view, scene, (x, y) => sources[sectorOf(x, y)])
  },
}

function sectorOf(x: number, y: number): number {
  const turns = Math.atan2(y, x) / (2 * Math.PI) + 0.5
  return Math.min(sectors - 1, Math.floor(turns * sectors))
}

/** From where a point came that was measured `errorS` late: p = R(ω·δ)·p′ + v·δ in the ego's present axes. */
function sourceAfter({ dxM, dyM, dzM, dyawRad, dtS }: EgoMotion, errorS: number): Affine {
  const share = errorS / dtS
  // The motion is given in the axes of the frame before.
  const [c, s] = [Math.cos(dyawRad), Math.sin(dyawRad)]
  const [forwardM, leftM] = [c * dxM + s * dyM, -s * dxM + c * dyM]
  const [cos, sin] = [Math.cos(dyawRad * share), Math.sin(dyawRad * share)]
  return Float64Array.of(cos, -sin, 0, forwardM * share, sin, cos, 0, leftM * share, 0, 0, 1, dzM * share)
}
