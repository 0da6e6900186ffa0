import type { Grid } from '../../pipeline/grid.js'
import type { Frame } from '../../pipeline/schema.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/** What a probe may look at beside the frame. */
export interface ProbeWorld {
  grid: Grid
  taxonomy: DatasetTaxonomy
}

interface ProbeHead {
  name: string
  /** What the probe asks of the latent, in words. */
  question: string
  /** A shortcut is something the latent should not tell: a high score is bad news. */
  shortcut: boolean
}

/** Predicts a number. `target` is null where the frame does not say. */
export interface RegressionTask extends ProbeHead {
  kind: 'regression'
  unit: string
  target(frame: Frame, world: ProbeWorld): number | null
}

/** Predicts a label. */
export interface ClassificationTask extends ProbeHead {
  kind: 'classification'
  target(frame: Frame, world: ProbeWorld): string | null
}

export type Probe = RegressionTask | ClassificationTask
