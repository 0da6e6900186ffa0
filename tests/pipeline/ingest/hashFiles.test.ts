import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashJson } from '../../../pipeline/hash.js'
import { contentHashOf, copyHash, hashAt, hashesFor, hashLookUp, setHash } from '../../../pipeline/ingest/fileHashes.js'
import { copyStamp, stampAt, stampsFor } from '../../../pipeline/ingest/fileStamp.js'
import { hashFiles } from '../../../pipeline/ingest/hashFiles.js'
import { planLogs } from '../../../pipeline/ingest/plan.js'
import { tempFolder } from '../../support/tempFolder.js'

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const ofNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('hashes and stamps in the order of the files; one that cannot be read has a reason', async () => {
  const dir = tempFolder()
  const files = ['a', 'gone', 'empty']
  writeFileSync(join(dir, 'a'), 'abc')
  writeFileSync(join(dir, 'empty'), '')
  const { hashes, stamps, failures } = await hashFiles({ dir, files })
  expect([0, 1, 2].map((index) => hashAt(hashes, index))).toEqual([abc, '0'.repeat(64), ofNothing])
  expect([...failures.keys()]).toEqual([1])
  expect(failures.get(1)).toContain('ENOENT')
  for (const index of [0, 2]) {
    const { size, mtimeNs, ino, ctimeNs } = statSync(join(dir, files[index]), { bigint: true })
    expect([...stampAt(stamps, index)]).toEqual([size, mtimeNs, ino, ctimeNs])
  }
})

test('a stamp is copied to where another file stands', () => {
  const [to, from] = [stampsFor(2), BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n)]
  copyStamp(to, 1, from, 2)
  expect([...to]).toEqual([0n, 0n, 0n, 0n, 9n, 10n, 11n, 12n])
})

test('of two logs that share files, the one with a file that has gone away is a problem', async () => {
  const dir = tempFolder()
  for (const name of ['shared', 'own']) writeFileSync(join(dir, name), name)
  const log = (logId: string, names: string[]) => ({
    logId,
    dir,
    files: names,
    part: logId,
    format: 'nuscenes' as const,
  })
  const logs = [log('whole', ['own', 'shared']), log('torn', ['shared', 'torn'])]
  const bar = { tick: () => undefined } as never
  const { problems, logs: planned } = await planLogs({ logs, problems: [] }, bar)
  expect(planned.map(({ logId }) => logId)).toEqual(['whole'])
  expect([...stampAt(planned[0].stamps, 1)][0]).toBe(6n)
  expect(problems.map(({ name }) => name)).toEqual(['torn'])
  expect(problems[0].error.message).toContain(`${join(dir, 'torn')}: cannot be read`)
  rmSync(join(dir, 'shared'))
  expect((await planLogs({ logs, problems: [] }, bar)).problems).toHaveLength(2)
})

test('hashes are told by the names of their files, in whatever order these are asked for', () => {
  const files = ['part2.mcap', 'part10.mcap', 'log.json']
  const hashes = hashesFor(3)
  setHash(hashes, 0, abc)
  setHash(hashes, 1, ofNothing)
  copyHash(hashes, 2, hashes, 0)
  const hashOf = hashLookUp({ files, hashes })
  expect(['part2.mcap', 'part10.mcap', 'log.json', 'log.json', 'part2.mcap'].map(hashOf)).toEqual([
    abc,
    ofNothing,
    abc,
    abc,
    abc,
  ])
  expect(() => hashOf('part3.mcap')).toThrow("'part3.mcap' is no file of the log")
})

const seed = 2203

test(`a log's content hash is that of its files' hashes by name, in any order (seed ${seed})`, () => {
  const name = fc.oneof(fc.integer({ min: 0, max: 30 }).map(String), fc.string({ minLength: 1, maxLength: 4 }))
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/)
  const inputs = [
    fc.dictionary(name, digest, { noNullPrototype: true }),
    fc.option(fc.string(), { nil: undefined }),
  ] as const
  const property = fc.property(...inputs, fc.boolean(), (byName, part, isSorted) => {
    const files = isSorted ? Object.keys(byName).sort() : Object.keys(byName)
    const hashes = hashesFor(files.length)
    for (const [index, file] of files.entries()) setHash(hashes, index, byName[file])
    const expected = hashJson(part === undefined ? byName : { part, hashes: byName })
    expect(contentHashOf({ files, hashes, part })).toBe(expected)
  })
  fc.assert(property, { seed, numRuns: 500 })
})
