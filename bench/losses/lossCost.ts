import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { sparseCrossEntropy } from '../../models/engine/sparseCrossEntropy.js'
import { tf } from '../../models/engine/tensorflow.js'
import { latentDefaults } from '../../models/latent/config.js'
import { boundaryVoxels } from '../../models/losses/boundaryVoxels.js'
import { focal } from '../../models/losses/focal.js'
import { lovaszSoftmax } from '../../models/losses/lovaszSoftmax.js'
import { sampleRows } from '../../models/losses/sampleRows.js'
import { grids, voxelCount } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import type { Bench, Measured } from '../bench.js'
import { byTurns, cpuOf, median } from '../rounds.js'

const grid = grids.occ3d
const [N, K] = [voxelCount(grid), 18]

/** A frame of the occ3d grid: four voxels of five free, half of them observed. */
interface CostScene {
  logits: Tensor2D
  labels: Int32Array
  classes: Tensor1D
  counted: Uint8Array
}

export const lossCost: Bench = {
  name: 'losses-cost',
  question: 'What do the terms of the loss cost on a frame of the occ3d grid (640,000 voxels, 18 classes)?',
  async run() {
    const scene = costScene()
    const sides = Object.entries(costs(scene))
    const times = await byTurns(
      sides.map(([, run]) => ({ cpuS: () => cpuOf(run) })),
      5,
    )
    tf.dispose([scene.logits, scene.classes])
    return sides.map(([what], i): Measured => {
      const ms = times[i].map((s) => 1e3 * s)
      return { what, value: median(ms), unit: 'ms of processor time', target: null }
    })
  },
}

function costScene(): CostScene {
  const rng = stream(1, 'loss cost')
  const labels = Int32Array.from({ length: N }, () => (rng.float() < 0.8 ? K - 1 : rng.int(K - 1)))
  return {
    logits: tf.randomNormal([N, K], 0, 2, 'float32', 1),
    labels,
    classes: tf.tensor1d(labels, 'int32'),
    counted: Uint8Array.from({ length: N }, () => rng.int(2)),
  }
}

function costs({ logits, labels, classes, counted }: CostScene): Record<string, () => void> {
  /** Value and gradient. */
  const both = (loss: (x: Tensor2D) => Scalar) => () =>
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x: Tensor) => loss(x as Tensor2D))(logits)
      value.dataSync()
      tf.slice(grad, [0, 0], [1, 1]).dataSync()
    })
  const sampled = (x: Tensor2D) => {
    const rows = sampleRows(counted, latentDefaults.lovaszVoxels, 1, 0)
    const some = tf.gather(x, tf.tensor1d(rows, 'int32'))
    return lovaszSoftmax(
      some,
      rows.map((row) => labels[row]),
    )
  }
  return {
    'cross-entropy': both((x) => tf.mean(sparseCrossEntropy(x, classes))),
    'focal instead': both((x) => tf.mean(focal(sparseCrossEntropy(x, classes), 2))),
    'Lovász-softmax, all voxels': both((x) => lovaszSoftmax(x, labels)),
    'Lovász-softmax, 131,072 of them': both(sampled),
    'errors sorted instead, without a gradient': () => tf.tidy(() => sortErrors(logits)),
    'boundary voxels': () => void boundaryVoxels(labels, counted, grid.dims),
  }
}

/** What the published Lovász-softmax begins with. */
function sortErrors(logits: Tensor2D): void {
  const p = tf.softmax(logits)
  for (let k = 0; k < K; k++) tf.topk(tf.reshape(tf.slice(p, [0, k], [N, 1]), [-1]), N).values.dataSync()
}
