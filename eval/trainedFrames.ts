import { openDataset } from '../pipeline/dataset.js'
import { UsageError } from '../pipeline/errors.js'
import { limitsOf } from '../pipeline/splits/leakRules.js'
import { type Meeting, meetingRules, meetings } from '../pipeline/splits/meetings.js'
import type { Part } from '../pipeline/splits/part.js'
import { pick } from '../pipeline/splits/pieces.js'
import { readSplit } from '../pipeline/splits/readSplit.js'
import { readTracks } from '../pipeline/splits/tracks.js'
import { readTrained, type TrainedLog } from '../pipeline/splits/trainedFrames.js'

/** Models, and the frames that they are to be scored on. */
export interface TrainedCheck {
  /** Folders of trained models, by what they are called. */
  models: Readonly<Record<string, string>>
  dataset: string
  split: string
  part: Part
  /** Score all the same, with a remark. */
  allowTrained: boolean
}

/** What was compared, for a manifest. */
export interface TrainedVerdict {
  /** Rules by which training frames and scored frames may not meet. */
  rules: Meeting['rule'][]
  scoredFrames: number
  /** Frames that each model was trained on; null: its folder does not say. */
  trainedFrames: Record<string, number | null>
  /** To be said beside every number; null: no model was trained on what it is scored on. */
  remark: string | null
}

/**
 * Refuses to score a model on what it was trained on: its own list of training frames is compared with the scored
 * frames, whatever dataset or split the training had. The rules are those that the parts of the split are held to.
 *
 * @throws UsageError when a training frame meets a scored one by any rule, or a model's folder does not list its
 * training frames, unless `allowTrained`; and when the split is of another dataset
 */
export async function refuseTrainedFrames(check: TrainedCheck): Promise<TrainedVerdict> {
  const { scored, limits } = await scoredFrames(check)
  const verdict: TrainedVerdict = {
    rules: meetingRules(limits),
    scoredFrames: framesIn(scored),
    trainedFrames: {},
    remark: null,
  }
  const problems: string[] = []
  for (const [name, dir] of Object.entries(check.models)) {
    const trained = await readTrained(dir)
    verdict.trainedFrames[name] = trained && framesIn(trained)
    const problem = problemOf(name, trained && meetings(trained, scored, limits))
    if (!problem) continue
    problems.push(problem)
    if (!check.allowTrained) throw refusal(problem, dir, check, verdict.rules)
  }
  if (problems.length > 0) verdict.remark = `scored although ${problems.join(' and ')}`
  return verdict
}

function refusal(problem: string, file: string, { part }: TrainedCheck, rules: readonly string[]): UsageError {
  const what = `${problem}; a score on training frames means nothing. --allow-trained scores it and says so`
  return new UsageError(what, { file, expected: `no meeting of training and ${part} frames by ${rules.join(', ')}` })
}

async function scoredFrames({ dataset: dir, split: splitDir, part }: TrainedCheck) {
  const split = await readSplit(splitDir)
  const dataset = await openDataset(dir)
  try {
    if (split.datasetHash !== dataset.manifest.hash)
      throw new UsageError('the split is of another dataset', {
        file: splitDir,
        expected: dataset.manifest.hash.slice(0, 12),
        actual: split.datasetHash.slice(0, 12),
      })
    const { manifest, logs } = dataset
    const wanted = new Set(split.logs(part))
    const tracks = await readTracks({ dir, manifest, logs: logs.filter(({ logId }) => wanted.has(logId)) })
    const scored = tracks.map((track) => {
      const { logId, frameIndex } = track
      return pick(
        track,
        [...frameIndex.keys()].filter((row) => split.partOf(logId, frameIndex[row]) === part),
      )
    })
    return { scored, limits: limitsOf(split.file) }
  } finally {
    await dataset.close()
  }
}

function framesIn(logs: readonly TrainedLog[]): number {
  return logs.reduce((sum, { frameIndex }) => sum + frameIndex.length, 0)
}

/** What speaks against scoring a model; null: nothing. `found` null: its training frames are not known. */
function problemOf(name: string, found: readonly Meeting[] | null): string | null {
  if (!found) return `the folder of the ${name} does not list its training frames`
  const rules = [...new Set(found.map(({ rule }) => rule))]
  if (rules.length === 0) return null
  const words = rules.map((rule) => inWords(found.filter((meeting) => meeting.rule === rule)))
  return `training frames of the ${name} meet scored ones: ${words.join(', ')}`
}

/** Meetings by one rule: how many scored frames, and the first. */
function inWords(found: readonly Meeting[]): string {
  const frames = found.reduce((sum, meeting) => sum + meeting.frames, 0)
  const [{ rule, trained, scored, distanceM, gapS }] = found
  const apart = rule === 'drive' || distanceM === null ? `${gapS.toFixed(1)} s` : `${distanceM.toFixed(1)} m`
  const first = `log ${scored.logId}, frame ${scored.frameIndex}, trained log ${trained.logId}, frame ${trained.frameIndex}`
  return `${rule} (${frames} scored frame${frames === 1 ? '' : 's'}; first ${first}, ${apart} apart)`
}
