import type { Bench } from './bench.js'
import { ingestDataset } from './ingest/ingestDataset.js'
import { ingestMemory } from './ingest/ingestMemory.js'
import { ingestOccupancy } from './ingest/ingestOccupancy.js'
import { ingestReading } from './ingest/ingestReading.js'
import { ingestStorage } from './ingest/ingestStorage.js'
import { ingestWorkers } from './ingest/ingestWorkers.js'
import { occupancy } from './occupancy/occupancyQuality.js'
import { simulate } from './simulate.js'
import { splits } from './splits/splits.js'
import { splitsGrouping } from './splits/splitsGrouping.js'
import { splitsNearest } from './splits/splitsNearest.js'

export const benches = {
  occupancy,
  simulate,
  ingestOccupancy,
  ingestDataset,
  ingestReading,
  ingestStorage,
  ingestWorkers,
  ingestMemory,
  splits,
  splitsNearest,
  splitsGrouping,
} satisfies Record<string, Bench>
