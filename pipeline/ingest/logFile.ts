import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../errors.js'
import { readJsonAs } from './files/jsonFile.js'
import type { Fill, LogHead } from './reader.js'

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

/** What a log says of itself beside its data. Any layout may have this file; public datasets do not. */
export type LogFile = z.infer<typeof logFile>

/** Null when the log has none. Throws DataError that names the key. */
export async function readLogFile(dir: string): Promise<LogFile | null> {
  const file = join(dir, logFileName)
  if (!existsSync(file)) return null
  return await readJsonAs(file, logFile, 'not a log description')
}

/** What a source itself says of a log; the rest is null or left out. */
export type SourceWords = Pick<LogHead, 'logId'> & { [Key in keyof LogHead]?: LogHead[Key] | null }

/**
 * Who and where: the source's own word first, then `log.json`, then the user's flags. Throws DataError for an identity
 * that none of them says: it is never guessed. `dir` is where a `log.json` would be, for the message.
 */
export function headOf(dir: string, source: SourceWords, log: LogFile | null, fill: Fill): LogHead {
  const words = {
    rig: source.rigId || log?.rig_id || fill.rig,
    site: source.siteId || log?.site_id || fill.site,
    route: source.routeId || log?.route_id || fill.route,
  }
  const { rig, site, route } = words
  if (!rig || !site || !route) throw unnamed(dir, words)
  return {
    logId: source.logId,
    siteId: site,
    routeId: route,
    rigId: rig,
    mapVersion: source.mapVersion ?? log?.map_version ?? null,
    weather: source.weather ?? log?.weather ?? null,
    timeOfDay: source.timeOfDay ?? log?.time_of_day ?? null,
    date: source.date ?? log?.date ?? null,
    license: source.license ?? log?.license ?? null,
    vocabulary: source.vocabulary ?? log?.vocabulary ?? log?.fleet ?? null,
  }
}

/** Names all that is missing at once: a user would run once for each otherwise. */
function unnamed(dir: string, words: Fill): DataError {
  const missing = Object.keys(words).filter((name) => !words[name as keyof Fill])
  const [things, flags] = [missing, missing.map((name) => `--${name}`)].map((list) => list.join(' and '))
  return new DataError(`the log does not say its ${things}; pass ${flags}`, {
    file: join(dir, logFileName),
    place: missing.map((name) => `${name}_id`).join(', '),
  })
}
