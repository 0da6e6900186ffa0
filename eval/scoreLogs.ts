import type { Dataset } from '../pipeline/dataset.js'
import { DataError } from '../pipeline/errors.js'
import { progress } from '../pipeline/progress.js'
import type { Frame } from '../pipeline/schema.js'
import type { EvalConfig } from './evalConfig.js'
import { type Population, PopulationCount } from './population.js'
import type { PredictionLog } from './predictionLog.js'
import { reconstruct } from './reconstruct.js'
import type { Scoreboard } from './scoreboard.js'
import { type ForecastScene, scoreForecasts, thingsOf } from './scoreForecasts.js'
import type { Subject } from './subject.js'

/** Scores every log of the part, one log in memory at a time. */
export async function scoreLogs(
  subject: Subject,
  config: Readonly<EvalConfig>,
  board: Scoreboard,
  kept: PredictionLog,
  seed: number,
): Promise<Population> {
  const count = new PopulationCount()
  const bar = progress('evaluate', subject.logIds.length, 'logs')
  for (const logId of subject.logIds) {
    const scene = { subject, config, logId, objects: await subject.dataset.objects(logId), board, kept, seed }
    count.add(await scoreReconstruction(scene), await scoreForecasts(scene))
    board.endLog(logId)
    kept.endLog()
    bar.tick(logId)
  }
  bar.stop()
  return count.of(subject.logIds.length, config, board.world.rateHz)
}

/** Frames a second. Throws DataError when the manifest does not say. */
export function frameRate(dataset: Dataset): number {
  const rate = Number((dataset.manifest.details as { frameRateHz?: number }).frameRateHz)
  if (rate > 0) return rate
  throw new DataError("the dataset's manifest has no frame rate", {
    file: dataset.dir,
    expected: 'details.frameRateHz',
  })
}

/** Returns the number of frames scored. */
async function scoreReconstruction({ subject, config, logId, objects, board, kept }: ForecastScene): Promise<number> {
  const { dataset, split, latent } = subject
  let frames = 0
  const ofPart = framesOfPart(
    dataset.frames(logId),
    ({ frameIndex }) => split.partOf(logId, frameIndex) === config.part,
  )
  for await (const { frame, predicted, occupied } of reconstruct(latent, dataset, ofPart, config.batch)) {
    const shared = { horizonS: null, cityFromEgo: frame.cityFromEgo }
    const entry = { task: 'reconstruction', model: 'latent', horizonS: null } as const
    board.addFrame(entry, { ...shared, truth: frame, objects: thingsOf(frame, objects), predicted, occupied })
    kept.add(frame, 'reconstruction', 0, predicted)
    frames++
  }
  return frames
}

/** The frames of a part, in order. */
export async function* framesOfPart(
  frames: AsyncIterable<Frame>,
  keeps: (frame: Frame) => boolean,
): AsyncGenerator<Frame> {
  for await (const frame of frames) if (keeps(frame)) yield frame
}
