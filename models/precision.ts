import { readFileSync } from 'node:fs'
import { UsageError } from '../pipeline/errors.js'
import { nativeBackend } from './engine/tensorflow.js'

/**
 * What convolutions compute in. Weights, moments and the loss are float32 in either case; activations and their gradients
 * stay bfloat16 between layers where our own kernels are (`engine/halfStorage.ts`). bfloat16 has the range of float32, so
 * no loss is scaled, and what overflows is found by the loop's guard.
 */
export type Precision = 'float32' | 'bfloat16'

/** What a configuration may ask for. */
export const precisions = ['auto', 'float32', 'bfloat16'] as const

/**
 * The precision that `asked` means on this machine. `auto` looks at the processor, not at a stopwatch: the same machine
 * must answer the same every time, or the same seed would not give the same numbers. Where the processor multiplies
 * bfloat16 itself a training step of the latent took about an eighth less time; elsewhere it would take longer.
 *
 * @throws UsageError for a name that is not among `precisions`
 */
export function choosePrecision(asked: string): Precision {
  if (asked === 'float32' || asked === 'bfloat16') return asked
  if (asked !== 'auto') throw new UsageError('no such precision', { expected: precisions.join(' | '), actual: asked })
  const native = nativeBackend()
  return native && !native.isUsingGpuDevice && hasBfloat16(processorFlags()) ? 'bfloat16' : 'float32'
}

/** What a model that was trained in `trained` computes in here: bfloat16 only where it is native. */
export function precisionHere(trained: Precision): Precision {
  return trained === 'bfloat16' ? choosePrecision('auto') : trained
}

/** @param flags the `flags` line of /proc/cpuinfo */
export function hasBfloat16(flags: string): boolean {
  return /\b(avx512_bf16|amx_bf16)\b/.test(flags)
}

function processorFlags(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8').match(/^flags\s*:.*$/m)?.[0] ?? ''
  } catch {
    // Only Linux tells; elsewhere float32 is always right.
    return ''
  }
}
