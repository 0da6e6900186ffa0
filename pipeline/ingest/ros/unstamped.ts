import type { SkipCounter } from '../skipCounter.js'
import type { BagMessage } from './bag.js'

/** Messages are recorded at most so long after their stamps, ns; further apart, the two are on different clocks. */
const maxLatencyNs = 60_000_000_000n

/** Takes a message as of a time; null: nobody knows when it was. Returns whether it could be used. */
type Take = (stampNs: bigint | null) => boolean

interface Held {
  place: string
  message: Pick<BagMessage, 'topic' | 'logTimeNs'>
  take: Take
}

/**
 * Messages with a stamp of 0. When one was recorded may stand in for its stamp, but not where the topic's other stamps are on
 * another clock (a simulator's, or that of a bag that was played and recorded again): so they wait until all are known.
 */
export class Unstamped {
  private readonly held: Held[] = []
  /** By topic name: whether its stamps are about the times of recording. */
  private readonly isRecordersClock = new Map<string, boolean>()

  constructor(private readonly skips: SkipCounter) {}

  /** A message of the topic that has a stamp. */
  saw({ topic, logTimeNs }: BagMessage, stampNs: bigint): void {
    const awayNs = logTimeNs > stampNs ? logTimeNs - stampNs : stampNs - logTimeNs
    const isNear = awayNs <= maxLatencyNs
    if (isNear || !this.isRecordersClock.has(topic.name)) this.isRecordersClock.set(topic.name, isNear)
  }

  /** Whether no message of the topic had a stamp so far. */
  isAll(topic: string): boolean {
    return !this.isRecordersClock.has(topic)
  }

  hold({ topic, logTimeNs }: BagMessage, place: string, take: Take): void {
    this.held.push({ place, message: { topic, logTimeNs }, take })
  }

  /** Takes what waited; what has no time is left out. Both are counted. */
  settle(): void {
    for (const { place, message, take } of this.held) {
      const { name, type } = message.topic
      if (this.isRecordersClock.get(name) ?? true) {
        this.skips.add('stamp', `of a ${type} is 0: when it was recorded is taken`, place)
        take(message.logTimeNs)
      } else if (!take(null))
        this.skips.add('message', `a ${type} whose stamp is 0, others are of another clock than the recorder's`, place)
    }
  }
}
