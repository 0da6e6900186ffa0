import { stream } from '../../pipeline/random.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'

/** Frames of a log, at 2 Hz and 10 m/s: as many as a nuScenes scene has after doubling, half a kilometre of street. */
export const framesPerLog = 100
const stepM = 5
const stepNs = 500_000_000n
/** Streets form a square grid; a town has room for half a thousand drives, so that density does not grow with the fleet. */
const blockM = 200
const townLogs = 500
const townBlocks = 11
const rigs = 8
const startNs = 1_700_000_000_000_000_000n

/**
 * A fleet on the streets of towns: each drive starts at a crossing of its town, goes from crossing to crossing, and
 * keeps to its lane within a metre. Every street is driven by about five logs, so there is much to keep apart.
 */
export function makeFleet(logs: number): LogTrack[] {
  return Array.from({ length: logs }, (_, i) => makeDrive(i, logs))
}

/** Frames that each drive of `makeDepotFleet` has in the depot, and how wide that is. */
const depotFrames = 15
const depotM = 60
const townM = 2500

/** The same drives in one city whose logs all start in one depot: there every log meets every other. */
export function makeDepotFleet(logs: number): LogTrack[] {
  const rng = stream(1, 'depot')
  return makeFleet(logs).map((track, i) => {
    const town = Math.floor(i / townLogs)
    const [eastM, northM] = [townM * (town % 5), townM * Math.floor(town / 5)]
    const [startX, startY] = [rng.uniform(0, depotM) - 300, rng.uniform(0, depotM) - 300]
    return {
      ...track,
      siteId: 'city',
      xM: track.xM.map((x, row) => (row < depotFrames ? startX + row / 2 : x + eastM)),
      yM: track.yM.map((y, row) => (row < depotFrames ? startY : y + northM)),
    }
  })
}

function makeDrive(i: number, logs: number): LogTrack {
  const rng = stream(1, 'fleet', i)
  const town = Math.floor(i / townLogs)
  // A town that has fewer drives is smaller.
  const share = Math.min(1, (logs - town * townLogs) / townLogs)
  const blocks = Math.max(2, Math.round(townBlocks * Math.sqrt(share)))
  const [xM, yM] = [new Float64Array(framesPerLog), new Float64Array(framesPerLog)]
  let [x, y] = [rng.int(blocks) * blockM, rng.int(blocks) * blockM]
  let heading = rng.int(4)
  for (let row = 0; row < framesPerLog; row++) {
    if (row % (blockM / stepM) === 0) heading = turned(heading, x, y, blocks * blockM, rng.int(3))
    xM[row] = x + rng.uniform(-1, 1)
    yM[row] = y + rng.uniform(-1, 1)
    x += stepM * east[heading]
    y += stepM * north[heading]
  }
  const date = `2024-${String(1 + (i % 12)).padStart(2, '0')}-01`
  return {
    ...{ logId: `log-${String(i).padStart(6, '0')}`, siteId: `town-${town}`, routeId: `route-${i >> 1}`, date },
    ...{ rigId: `rig-${i % rigs}`, sourceHash: `source ${i}`, mapVersion: null, observedVoxels: null },
    frameIndex: Int32Array.from({ length: framesPerLog }, (_, row) => row),
    timestampNs: BigInt64Array.from(
      { length: framesPerLog },
      (_, row) => startNs + BigInt(i) * 1_000_000_000_000n + BigInt(row) * stepNs,
    ),
    ...{ xM, yM },
  }
}

const east = [1, 0, -1, 0]
const north = [0, 1, 0, -1]

/** Straight on, left or right, whichever keeps inside the town. */
function turned(heading: number, x: number, y: number, sizeM: number, choice: number): number {
  const turns = [0, 1, 3].map((_, i, all) => (heading + all[(choice + i) % 3]) % 4)
  const stays = (at: number) => {
    const [toX, toY] = [x + blockM * east[at], y + blockM * north[at]]
    return toX >= 0 && toY >= 0 && toX <= sizeM && toY <= sizeM
  }
  return turns.find(stays) ?? (heading + 2) % 4
}
