import type { AuditFile } from '../pipeline/splits/audit/auditFile.js'
import type { Finding, FrameRef, NamedCase } from '../pipeline/splits/audit/finding.js'
import { type SearchName, searches } from '../pipeline/splits/audit/searches.js'
import { parts } from '../pipeline/splits/part.js'
import { aligned } from './headline.js'

const verdicts: Record<Finding['severity'], string> = {
  leak: 'LEAK',
  note: 'note',
  none: 'clear',
  unchecked: 'unchecked',
}

/** One line a finding, what the audit was about, and how to look at the worst leak. */
export function splitAuditTable(
  { findings, verdict, parts: facts, inNoPart, assignment, missing }: AuditFile,
  dataset: string,
  audit: string,
): string[] {
  const rows = findings.map((finding) => [
    searches[finding.kind as SearchName]?.title ?? finding.kind,
    verdicts[finding.severity],
    finding.headline,
    worst(finding),
  ])
  const leaks = findings.filter(({ severity }) => severity === 'leak').length
  const shares = parts.map((part) => `${part} ${facts[part].frames} frames of ${facts[part].logs} logs`)
  return [
    ...aligned([['finding', 'verdict', 'number', 'worst example'], ...rows]),
    '',
    `${shares.join(', ')}; ${inNoPart} frames in no part`,
    ...(assignment.isOfDataset === false ? ['the split was made for another dataset; logs are matched by name'] : []),
    ...(missing.count > 0
      ? [
          `${missing.count === 1 ? '1 name is' : `${missing.count} names are`} not in the dataset: ${missing.shown.slice(0, 3).join('; ')}`,
        ]
      : []),
    verdict === 'leak'
      ? `the audit failed: ${leaks} of ${findings.length} findings are leaks`
      : 'the audit found no leak',
    ...looks(findings, dataset, audit),
  ]
}

/** The commands that open the first frames of the first leak that names any, with the audit's findings beside them. */
function looks(findings: readonly Finding[], dataset: string, audit: string): string[] {
  const leak = findings.find(({ severity, named }) => severity === 'leak' && named.shown[0]?.frames.length > 0)
  return (leak?.named.shown[0].frames.slice(0, 2) ?? []).map(
    ({ logId, frameIndex }) => `look: npx occlab view ${dataset} --audit ${audit} --at ${logId}/${frameIndex}`,
  )
}

function worst({ severity, named }: Finding): string {
  const [first] = named.shown
  return first && (severity === 'leak' || severity === 'note') ? exampleOf(first) : ''
}

function exampleOf({ frames, distanceM, gapS, what }: NamedCase): string {
  const facts = [
    distanceM === null ? '' : `${distanceM.toFixed(1)} m`,
    gapS === null ? '' : lasting(gapS),
    what ?? '',
  ].filter((fact) => fact !== '')
  return `${frames.map(frameName).join(' – ')}: ${facts.join(', ')}`
}

function frameName({ logId, frameIndex, part }: FrameRef): string {
  return `${part ?? 'no part'} ${logId}/${frameIndex}`
}

function lasting(s: number): string {
  if (s < 120) return `${s.toFixed(1)} s`
  if (s < 7200) return `${Math.round(s / 60)} min`
  return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} days`
}
