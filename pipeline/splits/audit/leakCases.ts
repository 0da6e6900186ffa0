import type { Leak } from '../leak.js'
import type { NamedCase } from './finding.js'

/** Leaks of one kind, as cases: closest in the plane first, then in time. */
export function casesOf(leaks: readonly Leak[], kind: Leak['kind']): NamedCase[] {
  const far = Number.POSITIVE_INFINITY
  return leaks
    .filter((leak) => leak.kind === kind)
    .sort((a, b) => (a.distanceM ?? far) - (b.distanceM ?? far) || a.gapS - b.gapS || 0)
    .map(({ sides, distanceM, gapS }) => ({
      frames: sides.map(({ logId, part, closestFrame }) => ({ logId, frameIndex: closestFrame, part })),
      ...{ distanceM, gapS, sides },
    }))
}

/** Frames of val and test that the cases touch, and logs; train is what it is whatever lies beside it. */
export function touchedBy(cases: readonly NamedCase[]): { logs: number; framesAtMost: number } {
  const sides = cases.flatMap((one) => one.sides ?? [])
  const logs = new Set(sides.map(({ logId }) => logId)).size
  const measured = new Map<string, number>()
  for (const { logId, part, count } of sides)
    if (part !== 'train') {
      const key = `${part} ${logId}`
      measured.set(key, Math.max(measured.get(key) ?? 0, count))
    }
  return { logs, framesAtMost: [...measured.values()].reduce((sum, count) => sum + count, 0) }
}
