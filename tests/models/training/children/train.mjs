/**
 * Trains with the compiled sources: `train.mjs ROOT latent|dynamics OPTIONS [DIES_AT]`. Says each step whose batch it asks
 * for, with the memory and the tensors there are, and ends as if the power had failed when that is step DIES_AT. With
 * LEAKS in the environment it keeps a tensor of that many bytes a step.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [root, model, options, diesAt] = process.argv.slice(2)
const load = (...path) => import(pathToFileURL(join(root, 'models', ...path)).href)
const { EpochSampler } = await load('training', 'epochSampler.js')
const { tf } = await load('engine', 'tensorflow.js')
const { trainLatent, trainDynamics } = await load(model, 'train.js')

const { at } = EpochSampler.prototype
EpochSampler.prototype.at = function (step) {
  const rss = process.memoryUsage().rss
  process.stdout.write(`step ${step} ${rss} ${tf.memory().numTensors}\n`)
  if (process.env.LEAKS) tf.keep(tf.fill([Number(process.env.LEAKS) / 4], step))
  if (step === Number(diesAt ?? -1)) process.kill(process.pid, 'SIGKILL')
  return at.call(this, step)
}
const { hash, outputs } = await (trainLatent ?? trainDynamics)(JSON.parse(options))
process.stdout.write(`${JSON.stringify({ hash, outputs })}\n`)
