import { join } from 'node:path'
import { readParsed } from '../parsedFile.js'
import { type AuditFile, auditFile, auditFileName } from './auditFile.js'

/** Reads what `split audit` wrote into a folder. Throws DataError when it is not that. */
export async function readAudit(dir: string): Promise<AuditFile> {
  return readParsed(join(dir, auditFileName), auditFile, 'not a readable audit of a split')
}
