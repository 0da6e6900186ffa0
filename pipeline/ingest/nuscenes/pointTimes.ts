/** Lasers of the HDL-32E, and ns from one firing of all of them to the next (its manual: 46.08 µs). */
const [lasers, firingNs] = [32, 46_080]
/** Longer than a turn at 20 Hz: a file of more is none of one turn. */
const maxTurnNs = 60e6

/**
 * When each point of a turn was taken, ns after the turn's time, which is when it was complete. A file has the returns of all
 * lasers of each firing one after another, firings in the order of time: row tells time. 0 throughout for a file that is not so.
 *
 * Nothing documents this; it was measured on the first turn of scene-0061, whose poses move at 9.24 m/s. Lasers that fire together
 * have one azimuth seen from where the LiDAR was then. Seen from where it was at the end of the turn, theirs are apart by
 * 0.0050 rad (root mean square), in the first firings by 0.43 m across the way; seen from where these times put it at v m/s, least
 * at v = 9.0 (0.0012 rad, as far apart as in the last firings), and 0.0101 rad with the order turned round.
 *
 * `ring` is the laser of each point.
 */
export function pointOffsetsNs(count: number, ring: (row: number) => number): Int32Array {
  const offsetNs = new Int32Array(count)
  const firings = count / lasers
  if (!Number.isInteger(firings) || firings * firingNs > maxTurnNs) return offsetNs
  for (let row = 0; row < count; row++) if (ring(row) !== row % lasers) return offsetNs
  for (let row = 0; row < count; row++) offsetNs[row] = (Math.floor(row / lasers) + 1 - firings) * firingNs
  return offsetNs
}
