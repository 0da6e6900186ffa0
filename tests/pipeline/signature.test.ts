import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../pipeline/errors.js'
import {
  fingerprintOf,
  isSignedText,
  keyFile,
  publicKeyOf,
  readKnownKeys,
  signingKey,
  signText,
} from '../../pipeline/signature.js'
import { tempFolder } from '../support/tempFolder.js'

const newKeyFile = () => join(tempFolder(), 'occlab', 'key.pem')

test('the key file is OCCLAB_KEY, else in the configuration folder', () => {
  expect(keyFile({ OCCLAB_KEY: '/k.pem', XDG_CONFIG_HOME: '/c' })).toBe('/k.pem')
  expect(keyFile({ XDG_CONFIG_HOME: '/c' })).toBe(join('/c', 'occlab', 'key.pem'))
  expect(keyFile({})).toMatch(/\.config.occlab.key\.pem$/)
})

test('the key is made at the first use, for its owner alone, and stays', async () => {
  const path = newKeyFile()
  const key = publicKeyOf(await signingKey(path))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(dirname(path))).toEqual(['key.pem'])
  expect(publicKeyOf(await signingKey(path))).toBe(key)
  expect(publicKeyOf(await signingKey(newKeyFile()))).not.toBe(key)
})

test('of several that make the key at once all get the same', async () => {
  const path = newKeyFile()
  const keys = await Promise.all(Array.from({ length: 4 }, () => signingKey(path)))
  expect(new Set(keys.map(publicKeyOf)).size).toBe(1)
})

test('a key that others may read, that is no key, or of another kind, is refused by name', async () => {
  const shared = newKeyFile()
  await signingKey(shared)
  chmodSync(shared, 0o644)
  await expect(signingKey(shared)).rejects.toThrow('others may read the signing key (expected mode 600')
  const [none, rsa] = [join(tempFolder(), 'none.pem'), join(tempFolder(), 'rsa.pem')]
  writeFileSync(none, 'no key', { mode: 0o600 })
  await expect(signingKey(none)).rejects.toThrow(none)
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(rsa, pem, { mode: 0o600 })
  await expect(signingKey(rsa)).rejects.toThrow('a key of type rsa')
})

test('a key that cannot be made is a usage error that names the file', async () => {
  const file = join(tempFolder(), 'file')
  writeFileSync(file, '')
  await expect(signingKey(join(file, 'key.pem'))).rejects.toThrow(UsageError)
})

test('a signature holds for its text and its key alone', async () => {
  const key = await signingKey(newKeyFile())
  const signed = signText('the text', key)
  expect(isSignedText('the text', signed)).toBe(true)
  expect(isSignedText('the texT', signed)).toBe(false)
  const other = publicKeyOf(await signingKey(newKeyFile()))
  expect(isSignedText('the text', { ...signed, publicKey: other })).toBe(false)
  expect(isSignedText('the text', { ...signed, publicKey: 'no key' })).toBe(false)
  expect(isSignedText('the text', { ...signed, signature: '' })).toBe(false)
  expect(signText('the text', key)).toEqual(signed)
})

test('the fingerprint is the SHA-256 of the public key', () => {
  // sha256sum of the three bytes 'abc'.
  const abc = Buffer.from('abc').toString('base64')
  expect(fingerprintOf(abc)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('known keys are read with their names; a line that is no key is named', async () => {
  const key = publicKeyOf(await signingKey(newKeyFile()))
  const file = join(tempFolder(), 'known')
  writeFileSync(file, `# ours\n\n${key} Ada of the lab # since May\n`)
  expect(await readKnownKeys(file)).toEqual(new Map([[key, 'Ada of the lab']]))
  writeFileSync(file, `${key}\n`)
  expect([...(await readKnownKeys(file)).values()]).toEqual([fingerprintOf(key).slice(0, 16)])
  writeFileSync(file, `${key} Ada\nBob\n`)
  await expect(readKnownKeys(file)).rejects.toThrow(/known, line 2: not a public key/)
  await expect(readKnownKeys(`${file} not there`)).rejects.toThrow(UsageError)
})
