/**
 * The one place that imports the compute engine. Everything else writes `import { tf } from '../engine/tensorflow.js'`
 * and keeps to tfjs-core's public API, so that the same model code runs on any backend.
 */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import os from 'node:os'
import util from 'node:util'
import type * as TfCore from '@tensorflow/tfjs-core'
import { messageOf, OcclabError } from '../../pipeline/errors.js'

/** The tensor types, for code outside `models/`: the engine is imported here and nowhere else. */
export type { Tensor, Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'

/** Exit 2: the engine is not set up on this machine, or cannot be loaded. */
export class EngineError extends OcclabError {
  readonly tag = 'engine'
  readonly exitCode = 2
}

/** What the native backend offers beyond tfjs-core's interface; only files in this folder may use it. */
export interface NativeBackend {
  binding: NativeBinding
  isUsingGpuDevice: boolean
  getInputTensorIds(tensors: TfCore.TensorInfo[]): number[]
  createOutputTensor(output: NativeOutput): TfCore.Tensor
  readSync(dataId: object): TfCore.BackendValues
  /** What is behind each tensor. */
  tensorMap: { get(dataId: object): StoredTensor; has(dataId: object): boolean }
}

export interface StoredTensor {
  /** Native id; not yet given while `values` is not null. */
  id: number
  /** Number in TensorFlow's types.proto. */
  dtype: number
  values: unknown
}

export interface NativeBinding {
  createTensor(shape: number[], dtype: number, values: Int32Array | Float32Array): number
  deleteTensor(id: number): void
  executeOp(name: string, attributes: OpAttribute[], inputIds: number[], outputs: number): NativeOutput[]
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_TYPE: number
  readonly TF_Version: string
}

export interface NativeOutput {
  id: number
  shape: number[]
  dtype: number
}

export interface OpAttribute {
  name: string
  type: number
  value: boolean | number | string | number[]
}

export interface EngineInfo {
  engine: string
  tensorflowVersion: string
  /** `cpu`, or the GPU's name. */
  device: string
  threads: number
}

/** Threads that one native operation may use: `OCCLAB_THREADS`, else TensorFlow's own variable, else all cores. */
export function engineThreads(): number {
  const asked = process.env.OCCLAB_THREADS ?? process.env.TF_NUM_INTRAOP_THREADS
  if (asked === undefined || asked === '') return os.availableParallelism()
  const threads = Number(asked)
  if (Number.isInteger(threads) && threads > 0) return threads
  throw new EngineError('the number of threads is not usable', {
    place: 'OCCLAB_THREADS',
    expected: 'a whole number from 1',
    actual: asked,
  })
}

let engine: typeof TfCore | undefined
let ownKernels = false

/**
 * The engine, with TensorFlow's native backend selected. It is loaded at its first use rather than on import, so that
 * `occlab --help` and `occlab doctor` neither wait for it nor need it; that first use throws `EngineError` where the
 * engine is not set up.
 */
export const tf = new Proxy({} as typeof TfCore, {
  get(_target, name) {
    engine ??= loadEngine()
    return Reflect.get(engine, name)
  },
})

function loadEngine(): typeof TfCore {
  prepareProcess()
  const require = createRequire(import.meta.url)
  try {
    loadLibraryQuietly(require)
    const loaded = require('@tensorflow/tfjs-node-gpu') as typeof TfCore
    // The portable backend greets Node users with an advertisement for the backend that is already loaded.
    loaded.env().set('IS_NODE', false)
    ownKernels = loadKernels(require)
    return loaded
  } catch (cause) {
    const reason = messageOf(cause).trim().split('\n')[0]
    throw new EngineError(`the compute engine cannot be loaded; run \`npm run setup\` (${reason})`, { cause })
  }
}

/** Sets what must stand before the native library is loaded; a value that the user has set is left alone. */
function prepareProcess(): void {
  // tfjs-node 4.22 calls two functions that Node 22 warns of and Node 23 removed.
  const removed = util as unknown as Record<string, unknown>
  removed.isNullOrUndefined = (value: unknown) => value === null || value === undefined
  removed.isArray = Array.isArray
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  process.env.TF_DETERMINISTIC_OPS ??= '1'
  // Otherwise the first process takes the GPU's whole memory and a second one (a test, a viewer) fails.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  process.env.TF_NUM_INTRAOP_THREADS ??= String(engineThreads())
}

/**
 * libtensorflow writes a greeting while it is being loaded, before it looks at any log level. The set-up therefore
 * builds a small loader that keeps it silent; without it the engine works as well and is merely noisy.
 */
function loadLibraryQuietly(require: NodeJS.Require): void {
  if (process.env.TF_CPP_MIN_LOG_LEVEL === '0') return
  let loader: { load(): string | null }
  try {
    loader = require('@tensorflow/tfjs-node-gpu/lib/napi-v8/quietLoad.node')
  } catch {
    return
  }
  const problem = loader.load()
  if (problem !== null) throw new Error(problem)
}

/**
 * Occlab's own kernels, which the set-up compiles beside the binding (`kernels/`). Everything works without them, at the
 * speed of TensorFlow's: `OCCLAB_KERNELS=0` leaves them out.
 */
function loadKernels(require: NodeJS.Require): boolean {
  if (process.env.OCCLAB_KERNELS === '0') return false
  let kernels: { load(): string | null }
  try {
    kernels = require('@tensorflow/tfjs-node-gpu/lib/napi-v8/occlabKernels.node')
  } catch {
    return false
  }
  const problem = kernels.load()
  if (problem !== null) throw new Error(problem)
  return true
}

/** Whether our own kernels can be called now: they are there, and the tensors lie in the processor's memory. */
export function hasOwnKernels(): boolean {
  const native = nativeBackend()
  return native !== null && ownKernels && !native.isUsingGpuDevice
}

/** The native backend where it is the one in use, else null. */
export function nativeBackend(): NativeBackend | null {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : null
}

/** What computes here: for manifests, reports and `occlab doctor`. */
export function engineInfo(): EngineInfo {
  const native = nativeBackend()
  return {
    engine: native ? `tfjs-node ${tf.version_core}` : `tfjs ${tf.version_core} (${tf.getBackend()})`,
    tensorflowVersion: native?.binding.TF_Version ?? 'none',
    device: native?.isUsingGpuDevice ? gpuName() : 'cpu',
    threads: engineThreads(),
  }
}

function gpuName(): string {
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' })
    return names.trim().split('\n').join(', ') || 'gpu'
  } catch {
    return 'gpu'
  }
}
