import { UsageError } from '../../pipeline/errors.js'

/** Settings of the `split-inflation` stage. */
export interface InflationConfig {
  /** Preset of the latent that is trained, and for how many steps. */
  latent: string
  steps: number
  /** Trainings of each of the two models, from seeds of their own. */
  repeats: number
  /** Share of the test part's frames that are scored; the others are what may leak. */
  scoredShare: number
  /** Training frames of either model; 0: as many as the train part has. */
  frames: number
  /** Metric policy, by registry key. */
  policy: string
  /** Bootstrap resamples over logs. */
  resamples: number
}

export const inflationDefaults: InflationConfig = {
  latent: 'demo',
  steps: 300,
  repeats: 3,
  scoredShare: 0.5,
  frames: 0,
  policy: 'occlab',
  resamples: 1000,
}

export const inflationPresets: Record<'tiny', Partial<InflationConfig>> = {
  tiny: { latent: 'tiny', steps: 20, repeats: 2, resamples: 200 },
}

/** Throws UsageError for settings that leave nothing to train or to compare. */
export function checkInflationConfig({ steps, repeats, scoredShare, frames }: InflationConfig): void {
  for (const [name, value] of Object.entries({ steps, repeats }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new UsageError(`inflation.${name} is not usable`, { expected: 'a whole number from 1', actual: `${value}` })
  if (!(Number.isInteger(frames) && frames >= 0))
    throw new UsageError('inflation.frames is not usable', { expected: 'a whole number from 0', actual: `${frames}` })
  if (!(scoredShare > 0 && scoredShare < 1))
    throw new UsageError('inflation.scoredShare is not usable', {
      expected: 'a share between 0 and 1: some test frames are scored, the others may leak',
      actual: `${scoredShare}`,
    })
}
