import type { LogInfo } from '../pipeline/schema.js'

/** What logs are sliced by, and the word before `=` in a slice's name. */
const attributes = {
  rig: (log) => log.rigId,
  site: (log) => log.siteId,
  route: (log) => log.routeId,
  weather: (log) => log.weather,
  time_of_day: (log) => log.timeOfDay,
  map: (log) => log.mapVersion,
  date: (log) => log.date,
} satisfies Record<string, (log: LogTags) => string | null>

/** What the slices of a log are told by. */
export type LogTags = Pick<
  LogInfo,
  'logId' | 'rigId' | 'siteId' | 'routeId' | 'weather' | 'timeOfDay' | 'mapVersion' | 'date'
>

/** Only the tags: what a table of tallies keeps of a log. */
export function tagsOf({ logId, rigId, siteId, routeId, weather, timeOfDay, mapVersion, date }: LogTags): LogTags {
  return { logId, rigId, siteId, routeId, weather, timeOfDay, mapVersion, date }
}

/** Of an attribute with more values each slice holds next to nothing. */
const mostValues = 50

/** Logs that are alike by an attribute. */
export interface LogSlice {
  /** `rig=shuttle32` */
  name: string
  logIds: ReadonlySet<string>
}

export interface LogSlices {
  slices: LogSlice[]
  /** By attribute: how many slices it makes, or why none. For the manifest. */
  sliced: Record<string, number | string>
}

/** The slices of some logs by each attribute that tells them apart. Logs of which it is not known are in none of its slices. */
export function logSlices(logs: readonly LogTags[]): LogSlices {
  const slices: LogSlice[] = []
  const sliced: LogSlices['sliced'] = {}
  for (const [attribute, of] of Object.entries(attributes)) {
    const values = [...new Set(logs.map(of))]
    const known = values.filter((value) => value !== null).sort()
    sliced[attribute] = whyNone(known.length, values.length) ?? known.length
    if (typeof sliced[attribute] === 'string') continue
    for (const value of known) {
      const logIds = new Set(logs.filter((log) => of(log) === value).map(({ logId }) => logId))
      slices.push({ name: `${attribute}=${value}`, logIds })
    }
  }
  return { slices, sliced }
}

function whyNone(known: number, values: number): string | null {
  if (known === 0) return 'not known'
  if (values === 1) return 'the same for all scored logs'
  return known > mostValues ? `more than ${mostValues} values` : null
}
