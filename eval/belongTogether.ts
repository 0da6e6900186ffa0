import { UsageError } from '../pipeline/errors.js'
import { readManifest } from '../pipeline/manifest.js'

/**
 * Refuses latents that were not made of this dataset by this latent, and dynamics that learned another latent's: all have
 * one shape, so they would pair up without an error and mean nothing.
 *
 * @param folders - of `encode`, and of `train dynamics` where forecasts are scored.
 * @param hashes - of the dataset and the latent's folder.
 * @throws UsageError that names the folder.
 */
export async function refuseStrangers(
  { latents, dynamics }: { latents: string; dynamics?: string },
  { dataset, latent }: Readonly<Record<string, string>>,
): Promise<void> {
  const { inputs } = await readManifest(latents, 'encode')
  const learned = dynamics === undefined ? null : (await readManifest(dynamics, 'train-dynamics')).inputs
  const pairs = [
    { problem: 'the latents are of another dataset', file: latents, expected: dataset, actual: inputs.dataset.hash },
    { problem: 'another latent made the latents', file: latents, expected: latent, actual: inputs.latent.hash },
    ...(learned
      ? [
          {
            problem: 'the dynamics learned another latent',
            file: dynamics,
            expected: latent,
            actual: learned.latent.hash,
          },
        ]
      : []),
  ]
  for (const { problem, file, expected, actual } of pairs)
    if (expected !== actual)
      throw new UsageError(problem, { file, expected: expected.slice(0, 12), actual: actual.slice(0, 12) })
}
