import { UsageError } from '../../pipeline/errors.js'
import type { LogInfo } from '../../pipeline/schema.js'

const columns = {
  log_id: 'logId',
  site_id: 'siteId',
  route_id: 'routeId',
  rig_id: 'rigId',
} as const satisfies Record<string, keyof LogInfo>

/**
 * Whether a log stays in, under conditions such as `rig_id=x` that each put logs out. Audits that leave a rig or a
 * site out train through this.
 *
 * @throws UsageError for a condition that names no such column, or that no log meets: nothing would be left out
 */
export function logFilter(exclude: readonly string[], logs: readonly LogInfo[]): (log: LogInfo) => boolean {
  const conditions = exclude.map((condition) => {
    const [column, ...rest] = condition.split('=')
    const key = columns[column as keyof typeof columns]
    const expected = `column=value with ${Object.keys(columns).join(' | ')}`
    if (!key || rest.length === 0) throw new UsageError('exclude is not usable', { expected, actual: condition })
    const meets = (log: LogInfo) => log[key] === rest.join('=')
    if (!logs.some(meets)) throw new UsageError('exclude leaves no log out', { actual: condition })
    return meets
  })
  return (log) => !conditions.some((meets) => meets(log))
}
