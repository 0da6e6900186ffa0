import { createHash, type Hash } from 'node:crypto'
import type { Counter, Measure, ScoredFrame, ScoredWindow, World } from './measures/measure.js'
import { type Policy, policies } from './metrics/policies.js'

/** What was predicted, by whom and how far ahead: one line of a table before it has numbers. */
export interface Entry {
  task: 'reconstruction' | 'forecast'
  model: string
  /** Null for a reconstruction, and for what is measured over a whole window. */
  horizonS: number | null
}

/** Which frames of a log were scored, in order: two forecasters are compared on a log only where they are the same. */
export interface FramesSeen {
  count: number
  /** SHA-256 of their indices. */
  hash: string
}

/** The sums of one measure under one policy for one entry and slice, log by log. */
export interface Tally extends Entry {
  measure: Measure
  policy: Policy
  slice: string
  /** [L] sums a log, in order of first appearance. */
  logs: Map<string, Float64Array>
  /** What the sums of each log are of. */
  frames: Map<string, FramesSeen>
}

type Line = Omit<Tally, 'slice' | 'logs' | 'frames'>

/** Feeds predictions to every measure, log by log; scores are made from its tallies at the end. */
export class Scoreboard {
  private readonly tallies = new Map<string, Tally>()
  /** Counters of the log that is being scored. */
  private open = new Map<string, { line: Line; counter: Counter<never> }>()
  /** The frames of that log, by entry. */
  private seen = new Map<string, { count: number; hash: Hash }>()

  /** `asked` are the policies of measures that know policies; others are counted once. */
  constructor(
    readonly world: World,
    private readonly measures: readonly Measure[],
    private readonly asked: readonly Policy[],
  ) {}

  addFrame(entry: Entry, scored: ScoredFrame): void {
    this.see(entry, [scored])
    for (const measure of this.measures)
      if (measure.reads === 'frames' && measure.tasks.includes(entry.task))
        for (const policy of this.policiesOf(measure))
          this.counterOf({ ...entry, measure, policy }, () => measure.counter(this.world, policy)).add(scored)
  }

  addWindow(model: string, scored: ScoredWindow): void {
    const entry = { task: 'forecast', model, horizonS: null } as const
    this.see(entry, scored.ahead)
    for (const measure of this.measures)
      if (measure.reads === 'windows')
        for (const policy of this.policiesOf(measure))
          this.counterOf({ ...entry, measure, policy }, () => measure.counter(this.world, policy)).add(scored)
  }

  /** Takes the log's sums; the next prediction is of another log. */
  endLog(logId: string): void {
    const frames = new Map([...this.seen].map(([key, { count, hash }]) => [key, { count, hash: hash.digest('hex') }]))
    for (const { line, counter } of this.open.values())
      for (const { slice, horizonS, sums } of counter.sums()) {
        const tally = this.tallyOf({ ...line, horizonS: horizonS ?? line.horizonS, slice })
        tally.logs.set(logId, sums)
        tally.frames.set(logId, frames.get(entryKey(line))!)
      }
    this.open = new Map()
    this.seen = new Map()
  }

  all(): Tally[] {
    return [...this.tallies.values()]
  }

  /** The tally of another forecaster for the same line, if anything was counted. */
  sameOf(model: string, tally: Tally): Tally | undefined {
    return this.tallies.get(keyOf({ ...tally, model }))
  }

  private see(entry: Entry, scored: readonly ScoredFrame[]): void {
    const key = entryKey(entry)
    const seen = this.seen.get(key) ?? { count: 0, hash: createHash('sha256') }
    this.seen.set(key, seen)
    seen.count += scored.length
    seen.hash.update(Int32Array.from(scored, ({ truth }) => truth.frameIndex))
  }

  private policiesOf({ policies: known }: Measure): readonly Policy[] {
    return known === 'each' ? this.asked : [policies.occlab]
  }

  private counterOf<Scored>(line: Line, make: () => Counter<Scored>): Counter<Scored> {
    const key = keyOf({ ...line, slice: '' })
    const known = this.open.get(key)?.counter as Counter<Scored> | undefined
    const counter = known ?? make()
    if (!known) this.open.set(key, { line, counter: counter as Counter<never> })
    return counter
  }

  private tallyOf(like: Omit<Tally, 'logs' | 'frames'>): Tally {
    const key = keyOf(like)
    const tally = this.tallies.get(key) ?? { ...like, logs: new Map(), frames: new Map() }
    this.tallies.set(key, tally)
    return tally
  }
}

/** What tells one tally from another. */
export function keyOf({ measure, task, model, horizonS, policy, slice }: Omit<Tally, 'logs' | 'frames'>): string {
  return JSON.stringify([measure.name, task, model, horizonS, policy.name, slice])
}

function entryKey({ task, model, horizonS }: Entry): string {
  return JSON.stringify([task, model, horizonS])
}
