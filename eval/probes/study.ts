import type { LatentModel } from '../../models/latent/latentModel.js'
import type { Latents } from '../../models/latent/latentsFolder.js'
import type { Dataset } from '../../pipeline/dataset.js'
import type { Frame, SceneObject } from '../../pipeline/schema.js'
import type { Part } from '../../pipeline/splits/part.js'
import type { Split } from '../../pipeline/splits/readSplit.js'
import type { MetricRow } from '../metricRow.js'
import { thingsOf } from '../scoreForecasts.js'
import type { ProbeFeatures } from './features.js'
import type { Probe } from './probe.js'
import type { Provenance } from './probeRow.js'

/** What a study of a latent may look at. */
export interface StudyContext {
  dataset: Dataset
  split: Split
  latents: Latents
  model: LatentModel
  /** The linear probes that were asked for, and the pooled latents with their targets. */
  probes: readonly Probe[]
  features: ProbeFeatures
  seed: number
  resamples: number
  provenance: Provenance
}

/** One question asked of a latent, that training never saw the answer to. Adding one is a file and a line in `studies.ts`. */
export interface Study {
  name: string
  /** In words, for tables of what there is. */
  question: string
  source: string
  run(context: StudyContext): Promise<MetricRow[]>
}

/** A frame, or the parts `P` of one, with its latent and its annotated things. */
export interface CodedFrame<P extends keyof Frame = keyof Frame> {
  frame: Pick<Frame, P | 'frameIndex' | 'objectCount'>
  /** [h, w, c] float32, c fastest. */
  mean: Float32Array
  /** Null where no annotations cover the frame. */
  objects: readonly SceneObject[] | null
}

/** The frames of one part, log by log; one log is in memory at a time, and of its frames only the `parts` asked for. */
export async function* codedLogs<P extends keyof Frame = keyof Frame>(
  { dataset, split, latents }: Pick<StudyContext, 'dataset' | 'split' | 'latents'>,
  part: Part,
  parts?: readonly P[],
): AsyncGenerator<{ logId: string; frames: CodedFrame<P>[] }> {
  const wanted = parts && [...parts, 'frameIndex' as const, 'objectCount' as const]
  for (const logId of split.logs(part)) {
    const codes = new Map((await latents.log(logId)).map(({ frameIndex, mean }) => [frameIndex, mean]))
    const objects = await dataset.objects(logId)
    const frames: CodedFrame<P>[] = []
    for await (const frame of dataset.frames<P | 'frameIndex' | 'objectCount'>(logId, { parts: wanted })) {
      const mean = codes.get(frame.frameIndex)
      if (mean && split.partOf(logId, frame.frameIndex) === part)
        frames.push({ frame, mean, objects: thingsOf(frame, objects) })
    }
    yield { logId, frames }
  }
}
