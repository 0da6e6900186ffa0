import { basename, dirname } from 'node:path'
import { FindingError } from '../checks/findingError.js'
import { maxLostShare } from '../checks/poseRows.js'
import type { MessageRef } from './bag.js'

/** Stamps this far behind the latest are of a clock that was set back; recorders swap neighbours, which are nearer. */
const setBackNs = 250_000_000n

interface Order {
  file: number
  latestNs: bigint
  count: number
  behind: number
  first: string
}

/**
 * The stamps of each topic, or pair of frames, in the order of recording. What bags hold is sorted by stamp, which would lay one
 * part of a drive over another where a clock was set back: afterwards nothing shows it.
 */
export class StampOrder {
  private readonly orders = new Map<string, Order>()

  /** Files of one bag may be named in any order: each begins anew. */
  note(name: string, { file }: MessageRef, stampNs: bigint): void {
    // Times that are not set say nothing.
    if (stampNs === 0n) return
    const order = this.orders.get(name) ?? { file, latestNs: stampNs, count: 0, behind: 0, first: '' }
    this.orders.set(name, order)
    order.count++
    if (order.file !== file) [order.file, order.latestNs] = [file, stampNs]
    if (stampNs > order.latestNs) order.latestNs = stampNs
    else if (order.latestNs - stampNs > setBackNs && order.behind++ === 0)
      order.first = `${stampNs} after ${order.latestNs}`
  }

  /** Throws FindingError of the check `clock` for a topic, or pair of frames, whose stamps run backwards. */
  refuseSetBack(name: string, bagFile: string): void {
    const { count, behind, first } = this.orders.get(name) ?? { count: 0, behind: 0, first: '' }
    if (behind <= maxLostShare * count) return
    const actual = `${first}; ${behind} of ${count} behind`
    const at = { file: basename(bagFile), place: name, expected: 'stamps that increase', actual }
    throw new FindingError({ check: 'clock', ...at, count: behind, effect: 'log' }, dirname(bagFile))
  }
}

/** How messages call a topic. */
export function topicName(name: string): string {
  return `topic ${name}`
}

/** How messages call the transforms between two frames. */
export function transformName(parent: string, child: string): string {
  return `transforms from ${parent} to ${child}`
}
