import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Format, readers } from '../../../pipeline/ingest/readers.js'
import { type Child, startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import type { Sample } from './samples/sample.js'
import { samples } from './samples/samples.js'

const seed = Number(process.env.FUZZ_SEED ?? 20261121)
const formats = Object.keys(readers) as Format[]
const total = Number(process.env.FUZZ_CASES ?? 2200)
const cases = Math.ceil(total / formats.length)
/** The grids of these have ten and two million voxels: of one frame a case takes a quarter of a second, of all a second. */
const leaveOneFrame: Partial<Record<Format, (log: string) => void>> = {
  openoccupancy(log) {
    const [head, first, ...others] = readFileSync(join(log, 'frames.csv'), 'utf8').trim().split('\n')
    writeFileSync(join(log, 'frames.csv'), `${head}\n${first}\n`)
    for (const other of others) rmSync(join(log, 'occupancy', `${other.split(',')[0]}.npy`))
  },
  semantickitti(log) {
    const folder = join(log, 'voxels')
    for (const file of readdirSync(folder)) if (!file.startsWith('000000.')) rmSync(join(folder, file))
  },
}
/** A case takes a second at most; on a busy machine a few. */
const silenceMs = 60_000
/** The samples are a few hundred kilobytes: more than this only a header that lies can ask for. */
const mostBytes = 1.5e9
/** Formats that carry a checksum of their content: what they let through must be what was written, or say so. */
const checksummed = /\.(npz|mcap)$/

let root = ''
beforeAll(async () => {
  root = await compiledRoot()
})

/** A format's sample, and the process that damages and ingests it. */
interface Run {
  path: string
  child: Child
  stopWatching(): void
}
const started = new Map<Format, Promise<Run>>()
const folders: string[] = []
afterAll(async () => {
  for (const run of started.values()) {
    const { child, stopWatching } = await run
    stopWatching()
    child.process.kill('SIGKILL')
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

interface Line {
  n?: number
  file?: string
  damage?: string
  end?: 'error' | 'same' | 'flagged' | 'different' | 'crash'
  error?: string
  peakBytes?: number
}

async function start(format: Format): Promise<Run> {
  const { write, config } = samples[format] as Sample
  const folder = mkdtempSync(join(tmpdir(), 'occlab-fuzz-'))
  folders.push(folder)
  const path = await write(folder)
  leaveOneFrame[format]?.(path)
  const settings = JSON.stringify({ ...config, grid: 'compact' })
  const draws = [String(seed), String(cases)]
  const child = startNode(join(import.meta.dirname, 'fuzzChild.mjs'), [root, path, format, settings, ...draws])
  return { path, child, stopWatching: killWhenSilent(child) }
}

/** The next format's process runs beside this one's: two cores have work. */
async function runOf(format: Format): Promise<Run> {
  const next = formats.slice(formats.indexOf(format)).filter((name) => !(samples[name] as Sample).missing)
  for (const name of next.slice(0, 2)) if (!started.has(name)) started.set(name, start(name))
  return started.get(format)!
}

for (const format of formats) {
  const { missing }: Sample = samples[format]
  const name = `${format}: ${cases} damaged files end in an error that names them, or in frames (seed ${seed})`
  test.skipIf(missing)(`${name}${missing}`, { timeout: 600_000 }, async () => {
    const { path, child, stopWatching } = await runOf(format)
    const { code, signal, stdout, stderr } = await child.ended
    stopWatching()
    const lines = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
    expect({ code, signal, last: lines.at(-2), stderr: stderr.slice(-2000) }, 'died or hung').toMatchObject({ code: 0 })
    const bad = casesOf(lines).filter(isBad(path))
    expect(bad.slice(0, 5), `${bad.length} cases`).toEqual([])
    expect(casesOf(lines).length).toBeGreaterThan(0.9 * cases)
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
