import { type Grid, maskBytes, voxelCount } from '../../../grid.js'
import { type Pose, rotationMatrix } from '../../../pose.js'
import type { Sweep } from '../../reader.js'
import { maxOriginSteps, type RayOrigins } from '../rayOrigins.js'
import { wasmBase64 } from './voxels.wasm.js'

/** What `voxels.as.ts` exports: addresses, bytes of its memory, and what runs there. */
interface Exports {
  memory: WebAssembly.Memory
  setUp(...numbers: number[]): void
  setUntold(drivableClass: number, othersClass: number, bandM: number): void
  clear(): void
  take(count: number): void
  trace(count: number, firstNs: number, stepNs: number, steps: number): void
  cast(count: number): void
  vote(count: number): void
  voteAt(lidar: number, label: number, xM: number, yM: number, zM: number): void
  draw(): void
  pack(mask: number): void
}

type Address =
  | ('blockPoints' | 'fromM' | 'toM' | 'offsetNs' | 'lidarOf' | 'classOf' | 'transform' | 'positions' | 'weights')
  | ('groundM' | 'isDrivable' | 'passed' | 'bytesOfMask' | 'bytesOfBits' | 'bits' | 'semantics')

/** Segments to cast: x y z a ray, metres in the grid's frame. */
export interface Rays {
  count: number
  /** Where the sensor stood, 3·count. */
  fromM: Float32Array
  /** Where the pulse came back from, 3·count. */
  toM: Float32Array
}

/** The map's ground under the columns of a grid: whether each is drivable, and how high its ground is. */
interface Ground {
  drivable: Uint8Array
  heightM: Float32Array
}

// Compiled once a thread.
const compiled = new WebAssembly.Module(Buffer.from(wasmBase64, 'base64'))

/**
 * A frame's points and voxels in WebAssembly: rays from where each LiDAR stood, what they pass, the votes of their points.
 * Sweeps go through in blocks, so its memory is fixed by the grid and the voxels that are hit. Views of that memory are
 * good until the next vote: it may grow.
 */
export class VoxelKernel {
  private readonly run: Exports
  private readonly at: Readonly<Record<Address, number>>

  /** `weights` is what a point of each class weighs in the vote; none for a kernel that only casts `Rays`. */
  constructor(
    private readonly grid: Grid,
    masks = 1,
    weights: readonly number[] = [],
    lidars = 1,
  ) {
    const { exports } = new WebAssembly.Instance(compiled)
    this.run = exports as unknown as Exports
    this.run.setUp(...grid.dims, ...grid.originM, grid.voxelM, masks, weights.length, lidars, maxOriginSteps + 1)
    const globals = Object.entries(exports).filter(([, value]) => value instanceof WebAssembly.Global)
    this.at = Object.fromEntries(globals.map(([name, value]) => [name, (value as WebAssembly.Global).value])) as never
    if (weights.length > 0) new Float64Array(this.memory, this.at.weights, weights.length).set(weights)
  }

  private get memory(): ArrayBuffer {
    return this.run.memory.buffer
  }

  clear(): void {
    this.run.clear()
  }

  /** What points without a class become in a drivable column: ground within a band of it, else `others`. */
  setUntold(drivableClass: number, othersClass: number, bandM: number): void {
    this.run.setUntold(drivableClass, othersClass, bandM)
  }

  /** Lays the map's ground under the grid, for the points without a class. */
  placeGround({ drivable, heightM }: Ground): void {
    new Uint8Array(this.memory, this.at.isDrivable, drivable.length).set(drivable)
    new Float32Array(this.memory, this.at.groundM, heightM.length).set(heightM)
  }

  /** Marks what each ray passes, without the voxel it ends in; a ray that ends outside is followed to the border. */
  cast({ count, fromM, toM }: Rays): void {
    const { at, run } = this
    this.inBlocks(count, (first, length) => {
      new Float32Array(this.memory, at.fromM, 3 * length).set(fromM.subarray(3 * first, 3 * (first + length)))
      new Float32Array(this.memory, at.toM, 3 * length).set(toM.subarray(3 * first, 3 * (first + length)))
      new Int16Array(this.memory, at.classOf, length).fill(0)
      run.take(length)
      run.cast(length)
    })
  }

  /**
   * Casts the rays of a sweep's points and lets the points vote, in the frame of `frameFromSweep` and `origins`; `classes`
   * holds the class of each, or what `sweepPoints.ts` has in its place.
   */
  addSweep(sweep: Sweep, classes: Int16Array, frameFromSweep: Pose, origins: RayOrigins): void {
    const { at, run } = this
    const { pointsM, offsetNs, lidar } = sweep
    const { firstNs, stepNs, steps, positionsM } = origins
    const transform = [...rotationMatrix(frameFromSweep.q), ...frameFromSweep.t]
    new Float64Array(this.memory, at.transform, 12).set(transform)
    new Float64Array(this.memory, at.positions, positionsM.length).set(positionsM)
    this.inBlocks(sweep.count, (first, length) => {
      const end = first + length
      new Float32Array(this.memory, at.toM, 3 * length).set(pointsM.subarray(3 * first, 3 * end))
      new Int32Array(this.memory, at.offsetNs, length).set(offsetNs.subarray(first, end))
      new Uint8Array(this.memory, at.lidarOf, length).set(lidar.subarray(first, end))
      new Int16Array(this.memory, at.classOf, length).set(classes.subarray(first, end))
      run.trace(length, firstNs, stepNs, steps)
      run.cast(length)
      run.vote(length)
    })
  }

  /** One point's vote, metres in the grid's frame. */
  voteAt(lidar: number, label: number, xM: number, yM: number, zM: number): void {
    this.run.voteAt(lidar, label, xM, yM, zM)
  }

  /** A view: 1 for each voxel that a ray passed. */
  passed(mask: number): Uint8Array {
    return new Uint8Array(this.memory, this.at.passed + mask * this.at.bytesOfMask, voxelCount(this.grid))
  }

  /** A view: a bit a voxel that a ray passed or a point lies in. */
  seenBits(mask: number): Uint8Array {
    this.run.pack(mask)
    return new Uint8Array(this.memory, this.at.bits + mask * this.at.bytesOfBits, maskBytes(this.grid))
  }

  /** A view: `free` everywhere, then what `under` draws, then the class of every voxel with a point. */
  semantics(free: number, under: (semantics: Uint8Array) => void): Uint8Array {
    const view = new Uint8Array(this.memory, this.at.semantics, voxelCount(this.grid)).fill(free)
    under(view)
    this.run.draw()
    return view
  }

  private inBlocks(count: number, run: (first: number, length: number) => void): void {
    const { blockPoints } = this.at
    for (let first = 0; first < count; first += blockPoints) run(first, Math.min(blockPoints, count - first))
  }
}
