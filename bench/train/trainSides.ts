import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkout } from '../checkout.js'
import { Side } from './side.js'
import type { TrainData } from './trainData.js'
import { peerSpec } from './trainSpec.js'

const threads = availableParallelism()

/** Ways to run the same PyTorch model; `bench/peers/train.py` says what they are. */
export const variants = ['float32', 'bfloat16', 'compiled'] as const
export type Variant = (typeof variants)[number]

/** Where PyTorch is, installed once a user; null with the reason printed where it cannot be had. */
export async function providePyTorch(): Promise<NodeJS.ProcessEnv | null> {
  const scripts = (file: string) => pathToFileURL(join(checkout, 'scripts', file)).href
  const { providePython } = (await import(scripts('peers.mjs'))) as typeof import('../../scripts/peers.mjs')
  const { createReporter } = await import(scripts('reporter.mjs'))
  const reporter = createReporter(process.stderr)
  try {
    return await providePython(reporter, 'training')
  } catch (error) {
    reporter.missing('PyTorch', `${(error as Error).message}; occlab is measured alone`)
    return null
  }
}

/** Occlab with a model of its own, open. */
export async function ourSide({ folder, spec, train, test }: TrainData): Promise<Side> {
  const side = new Side('occlab', [process.execPath, join(import.meta.dirname, 'ourSide.js')], {})
  await side.ask('open', { folder, frames: train.length + test.length, spec })
  return side
}

/** PyTorch with a model of its own, open. Throws where that variant does not run here. */
export async function peerSide(
  data: TrainData,
  { model, variant, learningRate }: { model: 'vae' | 'occworld'; variant: Variant; learningRate: number },
  env: NodeJS.ProcessEnv,
): Promise<Side> {
  // Threads that wait asleep: on a machine that others use too, PyTorch is several times faster so.
  const own = {
    OMP_WAIT_POLICY: 'PASSIVE',
    PYTHONDONTWRITEBYTECODE: '1',
    TORCHINDUCTOR_CACHE_DIR: join(data.folder, 'inductor'),
  }
  const side = new Side(`PyTorch ${variant}`, ['python3', join(checkout, 'bench', 'peers', 'train.py')], {
    ...env,
    ...own,
  })
  const spec = { ...peerSpec(data.spec), learningRate }
  await side.ask('open', { folder: data.folder, model, variant, spec, threads })
  return side
}

/** The variants that run here; what does not is said. None where PyTorch is there and does not load. */
export async function openAll(
  data: TrainData,
  model: 'vae' | 'occworld',
  wanted: readonly Variant[],
  env: NodeJS.ProcessEnv,
): Promise<Side[]> {
  const sides: Side[] = []
  for (const variant of wanted)
    try {
      const side = await peerSide(data, { model, variant, learningRate: 1e-3 }, env)
      await side.ask('train', { batches: [[data.train[0]]], learningRates: [1e-3] })
      sides.push(side)
    } catch (error) {
      process.stderr.write(`PyTorch ${variant} does not run here: ${(error as Error).message.slice(-300)}\n`)
    }
  return sides
}

export function closeAll(sides: readonly Side[]): void {
  for (const side of sides) side.close()
}
