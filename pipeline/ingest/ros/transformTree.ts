import { DataError } from '../../errors.js'
import { compose, identity, interpolate, invert, type Pose } from '../../pose.js'
import type { PoseMessage } from './messages.js'
import { checkedPose } from './values.js'

/** Poses of one frame in another over time; `parentFromChild[i]` at `stampsNs[i]`. */
export interface Edge {
  parent: string
  child: string
  /** Said once for all: on `tf_static` or in the log's description. */
  isStatic: boolean
  stampsNs: bigint[]
  parentFromChild: Pose[]
  /** Not every message says the same. Older drivers repeat fixed mountings on `tf`, so the topic does not tell. */
  changes: boolean
}

/** Coordinates differ by no more than this between poses that are the same, metres and parts of a unit quaternion. */
const sameness = 1e-6

/** The frames of a bag and what is known of where they lie in each other (https://www.ros.org/reps/rep-0105.html). */
export class TransformTree {
  /** By child, then by parent. */
  private readonly edges = new Map<string, Map<string, Edge>>()

  /** By child: the first transform that was none, for messages. */
  readonly refused = new Map<string, { parent: string; pose: Pose }>()

  /** `file` is for messages. */
  constructor(private readonly file: string) {}

  /** Returns false for what is no pose. */
  add({ parent, child, stampNs, pose }: PoseMessage & { child: string }, isStatic: boolean): boolean {
    const checked = checkedPose(pose)
    if (!checked && !this.refused.has(child)) this.refused.set(child, { parent, pose })
    if (!checked || parent === child) return false
    const parents = this.edges.get(child) ?? new Map<string, Edge>()
    this.edges.set(child, parents)
    const edge: Edge = parents.get(parent) ?? {
      parent,
      child,
      isStatic,
      stampsNs: [],
      parentFromChild: [],
      changes: false,
    }
    parents.set(parent, edge)
    edge.stampsNs.push(stampNs)
    edge.parentFromChild.push(checked)
    edge.changes ||= !isSame(checked, edge.parentFromChild[0])
    return true
  }

  /** Whether something was said of the two at a time of its own. */
  isTimed(parent: string, child: string): boolean {
    return (
      this.edges
        .get(child)
        ?.get(parent)
        ?.stampsNs.some((stampNs) => stampNs !== 0n) ?? false
    )
  }

  get frames(): string[] {
    const children = [...this.edges.keys()]
    const parents = [...this.edges.values()].flatMap((edges) => [...edges.keys()])
    return [...new Set([...children, ...parents])].sort()
  }

  /**
   * The edges from a frame up to its root, nearest first; of several parents the one that leads to `wanted`. Throws
   * DataError for a frame with several parents where that does not tell.
   */
  above(frame: string, wanted?: string): Edge[] {
    const chain: Edge[] = []
    for (let at = frame; ; ) {
      const all = this.edgesAbove(at)
      const leading = all.length > 1 && wanted ? all.filter(({ parent }) => this.leadsTo(parent, wanted)) : all
      const edge = this.onlyOne(at, leading.length === 1 ? leading : all)
      if (!edge || chain.includes(edge)) return chain
      chain.push(edge)
      at = edge.parent
    }
  }

  private leadsTo(frame: string, wanted: string): boolean {
    const reached = new Set([frame])
    for (const at of reached) for (const { parent } of this.edgesAbove(at)) reached.add(parent)
    return reached.has(wanted)
  }

  /** Where `frame` lies in `ego` over transforms that never change; null when there is no such way. */
  fixed(ego: string, frame: string): Pose | null {
    const [fromEgo, fromFrame] = [this.fixedAbove(ego), this.fixedAbove(frame)]
    for (const [ancestor, ancestorFromFrame] of fromFrame) {
      const ancestorFromEgo = fromEgo.get(ancestor)
      if (ancestorFromEgo) return compose(invert(ancestorFromEgo), ancestorFromFrame)
    }
    return null
  }

  /** A frame's ancestors over unchanging edges, itself first, each with the frame's pose in it. */
  private fixedAbove(frame: string): Map<string, Pose> {
    const found = new Map<string, Pose>([[frame, identity]])
    let ancestorFromFrame: Pose = identity
    for (let at = frame; ; ) {
      const fixed = this.edgesAbove(at).filter(({ changes }) => !changes)
      const edge = this.onlyOne(at, fixed)
      if (!edge || found.has(edge.parent)) return found
      ancestorFromFrame = compose(edge.parentFromChild[0], ancestorFromFrame)
      found.set(edge.parent, ancestorFromFrame)
      at = edge.parent
    }
  }

  private edgesAbove(child: string): Edge[] {
    return [...(this.edges.get(child)?.values() ?? [])]
  }

  private onlyOne(child: string, edges: readonly Edge[]): Edge | null {
    if (edges.length <= 1) return edges[0] ?? null
    throw new DataError('a frame with several parents', {
      file: this.file,
      place: `frame ${child}`,
      expected:
        'transforms that form a tree; or the frame that the ego is followed in as "city" in the "frames" of log.json, where one of them leads to it',
      actual: edges.map(({ parent }) => parent).join(', '),
    })
  }
}

/** A quaternion and its negative are one rotation. */
export function isSame(a: Pose, b: Pose): boolean {
  const near = (x: readonly number[], y: readonly number[]) => x.every((v, i) => Math.abs(v - y[i]) <= sameness)
  const negative = b.q.map((part) => -part)
  return near(a.t, b.t) && (near(a.q, b.q) || near(a.q, negative))
}

/** Poses and when they hold. */
export interface TimedPoses {
  stampsNs: bigint[]
  poses: Pose[]
}

/** In the order of time, each time once: the first said of it. */
export function inOrder({ stampsNs, poses }: TimedPoses): TimedPoses {
  const order = [...stampsNs.keys()].sort((a, b) => {
    if (stampsNs[a] === stampsNs[b]) return a - b
    return stampsNs[a] < stampsNs[b] ? -1 : 1
  })
  const kept = order.filter((at, i) => i === 0 || stampsNs[at] > stampsNs[order[i - 1]])
  return { stampsNs: kept.map((at) => stampsNs[at]), poses: kept.map((at) => poses[at]) }
}

/**
 * The pose between those around a time; null before the first and after the last, and in a gap longer than `maxGapNs` over which
 * the pose changed. They are in the order of time.
 */
export function poseBetween({ stampsNs, poses }: TimedPoses, stampNs: bigint, maxGapNs: bigint): Pose | null {
  const after = firstFrom(stampsNs, stampNs)
  if (after === stampsNs.length) return null
  if (stampsNs[after] === stampNs) return poses[after]
  if (after === 0) return null
  const gapNs = stampsNs[after] - stampsNs[after - 1]
  if (gapNs > maxGapNs && !isSame(poses[after - 1], poses[after])) return null
  return interpolate(poses[after - 1], poses[after], Number(stampNs - stampsNs[after - 1]) / Number(gapNs))
}

/** Index of the first time at or after `stampNs`; the length when there is none. */
export function firstFrom(stampsNs: readonly bigint[], stampNs: bigint): number {
  let [low, high] = [0, stampsNs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (stampsNs[middle] < stampNs) low = middle + 1
    else high = middle
  }
  return low
}
