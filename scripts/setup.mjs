#!/usr/bin/env node
/**
 * `npm run setup`: brings a fresh checkout to the point where everything runs, and does nothing where that is already
 * so. `npm run demo` and `npm test` call it first. Plain JavaScript on Node's own modules: it runs before `npm ci`.
 */
import { createHash } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bindingStep } from './binding.mjs'
import { buildStep, commandStep } from './build.mjs'
import { cacheFolder, describe, detectDevice, engineFolder, libtensorflowStep } from './libtensorflow.mjs'
import { withLock } from './lock.mjs'
import { packagesStep } from './packages.mjs'
import { createReporter, megabytes } from './reporter.mjs'
import { checkOptional, checkRequirements } from './requirements.mjs'
import { SetupError } from './setupError.mjs'
import { planWheels } from './wheels.mjs'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
/** What node_modules and dist come to. */
const CHECKOUT_BYTES = 900e6

const HELP = `npm run setup -- [options]

  --cpu, --gpu   which libtensorflow to take; by default --gpu where an NVIDIA GPU answers
  --dry-run      say what would be done, and do nothing
  --help         this text

OCCLAB_CACHE names the folder for libtensorflow, OCCLAB_DEVICE=cpu|gpu chooses as the flags do.`

/**
 * @typedef {object} SetupOptions
 * @property {'cpu' | 'gpu'} [device] @property {boolean} [dryRun] @property {string} [root] the checkout
 * @property {NodeJS.WritableStream & {isTTY?: boolean}} [stream] where the lines go
 */

/**
 * Does what is not yet done; throws `SetupError` with one line for the user.
 * @param {SetupOptions} [options]
 */
export async function setup({ device, dryRun = false, root = ROOT, stream = process.stdout } = {}) {
  const report = createReporter(stream)
  const cache = cacheFolder()
  const plan = planWheels(device ?? deviceFromEnvironment() ?? (await detectDevice()))
  const steps = planSteps(root, cache, plan)
  await requireAll(await spaceNeeded(steps, root, cache, plan), report, dryRun)
  for (const step of steps) await (dryRun ? announce(step, report) : complete(step, report))
  if (dryRun) announceOther(plan, cache, report)
}

/**
 * What is there and what is missing, without doing anything: the rows of `occlab doctor` that do not need the engine.
 * @param {SetupOptions} [options]
 * @returns {Promise<import('./setup.mjs').Finding[]>}
 */
export async function survey({ device, root = ROOT } = {}) {
  const cache = cacheFolder()
  const plan = planWheels(device ?? deviceFromEnvironment() ?? (await detectDevice()))
  const steps = planSteps(root, cache, plan)
  const requirements = await checkRequirements(await spaceNeeded(steps, root, cache, plan))
  const engineSteps = steps.slice(0, 3).map(async ({ name, state }) => {
    const done = await state()
    return { name, ok: done !== null, detail: done ?? 'not set up: npm run setup' }
  })
  const needed = [...requirements, ...(await Promise.all(engineSteps))].map((row) => ({ ...row, needed: true }))
  const optional = (await checkOptional()).map((row) => ({ ...row, needed: false }))
  return [...needed, { name: 'cache', ok: true, detail: cache, needed: true }, ...optional]
}

function planSteps(root, cache, plan) {
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const lock = path.join(os.tmpdir(), `occlab-setup-${checkout}.lock`)
  return [
    packagesStep(root, lock),
    libtensorflowStep(plan, cache),
    bindingStep(root, engineFolder(plan, cache), lock),
    buildStep(root, lock),
    commandStep(root, lock),
  ]
}

async function spaceNeeded([packages, library], root, cache, plan) {
  const largest = Math.max(...plan.wheels.map(({ size }) => size))
  return [
    { folder: root, bytes: (await packages.state()) === null ? CHECKOUT_BYTES : 0 },
    { folder: cache, bytes: (await library.state()) === null ? plan.unpacked + largest : 0 },
  ]
}

async function requireAll(space, report, dryRun) {
  const requirements = await checkRequirements(space)
  const missing = requirements.filter(({ ok }) => !ok)
  if (missing.length === 0) {
    const found = requirements.filter(({ name }) => name !== 'disk' && name !== 'platform')
    report.done('requirements', found.map(({ name, detail }) => `${name} ${detail}`).join(', '))
    return
  }
  const lines = missing.map(({ name, detail }) => `${name} ${detail}`)
  if (!dryRun) throw new SetupError(lines.join('\n'))
  for (const line of lines) report.note(`missing: ${line}`)
}

/** One step: what is done stays; what is not is done by one process at a time. */
async function complete(step, report) {
  const done = await step.state()
  if (done !== null) return report.done(step.name, done)
  const work = async () => (await step.state()) ?? (await step.apply(report))
  const onWait = (owner) => report.start(step.name, `waiting for another set-up (process ${owner})`)
  report.done(step.name, await withLock(step.lock, work, onWait))
}

async function announce(step, report) {
  const done = await step.state()
  if (done !== null) report.done(step.name, done)
  else report.note(`${step.name}: would ${step.intent()}`)
}

function announceOther({ device }, cache, report) {
  const other = planWheels(device === 'cpu' ? 'gpu' : 'cpu')
  const total = `${megabytes(other.download)} to fetch`
  report.note(
    `${other.device === 'gpu' ? 'with an NVIDIA GPU' : 'without a GPU'} (--${other.device}), ${total}: ${describe(other, cache)}`,
  )
}

function deviceFromEnvironment() {
  const device = process.env.OCCLAB_DEVICE
  if (!device || device === 'cpu' || device === 'gpu') return device || undefined
  throw new SetupError(`OCCLAB_DEVICE is ${device}; it can be cpu or gpu`)
}

/** @returns {SetupOptions} */
function parseOptions(args) {
  const known = { '--cpu': { device: 'cpu' }, '--gpu': { device: 'gpu' }, '--dry-run': { dryRun: true } }
  const unknown = args.find((arg) => !(arg in known))
  if (unknown) throw new SetupError(`unknown option ${unknown}\n\n${HELP}`)
  return Object.assign({}, ...args.map((arg) => known[arg]))
}

async function main(args) {
  if (args.includes('--help')) {
    process.stdout.write(`${HELP}\n`)
    return 0
  }
  // A reader that closes early (`… | head`) is no error of ours.
  process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  try {
    await setup(parseOptions(args))
    return 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`setup: ${error.message}\n`)
    return error.exitCode
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2))
}
