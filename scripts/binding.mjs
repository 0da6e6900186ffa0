import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCompiler } from './requirements.mjs'
import { lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'

const KERNELS = fileURLToPath(new URL('../models/engine/kernels', import.meta.url))
/** Where a loop has a variant for wide registers it shall use them whole. */
const VECTOR_OPTIONS = process.arch === 'x64' ? ['-mprefer-vector-width=512'] : []
const QUIET_SOURCE = fileURLToPath(new URL('./quietLoad.cc', import.meta.url))

/**
 * The set-up step that compiles tfjs-node's native binding against the libtensorflow in `engine`. It uses Node-API
 * only, so one build serves every Node release, and the compiler alone suffices: no node-gyp, no headers of Node.
 */
export function bindingStep(root, engine, lock) {
  const pkg = path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu')
  // The place where tfjs-node looks: module_path of its package.json.
  const output = path.join(pkg, 'lib/napi-v8')
  const stamp = path.join(output, 'occlab.json')
  const built = ['tfjs_binding.node', 'quietLoad.node', 'occlabKernels.node'].map((name) => path.join(output, name))
  return {
    name: 'native binding',
    lock,
    async state() {
      if (![...built, stamp].every((file) => existsSync(file))) return null
      const { key, loads } = JSON.parse(readFileSync(stamp, 'utf8'))
      return key === keyOf(pkg, engine) ? `${loads}, built` : null
    },
    intent: () => `compile ${path.relative(root, built[0])} against ${engine}`,
    async apply(report) {
      report.start('native binding', 'compiling, about ten seconds')
      mkdirSync(output, { recursive: true })
      const jobs = compilations(root, pkg, engine)
      await Promise.all(jobs.map((args, at) => compile(args, built[at])))
      const loads = await tryToLoad(root)
      writeFileSync(stamp, `${JSON.stringify({ key: keyOf(pkg, engine), loads })}\n`)
      return loads
    },
  }
}

/** Changes when a source, an option or the libtensorflow does. */
function keyOf(pkg, engine) {
  const folder = path.join(pkg, 'binding')
  const sources = readdirSync(folder).sort()
  const hash = createHash('sha256').update(engine)
  for (const file of [
    ...sources.map((name) => path.join(folder, name)),
    QUIET_SOURCE,
    ...kernelSources(),
    fileURLToPath(import.meta.url),
  ]) {
    hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Files of our own kernels. */
function kernelSources() {
  const names = readdirSync(KERNELS).sort()
  return names.map((name) => path.join(KERNELS, name))
}

/** The compiler's arguments, but for the output: the binding, the small loader beside it, our own kernels. */
function compilations(root, pkg, engine) {
  const libraries = path.join(engine, 'tensorflow')
  const shared = ['-O2', '-std=c++17', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8']
  const nodeApi = ['-I', path.join(root, 'node_modules/node-api-headers/include')]
  const binding = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(pkg, 'binding', name))
  return [
    [
      ...[...shared, ...nodeApi, '-I', path.join(libraries, 'include'), ...binding],
      ...['-L', libraries, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      ...['-Xlinker', '-rpath', '-Xlinker', libraries],
    ],
    [
      ...[...shared, ...nodeApi, QUIET_SOURCE, '-ldl'],
      `-DLIBTENSORFLOW=${JSON.stringify(path.join(libraries, 'libtensorflow_cc.so.2'))}`,
    ],
    [
      // No flag that reorders sums or assumes that there is no NaN: the finite guard must see one.
      ...[...shared, ...nodeApi, '-O3', '-fno-math-errno', '-fno-trapping-math', '-pthread', ...VECTOR_OPTIONS],
      ...['-I', path.join(libraries, 'include')],
      ...kernelSources().filter((file) => file.endsWith('.cc')),
      ...['-L', libraries, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      ...['-Xlinker', '-rpath', '-Xlinker', libraries],
    ],
  ]
}

/** Compiles beside the target and renames: a process that has the old file loaded keeps it. */
async function compile(args, target) {
  const beside = `${target}.${process.pid}.partial`
  const compiler = findCompiler() ?? 'g++'
  const { code, stderr } = await run(compiler, [...args, '-o', beside])
  if (code !== 0) {
    throw new SetupError(`${path.basename(target)} does not compile with ${compiler}:\n${lastLines(stderr, 12)}`, {
      exitCode: 1,
    })
  }
  await rename(beside, target)
}

const LOAD = `
const util = require('util')
util.isNullOrUndefined ??= (value) => value == null
util.isArray ??= Array.isArray
require('@tensorflow/tfjs-node-gpu/lib/napi-v8/quietLoad.node').load()
const tf = require('@tensorflow/tfjs-node-gpu')
const device = tf.backend().isUsingGpuDevice ? 'gpu' : 'cpu'
const sum = tf.tensor1d([1, 2, 3]).sum().dataSync()[0]
if (sum !== 6) throw new Error('1 + 2 + 3 came out as ' + sum)
console.log('TensorFlow ' + tf.backend().binding.TF_Version + ' computes on the ' + device)
`

/** In a process of its own, since a library that does not fit this machine can end the process that loads it. */
async function tryToLoad(root) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }
  const { code, stdout, stderr } = await run(process.execPath, ['-e', LOAD], { cwd: root, env })
  if (code === 0) return stdout.trim()
  throw new SetupError(`the native binding is built but does not load:\n${lastLines(stderr, 8)}`, { exitCode: 1 })
}
