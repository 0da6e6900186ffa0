import type { Options } from 'yargs'

const described = {
  dataset: 'folder written by ingest',
  split: 'folder written by split',
  latent: 'run folder of the latent',
  latents: 'folder written by encode',
  dynamics: 'run folder of the dynamics',
}

/** The flags that name a stage's input folders. */
export function stageInputs(...names: (keyof typeof described)[]): Record<string, Options> {
  return Object.fromEntries(
    names.map((name) => [name, { type: 'string', demandOption: true, requiresArg: true, describe: described[name] }]),
  )
}
