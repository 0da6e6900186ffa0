import { grids } from '../../pipeline/grid.js'
import { type IngestConfig, ingestDefaults } from '../../pipeline/ingest/config.js'
import { labelsFor } from '../../pipeline/ingest/labels.js'
import { voteWeight } from '../../pipeline/ingest/occupancy/voxelVotes.js'
import { categories, vocabulary } from '../../pipeline/simulate/categories.js'
import { freeIndex, taxonomies } from '../../pipeline/taxonomy.js'
import type { PythonPeer } from '../pythonPeer.js'
import type { LabelledLog } from './labelledLog.js'

/** What all ingest benchmarks measure: frames of one sweep each on the grid and classes of Occ3D-nuScenes. */
export const grid = grids.occ3d
export const taxonomy = taxonomies['occ3d-nuscenes']
export const labels = labelsFor(taxonomy, vocabulary)
export const config: IngestConfig = {
  ...ingestDefaults,
  ...{ grid: 'occ3d', taxonomy: 'occ3d-nuscenes', occupancy: 'lidar', frameRateHz: 10, sweeps: 1 },
}

/** As many as a log of Argoverse 2 has, 15 s: of a few, opening a log or starting a worker would be a good part of what is measured. */
export const sweepsOfLog = 150

/** Tells Python the log and what decides its voxels, so that both sides answer the same question. */
export async function openInPython(python: PythonPeer, log: LabelledLog): Promise<void> {
  await python.ask('open_log', {
    ...{ folder: log.dir, grid, free: freeIndex(taxonomy), weights: taxonomy.classes.map(voteWeight) },
    ...{ table: Object.fromEntries(categories.map((name) => [name, labels.classOf(name)])), others: labels.others },
  })
}
