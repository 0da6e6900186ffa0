import { UsageError } from '../../pipeline/errors.js'
import type { DynamicsFamily } from './dynamicsModel.js'
import { Rssm } from './rssm.js'

/** All dynamics models, by the name that `model` in the configuration takes. */
export const dynamics = {
  rssm: ({ shape, config, seed }) => new Rssm(shape, config, seed),
} satisfies Record<string, DynamicsFamily>

/** Looks a model up. Throws UsageError that lists them. */
export function dynamicsNamed(name: string): DynamicsFamily {
  const family = (dynamics as Record<string, DynamicsFamily>)[name]
  if (!family) throw new UsageError(`no dynamics model '${name}'`, { expected: Object.keys(dynamics).join(' | ') })
  return family
}
