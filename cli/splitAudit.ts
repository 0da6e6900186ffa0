import { auditSplit } from '../pipeline/splits/audit/auditSplit.js'
import { type AuditSplitConfig, auditSplitDefaults } from '../pipeline/splits/audit/config.js'
import { readAudit } from '../pipeline/splits/audit/readAudit.js'
import { searches } from '../pipeline/splits/audit/searches.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { splitAuditTable } from './splitAuditTable.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  split?: string
  lists?: string
  model?: string[]
}

const words: Record<keyof AuditSplitConfig, string> = {
  bufferM: 'frames of two parts nearer than this leak, metres',
  neighbourS: 'frames of one rig and site, in two parts, with less time between them leak, seconds; 0: off',
  clip: 'frames that a model is given',
  horizon: 'frames that it is asked for after them',
  content: "compare the frames' occupancy, which reads the whole dataset",
  alike: 'frames whose signatures are nearer than this look alike: 0 the same, 1.41 nothing in common',
  mostNamed: 'cases that each finding lists; all are counted',
}

/** `occlab split audit`: what do the parts of a split share, ours or anyone's? */
export const splitAudit: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs
      .options({
        ...stageInputs('dataset'),
        split: { type: 'string', describe: 'folder written by split' },
        lists: {
          type: 'string',
          describe: 'JSON {train, val, test} of logs or log/frame; or CSV log_id[,frame_index],part',
        },
        model: { type: 'string', array: true, describe: 'model folders: were they fitted on more than train?' },
        ...flagsOf(auditSplitDefaults, {}, 'audit folder to write', words),
      })
      .epilogue(
        `findings\n${Object.entries(searches)
          .map(([kind, { title }]) => `  ${kind}: ${title}`)
          .join('\n')}`,
      ),
  async handler(argv) {
    const config = configFrom('audit', auditSplitDefaults, {}, argv)
    const manifest = await auditSplit({ ...argv, models: argv.model, config })
    const file = await readAudit(argv.out)
    printStage(argv.json, argv.out, manifest, splitAuditTable(file, argv.dataset, argv.out))
    if (file.verdict === 'leak') process.exitCode = 4
  },
}
