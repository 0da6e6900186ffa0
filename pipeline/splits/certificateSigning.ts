import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, messageOf, UsageError } from '../errors.js'
import { appended, headOf } from '../hashChain.js'
import { manifestFile, readManifest } from '../manifest.js'
import { fingerprintOf, keyFile, signatureFile, signingKey, signText } from '../signature.js'
import { writeAtomically } from '../stage.js'
import { certificateFile } from './certificate.js'
import { checkCertificate } from './certificateCheck.js'
import { type CertificateSignature, readCertificate, signedText } from './certificateFolder.js'

/**
 * Signs a finished split's certificate with the user's key, made at first use; with `audit`, the folder of a leakage
 * audit of this very split, what it found becomes part of what is signed, as what earlier audits found is already. The signature's file enters no hash, so the
 * folder's identity does not depend on who signed it. Throws UsageError when the folder has no certificate, the audit is
 * of another split, or there is no usable key; DataError when the certificate was altered.
 */
export async function signCertificate(split: string, audit: string | null = null): Promise<CertificateSignature> {
  const made = await readCertificate(split)
  if (!made) throw new UsageError('no certificate to sign', { file: split, expected: `${certificateFile} in a split` })
  const former = await checkCertificate(split)
  const altered = former.altered.filter((field) => field !== 'signature')
  if (altered.length > 0)
    throw new DataError('the certificate was altered and is not signed', { file: split, place: altered.join(', ') })
  // Audits that another key vouched for stay; those that nobody did are dropped.
  const kept = former.altered.length === 0 ? [...made.chain, ...former.further] : made.chain
  const found = audit && (await auditContent(audit, split))
  const isNew = found && !kept.some(({ content }) => content.hash === found.hash)
  const chain = isNew ? appended(kept, 'audit', found) : kept
  const further = chain.slice(made.chain.length)
  const signed = { further, ...signText(signedText(headOf(chain)), await signingKey()) }
  await writeAtomically(join(split, signatureFile), `${JSON.stringify(signed, null, 1)}\n`)
  return signed
}

async function auditContent(audit: string, split: string): Promise<Record<string, unknown>> {
  const { hash, inputs, details } = await readManifest(audit, 'split audit')
  const own = (await readManifest(split, 'split')).hash
  if (inputs.split?.hash !== own)
    throw new UsageError('the audit is of another split', {
      file: join(audit, manifestFile),
      expected: own.slice(0, 12),
      actual: inputs.split?.hash.slice(0, 12) ?? 'lists from elsewhere',
    })
  return JSON.parse(JSON.stringify({ hash, summary: details }))
}

/**
 * Signs a fresh split, unless it is signed. A missing key must not cost the split: then it stays unsigned, and the
 * reason is returned to be said.
 */
export async function signUnlessSigned(split: string): Promise<string | null> {
  if (existsSync(join(split, signatureFile)) || !existsSync(join(split, certificateFile))) return null
  try {
    const isFirst = !existsSync(keyFile())
    const { publicKey } = await signCertificate(split)
    const name = fingerprintOf(publicKey).slice(0, 16)
    return isFirst ? `made a signing key, ${keyFile()}; its fingerprint begins ${name}` : null
  } catch (error) {
    return `the certificate is not signed: ${messageOf(error)}; 'occlab split certify ${split}' signs it`
  }
}
