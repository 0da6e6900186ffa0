import { DataError } from '../../errors.js'
import { nsPerUnit, type TimeUnit } from '../files/decimalNs.js'
import type { CloudMessage } from './cloudMessages.js'
import { fieldValues, type Returns } from './cloudPoints.js'

/** Names under which drivers write when a point was taken: `t`, `timestamp`, `offset_time`, `time_offset_ns` … */
const timeField = /^(t|ts|dt)$|time|stamp/i
/** Share of a cloud's times at each end that says nothing: drivers leave single points without a time, or let one run over. */
const strayShare = 0.01

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

/** The times of one cloud's points, but the strays at both ends. */
interface CloudTimes {
  least: number
  most: number
  stampNs: bigint
}

/**
 * Tells the unit of a topic's point times from their size: the widest span of a cloud's times must be between a thirtieth of
 * the time from cloud to cloud and one and a half of it, in s, ms, us or ns; and they must lie within 1 s of the cloud's
 * stamp, or of zero, in that unit. Where both fit, as on a simulator's clock that has just begun, the nearer is meant: what
 * counts from the stamp does not go on with it. Times that are the same for all points of a cloud tell nothing, nor does the
 * hundredth of them at either end.
 */
export class PointTimeSurvey {
  private readonly byField = new Map<string, CloudTimes[]>()
  private looked = 0

  constructor(
    private readonly file: string,
    private readonly topic: string,
    private readonly asked: AskedUnit | null = null,
    /** The field that the description names, where there are several. */
    private readonly askedField: string | null = null,
  ) {}

  get isDone(): boolean {
    return this.looked >= surveyed
  }

  look(cloud: CloudMessage, { points, count }: Returns): void {
    if (this.asked === 'none' || count === 0) return
    this.looked++
    for (const field of cloud.fields.filter(({ name }) => this.isTime(name))) {
      const all = fieldValues(cloud, field)
      const times = Float64Array.from(points.subarray(0, count), (point) => all[point])
        .filter(Number.isFinite)
        .sort()
      if (times.length === 0) continue
      const stray = Math.floor(strayShare * times.length)
      const [least, most] = [times[stray], times[times.length - 1 - stray]]
      this.byField.set(field.name, [...(this.byField.get(field.name) ?? []), { least, most, stampNs: cloud.stampNs }])
    }
  }

  /**
   * `periodNs` is the time from cloud to cloud. Null when the points have no times of their own. Throws DataError for times
   * that fit no unit, and for several fields of times.
   */
  clock(periodNs: number): PointClock | null {
    const telling = [...this.byField].filter(([, clouds]) => spanOf(clouds) > 0)
    if (telling.length > 1)
      throw this.refused(
        'points with several times; name one as "point_time_field" in log.json',
        'one of them',
        telling.map(([name]) => name).join(', '),
      )
    if (telling.length === 0) return null
    const [[field, clouds]] = telling
    const span = spanOf(clouds)
    const unit = this.asked === null ? unitOf(span, periodNs) : this.asked
    if (!unit || unit === 'none')
      throw this.refused(
        `point times '${field}' that fit clouds so far apart in no unit; say it as "point_times" in log.json`,
        `a span of 1/30 to 3/2 of ${periodNs / 1e6} ms in s, ms, us or ns; or ${askedUnits.join(' | ')} in log.json`,
        `a span of ${span}`,
      )
    const [epoch, stamp]: PointClock[] = [
      { field, unit, since: 'epoch' },
      { field, unit, since: 'stamp' },
    ]
    const nearer = farthestNs(epoch, clouds) < farthestNs(stamp, clouds) ? epoch : stamp
    if (farthestNs(nearer, clouds) <= maxOffsetNs) return nearer
    throw this.refused(
      `point times '${field}' (in ${unit} by their span) on another clock than the stamps of their clouds`,
      'times since the Unix epoch or since the stamp, within 1 s of it',
      `${clouds[0].least} to ${clouds[0].most}`,
    )
  }

  private isTime(name: string): boolean {
    return this.askedField === null ? timeField.test(name) : name === this.askedField
  }

  private refused(what: string, expected: string, actual: string): DataError {
    return new DataError(what, { file: this.file, place: `topic ${this.topic}`, expected, actual })
  }
}

function spanOf(clouds: readonly CloudTimes[]): number {
  return Math.max(...clouds.map(({ least, most }) => most - least))
}

/** How far from its cloud's stamp a point is at most, on that clock, ns. */
function farthestNs(clock: PointClock, clouds: readonly CloudTimes[]): number {
  const offsets = clouds.flatMap(({ least, most, stampNs }) =>
    [least, most].map((value) => Math.abs(offsetNs(value, clock, stampNs))),
  )
  return Math.max(...offsets)
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
