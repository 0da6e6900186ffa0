import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { hashFile, hashJson } from '../hash.js'
import { chainEntry, headOf } from '../hashChain.js'
import { type Manifest, readManifest, verifyOutput } from '../manifest.js'
import { signatureFile } from '../signature.js'
import { type Work, writeAtomically } from '../stage.js'
import { toolVersion } from '../version.js'
import { type Certificate, certificate, certificateFile, certificateOf, contentOf, verdictOf } from './certificate.js'
import { readParsed } from './parsedFile.js'
import { type SplitFile, splitFileName } from './splitFile.js'

/** Content of the signature's file: entries that were added later, and who vouches for the whole. */
export const certificateSignature = z.object({
  /** Entries after those of `certificate.json`: what an audit of the finished split found. */
  further: z.array(chainEntry),
  publicKey: z.string(),
  signature: z.string(),
})
export type CertificateSignature = z.infer<typeof certificateSignature>

/** What a later stage notes of the certificate it carries. */
export interface CarriedCertificate {
  /** Hash of the chain's last entry. */
  head: string
  verdict: string
}

/** What is signed: a sentence that no other signature of ours begins with, and the head of the chain. */
export function signedText(head: string): string {
  return `occlab split certificate ${head}`
}

/** Writes `certificate.json` into a split's half-written folder, whose `split.json` is there. */
export async function writeCertificate(work: Work, file: SplitFile, config: object, seed: number): Promise<void> {
  // By name: what a killed run left in the folder is none of this.
  const outputs = await fingerprints(work.dir, [splitFileName])
  const facts = { inputs: work.inputHashes, key: work.key, config, seed, version: toolVersion }
  const made = certificateOf({ ...facts, outputs, file })
  await writeAtomically(join(work.dir, certificateFile), `${JSON.stringify(made, null, 1)}\n`)
  work.detail('certificate', carried(made))
}

/** Hash and size of files as they are on disk; a file that is missing is left out. */
export async function fingerprints(dir: string, files: readonly string[]): Promise<Manifest['outputs']> {
  const outputs: Manifest['outputs'] = {}
  for (const name of files) {
    const path = join(dir, name)
    if (existsSync(path)) outputs[name] = { sha256: await hashFile(path), bytes: (await stat(path)).size }
  }
  return outputs
}

function carried(made: Certificate): CarriedCertificate {
  return { head: headOf(made.chain), verdict: verdictOf(made) }
}

/** The certificate of a folder; null when it carries none. Throws DataError when it cannot be read as one. */
export async function readCertificate(dir: string): Promise<Certificate | null> {
  return readAs(join(dir, certificateFile), certificate, 'a split certificate')
}

/** The signature beside a certificate; null: it is not signed. Throws DataError when it cannot be read as one. */
export async function readCertificateSignature(dir: string): Promise<CertificateSignature | null> {
  return readAs(join(dir, signatureFile), certificateSignature, 'a signature of a split certificate')
}

async function readAs<T>(path: string, schema: z.ZodType<T>, expected: string): Promise<T | null> {
  return existsSync(path) ? readParsed(path, schema, 'cannot be read', expected) : null
}

/**
 * The manifest hash that the split's folder must have, by the certificate alone: it closes the chain of provenance.
 * Null where the certificate does not say.
 */
export async function certifiedSplitHash(dir: string): Promise<string | null> {
  const bytes = await readFile(join(dir, certificateFile))
  const { chain } = certificate.parse(JSON.parse(bytes.toString('utf8')))
  const { key, outputs } = contentOf(chain, 'split') ?? {}
  if (!key || !outputs) return null
  const own = { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
  return hashJson({ key, outputs: { ...outputs, [certificateFile]: own } })
}

/**
 * Copies a split's certificate, with its signature where there is one, into the half-written folder of a stage that used
 * the split, and notes it in that stage's details. A split that has none (made by hand or by an older occlab) is noted
 * as null. Throws DataError when the split or its certificate are not the bytes that were written.
 */
export async function carryCertificate(split: string, work: Work): Promise<void> {
  const manifest = await readManifest(split, 'split')
  const made = await readCertificate(split)
  work.detail('certificate', made && carried(made))
  if (!made) return
  for (const file of [splitFileName, certificateFile]) await verifyOutput(split, manifest, file)
  for (const file of [certificateFile, signatureFile])
    if (existsSync(join(split, file))) await copyFile(join(split, file), join(work.dir, file))
}
