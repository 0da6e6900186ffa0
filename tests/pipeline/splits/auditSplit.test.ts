import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { describe, expect, test } from 'vitest'
import { splitAudit } from '../../../cli/splitAudit.js'
import { splitAuditTable } from '../../../cli/splitAuditTable.js'
import { type AuditSplitOptions, auditSplit } from '../../../pipeline/splits/audit/auditSplit.js'
import { type AuditSplitConfig, auditSplitDefaults } from '../../../pipeline/splits/audit/config.js'
import { readAudit } from '../../../pipeline/splits/audit/readAudit.js'
import { searches } from '../../../pipeline/splits/audit/searches.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { split } from '../../../pipeline/splits/split.js'
import { runStage } from '../../../pipeline/stage.js'
import { writeDataset } from '../../support/dataset.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'

/** Logs of twelve frames at two sites, far apart. */
async function fleet(logs = 6): Promise<string> {
  const tracks = Array.from({ length: logs }, (_, i) =>
    makeTrack({ logId: `log${i}`, siteId: `site & ${i % 2}`, points: line(12, 1000 * i), startS: 86_400 * (i + 1) }),
  )
  const dir = join(tempFolder(), 'dataset')
  await writeDataset(dir, tracks)
  return dir
}

async function audited(options: Partial<Omit<AuditSplitOptions, 'config'>> & { config?: Partial<AuditSplitConfig> }) {
  const out = options.out ?? join(tempFolder(), 'audit')
  const config = { ...auditSplitDefaults, ...options.config }
  const manifest = await auditSplit({ dataset: '', seed: 1, replace: false, ...options, out, config })
  return { out, manifest, file: await readAudit(out) }
}

function listsFile(lists: object): string {
  const path = join(tempFolder(), 'lists.json')
  writeFileSync(path, JSON.stringify(lists))
  return path
}

const torn = { train: ['log0', 'log1', 'log2/0-5'], test: ['log2/6-11', 'log3', 'nobody'] }

describe('a split of ours', () => {
  test('is clean, of this dataset, and every search has a finding', async () => {
    const dataset = await fleet()
    const splitDir = join(tempFolder(), 'split')
    await split({ dataset, out: splitDir, config: splitDefaults, seed: 1, replace: false })
    const { file, manifest } = await audited({ dataset, split: splitDir })
    expect(file).toMatchObject({ verdict: 'clean', assignment: { from: 'split', isOfDataset: true }, inNoPart: 0 })
    expect(file.findings.map(({ kind }) => kind)).toEqual(Object.keys(searches))
    // The split's identity, which a certificate compares, and the findings in short.
    expect(manifest.inputs.split.hash).toBe(file.assignment.hash)
    expect(manifest.details).toMatchObject({ verdict: 'clean', findings: { sharedLogs: { severity: 'none' } } })

    // Of a dataset with a log less it is another split, and says so.
    const foreign = await audited({ dataset: await fleet(5), split: splitDir })
    expect(foreign.file).toMatchObject({
      assignment: { isOfDataset: false },
      missing: { count: 1, shown: ['log log5'] },
    })
  })

  test('planted: a model whose manifest lists frames of test', async () => {
    const dataset = await fleet()
    const model = join(tempFolder(), 'model')
    await runStage({ stage: 'train-latent', target: model, config: {}, seed: 1, inputs: {} }, async (work) => {
      work.detail('trainedOn', { log0: [[0, 11]], log3: [[2, 3]] })
    })
    const { file } = await audited({ dataset, lists: listsFile({ train: ['log0'], test: ['log3'] }), models: [model] })
    const found = file.findings.find(({ kind }) => kind === 'fittedStatistics')!
    expect(found).toMatchObject({ severity: 'leak', numbers: { measuredFrames: 2 } })
    expect(found.named.shown[0].what).toMatch(/^in the training of train-latent [0-9a-f]{12}$/)
  })
})

