import { join } from 'node:path'
import { certificateLine } from './certificateLines.js'
import type { CommandBody } from './lazyCommand.js'
import { printStage } from './options.js'

interface Flags {
  run: string
  out?: string
  replace: boolean
  json: boolean
}

export const report: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: "run folder, with the stages' folders in it" })
      .options({
        out: { type: 'string', describe: 'report folder to write (default: report in the run folder)' },
        replace: { type: 'boolean', default: false, describe: "replace another plan's result in the output folder" },
        json: { type: 'boolean', default: false, describe: 'print one machine-readable object' },
      }),
  async handler({ run, out = join(run, 'report'), replace, json }) {
    // Loaded here: the page's plots bring a document model that takes longer to load than most commands to run.
    const { report: writeReport } = await import('../eval/report/report.js')
    const manifest = await writeReport({ run, out, replace })
    printStage(json, out, manifest, [`page ${join(out, 'index.html')}`, ...(await certificateLine(out))])
  },
}
