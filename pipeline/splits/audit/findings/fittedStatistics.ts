import { type AuditedTrack, frameRefOf, partAt } from '../auditedTracks.js'
import type { AuditSearch } from '../auditInput.js'
import { counted } from '../counted.js'
import { type Found, type NamedCase, named } from '../finding.js'
import type { FittedModel } from '../fittedModels.js'

/** What of one model's training frames is not in the training part. */
interface Overreach {
  model: FittedModel
  measured: NamedCase[]
  leftOut: NamedCase[]
  /** Logs that the dataset does not have. */
  foreignLogs: number
}

/** Models whose weights, scales or class counts come from more than the training part. */
export const fittedStatistics: AuditSearch = {
  title: 'fitted on more than train',
  find({ tracks, models, config }): Found {
    const nothing = { numbers: { models: models.length }, named: named([], 1), severity: 'unchecked' as const }
    if (models.length === 0) return { ...nothing, headline: 'no --model', summary: 'no model was given' }
    const told = models.filter(({ logs }) => logs !== null)
    const silent = models.filter(({ logs }) => logs === null).map(({ name }) => name)
    const untold = silent.length > 0 ? `; ${silent.join(', ')} does not say on which frames` : ''
    if (told.length === 0) return { ...nothing, headline: 'unknown', summary: `models were given${untold}` }
    const found = told.map((model) => overreachOf(model, tracks))
    const measured = found.flatMap((one) => one.measured)
    const leftOut = found.flatMap((one) => one.leftOut)
    const foreignLogs = found.reduce((sum, one) => sum + one.foreignLogs, 0)
    const isNoted = leftOut.length + foreignLogs + silent.length > 0
    return {
      severity: measured.length > 0 ? 'leak' : isNoted ? 'note' : 'none',
      headline: counted(measured.length, 'val or test frame'),
      summary:
        `${told.length} models were fitted on ${measured.length} val and test frames, ${leftOut.length} frames of no ` +
        `part and ${foreignLogs} logs that the dataset lacks${untold}`,
      numbers: {
        ...{ models: models.length, modelsThatDoNotSay: silent.length, measuredFrames: measured.length },
        ...{ framesOfNoPart: leftOut.length, logsNotInDataset: foreignLogs },
      },
      named: named([...measured, ...leftOut], config.mostNamed),
    }
  },
}

function overreachOf(model: FittedModel, tracks: readonly AuditedTrack[]): Overreach {
  const trackOf = new Map(tracks.map((track) => [track.logId, track]))
  const found: Overreach = { model, measured: [], leftOut: [], foreignLogs: 0 }
  for (const { logId, isFitted } of model.logs ?? []) {
    const track = trackOf.get(logId)
    if (!track) found.foreignLogs++
    track?.frameIndex.forEach((index, row) => {
      const part = partAt(track, row)
      if (part === 'train' || !isFitted(index)) return
      const what = `in the training of ${model.name}`
      found[part === null ? 'leftOut' : 'measured'].push({
        ...{ frames: [frameRefOf(track, row)], distanceM: null, gapS: null, what },
      })
    })
  }
  return found
}
