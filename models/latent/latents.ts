import { UsageError } from '../../pipeline/errors.js'
import type { LatentFamily } from './latentModel.js'
import { vae } from './vae.js'

/** All latent families, by the name that `family` in the configuration takes. */
export const latents = { vae } satisfies Record<string, LatentFamily>

/** Looks a family up. Throws UsageError that lists them. */
export function latentNamed(name: string): LatentFamily {
  const family = (latents as Record<string, LatentFamily>)[name]
  if (!family) throw new UsageError(`no latent family '${name}'`, { expected: Object.keys(latents).join(' | ') })
  return family
}
