import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Format, readers } from '../../../pipeline/ingest/readers.js'
import { type Child, startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import { copiesOf, type Sample } from './samples/sample.js'
import { samples } from './samples/samples.js'

const seed = Number(process.env.FUZZ_SEED ?? 20261121)
const formats = Object.keys(readers) as Format[]
const total = Number(process.env.FUZZ_CASES ?? 2200)
const casesEach = Math.ceil(total / formats.length)
/** A case takes well under a second; on a busy machine a few. */
const silenceMs = 60_000
/** The samples are a few hundred kilobytes: more than this only a header that lies can ask for. */
const mostBytes = 1.5e9
/** Formats that carry a checksum of their content: what they let through must be what was written, or say so. */
const checksummed = /\.(npz|mcap)$/

let root = ''
beforeAll(async () => {
  root = await compiledRoot()
})

interface Line {
  n?: number
  file?: string
  damage?: string
  end?: 'error' | 'same' | 'flagged' | 'different' | 'crash'
  error?: string
  peakBytes?: number
}

for (const format of formats) {
  const sample: Sample = samples[format]
  const copy = copiesOf(sample)
  const name = `${format}: ${casesEach} damaged files end in an error that names them, or in frames (seed ${seed})`
  test.skipIf(sample.missing)(`${name}${sample.missing}`, { timeout: 600_000 }, async () => {
    const path = await copy()
    const config = JSON.stringify({ ...sample.config, grid: 'compact' })
    const child = startNode(join(import.meta.dirname, 'fuzzChild.mjs'), [
      ...[root, path, format, config, String(seed), String(casesEach)],
    ])
    const stopWatching = killWhenSilent(child)
    const { code, signal, stdout, stderr } = await child.ended
    stopWatching()
    const lines = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
    expect({ code, signal, last: lines.at(-2), stderr: stderr.slice(-2000) }, 'died or hung').toMatchObject({ code: 0 })
    const bad = casesOf(lines).filter(isBad(path))
    expect(bad.slice(0, 5), `${bad.length} cases`).toEqual([])
    expect(casesOf(lines).length).toBeGreaterThan(0.9 * casesEach)
    expect(lines.at(-1)!.peakBytes).toBeLessThan(mostBytes)
  })
}

/** Both lines of each case in one. */
function casesOf(lines: readonly Line[]): Line[] {
  return lines.flatMap((line, i) => (line.end ? [{ ...lines[i - 1], ...line }] : []))
}

function isBad(path: string): (line: Line) => boolean {
  const folder = path.slice(0, path.lastIndexOf('/'))
  return ({ end, file, error }) => {
    if (end === 'crash') return true
    // An error names a file of the log: the damaged one, or another that it does not fit any more.
    if (end === 'error') return !error!.includes(folder)
    return end === 'different' && checksummed.test(file!)
  }
}

function killWhenSilent({ process: running }: Child): () => void {
  let heardMs = Date.now()
  running.stdout!.on('data', () => {
    heardMs = Date.now()
  })
  const timer = setInterval(() => {
    if (Date.now() - heardMs > silenceMs) running.kill('SIGKILL')
  }, 1000)
  return () => clearInterval(timer)
}
