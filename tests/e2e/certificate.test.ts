import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDataset } from '../support/dataset.js'
import { occlab, start } from '../support/occlab.js'
import { line, makeTrack } from '../support/tracks.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-certificate-'))
const [dataset, split, trust] = ['dataset', 'split', 'known'].map((name) => join(folder, name))
const own = { OCCLAB_KEY: join(folder, 'key.pem') }
const mine = (...args: string[]) => start(args, own).outcome
const keyIn = (stdout: string) => stdout.match(/^key +(\S+)$/m)![1]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('occlab split verify', () => {
  beforeAll(async () => {
    const tracks = ['a', 'b', 'c', 'd'].map((logId, i) => makeTrack({ logId, points: line(10, 1000 * i) }))
    await writeDataset(dataset, tracks)
    const { code, stdout, stderr } = await mine('split', '--dataset', dataset, '--out', split)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^certificate [0-9a-f]{12}: no leak found by 4 rules .*; signed by [0-9a-f]{16} \(you\)$/m)
    expect(stderr).toContain('made a signing key')
  })

  it('says that a certificate is intact, and by whose key', async () => {
    const { code, stdout } = await mine('split', 'verify', split)
    expect(code).toBe(0)
    expect(stdout).toContain('\nintact\n')
    expect(stdout).toMatch(/^signed by {2}[0-9a-f]{16} \(you\)$/m)
    const other = await occlab('split', 'verify', split)
    expect(other.stdout).toContain('(a key that is not known here)')
    expect(other.code).toBe(0)
  })

  it('with --trust, leaves with 4 unless the key is a known one', async () => {
    writeFileSync(trust, '# nobody yet\n')
    expect((await occlab('split', 'verify', split, '--trust', trust)).code).toBe(4)
    const { stdout } = await mine('split', 'verify', split)
    writeFileSync(trust, `${keyIn(stdout)} Ada\n`)
    const known = await occlab('split', 'verify', split, '--trust', trust)
    expect(known.stdout).toContain('(Ada)')
    expect(known.code).toBe(0)
  })

  it('is answered anew when another signs, and prints one object with --json', async () => {
    expect((await occlab('split', 'certify', split)).code).toBe(0)
    expect((await occlab('split', 'verify', split, '--trust', trust)).code).toBe(4)
    expect((await mine('split', 'certify', split)).code).toBe(0)
    const { stdout } = await occlab('split', 'verify', split, '--trust', trust, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ altered: [], signer: { name: 'Ada' } })
  })

  it('leaves with 4 and names the field when something was altered, and does not sign that', async () => {
    const file = join(split, 'split.json')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, before.replace('"bufferM": 10', '"bufferM": 50'))
    const { code, stdout } = await occlab('split', 'verify', split)
    expect(stdout).toContain('ALTERED: split.outputs.split.json.sha256')
    expect(code).toBe(4)
    const signing = await mine('split', 'certify', split)
    expect(signing.stderr).toContain('the certificate was altered and is not signed')
    expect(signing.code).toBe(3)
    writeFileSync(file, before)
    expect((await occlab('split', 'verify', split)).code).toBe(0)
  })

  it('leaves with 4 when nobody signed', async () => {
    rmSync(join(split, 'certificate.sig.json'))
    const { code, stdout } = await occlab('split', 'verify', split)
    expect(stdout).toContain('\nnot signed\n')
    expect(code).toBe(4)
  })
})
