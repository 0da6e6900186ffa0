import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, messageOf } from '../../errors.js'
import { type AuditFile, auditFile, auditFileName } from './auditFile.js'

/** Reads what `split audit` wrote into a folder. Throws DataError when it is not that. */
export async function readAudit(dir: string): Promise<AuditFile> {
  const file = join(dir, auditFileName)
  try {
    return auditFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new DataError('not a readable audit of a split', { file, actual: messageOf(cause), cause })
  }
}
