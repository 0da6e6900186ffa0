import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { appended, brokenLinks, type ChainEntry, headOf } from '../../../pipeline/hashChain.js'
import { readManifest } from '../../../pipeline/manifest.js'
import { fingerprintOf, publicKeyOf, signatureFile, signingKey } from '../../../pipeline/signature.js'
import { auditSplit } from '../../../pipeline/splits/audit/auditSplit.js'
import { auditSplitDefaults } from '../../../pipeline/splits/audit/config.js'
import { certificateFile, certificateOf, contentOf, verdictOf } from '../../../pipeline/splits/certificate.js'
import { checkCertificate } from '../../../pipeline/splits/certificateCheck.js'
import {
  carryCertificate,
  certifiedSplitHash,
  readCertificate,
  readCertificateSignature,
  writeCertificate,
} from '../../../pipeline/splits/certificateFolder.js'
import { signCertificate } from '../../../pipeline/splits/certificateSigning.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { meetingRules } from '../../../pipeline/splits/meetings.js'
import { readSplit } from '../../../pipeline/splits/readSplit.js'
import { split } from '../../../pipeline/splits/split.js'
import { runStage } from '../../../pipeline/stage.js'
import { writeDataset } from '../../support/dataset.js'
import { handmadeSplit } from '../../support/handmadeSplit.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'

/** 60, 15 and 25 frames: train 0 … 59 m, val far away, test from 65 m on, whose first four frames the buffer takes. */
const tracks = [
  makeTrack({ logId: 'long', points: line(60, 0) }),
  makeTrack({ logId: 'short', points: line(15, 500) }),
  makeTrack({ logId: 'middle', points: line(25, 65) }),
]

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  useKey()
  return () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  }
})

/** From here on another user signs. Returns the key's file. */
function useKey(): string {
  const path = join(tempFolder(), 'key.pem')
  vi.stubEnv('OCCLAB_KEY', path)
  return path
}

