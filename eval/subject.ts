import type { DynamicsModel } from '../models/dynamics/dynamicsModel.js'
import { loadDynamics } from '../models/dynamics/load.js'
import type { LatentModel } from '../models/latent/latentModel.js'
import { type Latents, openLatents } from '../models/latent/latentsFolder.js'
import { loadLatent } from '../models/latent/load.js'
import { type Dataset, openDataset } from '../pipeline/dataset.js'
import { UsageError } from '../pipeline/errors.js'
import { readSplit, type Split } from '../pipeline/splits/readSplit.js'

/** Everything an evaluation looks at, open. */
export interface Subject {
  dataset: Dataset
  split: Split
  /** Logs that have frames in the scored part. */
  logIds: string[]
  latent: LatentModel
  dynamics: DynamicsModel
  latents: Latents
  close(): Promise<void>
}

/** Opens the folders of an evaluation. Throws UsageError when no log is in the part. */
export async function openSubject(options: {
  dataset: string
  split: string
  latent: string
  latents: string
  dynamics: string
  config: { part: string }
}): Promise<Subject> {
  const split = await readSplit(options.split)
  const logIds = split.logs(options.config.part as never)
  if (logIds.length === 0)
    throw new UsageError(`no log is in part '${options.config.part}' of the split`, { file: options.split })
  const dataset = await openDataset(options.dataset)
  const { model: latent } = await loadLatent(options.latent)
  const { model: dynamics } = await loadDynamics(options.dynamics)
  const latents = await openLatents(options.latents)
  const close = async () => {
    latent.dispose()
    dynamics.dispose()
    await latents.close()
    await dataset.close()
  }
  return { dataset, split, logIds, latent, dynamics, latents, close }
}
