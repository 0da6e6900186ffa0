import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '../errors.js'
import { brokenLinks, type ChainEntry, headOf } from '../hashChain.js'
import { type Manifest, readManifest } from '../manifest.js'
import { fingerprintOf, isSignedText, keyFile, publicKeyOf, signingKey } from '../signature.js'
import { type Certificate, certificateFile, certificateOf, verdictOf } from './certificate.js'
import {
  type CertificateSignature,
  certifiedSplitHash,
  fingerprints,
  readCertificate,
  readCertificateSignature,
  signedText,
} from './certificateFolder.js'
import { readSplit } from './readSplit.js'

/** Who signed. */
export interface Signer {
  publicKey: string
  /** SHA-256 of the key, hexadecimal. */
  fingerprint: string
  /** Its name among the known keys, or `you`; null: the key is known to nobody here. */
  name: string | null
}

/** What a look at a folder's certificate finds out. */
export interface CertificateCheck {
  /** Fields that are not what they were, or not what the folder shows; empty: the certificate is intact. */
  altered: string[]
  /** Hash of the last entry of `certificate.json`. */
  head: string
  verdict: string
  /** Entries that were signed with it: an audit. */
  further: ChainEntry[]
  /** Null: it is not signed. Whose key it names says nothing while `signature` is among `altered`. */
  signer: Signer | null
}

/**
 * Checks the certificate of a split's folder, or of a folder that carries one: the hashes of its chain, its signature,
 * and every field against what the folder itself shows. `known`: names of public keys; the user's own is `you`.
 *
 * Throws DataError when the folder has no certificate or a file of it cannot be read.
 */
export async function checkCertificate(
  dir: string,
  known: ReadonlyMap<string, string> = new Map(),
): Promise<CertificateCheck> {
  const made = await readCertificate(dir)
  if (!made) throw new DataError('no certificate', { file: join(dir, certificateFile) })
  const signature = await readCertificateSignature(dir)
  const chain = [...made.chain, ...(signature?.further ?? [])]
  const isForged = signature !== null && !isSignedText(signedText(headOf(chain)), signature)
  const altered = [...(await unlikeFolder(dir, made)), ...brokenLinks(chain), ...(isForged ? ['signature'] : [])]
  const signer = signature && (await signerOf(signature, known))
  const further = signature?.further ?? []
  return { altered, head: headOf(made.chain), verdict: verdictOf(made), further, signer }
}

async function signerOf({ publicKey }: CertificateSignature, known: ReadonlyMap<string, string>): Promise<Signer> {
  // Not made here: who only checks needs no key.
  const own = existsSync(keyFile()) ? await signingKey().then(publicKeyOf, () => null) : null
  const name = known.get(publicKey) ?? (publicKey === own ? 'you' : null)
  return { publicKey, fingerprint: fingerprintOf(publicKey), name }
}

/** Fields that differ from what the folder's own files say. */
async function unlikeFolder(dir: string, made: Certificate): Promise<string[]> {
  const manifest = await readManifest(dir)
  const isSplit = manifest.stage === 'split'
  const own = isSplit ? differences(flattened(made), flattened(await certifiedAgain(dir, manifest))) : []
  if (own.length > 0) return own
  const expected = isSplit ? manifest.hash : manifest.inputs.split?.hash
  return (await certifiedSplitHash(dir)) === expected ? [] : ['split']
}

/** The certificate that the split's files would get now. */
async function certifiedAgain(dir: string, manifest: Manifest): Promise<Certificate> {
  const { file } = await readSplit(dir)
  const inputs = Object.fromEntries(Object.entries(manifest.inputs).map(([name, { hash }]) => [name, hash]))
  const others = Object.keys(manifest.outputs).filter((name) => name !== certificateFile)
  const { key, config, seed, version } = manifest
  return certificateOf({
    ...{ inputs, key, config, seed, version, file },
    outputs: await fingerprints(dir, others),
  })
}

/** Every value of a certificate by its path, such as `parts.train.frames`; the hashes of the chain apart. */
function flattened({ chain }: Certificate): Map<string, string> {
  const values = new Map<string, string>()
  const walk = (value: unknown, path: string) => {
    if (value && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`)
    else values.set(path, JSON.stringify(value))
  }
  for (const { entry, content } of chain) walk(content, entry)
  return values
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  const paths = [...new Set([...one.keys(), ...other.keys()])]
  return paths.filter((path) => one.get(path) !== other.get(path))
}
