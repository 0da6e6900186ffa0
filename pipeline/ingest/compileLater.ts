import { setFlagsFromString } from 'node:v8'

/** The last V8 that makes a function faster for the bytes of its code that were run: 66 kB. Later ones wait for 3,000 calls. */
const lastThatCountsBytes = 11
const bytesOfV8 = 67_584
/** Most loops are in WebAssembly. With more than this, those in TypeScript that make voxels of boxes or labels would be slow too long. */
const bytes = 500_000

/**
 * Keeps V8 from making functions faster that are not much of the work, until the returned function is called. It does so in threads of
 * its own, which several workers do not have to spare: a sixteenth of the processor time of the first thousand frames.
 */
export function compileLater(): () => void {
  if (Number.parseInt(process.versions.v8, 10) > lastThatCountsBytes) return () => undefined
  setFlagsFromString(`--interrupt-budget=${bytes}`)
  return () => setFlagsFromString(`--interrupt-budget=${bytesOfV8}`)
}
