import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../pipeline/errors.js'
import { auditFileName } from '../pipeline/splits/audit/auditFile.js'
import { readAudit } from '../pipeline/splits/audit/readAudit.js'
import { searches } from '../pipeline/splits/audit/searches.js'
import type { AuditFinding, AuditInfo } from './contract.js'

/** Cases that a finding's list shows; how many there are is said. */
const mostCases = 100

/**
 * What an audit of a split found, for the viewer. Throws DataError when the folder holds no audit, or one of another
 * dataset than the one that is looked at.
 */
export async function readAuditInfo(dir: string, datasetHash: string): Promise<AuditInfo> {
  const { verdict, findings, datasetHash: audited } = await readAudit(dir)
  if (audited !== datasetHash)
    throw new DataError('the audit is of another dataset than the one to view', {
      file: join(dir, auditFileName),
      expected: datasetHash.slice(0, 12),
      actual: audited.slice(0, 12),
    })
  const told = findings.map(({ kind, severity, headline, summary, named }): AuditFinding => {
    const title = (searches as Record<string, { title: string }>)[kind]?.title ?? kind
    const cases = named.shown.slice(0, mostCases).map(({ frames, distanceM, gapS, what }) => {
      return { frames, distanceM, gapS, what: what ?? null }
    })
    return { kind, title, severity, headline, summary, count: named.count, cases }
  })
  return { verdict, findings: told }
}

/** The audit that a run folder holds of its own dataset; null: none does. Of several, the first by name. */
export async function findAudit(runDir: string, datasetHash: string): Promise<AuditInfo | null> {
  const entries = await readdir(runDir, { withFileTypes: true })
  for (const name of entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()) {
    const dir = join(runDir, name)
    if (name.includes('.') || !existsSync(join(dir, auditFileName))) continue
    try {
      return await readAuditInfo(dir, datasetHash)
    } catch (error) {
      // Another dataset's, or another stage's file of that name: only what was asked for by name must be one.
      if (!(error instanceof DataError)) throw error
    }
  }
  return null
}
