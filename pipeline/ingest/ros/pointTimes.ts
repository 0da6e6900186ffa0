import { DataError } from '../../errors.js'
import { nsPerUnit, type TimeUnit } from '../files/decimalNs.js'
import type { CloudMessage } from './cloudMessages.js'
import { fieldValues, type Returns } from './cloudPoints.js'

/** Names under which drivers write when a point was taken. */
export const timeFields = ['t', 'time', 'timestamp', 'time_stamp', 'offset_time'] as const

/**
 * What a cloud's points take of the time until the next cloud: from a narrow sector of a turn to a turn and a half. Units
 * differ by a thousand, so no span fits two.
 */
const shareOfPeriod = { least: 1 / 30, most: 1.5 }
/** No point is taken further than this from its cloud's stamp. */
export const maxOffsetNs = 1e9
/** Clouds that are looked at to tell the unit. */
const surveyed = 10

/** What the description of a bag may say of point times; `none`: they are not to be used. */
export const askedUnits = ['none', ...(Object.keys(nsPerUnit) as TimeUnit[])] as const
export type AskedUnit = (typeof askedUnits)[number]

/** How a topic's clouds say when each point was taken. */
export interface PointClock {
  field: string
  unit: TimeUnit
  /** `epoch`: since the Unix epoch; `stamp`: since the cloud's stamp. */
  since: 'epoch' | 'stamp'
}

/**
 * Tells the unit of a topic's point times from their size: the widest span of a cloud's times must be between a thirtieth of
 * the time from cloud to cloud and one and a half of it, in s, ms, us or ns; and all times must lie within 1 s of the cloud's
 * stamp, or of zero, in that unit. Times that are the same for all points of a cloud tell nothing.
 */
export class PointTimeSurvey {
  private readonly clouds: { least: number; most: number; stampNs: bigint }[] = []
  private field: string | null = null
  private looked = 0

  constructor(
    private readonly file: string,
    private readonly topic: string,
    private readonly asked: AskedUnit | null = null,
  ) {}

  get isDone(): boolean {
    return this.looked >= surveyed
  }

  /** Throws DataError for a cloud with several fields of times. */
  look(cloud: CloudMessage, { points, count }: Returns): void {
    if (this.asked === 'none' || count === 0) return
    this.looked++
    const fields = cloud.fields.filter(({ name }) => (timeFields as readonly string[]).includes(name))
    if (fields.length > 1)
      throw this.refused('points with several times', 'one of them', fields.map(({ name }) => name).join(', '))
    if (fields.length === 0) return
    const values = fieldValues(cloud, fields[0])
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let i = 0; i < count; i++) {
      const value = values[points[i]]
      if (value < least) least = value
      if (value > most) most = value
    }
    this.field = fields[0].name
    if (least <= most) this.clouds.push({ least, most, stampNs: cloud.stampNs })
  }

  /**
   * `periodNs` is the time from cloud to cloud. Null when the points have no times of their own. Throws DataError for times
   * that fit no unit.
   */
  clock(periodNs: number): PointClock | null {
    const { field } = this
    const span = Math.max(0, ...this.clouds.map(({ least, most }) => most - least))
    if (field === null || span === 0) return null
    const unit = this.asked === null ? unitOf(span, periodNs) : this.asked
    if (!unit || unit === 'none')
      throw this.refused(
        `point times '${field}' that fit clouds so far apart in no unit; say it as "point_times" in log.json`,
        `a span of 1/30 to 3/2 of ${periodNs / 1e6} ms in s, ms, us or ns; or ${askedUnits.join(' | ')} in log.json`,
        `a span of ${span}`,
      )
    for (const since of ['epoch', 'stamp'] as const)
      if (this.fits({ field, unit, since })) return { field, unit, since }
    const { least, most } = this.clouds[0]
    throw this.refused(
      `point times '${field}' (in ${unit} by their span) on another clock than the stamps of their clouds`,
      'times since the Unix epoch or since the stamp, within 1 s of it',
      `${least} to ${most}`,
    )
  }

  private fits(clock: PointClock): boolean {
    return this.clouds.every(({ least, most, stampNs }) =>
      [least, most].every((value) => Math.abs(offsetNs(value, clock, stampNs)) <= maxOffsetNs),
    )
  }

  private refused(what: string, expected: string, actual: string): DataError {
    return new DataError(what, { file: this.file, place: `topic ${this.topic}`, expected, actual })
  }
}

function unitOf(span: number, periodNs: number): TimeUnit | null {
  const share = (unit: TimeUnit) => (span * nsPerUnit[unit]) / periodNs
  const fits = (unit: TimeUnit) => share(unit) >= shareOfPeriod.least && share(unit) <= shareOfPeriod.most
  return (Object.keys(nsPerUnit) as TimeUnit[]).find(fits) ?? null
}

/** ns after the cloud's stamp. The whole part is taken as an integer: a double of ns since the epoch is off by 100 ns. */
export function offsetNs(value: number, { unit, since }: PointClock, stampNs: bigint): number {
  const ns = nsPerUnit[unit]
  if (since === 'stamp') return value * ns
  if (!Number.isFinite(value)) return Number.NaN
  const whole = Math.floor(value)
  return Number(BigInt(whole) * BigInt(ns) - stampNs) + (value - whole) * ns
}
