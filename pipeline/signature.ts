import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { messageOf, UsageError } from './errors.js'

/**
 * Name of the signature beside a certificate. Who signs decides its bytes, so it is listed in no manifest and enters no
 * hash.
 */
export const signatureFile = 'certificate.sig.json'

/** An Ed25519 signature (RFC 8032, https://www.rfc-editor.org/rfc/rfc8032) with the key that checks it. */
export interface Signature {
  /** Public key, SubjectPublicKeyInfo (RFC 8410) in base64. */
  publicKey: string
  /** 64 bytes in base64. */
  signature: string
}

/** Where the user's key is: `OCCLAB_KEY`, else `occlab/key.pem` in the user's configuration folder. */
export function keyFile(env: NodeJS.ProcessEnv = process.env): string {
  return env.OCCLAB_KEY || join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'occlab', 'key.pem')
}

/**
 * The private key of a file, made at the first use so that only its owner may read it. All who make it at once get the
 * one that was first. Throws UsageError when the file cannot be made, is no Ed25519 key, or others
 * may read it.
 */
export async function signingKey(path = keyFile()): Promise<KeyObject> {
  if (!existsSync(path)) await makeKey(path)
  try {
    const key = createPrivateKey(await readFile(path))
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a key of type ${key.asymmetricKeyType}`)
    await refuseSharedKey(path)
    return key
  } catch (error) {
    if (error instanceof UsageError) throw error
    const expected = 'an Ed25519 private key in PEM; another file can be named in OCCLAB_KEY'
    throw new UsageError('no usable signing key', { file: path, expected, actual: messageOf(error), cause: error })
  }
}

async function makeKey(path: string): Promise<void> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  const beside = `${path}.${randomUUID()}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(beside, pem, { mode: 0o600, flag: 'wx' })
    // Unlike a rename, a link does not replace the key that another process has just made.
    await link(beside, path).catch((error) => {
      if (!existsSync(path)) throw error
    })
  } catch (error) {
    throw new UsageError('the signing key cannot be made; OCCLAB_KEY names another file', {
      file: path,
      actual: messageOf(error),
      cause: error,
    })
  } finally {
    await rm(beside, { force: true }).catch(() => undefined)
  }
}

/** Windows has no such bits: there every file shows the same. */
async function refuseSharedKey(path: string): Promise<void> {
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new UsageError('others may read the signing key', {
      file: path,
      expected: 'mode 600 (chmod 600)',
      actual: `mode ${(mode & 0o777).toString(8)}`,
    })
}

/** The public half, as signatures carry it. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}

export function signText(text: string, key: KeyObject): Signature {
  return { publicKey: publicKeyOf(key), signature: sign(null, Buffer.from(text), key).toString('base64') }
}

/** Whether the signature's key signed this text; false, too, for what is no key. */
export function isSignedText(text: string, { publicKey, signature }: Signature): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    const isEd25519 = key.asymmetricKeyType === 'ed25519'
    return isEd25519 && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/** SHA-256 of a public key, as hexadecimal digits: what people compare. */
export function fingerprintOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')
}

/**
 * Reads a file of known keys: a line each, the public key in base64 and a name; `#` starts a comment. Returns the names
 * by public key. Throws UsageError for a file that cannot be read or a line that is no key.
 */
export async function readKnownKeys(path: string): Promise<Map<string, string>> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new UsageError('no readable file of known keys', { file: path, actual: messageOf(error), cause: error })
  })
  const known = new Map<string, string>()
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim()
    if (line === '') continue
    const [publicKey, ...name] = line.split(/\s+/)
    if (!isPublicKey(publicKey))
      throw new UsageError('not a public key', {
        file: path,
        place: `line ${i + 1}`,
        expected: 'an Ed25519 key in base64, then a name',
      })
    known.set(publicKey, name.join(' ') || fingerprintOf(publicKey).slice(0, 16))
  }
  return known
}

function isPublicKey(text: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}
