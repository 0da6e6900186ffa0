import type { Kind } from '../contract.js'

export type Colouring = 'classes' | 'outcomes'

/** Everything a person can choose. */
export interface ViewState {
  logId: string
  frameIndex: number
  /** Seconds; null in a run without forecasts. */
  horizonS: number | null
  panels: readonly Kind[]
  colouring: Colouring
  /** Draw what is predicted where no sensor looked, faintly. */
  unobserved: boolean
  /** Classes that are switched off, by index. */
  hidden: ReadonlySet<number>
  playing: boolean
  framesPerS: number
  /** Step only through frames that have predictions. */
  onlyPredicted: boolean
}

/** Holds the state and tells everyone who listens when it has changed. */
export class ViewStore {
  private readonly listeners: ((now: ViewState, before: ViewState) => void)[] = []

  constructor(private state: ViewState) {}

  get now(): ViewState {
    return this.state
  }

  set(patch: Partial<ViewState>): void {
    const before = this.state
    const changed = (Object.keys(patch) as (keyof ViewState)[]).some((key) => patch[key] !== before[key])
    if (!changed) return
    this.state = { ...before, ...patch }
    for (const listener of this.listeners) listener(this.state, before)
  }

  listen(listener: (now: ViewState, before: ViewState) => void): void {
    this.listeners.push(listener)
  }
}
