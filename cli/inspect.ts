import { basename, dirname, resolve } from 'node:path'
import { datasetCard } from '../pipeline/card/datasetCard.js'
import { openDataset } from '../pipeline/dataset.js'
import { progress } from '../pipeline/progress.js'
import { cardText } from './cardText.js'
import type { CommandBody } from './lazyCommand.js'
import { jsonOption } from './options.js'

interface Flags {
  dataset: string
  sheet?: string
  json: boolean
}

export const inspect: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.positional('dataset', { type: 'string', demandOption: true, describe: 'dataset folder' }).options({
      sheet: {
        type: 'string',
        describe: 'also draw a contact sheet of frames from above (PNG); without a name <dataset>-sheet.png',
      },
      ...jsonOption,
    }),
  async handler({ dataset: dir, sheet, json }) {
    const dataset = await openDataset(dir)
    const bar = progress('inspect', dataset.logs.length, 'logs')
    try {
      const card = await datasetCard(dataset, (logId) => bar.tick(logId))
      const path = sheet === undefined ? null : sheet || `${resolve(dir)}-sheet.png`
      if (path) {
        // Loaded here: a card alone needs no pictures.
        const { contactSheet } = await import('../pipeline/card/contactSheet.js')
        const { writePng } = await import('../pipeline/card/png.js')
        await writePng(path, await contactSheet(dataset, titleOf(resolve(dir))))
      }
      bar.stop()
      if (json) process.stdout.write(`${JSON.stringify({ dataset: dir, ...card, sheet: path })}\n`)
      else {
        const hash = `occlab ${card.version} ingest, ${card.hash.slice(0, 12)}`
        process.stdout.write(`${[`${dir}  (${hash})`, ...cardText(card)].join('\n')}\n`)
        if (path) process.stdout.write(`\nsheet → ${path}\n`)
      }
    } finally {
      bar.stop()
      await dataset.close()
    }
  },
}

/** The folder and the one around it: a run's dataset is called `dataset`. */
function titleOf(dir: string): string {
  return `${basename(dirname(dir))}/${basename(dir)}`
}
