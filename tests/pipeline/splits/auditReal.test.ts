import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../../pipeline/dataset.js'
import type { Grid } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'
import type { AuditFile } from '../../../pipeline/splits/audit/auditFile.js'
import { auditSplit } from '../../../pipeline/splits/audit/auditSplit.js'
import { auditSplitDefaults } from '../../../pipeline/splits/audit/config.js'
import type { Finding } from '../../../pipeline/splits/audit/finding.js'
import { readAudit } from '../../../pipeline/splits/audit/readAudit.js'
import { Signer } from '../../../pipeline/splits/audit/signature.js'
import { matchSignatures } from '../../../pipeline/splits/audit/signatureMatches.js'
import { SignatureSet } from '../../../pipeline/splits/audit/signatureSet.js'
import { parts } from '../../../pipeline/splits/part.js'
import { freeIndex } from '../../../pipeline/taxonomy.js'
import { realData, realDataMissing } from '../../support/occlab.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'
import { datasetOf } from '../ingest/datasetOf.js'

const seed = 271
const skipped = realDataMissing ? ` (skipped: ${realDataMissing})` : ''
if (skipped) console.warn(`splits of real logs are not audited${skipped}`)

const boxLogs = join(realData, 'boxlogs')
const kitti = join(realData, 'semantickitti')

async function audit(dataset: Dataset, lists: object): Promise<AuditFile> {
  const file = join(tempFolder(), 'lists.json')
  writeFileSync(file, JSON.stringify(lists))
  const out = join(tempFolder(), 'audit')
  await auditSplit({ dataset: dataset.dir, lists: file, out, config: auditSplitDefaults, seed: 1, replace: false })
  return readAudit(out)
}

function finding({ findings }: AuditFile, kind: string): Finding {
  return findings.find((one) => one.kind === kind)!
}

/** Each column takes what stands where it would be seen from a place up to 1 m and 5° away. */
function nudged(semantics: Uint8Array, { originM, voxelM, dims }: Grid, free: number, rng: ReturnType<typeof stream>) {
  const [awayM, towards, turn] = [rng.float(), rng.uniform(0, 2 * Math.PI), (rng.uniform(-5, 5) * Math.PI) / 180]
  const [dx, dy] = [awayM * Math.cos(towards), awayM * Math.sin(towards)]
  const moved = new Uint8Array(semantics.length).fill(free)
  for (let i = 0; i < dims[0]; i++)
    for (let j = 0; j < dims[1]; j++) {
      const [x, y] = [originM[0] + (i + 0.5) * voxelM, originM[1] + (j + 0.5) * voxelM]
      const a = Math.floor((Math.cos(turn) * x - Math.sin(turn) * y + dx - originM[0]) / voxelM)
      const b = Math.floor((Math.sin(turn) * x + Math.cos(turn) * y + dy - originM[1]) / voxelM)
      if (a < 0 || b < 0 || a >= dims[0] || b >= dims[1]) continue
      const [from, to] = [(a * dims[1] + b) * dims[2], (i * dims[1] + j) * dims[2]]
      moved.set(semantics.subarray(from, from + dims[2]), to)
    }
  return moved
}

