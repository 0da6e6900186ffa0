import { wasmBase64 } from './signatures.wasm.js'

/** What `signatures.as.ts` exports; addresses are bytes of its memory. */
interface Exports {
  memory: WebAssembly.Memory
  own: WebAssembly.Global
  project(values: number, count: number, length: number, axes: number, coordinates: number): void
  setTree(coordinates: number, numbers: number, nodes: number, count: number, depth: number): void
  build(): void
  compareNear(distance: number, share: number, mostLeaves: number): void
}

const pageBytes = 65536
/** Signatures that go through at once: few enough that the memory does not grow with the frames. */
const blockFrames = 4096
/** A leaf has at most so many members: looking at one takes less time than finding the next leaf. */
const leafSize = 48

const compiled = new WebAssembly.Module(Buffer.from(wasmBase64, 'base64'))
const layout = instantiate(() => 0) as unknown as Record<'axisCount' | 'nodeBytes' | 'unitsPerOne', WebAssembly.Global>
/** Coordinates of a signature, and units in a length of 1. */
export const axisCount: number = layout.axisCount.value
export const unitsPerOne: number = layout.unitsPerOne.value

/**
 * The coordinates of signatures: how far each, scaled to length 1, goes along the axes, and how long is what they leave of
 * it, in whole `unitsPerOne`ths.
 *
 * @param values - [count, length].
 * @param axes - orthonormal, at most `axisCount` − 1 of them, each [length].
 * @returns [count, axisCount].
 */
export function project(values: Uint8Array, length: number, axes: readonly Float64Array[]): Int16Array {
  const run = instantiate(() => 0)
  const at = reserve(run, {
    axes: 8 * axisCount * length,
    values: blockFrames * length,
    out: 2 * blockFrames * axisCount,
  })
  const rows = new Float64Array(run.memory.buffer, at.axes, axisCount * length)
  for (const [number, axis] of axes.entries()) for (let i = 0; i < length; i++) rows[i * axisCount + number] = axis[i]
  const count = values.length / length
  const coordinates = new Int16Array(count * axisCount)
  for (let from = 0; from < count; from += blockFrames) {
    const block = Math.min(blockFrames, count - from)
    new Uint8Array(run.memory.buffer, at.values).set(values.subarray(from * length, (from + block) * length))
    run.project(at.values, block, length, at.axes, at.out)
    coordinates.set(new Int16Array(run.memory.buffer, at.out, block * axisCount), from * axisCount)
  }
  return coordinates
}

/** A tree over some signatures' coordinates, in a memory of its own. */
export class TreeKernel {
  private readonly run: Exports
  private readonly own: Int16Array

  /**
   * @param numbers - of the members.
   * @param coordinatesOf - of a member, [axisCount].
   * @param compare - is called with the number of each member that may be near; returns how far away the nearest one is now.
   */
  constructor(numbers: Int32Array, coordinatesOf: (number: number) => Int16Array, compare: (number: number) => number) {
    this.run = instantiate(compare)
    const count = numbers.length
    let depth = 0
    while (count / 2 ** depth > leafSize) depth++
    const nodeBytes = layout.nodeBytes.value
    const room = { coordinates: 2 * axisCount * count, numbers: 4 * count, nodes: nodeBytes * 2 ** depth }
    const at = reserve(this.run, room)
    const { buffer } = this.run.memory
    const coordinates = new Int16Array(buffer, at.coordinates, axisCount * count)
    for (const [place, number] of numbers.entries()) coordinates.set(coordinatesOf(number), place * axisCount)
    new Int32Array(buffer, at.numbers, count).set(numbers)
    this.run.setTree(at.coordinates, at.numbers, at.nodes, count, depth)
    this.run.build()
    this.own = new Int16Array(buffer, this.run.own.value, axisCount)
  }

  /**
   * Has every member compared that may be nearer than `distance`, or than what the comparisons return.
   *
   * @param share - ranges that lie beside by more than this part of that distance are left out; 1: none that may hold one.
   * @param mostLeaves - of the tree, that are looked at.
   */
  compareNear(coordinates: Int16Array, distance: number, share: number, mostLeaves: number): void {
    this.own.set(coordinates)
    this.run.compareNear(distance, share, mostLeaves)
  }
}

function instantiate(compare: (number: number) => number): Exports {
  const { exports } = new WebAssembly.Instance(compiled, { 'search.as': { compare } })
  return exports as unknown as Exports
}

/** Addresses of that many bytes each, after what the kernel has of its own; the memory does not grow again. */
function reserve<Name extends string>(run: Exports, bytes: Record<Name, number>): Record<Name, number> {
  const from = run.memory.buffer.byteLength
  const at = {} as Record<Name, number>
  let end = from
  for (const name of Object.keys(bytes) as Name[]) {
    at[name] = end
    end += 16 * Math.ceil(bytes[name] / 16)
  }
  run.memory.grow(Math.ceil((end - from) / pageBytes))
  return at
}
