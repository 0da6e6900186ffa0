import type { Bench, Measured } from '../bench.js'
import { inFolder } from '../workspace.js'
import { demoData, lossVariants, scoreVariant, shifts, type VariantScore } from './lossVariants.js'

const seeds = [1, 2]

export const lossQuality: Bench = {
  name: 'losses-quality',
  question: 'Which loss trains the better latent at the size of the demonstration?',
  run: () =>
    inFolder(async (folder) => {
      await demoData(folder)
      const figures: Measured[] = []
      for (const name of Object.keys(lossVariants)) {
        const scores: VariantScore[] = []
        for (const seed of seeds) scores.push(...(await scoreVariant(folder, name, seed)))
        for (const shift of shifts)
          figures.push(
            figureOf(
              `${name}; priorShift ${shift}`,
              scores.filter((score) => score.shift === shift),
            ),
          )
      }
      return figures
    }),
}

/** The mean over seeds, which are too few for an interval: all of them are shown. */
function figureOf(name: string, scores: readonly VariantScore[]): Measured {
  const mious = scores.map(({ miou }) => miou)
  const shown = (values: number[]) => values.map((value) => value.toFixed(3)).join(' and ')
  return {
    what: name,
    value: mious.reduce((sum, miou) => sum + miou, 0) / mious.length,
    unit: 'mIoU',
    target: null,
    sides: `mIoU ${shown(mious)}, rare recall ${shown(scores.map(({ rareRecall }) => rareRecall))}`,
  }
}