describe.skipIf(realDataMissing)(`five nuScenes scenes${skipped}`, () => {
  const scenes = ['0553', '0655', '0757', '0796', '1077'].map((name) => `nuscenes-scene-${name}`)

  test('by whole scenes, nothing of another street looks alike', async () => {
    const file = await audit(await datasetOf([boxLogs]), {
      train: scenes.slice(0, 2),
      val: [scenes[2]],
      test: scenes.slice(3),
    })
    expect(file.parts).toMatchObject({ train: { frames: 82 }, val: { frames: 41 }, test: { frames: 81 } })
    expect(finding(file, 'nearDuplicates')).toMatchObject({ severity: 'none', numbers: { frames: 0, logPairs: 0 } })
    expect(file.verdict).toBe('clean')
  })

  test('planted: a scene cut after frame 20, and a scene copied under another name, site and rig', async () => {
    const folder = tempFolder()
    for (const scene of scenes) cpSync(join(boxLogs, scene), join(folder, scene), { recursive: true })
    const copy = join(folder, 'a-copy')
    cpSync(join(boxLogs, scenes[3]), copy, { recursive: true })
    const words = JSON.parse(readFileSync(join(copy, 'log.json'), 'utf8'))
    writeFileSync(
      join(copy, 'log.json'),
      JSON.stringify({ ...words, log_id: 'a-copy', site_id: 'elsewhere', rig_id: 'another' }),
    )
    const dataset = await datasetOf([folder])
    const lists = {
      train: [scenes[0], `${scenes[1]}/0-20`, scenes[3]],
      test: [`${scenes[1]}/21-40`, 'a-copy', scenes[4]],
    }
    const file = await audit(dataset, lists)
    expect(file.missing.count).toBe(0)
    expect(file.verdict).toBe('leak')
    expect(finding(file, 'sharedLogs')).toMatchObject({ severity: 'leak', numbers: { logs: 1 } })
    // The changed log.json is one of its bytes, so only what it shows gives the copy away.
    expect(finding(file, 'sharedSources').severity).toBe('none')
    const copied = finding(file, 'nearDuplicates')
    expect(copied).toMatchObject({ severity: 'leak', numbers: { logPairs: 1 } })
    expect(copied.numbers.identical).toBeGreaterThan(30)
    expect(copied.named.shown[0].frames.map(({ logId }) => logId)).toEqual([scenes[3], 'a-copy'])
    expect(finding(file, 'temporalNeighbours')).toMatchObject({ severity: 'leak', headline: '0.5 s apart' })
    // Windows of 4 + 6 frames over a border between frames 20 and 21: nine.
    expect(finding(file, 'straddlingWindows').numbers.torn).toBe(9)
  })

  test(`a real frame is alike up to a metre and 5° away, and no frame of another scene is (seed ${seed})`, async () => {
    const dataset = await datasetOf([boxLogs])
    const signer = new Signer(dataset.grid, dataset.taxonomy)
    const rng = stream(seed, 'nudges')
    const set = new SignatureSet(signer.length, 2 * dataset.frameCount)
    const logs: string[] = []
    for (const { logId } of dataset.logs)
      for await (const { semantics } of dataset.frames(logId)) {
        const signatures = [semantics, nudged(semantics, dataset.grid, freeIndex(dataset.taxonomy), rng)].map((s) =>
          signer.sign(s),
        )
        if (signatures.includes(null)) continue
        for (const signature of signatures) set.add(0, 0, signature)
        logs.push(logId)
      }
    // Three of the 204 frames show too little.
    expect(logs.length).toBeGreaterThan(195)
    const alike = logs.filter((_, i) => set.distance(2 * i, 2 * i + 1) < auditSplitDefaults.alike)
    expect(alike.length / logs.length).toBeGreaterThan(0.8)
    for (const [i, log] of logs.entries())
      for (const [j, other] of logs.entries())
        if (log !== other && set.distance(2 * i, 2 * j) < auditSplitDefaults.alike)
          expect([log, i, other, j]).toBeNull()
  })
})

describe.skipIf(realDataMissing)(`SemanticKITTI${skipped}`, () => {
  test('planted: sequence 00 cut in the middle; 01, of another road, looks like none of it', async () => {
    const words = { site: 'karlsruhe', rig: 'kitti', grid: 'semantickitti', taxonomy: 'semantickitti' }
    const dataset = await datasetOf([kitti], words)
    const [first, second] = ['semantickitti-00', 'semantickitti-01']
    const index: number[] = []
    for await (const frame of dataset.frames(first)) index.push(frame.frameIndex)
    const middle = index[index.length >> 1]
    const lists = { train: [`${first}/0-${middle - 1}`], test: [`${first}/${middle}-99999`, second] }
    const file = await audit(dataset, lists)
    expect(finding(file, 'sharedLogs')).toMatchObject({ severity: 'leak', numbers: { logs: 1 } })
    expect(finding(file, 'temporalNeighbours').severity).toBe('leak')
    const copied = finding(file, 'nearDuplicates')
    expect(copied.numbers.compared).toBe(index.length + 10)
    for (const { frames } of copied.named.shown) expect(frames[1].logId).toBe(first)

    // A copy of 01 that is a little off, planted among the training frames, is found, so the search would find one.
    const signer = new Signer(dataset.grid, dataset.taxonomy)
    const rng = stream(seed, 'copy of 01')
    const logs = [first, second, 'copy'].map((logId) => ({
      ...makeTrack({ logId, points: line(logId === first ? index.length : 10, 0), siteId: logId }),
      ...{
        calibrationId: null,
        partOfRow: new Int8Array(index.length).fill(parts.indexOf(logId === second ? 'test' : 'train')),
      },
    }))
    const set = new SignatureSet(signer.length, index.length + 20)
    for (const [track, { logId }] of logs.entries()) {
      let row = 0
      for await (const { semantics } of dataset.frames(logId === 'copy' ? second : logId)) {
        const seen = logId === 'copy' ? nudged(semantics, dataset.grid, freeIndex(dataset.taxonomy), rng) : semantics
        set.add(track, row++, signer.sign(seen))
      }
    }
    const { frames } = matchSignatures(set, logs, auditSplitDefaults.alike, seed)
    expect(frames.length).toBeGreaterThanOrEqual(7)
    expect(new Set(frames.map(({ like }) => like.track))).toEqual(new Set([2]))
  }, 120_000)
})
