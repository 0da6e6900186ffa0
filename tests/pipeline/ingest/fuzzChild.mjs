/**
 * Ingests one log again and again, each time with one of its files damaged:
 * node fuzzChild.mjs <compiled root> <folder or file> <format> <config as JSON> <seed> <cases>
 * Before each case it prints what it does to which file, after it what came of it, a JSON line each: whoever listens
 * knows what it was at when it dies or falls silent.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [root, path, format, settings, seed, cases] = process.argv.slice(2)
const load = (name) => import(pathToFileURL(join(root, 'pipeline', name)).href)
const { ingestDefaults } = await load('ingest/config.js')
const { findLogs } = await load('ingest/findLogs.js')
const { planLogs } = await load('ingest/plan.js')
const { ingestLog } = await load('ingest/ingestLog.js')
const { ArrowFile } = await load('arrow/arrowFile.js')
const { frameOf } = await load('frames.js')
const { stream } = await load('random.js')
const { DataError } = await load('errors.js')

const config = { ...ingestDefaults, ...JSON.parse(settings), format }
const out = mkdtempSync(join(tmpdir(), 'occlab-fuzz-'))
const quiet = { tick: () => undefined }
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** What the log becomes: the digest of its frames and what was left out, or the error that says why not. */
async function outcome() {
  const { logs, problems } = await findLogs([path], format)
  const plan = await planLogs({ logs, problems }, quiet)
  if (plan.logs.length === 0) return { error: plan.problems[0].error.message }
  const target = join(out, plan.logs[0].file)
  const result = await ingestLog({ log: plan.logs[0], dir: out, config })
  if (result.bad !== null) return { error: result.bad }
  return { digest: await digestOf(target), skipped: result.skipped.length }
}

async function digestOf(file) {
  const hash = createHash('sha256')
  const arrow = await ArrowFile.open(file)
  for (let i = 0; i < arrow.batchCount; i++) {
    const batch = await arrow.readBatch(i)
    for (let row = 0; row < batch.numRows; row++) {
      const { semantics, observed } = frameOf(batch, row)
      hash.update(semantics).update(observed)
    }
  }
  await arrow.close()
  return hash.digest('hex')
}

/** A damaged copy of `bytes`, and the damage in words. */
function damaged(bytes, rng) {
  const copy = Buffer.from(bytes)
  const at = rng.int(bytes.length)
  const kind = rng.pick([
    'flip a bit',
    'set a byte',
    'cut',
    'swap two blocks',
    'write 8 bytes of 0xff',
    'double a block',
  ])
  const length = Math.min(1 + rng.int(64), bytes.length - at)
  const other = rng.int(bytes.length - length + 1)
  if (kind === 'flip a bit') copy[at] ^= 1 << rng.int(8)
  else if (kind === 'set a byte') copy[at] = rng.int(256)
  else if (kind === 'cut') return [copy.subarray(0, at), `${kind} at ${at}`]
  else if (kind === 'write 8 bytes of 0xff') copy.fill(0xff, at, Math.min(at + 8, copy.length))
  else if (kind === 'swap two blocks') {
    bytes.copy(copy, at, other, other + length)
    bytes.copy(copy, other, at, at + length)
  } else return [Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]), `${kind} of ${length} at ${at}`]
  return [copy, `${kind} at ${at}`]
}

const pristine = await outcome()
if (!pristine.digest) throw new Error(`the sample itself cannot be read: ${pristine.error}`)
const { logs } = await findLogs([path], format)
const files = logs[0].files.map((file) => join(logs[0].dir, file))
for (let n = 0; n < Number(cases); n++) {
  const rng = stream(Number(seed), 'fuzz', format, n)
  const file = rng.pick(files)
  const bytes = readFileSync(file)
  if (bytes.length === 0) continue
  const [bad, damage] = damaged(bytes, rng)
  say({ n, file: file.slice(logs[0].dir.length + 1), damage })
  writeFileSync(file, bad)
  try {
    const { error, digest, skipped } = await outcome()
    if (error !== undefined) say({ n, end: 'error', error })
    else if (digest === pristine.digest) say({ n, end: 'same' })
    else say({ n, end: skipped > pristine.skipped ? 'flagged' : 'different' })
  } catch (error) {
    if (error instanceof DataError) say({ n, end: 'error', error: error.message })
    else say({ n, end: 'crash', error: `${error?.stack ?? error}` })
  } finally {
    writeFileSync(file, bytes)
  }
}
say({ peakBytes: process.resourceUsage().maxRSS * 1024 })
rmSync(out, { recursive: true, force: true })
