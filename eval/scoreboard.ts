import type { Frame } from '../pipeline/schema.js'
import type { DatasetTaxonomy } from '../pipeline/taxonomy.js'
import { Confusion } from './metrics/confusion.js'
import type { Policy } from './metrics/policies.js'
import { maskOf } from './policyMask.js'

/** What was predicted, by whom and how far ahead: one line of a table before it has numbers. */
export interface Entry {
  task: 'reconstruction' | 'forecast'
  model: string
  /** Null for a reconstruction. */
  horizonS: number | null
}

export interface Tally extends Entry {
  policy: Policy
  /** One confusion a log, in order of first appearance. */
  logs: Map<string, Confusion>
  frames: number
}

/** Counts predictions against truth, log by log, for every policy asked for; scores are made from it at the end. */
export class Scoreboard {
  private readonly tallies = new Map<string, Tally>()

  constructor(
    private readonly taxonomy: DatasetTaxonomy,
    private readonly policies: readonly Policy[],
  ) {}

  /**
   * @param truth - the frame whose occupancy was predicted.
   * @param predicted - [X·Y·Z] class indices.
   */
  add(entry: Entry, truth: Pick<Frame, 'logId' | 'semantics' | 'observed'>, predicted: Uint8Array): void {
    const { logId } = truth
    for (const policy of this.policies) {
      const tally = this.tallyOf(entry, policy)
      tally.frames++
      const known = tally.logs.get(logId)
      const confusion = known ?? new Confusion(this.taxonomy.classes.length)
      if (!known) tally.logs.set(logId, confusion)
      confusion.addFrame(truth.semantics, predicted, maskOf(policy, truth))
    }
  }

  all(): Tally[] {
    return [...this.tallies.values()]
  }

  /** The tally of an entry, if anything was counted. */
  find(entry: Entry, policy: Policy): Tally | undefined {
    return this.tallies.get(keyOf(entry, policy))
  }

  private tallyOf(entry: Entry, policy: Policy): Tally {
    const key = keyOf(entry, policy)
    let tally = this.tallies.get(key)
    if (!tally) {
      tally = { ...entry, policy, logs: new Map(), frames: 0 }
      this.tallies.set(key, tally)
    }
    return tally
  }
}

function keyOf({ task, model, horizonS }: Entry, policy: Policy): string {
  return JSON.stringify([task, model, horizonS, policy.name])
}
