import type { SkipCounter } from '../skipCounter.js'
import type { CloudTopic } from './cloudTopics.js'

/** Of a LiDAR that sent a single cloud: they turn at 10 Hz. */
const usualPeriodNs = 100_000_000n

/** One sweep before it is read: the clouds that make it. */
export interface PlannedSweep {
  stampNs: bigint
  /** Index of the topic and of its cloud; the reference LiDAR's first. */
  parts: { topic: number; cloud: number }[]
}

/**
 * Joins the clouds of several LiDARs: each cloud goes to the reference's nearest one, where that is at most half of the
 * reference's period away. `topics[0]` is the reference. What is not joined, and second clouds of one time, are counted.
 */
export function planSweeps(topics: readonly CloudTopic[], skips: SkipCounter): PlannedSweep[] {
  const ordered = topics.map(({ clouds }) => byTime(clouds))
  const [reference, ...others] = ordered
  const sweeps: PlannedSweep[] = []
  for (const cloud of reference) {
    const { stampNs } = topics[0].clouds[cloud]
    if (sweeps.at(-1)?.stampNs === stampNs)
      skips.add('sweep', 'a second one of its time', `topic ${topics[0].name}, time ${stampNs}`)
    else sweeps.push({ stampNs, parts: [{ topic: 0, cloud }] })
  }
  const halfNs = periodOf(topics[0]) / 2n
  others.forEach((clouds, i) => {
    const { name, clouds: all } = topics[i + 1]
    let near = 0
    for (const cloud of clouds) {
      const { stampNs } = all[cloud]
      const away = (index: number) => distance(sweeps[index].stampNs, stampNs)
      while (near + 1 < sweeps.length && away(near + 1) < away(near)) near++
      if (away(near) <= halfNs) sweeps[near].parts.push({ topic: i + 1, cloud })
      else skips.add('sweep', "further than half a period from the reference LiDAR's", `topic ${name}, time ${stampNs}`)
    }
  })
  return sweeps
}

/** The LiDAR whose times the sweeps have: the one with the most clouds, of several the first by name. */
export function referenceFirst(topics: readonly CloudTopic[]): CloudTopic[] {
  return [...topics].sort((a, b) => b.clouds.length - a.clouds.length || (a.name < b.name ? -1 : 1))
}

function byTime(clouds: CloudTopic['clouds']): number[] {
  return [...clouds.keys()].sort((a, b) => Number(clouds[a].stampNs - clouds[b].stampNs) || a - b)
}

/** The usual time (the median) from one of a topic's clouds to the next, ns. */
export function periodOf({ clouds }: CloudTopic): bigint {
  const ordered = byTime(clouds)
  const periods = ordered.slice(1).map((cloud, i) => clouds[cloud].stampNs - clouds[ordered[i]].stampNs)
  if (periods.length === 0) return usualPeriodNs
  periods.sort((a, b) => Number(a - b))
  return periods[periods.length >> 1]
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a
}