async function written(config = {}) {
  const root = tempFolder()
  const [dataset, out] = [join(root, 'dataset'), join(root, 'split')]
  await writeDataset(dataset, tracks)
  const manifest = await split({ dataset, out, config: { ...splitDefaults, ...config }, seed: 1, replace: false })
  return { root, dataset, out, manifest }
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

function change(path: string, how: (content: never) => void): void {
  const content = read(path)
  how(content as never)
  writeFileSync(path, JSON.stringify(content, null, 1))
}

/** Where the values of a JSON document are. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (!value || typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

/** The document with another value there. */
function altered(document: object, path: readonly string[]): object {
  const copy = structuredClone(document)
  const parent = path.slice(0, -1).reduce((inner, key) => inner[key] as never, copy as Record<string, unknown>)
  const key = path[path.length - 1]
  const before = parent[key]
  parent[key] =
    typeof before === 'string' ? `${before.startsWith('A') ? 'B' : 'A'}${before.slice(1)}` : before === 1 ? 2 : 1
  return copy
}

/** A stage that uses the split, as training does. */
const carrying = (out: string, target: string) =>
  runStage({ stage: 'train-latent', target, config: {}, seed: 1, inputs: { split: out } }, (work) =>
    carryCertificate(out, work),
  )

const someFacts = { inputs: { dataset: 'd' }, key: 'k', config: {}, seed: 1, version: '1', outputs: {} }

test('says which dataset, by which rule, what came out and what was found', async () => {
  const { dataset, out, manifest } = await written()
  const { chain } = (await readCertificate(out))!
  expect(chain.map(({ entry }) => entry)).toEqual(['dataset', 'rule', 'split', 'parts', 'findings', 'tool'])
  const of = (entry: string) => contentOf(chain, entry)
  expect(of('dataset')).toEqual({ hash: (await readManifest(dataset)).hash, logs: 3, frames: 100 })
  expect(of('rule')).toMatchObject({ seed: 1, config: { rule: ['log'], bufferM: 10 } })
  expect(of('split')).toEqual({ key: manifest.key, outputs: { 'split.json': manifest.outputs['split.json'] } })
  expect(of('parts')).toMatchObject({ train: { frames: 60 }, val: { frames: 15 }, test: { frames: 21 } })
  expect(of('findings')).toEqual({
    rules: ['same-log', 'same-source', 'near', 'drive'],
    leaks: 0,
    byRule: { 'same-log': 0, 'same-source': 0, near: 0, drive: 0 },
    compromises: (await readSplit(out)).file.compromises.map(({ what }) => what),
  })
  expect(of('tool')).toEqual({ name: 'occlab', version: manifest.version })
})

test('docs/certificate.md names every entry, and every rule by which frames may not meet', async () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'certificate.md'), 'utf8')
  const { chain } = certificateOf({ ...someFacts, file: handmadeSplit(['a', 'b'], 8) })
  const rules = meetingRules({ bufferM: 10, neighbourS: 10, cutsLogs: false })
  for (const name of [...chain.map(({ entry }) => entry), ...rules])
    expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\|`))
})

test('leaks that are left are counted by their rule', () => {
  const file = handmadeSplit(['a', 'b'], 8)
  expect(verdictOf(certificateOf({ ...someFacts, file }))).toBe('1 leak: 1 near')
  const twice = { ...file, leaks: [...file.leaks, ...file.leaks] }
  expect(verdictOf(certificateOf({ ...someFacts, file: twice }))).toBe('2 leaks: 2 near')
})

test('rules that were switched off are not claimed', async () => {
  const { out } = await written()
  expect((await checkCertificate(out)).verdict).toBe('no leak found by 4 rules (same-log, same-source, near, drive)')
  const few = await written({ bufferM: 0, neighbourS: 0 })
  expect((await checkCertificate(few.out)).verdict).toBe('no leak found by 2 rules (same-log, same-source)')
})

test('hashes are those that another program gets', () => {
  // Python: sha256(json.dumps({…}, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode())
  const chain = appended(appended([], 'one', { a: 1 }), 'two', { b: [2.5, 'ü'] })
  expect(chain.map(({ hash }) => hash)).toEqual([
    '83ea9dd45e6e88c474226cd26a53f15191d026d2de327834c80e34b9539127a3',
    'c77657b600f9c496ce5f0cdb8f4c872f4b9b0638f9487b9188b18ffd3d5fa884',
  ])
})

test('each entry covers the one before', () => {
  const chain = appended(appended([], 'one', { a: 1 }), 'two', { b: 2 })
  expect(brokenLinks(chain)).toEqual([])
  expect(headOf(chain)).toBe(chain[1].hash)
  expect(headOf(appended([], 'two', { b: 2 }))).not.toBe(chain[1].hash)
  expect(brokenLinks([{ ...chain[0], content: { a: 2 } }, chain[1]])).toEqual(['one.hash'])
  expect(brokenLinks([chain[1], chain[0]])).toEqual(['two.before', 'one.before'])
  expect(brokenLinks(chain.slice(1))).toEqual(['two.before'])
})

test('a split that was stopped after its certificate was written goes on to the same bytes', async () => {
  const root = tempFolder()
  const write = (target: string, isKilled: boolean) =>
    runStage({ stage: 'split', target, config: {}, seed: 1, inputs: {} }, async (work) => {
      const file = handmadeSplit(['a', 'b'], 8)
      writeFileSync(join(work.dir, 'split.json'), JSON.stringify(file))
      await writeCertificate(work, file, {}, 1)
      if (isKilled) throw new Error('killed')
    })
  const alone = await write(join(root, 'alone'), false)
  await expect(write(join(root, 'killed'), true)).rejects.toThrow('killed')
  expect(existsSync(join(root, 'killed.partial', certificateFile))).toBe(true)
  expect((await write(join(root, 'killed'), false)).hash).toBe(alone.hash)
})

describe('who signed', () => {
  test('does not change the folder: two users get the same bytes but for the signature', async () => {
    const one = await written()
    useKey()
    const other = await written()
    expect(other.manifest.hash).toBe(one.manifest.hash)
    expect(other.manifest.outputs).toEqual(one.manifest.outputs)
    expect(Object.keys(one.manifest.outputs).sort()).toEqual([certificateFile, 'split.json'])
    expect(read(join(other.out, signatureFile))).not.toEqual(read(join(one.out, signatureFile)))
    const signers = await Promise.all([one, other].map(async ({ out }) => (await checkCertificate(out)).signer!))
    expect(signers.map(({ name }) => name)).toEqual([null, 'you'])
    expect(signers[0].fingerprint).not.toBe(signers[1].fingerprint)
  })

  test('is named, when the key is known', async () => {
    const key = publicKeyOf(await signingKey())
    const { out } = await written()
    useKey()
    const { altered, signer } = await checkCertificate(out, new Map([[key, 'Ada']]))
    expect(altered).toEqual([])
    expect(signer).toEqual({ publicKey: key, fingerprint: fingerprintOf(key), name: 'Ada' })
  })

  test('a split that is there already keeps its signature; a missing one is made', async () => {
    const { dataset, out } = await written()
    const before = read(join(out, signatureFile))
    useKey()
    const again = () => split({ dataset, out, config: splitDefaults, seed: 1, replace: false })
    await again()
    expect(read(join(out, signatureFile))).toEqual(before)
    rmSync(join(out, signatureFile))
    expect(await checkCertificate(out)).toMatchObject({ altered: [], signer: null })
    const made = readFileSync(join(out, certificateFile), 'utf8')
    writeFileSync(join(out, certificateFile), made.replace('"leaks": 0', '"leaks": 1'))
    await again()
    expect(existsSync(join(out, signatureFile))).toBe(false)
    expect(vi.mocked(process.stderr.write).mock.calls.join('')).toContain('was altered and is not signed')
    writeFileSync(join(out, certificateFile), made)
    await again()
    expect((await checkCertificate(out)).signer).toMatchObject({ name: 'you' })
  })

  test('nobody, where no key can be made: the split is written and the reason said', async () => {
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    vi.stubEnv('OCCLAB_KEY', join(file, 'key.pem'))
    const { out } = await written()
    expect(existsSync(join(out, signatureFile))).toBe(false)
    expect(vi.mocked(process.stderr.write).mock.calls.join('')).toContain('the certificate is not signed: ')
  })
})

describe('altered', () => {
  const entries = ['dataset', 'rule', 'split', 'parts', 'findings', 'tool']
  type Chain = { chain: ChainEntry[] }

  test.each([
    ['dataset', 'hash'],
    ['dataset', 'frames'],
    ['rule', 'seed'],
    ['split', 'key'],
    ['findings', 'leaks'],
    ['tool', 'version'],
  ])('%s.%s of the certificate', async (entry, field) => {
    const { out } = await written()
    change(join(out, certificateFile), ({ chain }: Chain) => {
      chain[entries.indexOf(entry)].content[field] = 7
    })
    expect((await checkCertificate(out)).altered).toEqual([`${entry}.${field}`, `${entry}.hash`])
  })

  test('with every hash made to fit again, which only the signature tells', async () => {
    const { out } = await written()
    change(join(out, certificateFile), (made: Chain) => {
      made.chain[4].content.leaks = 7
      made.chain = made.chain.reduce<ChainEntry[]>((done, link) => appended(done, link.entry, link.content), [])
    })
    expect((await checkCertificate(out)).altered).toEqual(['findings.leaks', 'signature'])
  })

  test('in any value whatever, of certificate or signature', async () => {
    const { out } = await written()
    for (const file of [certificateFile, signatureFile]) {
      const path = join(out, file)
      const [before, leaves] = [read(path), leavesOf(read(path))]
      expect(leaves.length).toBeGreaterThan(1)
      for (const leaf of leaves) {
        writeFileSync(path, JSON.stringify(altered(before, leaf), null, 1))
        const found = await checkCertificate(out).then(
          (check) => check.altered,
          () => ['not readable as a certificate'],
        )
        expect(found, `${file}: ${leaf.join('.')}`).not.toEqual([])
      }
      writeFileSync(path, JSON.stringify(before, null, 1))
    }
  })

  test('the assignment in split.json', async () => {
    const { out } = await written()
    change(join(out, 'split.json'), ({ logs }: { logs: { part: string }[] }) => {
      logs[0].part = 'test'
    })
    const { altered } = await checkCertificate(out)
    expect(altered).toContain('split.outputs.split.json.sha256')
  })

  test("the manifest's seed, or its hash", async () => {
    const { out } = await written()
    const path = join(out, 'manifest.json')
    change(path, (manifest: { hash: string }) => {
      manifest.hash = 'f00d'
    })
    expect((await checkCertificate(out)).altered).toEqual(['split'])
    change(path, (manifest: { seed: number }) => {
      manifest.seed = 2
    })
    expect((await checkCertificate(out)).altered).toEqual(['rule.seed'])
  })

  test('the signature: another key, other bytes, another certificate', async () => {
    const [one, other] = [await written(), await written({ bufferM: 5 })]
    const path = join(one.out, signatureFile)
    const good = read(path)
    const key = publicKeyOf(await signingKey(join(tempFolder(), 'key.pem')))
    const forged = Buffer.from(good.signature, 'base64')
    forged[0] ^= 1
    for (const bad of [{ publicKey: key }, { signature: forged.toString('base64') }]) {
      writeFileSync(path, JSON.stringify({ ...good, ...bad }))
      expect((await checkCertificate(one.out)).altered).toEqual(['signature'])
    }
    copyFileSync(join(other.out, signatureFile), path)
    expect((await checkCertificate(one.out)).altered).toEqual(['signature'])
  })

  test('beyond reading: a data error that names the file', async () => {
    const { out } = await written()
    writeFileSync(join(out, signatureFile), '{}')
    await expect(checkCertificate(out)).rejects.toThrow(signatureFile)
    writeFileSync(join(out, certificateFile), 'no JSON')
    await expect(checkCertificate(out)).rejects.toThrow(DataError)
    rmSync(join(out, certificateFile))
    await expect(checkCertificate(out)).rejects.toThrow('no certificate')
  })
})

describe('a stage that uses the split', () => {
  test('carries certificate and signature, which can be checked there without the split', async () => {
    const { root, out, manifest } = await written()
    const run = await carrying(out, join(root, 'run'))
    expect(Object.keys(run.outputs)).toEqual([certificateFile])
    const head = headOf((await readCertificate(out))!.chain)
    const verdict = 'no leak found by 4 rules (same-log, same-source, near, drive)'
    expect(run.details.certificate).toEqual({ head, verdict })
    rmSync(out, { recursive: true })
    const check = await checkCertificate(join(root, 'run'))
    expect(check).toMatchObject({ altered: [], head, verdict, signer: { name: 'you' } })
    expect(await certifiedSplitHash(join(root, 'run'))).toBe(manifest.hash)
  })

  test('is not served by the certificate of another split', async () => {
    const [one, other] = [await written(), await written({ bufferM: 5 })]
    const run = join(one.root, 'run')
    await carrying(one.out, run)
    for (const file of [certificateFile, signatureFile]) copyFileSync(join(other.out, file), join(run, file))
    expect((await checkCertificate(run)).altered).toEqual(['split'])
  })

  test('refuses an altered split', async () => {
    const { root, out } = await written()
    change(join(out, 'split.json'), (file: { seed: number }) => {
      file.seed = 2
    })
    await expect(carrying(out, join(root, 'run'))).rejects.toThrow('not the bytes that were written')
  })

  test('notes that a split has none', async () => {
    const root = tempFolder()
    const [old, run] = [join(root, 'old'), join(root, 'run')]
    await runStage({ stage: 'split', target: old, config: {}, seed: 1, inputs: {} }, async () => undefined)
    expect((await carrying(old, run)).details.certificate).toBeNull()
    await expect(signCertificate(old)).rejects.toThrow(UsageError)
  })
})

describe('an audit of the split', () => {
  const audited = async ({ dataset, out, root }: Awaited<ReturnType<typeof written>>) => {
    const target = join(root, 'audit')
    const config = { ...auditSplitDefaults, content: false }
    return { target, audit: await auditSplit({ dataset, split: out, out: target, config, seed: 1, replace: false }) }
  }

  test('is signed with the certificate and leaves the folder as it was', async () => {
    const made = await written()
    const { out, manifest } = made
    const { target, audit } = await audited(made)
    expect((audit.details as { verdict: string }).verdict).toBe('clean')
    await signCertificate(out, target)
    const { altered, further, signer } = await checkCertificate(out)
    expect([altered, signer?.name]).toEqual([[], 'you'])
    expect(further).toMatchObject([{ entry: 'audit', content: { hash: audit.hash, summary: { verdict: 'clean' } } }])
    expect((await readManifest(out)).hash).toBe(manifest.hash)
    useKey()
    await signCertificate(out, target)
    expect((await checkCertificate(out)).further).toEqual(further)
    expect((await checkCertificate(out)).signer).not.toEqual(signer)
    change(join(out, signatureFile), (signed: { further: ChainEntry[] }) => {
      signed.further[0].content.summary = { verdict: 'spotless' }
    })
    expect((await checkCertificate(out)).altered).toEqual(['audit.hash'])
    await expect(signCertificate(out)).rejects.toThrow('was altered and is not signed')
  })

  test('of another split, or of no split, is refused', async () => {
    const [one, other] = [await written(), await written({ bufferM: 5 })]
    const { target } = await audited(other)
    await expect(signCertificate(one.out, target)).rejects.toThrow('the audit is of another split')
    await expect(signCertificate(one.out, other.out)).rejects.toThrow('another stage wrote this folder')
    expect((await readCertificateSignature(one.out))!.further).toEqual([])
  })
})
