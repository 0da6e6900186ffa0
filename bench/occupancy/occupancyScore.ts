import { bitAt } from '../../pipeline/grid.js'
import type { BuiltFrame } from '../../pipeline/ingest/occupancy/occupancyMethod.js'
import { categories } from '../../pipeline/simulate/categories.js'
import type { Taxonomy } from '../../pipeline/taxonomy.js'
import { type TrueVoxels, truth } from './trueVoxels.js'

/** Counts of voxels; frames and logs add up. */
export const counted = [
  'occupied',
  'occupiedHere',
  'occupiedNear',
  'classRight',
  'hit',
  'hitFound',
  'seenSurface',
  'seenSurfaceFound',
  'free',
  'freeTouched',
  'freeCentre',
  'freeCentreBelow',
  'freeInside',
  'freeGround',
  'freeStanding',
  'freeMover',
  'called',
  'calledHere',
  'calledNear',
  'moverHit',
  'moverHitFound',
  'moverSpace',
  'moverSpaceFree',
  'standingSpace',
  'standingSpaceFree',
] as const

export type Counted = (typeof counted)[number]

/** Index of each count in a cluster's statistics. */
export const at = Object.fromEntries(counted.map((name, i) => [name, i])) as Record<Counted, number>

/** Sets of `occlab-sim` categories that become each class of a taxonomy, by class index. */
export function categorySets(taxonomy: Taxonomy): Uint32Array {
  const table = taxonomy.vocabularies['occlab-sim']
  const sets = new Uint32Array(taxonomy.classes.length)
  categories.forEach((category, code) => {
    const index = taxonomy.classes.findIndex(({ name }) => name === table[category])
    if (index >= 0) sets[index] |= 1 << code
  })
  return sets
}

/**
 * Adds one frame's counts to `sums`. `hits` marks what a perfect sensor's rays would have found: 1 on what stands, 2 on
 * what moves.
 */
export function score(
  built: BuiltFrame,
  taxonomy: Taxonomy,
  sets: Uint32Array,
  { what, categories: here, nearCategories }: TrueVoxels,
  hits: Uint8Array,
  sums: Float64Array,
): void {
  const free = taxonomy.classes.findIndex(({ name }) => name === 'free')
  const moves = taxonomy.classes.map(({ superclass }) => superclass === 'vehicle' || superclass === 'person')
  for (let v = 0; v < what.length; v++) {
    const isSeen = bitAt(built.observed, v) === 1
    const label = built.semantics[v]
    const isOccupied = isSeen && label !== free
    const hasSurface = (what[v] & truth.touched) !== 0 && (what[v] & truth.inside) === 0
    if (hits[v] > 0) {
      sums[at.hit]++
      if (isOccupied) sums[at.hitFound]++
      if (hits[v] === 2) {
        sums[at.moverHit]++
        if (isOccupied && here[v] & sets[label]) sums[at.moverHitFound]++
      }
    }
    if ((what[v] & truth.standing) !== 0 && (what[v] & truth.inside) === 0) {
      sums[at.standingSpace]++
      if (isSeen && !isOccupied) sums[at.standingSpaceFree]++
    }
    if ((what[v] & truth.mover) !== 0) {
      sums[at.moverSpace]++
      if (isSeen && !isOccupied) sums[at.moverSpaceFree]++
    }
    if (hasSurface && isSeen) {
      sums[at.seenSurface]++
      if (isOccupied) sums[at.seenSurfaceFound]++
    }
    if (!isSeen) continue
    if (isOccupied) {
      sums[at.occupied]++
      if (hasSurface) {
        sums[at.occupiedHere]++
        if (here[v] & sets[label]) sums[at.classRight]++
      }
      if (what[v] & truth.near) sums[at.occupiedNear]++
      if (moves[label]) {
        sums[at.called]++
        if (here[v] & sets[label]) sums[at.calledHere]++
        if (nearCategories[v] & sets[label]) sums[at.calledNear]++
      }
      continue
    }
    sums[at.free]++
    if (what[v] & (truth.touched | truth.inside)) {
      sums[at.freeTouched]++
      if (what[v] & truth.centreInside) sums[at.freeCentre]++
      if (what[v] & truth.centreBelow) sums[at.freeCentreBelow]++
      if (what[v] & truth.inside) sums[at.freeInside]++
      if (what[v] & truth.mover) sums[at.freeMover]++
      else if (what[v] & truth.standing) sums[at.freeStanding]++
      else sums[at.freeGround]++
    }
  }
}
