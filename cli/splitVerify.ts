import { readKnownKeys } from '../pipeline/signature.js'
import { checkCertificate } from '../pipeline/splits/certificateCheck.js'
import { certificateLines } from './certificateLines.js'
import type { CommandBody } from './lazyCommand.js'
import { jsonOption } from './options.js'

interface Flags {
  dir: string
  trust?: string
  json: boolean
}

/** `occlab split verify`: exit code 4 unless the certificate is intact, signed and, with `--trust`, by a known key. */
export const splitVerify: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs
      .positional('dir', { type: 'string', demandOption: true, describe: 'a split, or a folder made with one' })
      .options({
        trust: { type: 'string', describe: 'file of known keys: a public key and a name a line; any other key fails' },
        ...jsonOption,
      }),
  async handler({ dir, trust, json }) {
    const known = trust ? await readKnownKeys(trust) : new Map<string, string>()
    const check = await checkCertificate(dir, known)
    const lines = json ? [JSON.stringify(check)] : certificateLines(dir, check)
    process.stdout.write(`${lines.join('\n')}\n`)
    const isTrusted = check.signer && (!trust || known.has(check.signer.publicKey))
    if (check.altered.length > 0 || !isTrusted) process.exitCode = 4
  },
}
