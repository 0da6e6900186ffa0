import type { Manifest } from '../../pipeline/manifest.js'
import type { LogInfo } from '../../pipeline/schema.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import { trainedFile, trainedRow, writeTrained } from '../../pipeline/splits/trainedFrames.js'
import { runStage } from '../../pipeline/stage.js'

/** Writes of a model's folder what tells its training frames: all those of the tracks. */
export function trainedModel(dir: string, tracks: readonly LogTrack[]): Promise<Manifest> {
  return runStage({ stage: 'train-latent', target: dir, config: {}, seed: 1, inputs: {} }, (work) =>
    work.unit('survey', async () => ({
      files: [trainedFile],
      result: await writeTrained(work.dir, async (list) => {
        for (const track of tracks) list(rowsOf(track))
      }),
    })),
  )
}

function rowsOf(track: LogTrack): Record<string, unknown>[] {
  return Array.from(track.frameIndex, (frameIndex, row) =>
    trainedRow(track as unknown as LogInfo, {
      frameIndex,
      timestampNs: track.timestampNs[row],
      cityFromEgo: { q: [1, 0, 0, 0], t: [track.xM[row], track.yM[row], 0] },
    }),
  )
}
