import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'
import type { Fill, LogHead } from '../reader.js'

export const logFileName = 'log.json'

const text = z.string().min(1).nullish()
const logFile = z.object({
  log_id: text,
  fleet: text,
  vocabulary: text,
  rig_id: text,
  site_id: text,
  route_id: text,
  date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullish(),
  weather: text,
  time_of_day: text,
  map_version: text,
  license: text,
})

/** What a log says of itself beside its data; plain Argoverse 2 logs have no such file. */
export type LogFile = z.infer<typeof logFile>

/** Null when the log has none. Throws DataError that names the key. */
export async function readLogFile(dir: string): Promise<LogFile | null> {
  const file = join(dir, logFileName)
  if (!existsSync(file)) return null
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new DataError('not JSON', { file, actual: messageOf(error), cause: error })
  }
  const parsed = logFile.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DataError('not a log description', { file, place: issue.path.join('.'), actual: issue.message })
}

/** City and map of a plain log, from its map's name: `log_map_archive_<log>____PIT_city_47896.json`. */
export function cityOf(mapFile: string | null): { site: string; mapVersion: string } | null {
  const match = mapFile?.match(/____((.+)_city_\d+)\.json$/)
  return match ? { site: match[2], mapVersion: match[1] } : null
}

/**
 * Who and where. The source's own word first, then what the layout implies for a plain Argoverse 2 log (its one rig,
 * the city in the map's name, the log as its own route), then the user's flags. Throws DataError for what none of them
 * says: an identity is never guessed.
 */
export function headOf(dir: string, log: LogFile | null, mapFile: string | null, fill: Fill): LogHead {
  const city = log ? null : cityOf(mapFile)
  const logId = log?.log_id ?? basename(dir)
  const said = (name: keyof Fill, ...words: (string | null | undefined)[]): string => {
    const word = [...words, fill[name]].find((candidate) => candidate)
    if (word) return word
    throw new DataError(`the log does not say its ${name}; pass --${name}`, {
      file: join(dir, logFileName),
      place: `${name}_id`,
    })
  }
  return {
    logId,
    siteId: said('site', log?.site_id, city?.site),
    routeId: said('route', log?.route_id, log ? null : logId),
    rigId: said('rig', log?.rig_id, log ? null : 'argoverse2'),
    mapVersion: log?.map_version ?? city?.mapVersion ?? null,
    weather: log?.weather ?? null,
    timeOfDay: log?.time_of_day ?? null,
    date: log?.date ?? null,
    license: log?.license ?? null,
    vocabulary: log?.vocabulary ?? log?.fleet ?? null,
  }
}