describe('lists from elsewhere', () => {
  test('planted: a log cut in two; what is missing and unassigned is named', async () => {
    const { file, manifest } = await audited({ dataset: await fleet(), lists: listsFile(torn) })
    expect(file).toMatchObject({
      ...{ verdict: 'leak', assignment: { from: 'lists', isOfDataset: null }, inNoPart: 24 },
      parts: { train: { logs: 3, frames: 30 }, val: { logs: 0, frames: 0 }, test: { logs: 2, frames: 18 } },
      ...{ missing: { count: 1, shown: ['log nobody'] }, unassigned: { count: 2, shown: ['log4', 'log5'] } },
    })
    expect(manifest.skipped).toMatchObject([{ where: 'log nobody', count: 1 }])
    const leaks = file.findings.filter(({ severity }) => severity === 'leak').map(({ kind }) => kind)
    expect(leaks).toEqual(['sharedLogs', 'trainDistance', 'temporalNeighbours', 'straddlingWindows'])
  })

  test('the same lists give the same bytes', async () => {
    const dataset = await fleet()
    const lists = listsFile(torn)
    const [a, b] = [await audited({ dataset, lists }), await audited({ dataset, lists })]
    expect(a.manifest.outputs).toEqual(b.manifest.outputs)
    expect(Object.keys(a.manifest.outputs)).toEqual(['audit.json', 'map.svg'])
  })

  test('the map draws each site, its parts and the leaking frames', async () => {
    const { out } = await audited({ dataset: await fleet(), lists: listsFile(torn) })
    const text = readFileSync(join(out, 'map.svg'), 'utf8')
    const svg = new JSDOM(text, { contentType: 'image/svg+xml' }).window.document
    const titles = [...svg.querySelectorAll('text.title')].map((title) => title.textContent)
    expect(titles).toEqual(['site & 0', 'site & 1', expect.stringContaining('Distance to the nearest training frame')])
    const dots = (site: number, colour: number) =>
      svg.querySelectorAll('svg > g')[site].querySelector(`path.dots.c${colour}`)?.getAttribute('d')?.match(/M/g)
        ?.length
    // log2's frames 6 to 11 are as near to train as their own log is; no val anywhere; log4 is in no part.
    expect([dots(0, 4), dots(0, 1), dots(1, 4)]).toEqual([expect.any(Number), undefined, undefined])
    for (const colour of [0, 2, 3]) expect(dots(0, colour)).toBeGreaterThan(0)
    expect(svg.querySelectorAll('rect.key')).toHaveLength(24)
  })
})

describe('what cannot be audited', () => {
  test('neither or both of split and lists', async () => {
    await expect(audited({ dataset: 'x' })).rejects.toThrow(/one of --split and --lists/)
    await expect(audited({ dataset: 'x', split: 'y', lists: 'z' })).rejects.toMatchObject({ tag: 'usage' })
  })

  test.each([
    [{ clip: 0 }, /audit.clip/],
    [{ horizon: 1.5 }, /audit.horizon/],
    [{ bufferM: -1 }, /audit.bufferM is negative/],
  ])('limits that are none: %j', async (config, message) => {
    await expect(audited({ dataset: 'x', split: 'y', config })).rejects.toThrow(message)
  })

  test('planted: an audit.json that is none', async () => {
    const dir = tempFolder()
    writeFileSync(join(dir, 'audit.json'), '{"kind": "something else"}')
    await expect(readAudit(dir)).rejects.toThrow(/audit.json: not a readable audit/)
  })
})

describe('the command', () => {
  async function run(dataset: string, lists: string): Promise<{ said: string; code: unknown }> {
    const said: string[] = []
    const write = process.stdout.write
    const before = process.exitCode
    process.exitCode = undefined
    process.stdout.write = ((text: string) => said.push(text) > 0) as typeof write
    try {
      const flags = { dataset, lists, out: join(tempFolder(), 'audit'), seed: 1, replace: false, json: false }
      await splitAudit.handler(flags as never)
      return { said: said.join(''), code: process.exitCode }
    } finally {
      process.stdout.write = write
      process.exitCode = before
    }
  }

  test('a leak leaves with 4, and the table names its worst example', async () => {
    const { said, code } = await run(await fleet(), listsFile(torn))
    expect(code).toBe(4)
    expect(said).toMatch(/logs in two parts +LEAK +1 log +train log2\/5 – test log2\/6: 1.0 m, 0.1 s/)
    expect(said).toContain('1 name is not in the dataset: log nobody')
    expect(said).toContain('the audit failed: 4 of 8 findings are leaks')
  })

  test('a clean assignment leaves with 0', async () => {
    const { said, code } = await run(await fleet(), listsFile({ train: ['log0', 'log1'], test: ['log2', 'log3'] }))
    expect(code).toBeUndefined()
    expect(said).toContain('the audit found no leak')
  })

  test('every finding has its line in the table', async () => {
    const { file } = await audited({ dataset: await fleet(), lists: listsFile(torn) })
    const lines = splitAuditTable(file, 'dataset', 'audit')
    for (const { title } of Object.values(searches))
      expect(lines.filter((line) => line.startsWith(title))).toHaveLength(1)
  })
})
