import { UsageError } from '../pipeline/errors.js'

/** Two content hashes that must be one, where shapes would fit all the same. */
export interface Kinship {
  /** What is wrong where they differ, and the folder that says so. */
  problem: string
  file: string
  expected: string
  actual: string
}

/** Throws UsageError for the first pair that differs: such folders would pair up without an error and mean nothing. */
export function refuseStrangers(pairs: readonly Kinship[]): void {
  for (const { problem, file, expected, actual } of pairs)
    if (expected !== actual)
      throw new UsageError(problem, { file, expected: expected.slice(0, 12), actual: actual.slice(0, 12) })
}

/** What latents must be: made of this dataset, by this latent. `inputs` stand in their manifest. */
export function kinshipOfLatents(
  file: string,
  inputs: Readonly<Record<string, { hash: string }>>,
  { dataset, latent }: Readonly<Record<string, string>>,
): Kinship[] {
  return [
    { problem: 'the latents are of another dataset', file, expected: dataset, actual: inputs.dataset.hash },
    { problem: 'another latent made the latents', file, expected: latent, actual: inputs.latent.hash },
  ]
}
