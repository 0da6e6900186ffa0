import { classWeights } from '../../models/latent/classWeights.js'
import { type LatentConfig, latentDefaults, latentPresets } from '../../models/latent/config.js'
import type { LatentSpec } from '../../models/latent/latentModel.js'
import type { Grid } from '../../pipeline/grid.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/** The tokenizer that is measured. The KL has its full weight from the start, so that every step costs the same. */
export const config: LatentConfig = { ...latentDefaults, ...latentPresets.occ3d, klWarmupSteps: 0 }

/** All of a latent but its precision, which our side chooses in its own process. */
export type BenchSpec = Omit<LatentSpec, 'precision'>

export function latentSpec(grid: Grid, taxonomy: DatasetTaxonomy, classCounts: number[]): BenchSpec {
  return { config, grid, taxonomy, classCounts, classWeights: classWeights(classCounts, taxonomy, config), seed: 1 }
}

/** The same for PyTorch. */
export function peerSpec({ grid, classWeights: weights }: BenchSpec): object {
  return { ...config, Z: grid.dims[2], classWeights: weights }
}

/** Learning rates of a run: a short warm-up, then half a cosine. */
export function learningRates(steps: number, peak: number): number[] {
  const warm = Math.max(1, Math.round(steps / 20))
  return Array.from({ length: steps }, (_, s) =>
    s < warm
      ? (peak * (s + 1)) / warm
      : peak * (0.05 + 0.475 * (1 + Math.cos((Math.PI * (s - warm)) / (steps - warm)))),
  )
}

/** Multiplications and additions of one training step of one frame in its matrix products, counted as two. */
export function flopsOfStep(
  { width: d, channels: c, embedding: e, voxelFeatures: f, patch, encoderBlocks, decoderBlocks }: LatentConfig,
  [X, Y, Z]: readonly number[],
  K: number,
): number {
  const cells = (X / patch) * (Y / patch)
  const n = patch ** 2 * Z
  const blocks = (encoderBlocks + decoderBlocks) * 2 * 9 * d * d
  const products = cells * (n * e * d + d * 2 * c + 9 * c * d + d * n * f + blocks) + cells * n * f * K
  // Forward, the gradient of the weights and that of the input, which here every layer has.
  return 3 * 2 * products
}
