import { isNearLoop, type Loop } from './loop.js'

/** Keeps things apart: discs that are taken, and loops that must stay free. Metres, site frame. */
export class Clearance {
  private readonly discs: { xM: number; yM: number; radiusM: number }[] = []

  /** `marginM`: half the width that must stay free along each loop. */
  constructor(
    private readonly loops: readonly Loop[] = [],
    private readonly marginM = 0,
  ) {}

  /** Whether a disc touches nothing that is taken. */
  isFree(xM: number, yM: number, radiusM: number): boolean {
    for (const disc of this.discs) if (Math.hypot(disc.xM - xM, disc.yM - yM) < disc.radiusM + radiusM) return false
    return !this.loops.some((loop) => isNearLoop(loop, xM, yM, this.marginM + radiusM))
  }

  take(xM: number, yM: number, radiusM: number): void {
    this.discs.push({ xM, yM, radiusM })
  }

  /** Takes the disc if it is free; says whether it was. */
  claim(xM: number, yM: number, radiusM: number): boolean {
    const free = this.isFree(xM, yM, radiusM)
    if (free) this.take(xM, yM, radiusM)
    return free
  }
}
