import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { asDiskError, makeFolder } from './diskError.js'
import { UsageError } from './errors.js'
import { canonicalJson, filesBelow, hashFile, hashJson } from './hash.js'
import { stopIfInterrupted } from './interrupt.js'
import { takeLock } from './lock.js'
import { hashInput, type Manifest, manifestFile, readManifest, type Skip } from './manifest.js'
import { signatureFile } from './signature.js'
import { emptied, followed, manifestIn, moveIntoPlace, partialName, removeReplaced, stateName } from './stageFolders.js'
import { schemaVersion, toolVersion } from './version.js'

/** What decides a stage's outputs. Same plan, same bytes. */
export interface StagePlan {
  stage: string
  /** The folder the stage writes. */
  target: string
  config: object
  seed: number
  /** Input name → path of a stage folder, a raw folder or a file; with its hash where the stage has taken it itself. */
  inputs: Record<string, string | { path: string; hash: string }>
  /** Replace a finished folder that another configuration wrote, instead of refusing. */
  replace?: boolean
  /** Whether a finished folder of this very plan is to be made again all the same: something passing kept it from being whole. */
  isLacking?(finished: Manifest): boolean
}

/** What one unit of work leaves: its files (relative to the work folder), a small JSON result, and what it skipped. */
export interface UnitOutcome<T> {
  files: string[]
  result: T
  skipped?: Skip[]
  /** It may come out otherwise next time, without another plan: not kept for a run that goes on from here. */
  isPassing?: boolean
}

/** A stage's hand on its half-written folder. */
export interface Work {
  /** Absolute path of the folder that is renamed to the target when all is done. */
  readonly dir: string
  /** Absolute path for checkpoints and other state that resuming needs and the finished folder does not keep. */
  readonly stateDir: string
  readonly key: string
  /** Content hashes of the inputs, by name. */
  readonly inputHashes: Readonly<Record<string, string>>
  /** Runs a unit once: a unit that an earlier, killed run finished is not run again, its result is read back. */
  unit<T>(name: string, make: () => Promise<UnitOutcome<T>>): Promise<T>
  skip(skip: Skip): void
  /** Facts for the manifest's `details`. */
  detail(name: string, value: unknown): void
}

/** A manifest but for what comes of the run. */
type ManifestHead = Omit<Manifest, 'outputs' | 'skipped' | 'details' | 'hash'>

const journalName = 'journal'
/** Ending of a file that is being written; one that a killed run left is no output. */
const writingEnd = '.writing'
/** Wall-clock facts vary from run to run, so this file is listed in no manifest and enters no hash. */
export const timingFile = 'timing.json'
/** Folder of logs for other programs (TensorBoard): times stand in them, so nothing below it enters a hash either. */
export const logsFolder = 'tensorboard'
/** What may differ between two runs of one plan, and is no output. */
const unhashed = [timingFile, signatureFile]

function isOutput(file: string): boolean {
  const below = [stateName, logsFolder].some((folder) => file.startsWith(`${folder}/`))
  return !below && file !== manifestFile && !unhashed.includes(basename(file))
}

/**
 * Runs a stage: writes beside the target in `<target>.partial`, fsyncs and renames. A killed run leaves the partial
 * folder, from which the same plan goes on; a finished target with the same key is returned as it is.
 *
 * Throws UsageError when the target holds another plan's result (unless `replace`), LockedError when another process
 * writes it, DiskError when the disk is full, Interrupted on Ctrl-C.
 */
export async function runStage(plan: StagePlan, run: (work: Work) => Promise<void>): Promise<Manifest> {
  const target = await followed(plan.target)
  const inputs = await resolveInputs(plan, target)
  const config = plan.config as Record<string, unknown>
  const hashes = Object.fromEntries(Object.entries(inputs).map(([name, { hash }]) => [name, hash]))
  const key = hashJson({ stage: plan.stage, toolVersion, schemaVersion, config, seed: plan.seed, inputs: hashes })

  await makeFolder(dirname(target))
  const release = lockOrRethrow(`${target}.lock`)
  try {
    const finished = await finishedManifest(plan, target, key)
    if (finished) {
      await removeReplaced(target)
      return finished
    }
    const sealed = await manifestIn(partialName(target))
    const head = { tool: 'occlab' as const, version: toolVersion, schemaVersion, stage: plan.stage, key }
    const make = () => workOut({ ...head, config, seed: plan.seed, inputs }, target, hashes, run)
    // One that was killed just before its result got its name.
    const manifest = sealed?.key === key && !plan.isLacking?.(sealed) ? sealed : await make()
    // Only now: until the manifest is there, a killed run goes on from it.
    await rm(join(partialName(target), stateName), { recursive: true, force: true })
    await moveIntoPlace(target)
    return manifest
  } catch (error) {
    throw asDiskError(error, target)
  } finally {
    release()
  }
}

/** Runs the stage in its half-written folder, up to the manifest. */
async function workOut(
  head: ManifestHead,
  target: string,
  hashes: Record<string, string>,
  run: (work: Work) => Promise<void>,
): Promise<Manifest> {
  const started = Date.now()
  const work = await StageWork.open(partialName(target), head.key, hashes)
  await run(work)
  stopIfInterrupted()
  return work.seal(head, Date.now() - started)
}

async function resolveInputs(plan: StagePlan, target: string): Promise<Manifest['inputs']> {
  const inputs: Manifest['inputs'] = {}
  for (const [name, input] of Object.entries(plan.inputs)) {
    const { path, hash } = typeof input === 'string' ? { path: input, hash: await hashInput(input) } : input
    inputs[name] = { path: relative(target, resolve(path)), hash }
  }
  return inputs
}

