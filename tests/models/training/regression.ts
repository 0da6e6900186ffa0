import type { Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-core'
import { tf } from '../../../models/engine/tensorflow.js'
import { loopDefaults } from '../../../models/training/loopConfig.js'
import { weightedSum } from '../../../models/training/lossTerms.js'
import { Parameters } from '../../../models/training/parameters.js'
import type { Training, TrainingBatch } from '../../../models/training/training.js'
import { seedOf } from '../../../pipeline/random.js'

export interface RegressionBatch extends TrainingBatch {
  x: Tensor2D
}

/** A two-layer regression with noise in its loss, so that a resumed run must find the streams where they were. */
export function regressionRun(dir: string): { run: Training<RegressionBatch>; parameters: Parameters } {
  const parameters = new Parameters(3)
  const first = parameters.make('first', [4, 8], { normal: 0.5 }) as Variable
  const second = parameters.make('second', [8, 1], { normal: 0.5 }) as Variable
  const prepare = async (number: number) => (): RegressionBatch => {
    const x: Tensor2D = tf.randomNormal([16, 4], 0, 1, 'float32', seedOf(3, 'batch', number))
    return { x, frames: [`log/${number}`], dispose: () => x.dispose() }
  }
  const loss = ({ x }: RegressionBatch, step: number) => {
    const noise = tf.randomNormal([16, 1], 0, 0.1, 'float32', seedOf(3, 'noise', step))
    const hidden = tf.tanh(tf.matMul(x, first as unknown as Tensor2D))
    const error = tf.sub(tf.add(tf.matMul(hidden, second as unknown as Tensor2D), noise), tf.sum(x, 1, true))
    const square = tf.mean(tf.square(error)) as Scalar
    return weightedSum({ square, absolute: tf.mean(tf.abs(error)) as Scalar }, { square: 1, absolute: 0.1 })
  }
  const run: Training<RegressionBatch> = {
    label: 'test',
    work: { dir, stateDir: dir },
    parameters,
    config: { ...loopDefaults, steps: 12, warmupSteps: 3, logEvery: 4, validateEvery: 6, checkpointEvery: 5 },
    batches: { prepare },
    loss,
    validation: { count: 2, batches: { prepare: (i) => prepare(1000 + i) }, loss },
  }
  return { run, parameters }
}
