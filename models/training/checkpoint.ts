import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdamW } from './adamw.js'
import type { AveragedWeights } from './averagedWeights.js'
import { History } from './history.js'
import type { Parameters } from './parameters.js'
import { type NamedTensors, readSafetensors, writeSafetensors } from './safetensors.js'

/** The weights of a run: its own, and their running mean where it keeps one. */
export interface Weights {
  parameters: Parameters
  averaged: AveragedWeights | null
}

/** What a training run is at a step boundary: with the step's number, all that decides the rest of it. */
export interface RunState extends Weights {
  optimiser: AdamW
  history: History
}

/**
 * The files that a killed run goes on from: `checkpoint.safetensors`, the last state, and `best.<step>.safetensors`, the
 * weights of a validation. A best file carries its step in its name because it may be newer than the checkpoint: the
 * checkpoint's history says which one counts.
 */
export class Checkpoints {
  constructor(private readonly stateDir: string) {}

  /**
   * One file, replaced in one rename: a checkpoint is whole or the one before.
   *
   * @param bestStep step of the best file to keep, if there is one; the others are removed, now that nothing names them
   */
  async save(step: number, { parameters, averaged, optimiser, history }: RunState, bestStep: number | null) {
    await writeSafetensors(this.lastFile, {
      tensors: { ...parameters.values(), ...averaged?.state(), ...optimiser.state() },
      metadata: { step: String(step), history: history.toJson() },
    })
    for (const file of await readdir(this.stateDir))
      if (/^best\.\d+\.safetensors$/.test(file) && join(this.stateDir, file) !== this.bestFile(bestStep ?? -1))
        await rm(join(this.stateDir, file))
  }

  /** Takes the run back to its last checkpoint, if there is one. Returns the steps done and the history so far. */
  async load({ parameters, averaged, optimiser }: Omit<RunState, 'history'>) {
    const file = this.lastFile
    if (!existsSync(file)) return { step: 0, history: new History() }
    const { tensors, metadata } = await readSafetensors(file)
    const [moments, rest] = parted(tensors, Object.keys(optimiser.state()))
    loadWeights({ parameters, averaged }, rest, file)
    optimiser.restore(moments)
    return { step: Number(metadata.step), history: History.fromJson(metadata.history) }
  }

  /** Keeps the weights of the best validation so far. */
  saveBest(step: number, { parameters, averaged }: Weights): Promise<void> {
    const tensors = { ...parameters.values(), ...averaged?.state() }
    return writeSafetensors(this.bestFile(step), { tensors, metadata: { step: String(step) } })
  }

  /** Gives the run the weights that it had at its best validation. */
  async loadBest(step: number, weights: Weights): Promise<void> {
    const file = this.bestFile(step)
    loadWeights(weights, (await readSafetensors(file)).tensors, file)
  }

  private get lastFile(): string {
    return join(this.stateDir, 'checkpoint.safetensors')
  }

  private bestFile(step: number): string {
    return join(this.stateDir, `best.${step}.safetensors`)
  }
}

function loadWeights({ parameters, averaged }: Weights, tensors: NamedTensors, file: string): void {
  const [mean, own] = parted(tensors, Object.keys(averaged?.state() ?? {}))
  parameters.load(own, file)
  averaged?.restore(mean)
}

/** The tensors of those names, and the others. */
function parted(tensors: NamedTensors, names: readonly string[]): [NamedTensors, NamedTensors] {
  const some = (wanted: boolean) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => names.includes(name) === wanted)) as NamedTensors
  return [some(true), some(false)]
}
