import type { Bench } from './bench.js'
import { evalConfusion } from './eval/evalConfusion.js'
import { evalIntervals } from './eval/evalIntervals.js'
import { evalRays } from './eval/evalRays.js'
import { ingestDataset } from './ingest/ingestDataset.js'
import { ingestMemory } from './ingest/ingestMemory.js'
import { ingestOccupancy } from './ingest/ingestOccupancy.js'
import { ingestRays } from './ingest/ingestRays.js'
import { ingestReading } from './ingest/ingestReading.js'
import { ingestStorage } from './ingest/ingestStorage.js'
import { ingestWorkers } from './ingest/ingestWorkers.js'
import { lossCost } from './losses/lossCost.js'
import { lossQuality } from './losses/lossQuality.js'
import { occupancy } from './occupancy/occupancyQuality.js'
import { latentQuality } from './quality/latentQuality.js'
import { simulate } from './simulate.js'
import { splitsLookAlikes } from './splits/lookAlikes.js'
import { splits } from './splits/splits.js'
import { splitsGrouping } from './splits/splitsGrouping.js'
import { splitsNearest } from './splits/splitsNearest.js'
import { train } from './train/train.js'
import { trainTokenizer } from './train/trainTokenizer.js'

export const benches = {
  occupancy,
  simulate,
  ingestOccupancy,
  ingestRays,
  ingestDataset,
  ingestReading,
  ingestStorage,
  ingestWorkers,
  ingestMemory,
  splits,
  splitsNearest,
  splitsGrouping,
  splitsLookAlikes,
  evalConfusion,
  evalRays,
  evalIntervals,
  latentQuality,
  lossQuality,
  lossCost,
  train,
  trainTokenizer,
} satisfies Record<string, Bench>
