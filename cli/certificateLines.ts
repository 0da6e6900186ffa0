import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { certificateFile } from '../pipeline/splits/certificate.js'
import { type CertificateCheck, checkCertificate, type Signer } from '../pipeline/splits/certificateCheck.js'

/** A certificate in a few lines, for the terminal. */
export function certificateLines(dir: string, { altered, head, verdict, further, signer }: CertificateCheck): string[] {
  return [
    `certificate ${dir}  (${head.slice(0, 12)})`,
    altered.length === 0 ? 'intact' : `ALTERED: ${altered.join(', ')}`,
    `finding    ${verdict}`,
    ...auditsIn(further).map((audit) => `audit      ${audit}`),
    signer ? `signed by  ${nameOf(signer)}` : 'not signed',
    ...(signer ? [`key        ${signer.publicKey}`] : []),
  ]
}

/** The certificate that a stage left in its folder, in one line; none where it has none. */
export async function certificateLine(dir: string): Promise<string[]> {
  if (!existsSync(join(dir, certificateFile))) return []
  const { altered, head, verdict, further, signer } = await checkCertificate(dir)
  const found = [verdict, ...auditsIn(further).map((audit) => `audit ${audit}`)].join('; ')
  const state = altered.length === 0 ? found : `ALTERED: ${altered.join(', ')}`
  return [`certificate ${head.slice(0, 12)}: ${state}; ${signer ? `signed by ${nameOf(signer)}` : 'not signed'}`]
}

/** What each audit found, and its folder's hash. */
function auditsIn(further: CertificateCheck['further']): string[] {
  return further.map(({ content: { summary, hash } }) => {
    const { verdict } = summary as { verdict?: string }
    return `${verdict ?? 'without a verdict'} (${String(hash).slice(0, 12)})`
  })
}

function nameOf({ fingerprint, name }: Signer): string {
  return `${fingerprint.slice(0, 16)} (${name ?? 'a key that is not known here'})`
}
