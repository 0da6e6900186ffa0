import { occupancyBatch } from '../../../models/batch.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { latents } from '../../../models/latent/latents.js'
import { type GridName, gridNamed } from '../../../pipeline/grid.js'
import { streetFrame, taxonomy } from '../latent/scenes.js'

/** The preset that goes with a grid; the defaults are chosen on `compact`. */
const presets = { compact: {}, occ3d: latentPresets.occ3d } satisfies Partial<Record<GridName, object>>

export type WholeGrid = keyof typeof presets

/** What an untrained latent says of one frame of a whole grid, and how long it took to encode and decode it. */
export interface WholeGridOutputs {
  /** [1, h, w, c] */
  mean: Float32Array
  /** [1, X, Y, Z] */
  classes: Int32Array
  /** Milliseconds, the best of all runs: the first also compiles. */
  bestMs: number
  backend: string
  leaked: number
}

/** Encodes and decodes on the backend in use, in Node or in a page: the same seed starts the same model everywhere. */
export function wholeGrid(name: WholeGrid, runs: number): WholeGridOutputs {
  const before = tf.memory().numTensors
  const grid = gridNamed(name)
  const even = taxonomy.classes.map(() => 1)
  const spec = {
    config: { ...latentDefaults, ...presets[name] },
    grid,
    taxonomy,
    classCounts: even,
    classWeights: even,
  }
  const model = latents.vae({ ...spec, precision: 'float32', seed: 5 })
  // Residual branches start as nothing; here they take part.
  for (const { name: of, variable } of model.parameters.all)
    if (of.endsWith('second.filter')) tf.tidy(() => variable.assign(tf.fill(variable.shape, 1e-3)))
  const batch = occupancyBatch([streetFrame(grid, 2, 'held out')], grid)
  const done = Array.from({ length: runs }, () => {
    const startMs = performance.now()
    const [mean, classes] = tf.tidy(() => {
      const mode = model.encode(batch).mode()
      return [mode.dataSync<'float32'>().slice(), model.classes(mode).dataSync<'int32'>().slice()] as const
    })
    return { mean, classes, tookMs: performance.now() - startMs }
  })
  batch.dispose()
  model.dispose()
  const { mean, classes } = done[runs - 1]
  const bestMs = Math.min(...done.map(({ tookMs }) => tookMs))
  return { mean, classes, bestMs, backend: tf.getBackend(), leaked: tf.memory().numTensors - before }
}
