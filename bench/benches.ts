import type { Bench } from './bench.js'
import { ingestDataset } from './ingestDataset.js'
import { ingestMemory } from './ingestMemory.js'
import { ingestOccupancy } from './ingestOccupancy.js'
import { ingestReading } from './ingestReading.js'
import { ingestStorage } from './ingestStorage.js'
import { ingestWorkers } from './ingestWorkers.js'
import { occupancy } from './occupancyQuality.js'
import { simulate } from './simulate.js'
import { splits } from './splits.js'
import { splitsGrouping } from './splitsGrouping.js'
import { splitsNearest } from './splitsNearest.js'

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
