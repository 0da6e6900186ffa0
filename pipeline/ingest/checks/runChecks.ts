import { DataError } from '../../errors.js'
import type { Grid } from '../../grid.js'
import { NoPoseError } from '../noPoseError.js'
import type { RawLog, Sweep, SweepSource, VoxelSource } from '../reader.js'
import { UnreadableError } from '../unreadableError.js'
import type { Check, Examined, Finding, Observation, ReadWatch } from './check.js'
import { type CheckName, checks } from './checks.js'
import { FindingError } from './findingError.js'

const registry = Object.entries(checks) as [CheckName, Check][]

/**
 * Adds to `findings` what an open log shows before its sweeps are read. Throws FindingError at the first check that
 * condemns the log: what later checks stand on is not there then.
 */
export function examine(examined: Examined, findings: Finding[]): void {
  for (const [name, check] of registry) note(named(name, check.look?.(examined) ?? []), findings, examined.log)
}

export interface WatchedLog {
  /**
   * The same log; its sweeps and grids pass the checks as they are read. One that cannot be read throws UnreadableError, as often
   * as it is asked for.
   */
  log: RawLog
  /** Adds what they showed, after the last one. Throws DataError when it condemns the log. */
  note(findings: Finding[]): void
}

/** Lets the checks see every sweep and grid that a frame of `grid` is made of. */
export function watched(log: RawLog, grid: Grid): WatchedLog {
  const watches = registry.flatMap(([name, { watch }]): [CheckName, ReadWatch][] =>
    watch ? [[name, watch(log, grid)]] : [],
  )
  const all = watches.map(([, watch]) => watch)
  const { dir, head, poses, sensors, boxes, sweeps, voxels, map } = log
  const seen = { sweeps: sweeps && sweepsSeenBy(all, sweeps), voxels: voxels && gridsSeenBy(all, voxels) }
  return {
    log: { dir, head, poses, sensors, boxes, map, ...seen },
    note(findings) {
      for (const [name, watch] of watches) note(named(name, watch.observations()), findings, log)
    },
  }
}

/** `SweepSource` reads a sweep afresh each time it is asked; ingest asks once, and keeps it while frames need it. */
function sweepsSeenBy(watches: readonly ReadWatch[], source: SweepSource): SweepSource {
  const { timesNs, lidars, pointCategories, movingCategories } = source
  const read = guarded(watches, (index, spare?: Sweep) => source.read(index, spare))
  return {
    timesNs,
    lidars,
    pointCategories,
    movingCategories,
    async read(index, spare) {
      const sweep = await read(index, spare)
      for (const watch of watches) watch.sweep?.(sweep)
      return sweep
    },
  }
}

function gridsSeenBy(watches: readonly ReadWatch[], source: VoxelSource): VoxelSource {
  const { timesNs, grid, categories, masks } = source
  return { timesNs, grid, categories, masks, read: guarded(watches, (index) => source.read(index)) }
}

/** What cannot be read is tried once, and told once; a missing pose is no fault of a file. */
function guarded<T, Spare>(
  watches: readonly ReadWatch[],
  read: (index: number, spare?: Spare) => Promise<T>,
): (index: number, spare?: Spare) => Promise<T> {
  const failed = new Map<number, UnreadableError>()
  return async (index, spare) => {
    const before = failed.get(index)
    if (before) throw before
    try {
      const found = await read(index, spare)
      for (const watch of watches) watch.read?.()
      return found
    } catch (error) {
      if (!(error instanceof DataError) || error instanceof NoPoseError) throw error
      const unreadable = new UnreadableError(error)
      failed.set(index, unreadable)
      for (const watch of watches) watch.failed?.(error)
      throw unreadable
    }
  }
}

function note(found: readonly Finding[], findings: Finding[], { dir }: RawLog): void {
  findings.push(...found)
  const bad = found.find(({ effect }) => effect === 'log')
  if (bad) throw new FindingError(bad, dir)
}

function named(check: CheckName, observations: readonly Observation[]): Finding[] {
  return observations.map((observation) => ({ check, ...observation }))
}
