import { checkCertificate } from '../pipeline/splits/certificateCheck.js'
import { signCertificate } from '../pipeline/splits/certificateSigning.js'
import { certificateLines } from './certificateLines.js'
import type { CommandBody } from './lazyCommand.js'
import { jsonOption } from './options.js'

interface Flags {
  dir: string
  audit?: string
  json: boolean
}

/** `occlab split certify`: signs, again or with what an audit found. */
export const splitCertify: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs
      .positional('dir', { type: 'string', demandOption: true, describe: 'folder written by split' })
      .options({ audit: { type: 'string', describe: 'folder written by split audit, of this split' }, ...jsonOption })
      .epilogue(
        'the key is made at first use: occlab/key.pem in your configuration folder, or the file OCCLAB_KEY names',
      ),
  async handler({ dir, audit, json }) {
    await signCertificate(dir, audit ?? null)
    const check = await checkCertificate(dir)
    const lines = json ? [JSON.stringify(check)] : certificateLines(dir, check)
    process.stdout.write(`${lines.join('\n')}\n`)
  },
}
