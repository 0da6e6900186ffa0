/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs` into `signatures.wasm.ts`: what is done to
 * every signature and to every pair. `signatureKernel.ts` is its other half, and lays out the memory. All but `project`
 * counts in whole numbers, so nothing depends on the order of a sum.
 */
export { build } from './build.as'
export { axisCount, coordinateBytes, nodeBytes, unitsPerOne } from './layout.as'
export { project } from './project.as'
export { compareNear, own } from './search.as'
export { setTree } from './tree.as'
