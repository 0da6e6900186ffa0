import { kinshipOfLatents, refuseStrangers } from '../models/belongTogether.js'
import { readManifest } from '../pipeline/manifest.js'

/**
 * Refuses latents that were not made of this dataset by this latent, and dynamics that learned another latent's: all have
 * one shape, so they would pair up without an error and mean nothing.
 *
 * @param folders - of `encode`, and of `train dynamics` where forecasts are scored.
 * @param hashes - of the dataset and the latent's folder.
 * @throws UsageError that names the folder.
 */
export async function refuseStrangeFolders(
  { latents, dynamics }: { latents: string; dynamics?: string },
  hashes: Readonly<Record<string, string>>,
): Promise<void> {
  const { inputs } = await readManifest(latents, 'encode')
  const pairs = kinshipOfLatents(latents, inputs, hashes)
  if (dynamics !== undefined) {
    const learned = (await readManifest(dynamics, 'train-dynamics')).inputs
    const [expected, actual] = [hashes.latent, learned.latent.hash]
    pairs.push({ problem: 'the dynamics learned another latent', file: dynamics, expected, actual })
  }
  refuseStrangers(pairs)
}
