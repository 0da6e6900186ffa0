/** What a gate is held against: an interval of `bootstrap.ts` fits, so do a proportion and its Wilson interval. */
export interface Evidence {
  value: number | null
  low: number | null
  high: number | null
  /** Independent clusters (logs) that support the value. */
  clusters: number
  /** Voxels or rows that support it, where known. */
  count?: number
}

/** A requirement on one number. */
export interface Gate {
  threshold: number
  /** Which side of the threshold is good; the threshold itself passes. */
  direction: 'at least' | 'at most'
  /** Fewer supporting clusters decide nothing. */
  minimumClusters: number
  /** Fewer supporting voxels decide nothing, where the evidence states them. 1 when left out. */
  minimumCount?: number
  /**
   * What must lie on the good side: the whole interval (the default; one that straddles the threshold decides nothing),
   * or the value alone.
   */
  decideBy?: 'interval' | 'value'
}

export interface Verdict {
  verdict: 'pass' | 'fail' | 'insufficient-support' | 'not-applicable'
  /** One sentence. */
  reason: string
}

/** Holds a number against its gate. Data that cannot decide is never a pass and never a failure. */
export function verdict(evidence: Evidence, gate: Gate): Verdict {
  const { value, clusters, count = Number.POSITIVE_INFINITY } = evidence
  const { minimumClusters, minimumCount = 1, decideBy = 'interval' } = gate
  if (value === null) return { verdict: 'not-applicable', reason: 'Nothing in the data bears on this number.' }
  if (clusters < minimumClusters)
    return insufficient(`rests on ${clusters} of the ${minimumClusters} clusters it takes`)
  if (count < minimumCount) return insufficient(`rests on ${count} of the ${minimumCount} voxels it takes`)
  if (decideBy === 'value') return decide(value, value, show(value), gate)
  const { low, high } = evidence
  if (low === null || high === null) return insufficient('has no confidence interval')
  return decide(low, high, `${show(value)} [${show(low)}, ${show(high)}]`, gate)
}

function decide(low: number, high: number, shown: string, { threshold, direction }: Gate): Verdict {
  const bound = `${direction} ${show(threshold)}`
  const [worst, best] = direction === 'at least' ? [low, high] : [-high, -low]
  const limit = direction === 'at least' ? threshold : -threshold
  if (worst >= limit) return { verdict: 'pass', reason: `${shown} is ${bound}.` }
  if (best < limit) return { verdict: 'fail', reason: `${shown} is not ${bound}.` }
  return {
    verdict: 'insufficient-support',
    reason: `${shown} straddles the threshold ${show(threshold)}: more clusters would decide.`,
  }
}

function insufficient(lack: string): Verdict {
  return { verdict: 'insufficient-support', reason: `The number ${lack}.` }
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)))
}
