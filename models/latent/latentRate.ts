import { type Grid, voxelCount } from '../../pipeline/grid.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/** What a latent of one frame costs to store or send, bits. */
export interface LatentRate {
  /** As it is: h·w·c numbers of 16 bits. */
  float16Bits: number
  /**
   * Σ KL / ln 2, what a draw from the posterior costs against the prior with an ideal coder (bits back, Hinton & van Camp
   * 1993, https://doi.org/10.1145/168304.168306); null where the KL was not logged.
   */
  klBits: number | null
  /** The frame itself at log₂ K bits a voxel. */
  voxelBits: number
  /** How many times smaller than the voxels. */
  float16Ratio: number
  klRatio: number | null
}

/**
 * @param shape h, w, c
 * @param means logged means; `kl_channel/i` is the mean KL of a channel's places, nats
 */
export function latentRate(
  [h, w, c]: readonly [number, number, number],
  { grid, taxonomy }: { grid: Grid; taxonomy: DatasetTaxonomy },
  means: Readonly<Record<string, number>>,
): LatentRate {
  const voxelBits = voxelCount(grid) * Math.log2(taxonomy.classes.length)
  const nats = Array.from({ length: c }, (_, i) => means[`kl_channel/${i}`])
  const isKnown = nats.every((value) => value !== undefined)
  const klBits = isKnown ? (nats.reduce((sum, value) => sum + value, 0) * h * w) / Math.LN2 : null
  const float16Bits = h * w * c * 16
  return {
    ...{ float16Bits, klBits, voxelBits, float16Ratio: voxelBits / float16Bits },
    klRatio: klBits !== null && klBits > 0 ? voxelBits / klBits : null,
  }
}
