/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs` into `columns.wasm.ts`: what is done to the
 * columns of a file byte by byte. `columnKernel.ts` is its other half. Addresses are bytes of its memory.
 */
export { clearCounts, countBytes, countMaskedBytes, counts, sumCounts } from './byteCounts.as'
export { areAtLeast, greatest, least, lookUp, startSpan, widen } from './elements.as'
export { triplesOfHalves } from './halves.as'
export { unpackBlock } from './lz4Block.as'
export { xxh32 } from './xxh32.as'

/** Where the host's data may begin. */
export const from: i32 = (<i32>__heap_base + 63) & ~63
