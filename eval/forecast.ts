import { actionOf, actionSize } from '../models/dynamics/actions.js'
import type { DynamicsModel } from '../models/dynamics/dynamicsModel.js'
import { forecast } from '../models/dynamics/forecast.js'
import type { Window } from '../models/dynamics/windows.js'
import { type Tensor3D, type Tensor4D, type Tensor5D, tf } from '../models/engine/tensorflow.js'
import type { LatentModel } from '../models/latent/latentModel.js'
import type { EgoMotion } from '../pipeline/schema.js'
import { decodeGrids, gridsOf } from './reconstruct.js'

/** What the model says of the frame `steps` after the last one it saw. */
export interface Forecast {
  steps: number
  /** [X·Y·Z] class indices. */
  predicted: Uint8Array
  /** Probability that a voxel is occupied, [X·Y·Z]. */
  occupied: Float32Array
}

/** The latents and motions of a log, by place in the log. */
export interface LogLatents {
  /** [h, w, c] float32, c fastest */
  mean(place: number): Float32Array
  /** The motion that led to the frame; null where none is known. */
  past(place: number): EgoMotion | null
  /** The motions to forecast under, after the frame at `last`. */
  future(last: number): readonly (EgoMotion | null)[]
}

export interface ForecastRule {
  past: number
  future: number
  /** Steps ahead that are decoded. */
  steps: readonly number[]
  /** Index of the class that means empty. */
  free: number
  /** Draws a random future; left out: the most likely one. */
  seed?: number
}

/**
 * Rolls the dynamics over a batch of windows of one log and decodes the steps asked for.
 * Every window's `first` counts from the log's own first frame. Returns the forecasts of each window, in order of steps.
 */
export function forecastWindows(
  models: { latent: LatentModel; dynamics: DynamicsModel },
  windows: readonly Window[],
  log: LogLatents,
  { past, future, steps, free, seed }: ForecastRule,
): Forecast[][] {
  const [h, w, c] = models.latent.shape
  const places = windows.map(({ first }) => first)
  const seen = concatenated(places, past, (place) => log.mean(place))
  const seenActions = concatenated(places, past, (place) => actionOf(log.past(place)))
  const aheadActions = Float32Array.from(places.flatMap((first) => log.future(first + past - 1).flatMap(actionOf)))
  const decoded = tf.tidy(() => {
    const z = tf.tensor5d(seen, [windows.length, past, h, w, c]) as Tensor5D
    const before = tf.tensor3d(seenActions, [windows.length, past, actionSize]) as Tensor3D
    const after = tf.tensor3d(aheadActions, [windows.length, future, actionSize]) as Tensor3D
    const ahead = forecast(models.dynamics, z, before, after, seed)
    return steps.map((step) =>
      decodeGrids(
        models.latent,
        tf.squeeze(tf.slice(ahead, [0, step - 1, 0, 0, 0], [-1, 1, -1, -1, -1]), [1]) as Tensor4D,
        free,
      ),
    )
  })
  const byStep = decoded.map(gridsOf)
  return windows.map((_, i) => byStep.map((grids, s) => ({ steps: steps[s], ...grids[i] })))
}

function concatenated(places: number[], length: number, at: (place: number) => ArrayLike<number>): Float32Array {
  const parts = places.flatMap((place) => Array.from({ length }, (_, t) => at(place + t)))
  const size = parts[0].length
  const flat = new Float32Array(parts.length * size)
  parts.forEach((part, i) => {
    flat.set(part, i * size)
  })
  return flat
}
