import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AdamW } from './adamw.js'
import { History } from './history.js'
import type { Parameters } from './parameters.js'
import { type NamedTensors, readSafetensors, writeSafetensors } from './safetensors.js'

/** What a training run is at a step boundary: with the step's number, all that decides the rest of it. */
export interface RunState {
  parameters: Parameters
  optimiser: AdamW
  history: History
}

const checkpointFile = 'checkpoint.safetensors'

/** One file, replaced in one rename: a checkpoint is whole or the one before. */
export async function saveCheckpoint(stateDir: string, step: number, state: RunState): Promise<void> {
  await writeSafetensors(join(stateDir, checkpointFile), {
    tensors: { ...state.parameters.values(), ...state.optimiser.state() },
    metadata: { step: String(step), history: state.history.toJson() },
  })
}

/** Takes the run back to its last checkpoint, if there is one. Returns the steps done and the history so far. */
export async function loadCheckpoint(
  stateDir: string,
  { parameters, optimiser }: Omit<RunState, 'history'>,
): Promise<{ step: number; history: History }> {
  const file = join(stateDir, checkpointFile)
  if (!existsSync(file)) return { step: 0, history: new History() }
  const { tensors, metadata } = await readSafetensors(file)
  const moments = Object.keys(optimiser.state())
  const own = (wanted: boolean) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => moments.includes(name) === wanted)) as NamedTensors
  parameters.load(own(false), file)
  optimiser.restore(own(true))
  return { step: Number(metadata.step), history: History.fromJson(metadata.history) }
}
