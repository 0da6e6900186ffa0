import type { Part } from '../../part.js'
import { type AuditedTrack, apart, frameRefOf, partAt } from '../auditedTracks.js'
import type { AuditInput, AuditSearch } from '../auditInput.js'
import { type Finding, type Found, type NamedCase, named } from '../finding.js'
import { casesOf } from '../leakCases.js'

/** A val or test frame and the training frame that is too near to it. */
interface NearFrame {
  track: AuditedTrack
  row: number
  train: { track: AuditedTrack; row: number; distanceM: number }
}

const edgesM = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
const limitsM = [5, 10, 50]
const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95]
const measured = ['val', 'test'] as const satisfies readonly Part[]

/** Of the frames of a part, metres to the nearest training frame; infinite: there is none at the site. */
type Distances = Record<(typeof measured)[number], number[]>

/** The distance from every val and test frame to the nearest training frame, and frames of two parts that are too near. */
export const trainDistance: AuditSearch = {
  title: 'near the training frames',
  find(input): Found {
    const { config } = input
    const { bufferM } = config
    const distances: Distances = { val: [], test: [] }
    const near: NearFrame[] = []
    for (const track of input.tracks)
      for (let row = 0; row < track.frameIndex.length; row++) {
        const part = partAt(track, row)
        if (part === null || part === 'train') continue
        const found = nearestTrain(input, track, row)
        distances[part].push(found?.distanceM ?? Number.POSITIVE_INFINITY)
        if (found && found.distanceM < bufferM) near.push({ track, row, train: found })
      }
    near.sort((a, b) => a.train.distanceM - b.train.distanceM)
    const valNearTest = casesOf(
      input.leaks.filter(({ sides }) => sides[0].part !== 'train'),
      'near',
    )
    return finding(distances, near, valNearTest, config)
  },
}

function caseOf({ track, row, train }: NearFrame): NamedCase {
  return {
    frames: [frameRefOf(train.track, train.row), frameRefOf(track, row)],
    ...apart(train.track, train.row, track, row),
  }
}

function nearestTrain({ places }: AuditInput, track: AuditedTrack, row: number) {
  return places.nearest('train', track.siteId, track.xM[row], track.yM[row], Number.POSITIVE_INFINITY)
}

function finding(
  distances: Distances,
  near: readonly NearFrame[],
  valNearTest: readonly NamedCase[],
  { bufferM, mostNamed }: AuditInput['config'],
): Found {
  const all = [...distances.val, ...distances.test].sort((a, b) => a - b)
  const under5 = share(all, 5)
  const isNear = near.length + valNearTest.length > 0
  if (all.length === 0) {
    const summary = 'there are no val or test frames'
    return { severity: 'unchecked', headline: 'no frames', summary, numbers: { frames: 0 }, named: named([], 1) }
  }
  const percent = (100 * under5!).toFixed(1)
  return {
    severity: bufferM === 0 ? 'unchecked' : isNear ? 'leak' : 'none',
    headline: `${percent} % under 5 m`,
    summary:
      `${near.length} of ${all.length} val and test frames lie nearer than ${bufferM} m to a training frame; ` +
      `${percent} % lie under 5 m; ${valNearTest.length} pairs of val and test logs come nearer than ${bufferM} m`,
    numbers: {
      ...{ frames: all.length, underBuffer: near.length, valNearTest: valNearTest.length, nearestM: finite(all[0]) },
      ...numbersOf('all', all),
      ...numbersOf(
        'val',
        [...distances.val].sort((a, b) => a - b),
      ),
      ...numbersOf(
        'test',
        [...distances.test].sort((a, b) => a - b),
      ),
    },
    histogram: histogramOf(distances),
    named: named(
      [...near.slice(0, mostNamed).map(caseOf), ...valNearTest],
      mostNamed,
      near.length + valNearTest.length,
    ),
  }
}

/** Shares under the limits and quantiles; `sortedM` is ascending. */
function numbersOf(name: string, sortedM: readonly number[]): Record<string, number | null> {
  const shares = limitsM.map((limitM) => [`${name}Under${limitM}M`, share(sortedM, limitM)])
  const at = (q: number) => (sortedM.length === 0 ? null : finite(sortedM[Math.floor(q * (sortedM.length - 1))]))
  const levels = quantiles.map((q) => [`${name}Quantile${Math.round(100 * q)}M`, at(q)])
  return Object.fromEntries([...shares, ...levels])
}

function share(sortedM: readonly number[], limitM: number): number | null {
  if (sortedM.length === 0) return null
  const under = sortedM.findIndex((distanceM) => distanceM >= limitM)
  return (under < 0 ? sortedM.length : under) / sortedM.length
}

/** Null for a frame that no training frame shares the site with. */
function finite(distanceM: number): number | null {
  return Number.isFinite(distanceM) ? distanceM : null
}

function histogramOf(distances: Distances): NonNullable<Finding['histogram']> {
  const counts = measured.map((part) => {
    const bins = edgesM.map(() => 0)
    for (const distanceM of distances[part])
      if (Number.isFinite(distanceM)) bins[edgesM.findLastIndex((edge) => edge <= distanceM)]++
    return [part, bins]
  })
  const nowhere = measured.map((part) => [part, distances[part].filter((m) => !Number.isFinite(m)).length])
  return { edgesM, counts: Object.fromEntries(counts), nowhere: Object.fromEntries(nowhere) }
}