async function finishedManifest(plan: StagePlan, target: string, key: string): Promise<Manifest | null> {
  if (!existsSync(target)) return null
  const isOurs = existsSync(join(target, manifestFile))
  if (!isOurs) throw new UsageError('the target exists and is not a folder occlab wrote', { file: target })
  const manifest = await readManifest(target)
  if (manifest.key === key) return plan.isLacking?.(manifest) ? null : manifest
  if (plan.replace) return null
  throw new UsageError('the target holds the result of another plan; choose another folder or pass --replace', {
    file: target,
    place: whatDiffers(manifest, plan),
  })
}

function whatDiffers(manifest: Manifest, plan: StagePlan): string {
  if (manifest.stage !== plan.stage) return `stage ${manifest.stage}`
  const now = plan.config as Record<string, unknown>
  const keys = [...new Set([...Object.keys(manifest.config), ...Object.keys(now)])]
  const differing = keys.filter((k) => canonicalJson(manifest.config[k] ?? null) !== canonicalJson(now[k] ?? null))
  if (differing.length > 0) return `config ${differing.join(', ')}`
  return manifest.seed === plan.seed ? 'inputs or version' : 'seed'
}

class StageWork implements Work {
  private readonly skips: Skip[] = []
  private readonly details: Record<string, unknown> = {}
  private readonly hashed = new Map<string, { sha256: string; bytes: number }>()

  private constructor(
    readonly dir: string,
    readonly key: string,
    readonly inputHashes: Readonly<Record<string, string>>,
  ) {}

  get stateDir(): string {
    return join(this.dir, stateName)
  }

  static async open(dir: string, key: string, inputHashes: Record<string, string>): Promise<StageWork> {
    const work = new StageWork(dir, key, inputHashes)
    const keyFile = join(work.stateDir, 'key')
    const before = existsSync(keyFile) ? await readFile(keyFile, 'utf8') : null
    // Another plan's leavings would mix with ours.
    if (before !== key) await emptied(dir)
    await mkdir(join(work.stateDir, journalName), { recursive: true })
    await writeAtomically(keyFile, key)
    return work
  }

  async unit<T>(name: string, make: () => Promise<UnitOutcome<T>>): Promise<T> {
    stopIfInterrupted()
    const entry = join(this.stateDir, journalName, `${encodeURIComponent(name)}.json`)
    const done = await this.recall<T>(entry)
    if (done) return done.result
    const { files, result, skipped = [], isPassing = false } = await make()
    const outputs: Record<string, { sha256: string; bytes: number }> = {}
    for (const file of files) outputs[file] = await fingerprint(join(this.dir, file))
    if (!isPassing) await writeAtomically(entry, JSON.stringify({ outputs, result, skipped }))
    return this.accept(outputs, result, skipped)
  }

  private async recall<T>(entry: string): Promise<{ result: T } | null> {
    if (!existsSync(entry)) return null
    const { outputs, result, skipped } = JSON.parse(await readFile(entry, 'utf8'))
    for (const [file, { bytes }] of Object.entries<{ bytes: number }>(outputs)) {
      const found = await stat(join(this.dir, file)).catch(() => null)
      if (found?.size !== bytes) return null
    }
    return { result: this.accept(outputs, result, skipped) }
  }

  private accept<T>(outputs: Record<string, { sha256: string; bytes: number }>, result: T, skipped: Skip[]): T {
    for (const [file, facts] of Object.entries(outputs)) this.hashed.set(file, facts)
    this.skips.push(...skipped)
    return result
  }

  skip(skip: Skip): void {
    this.skips.push(skip)
  }

  detail(name: string, value: unknown): void {
    this.details[name] = value
  }

  async seal(head: ManifestHead, elapsedMs: number): Promise<Manifest> {
    const outputs: Manifest['outputs'] = {}
    await this.removeHalfWritten()
    for (const file of await filesBelow(this.dir))
      if (isOutput(file)) outputs[file] = this.hashed.get(file) ?? (await fingerprint(join(this.dir, file)))
    const skipped = mergeSkips(this.skips)
    const hash = hashJson({ key: head.key, outputs })
    const manifest: Manifest = { ...head, outputs, skipped, details: this.details, hash }
    if (!existsSync(join(this.dir, timingFile)))
      await writeAtomically(join(this.dir, timingFile), `${JSON.stringify({ lastRunS: elapsedMs / 1000 })}\n`)
    await writeAtomically(join(this.dir, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
    return manifest
  }

  private async removeHalfWritten(): Promise<void> {
    for (const file of await filesBelow(this.dir)) if (file.endsWith(writingEnd)) await rm(join(this.dir, file))
  }
}

/** Skips of the same kind and reason become one line: the first place in order of `where`, and the sum. */
function mergeSkips(skips: Skip[]): Skip[] {
  const merged = new Map<string, Skip>()
  for (const skip of [...skips].sort((a, b) => (a.where < b.where ? -1 : 1))) {
    const key = `${skip.what}\n${skip.why}`
    const known = merged.get(key)
    merged.set(key, known ? { ...known, count: known.count + skip.count } : { ...skip })
  }
  return [...merged.values()].sort((a, b) => (`${a.what}${a.why}` < `${b.what}${b.why}` ? -1 : 1))
}

async function fingerprint(path: string): Promise<{ sha256: string; bytes: number }> {
  const file = await open(path, 'r')
  try {
    await file.sync()
    return { sha256: await hashFile(path), bytes: (await file.stat()).size }
  } finally {
    await file.close()
  }
}

/** Writes a file so that its name never shows anything but the whole content, on disk. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}${writingEnd}`
  const file = await open(beside, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

function lockOrRethrow(path: string): () => void {
  try {
    return takeLock(path)
  } catch (error) {
    throw asDiskError(error, path)
  }
}
