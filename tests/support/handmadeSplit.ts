import type { SplitFile } from '../../pipeline/splits/splitFile.js'

/** A split of two logs: the first trains, the second tests, nothing is left to validate; one leak is found. */
export function handmadeSplit(logIds: readonly string[], frames: number): SplitFile {
  const side = (logId: string, part: 'train' | 'test') => ({
    logId,
    part,
    frames: [[6, 7]] as [number, number][],
    count: 2,
    closestFrame: 7,
  })
  const part = (asked: number, got: number, logs: number) => ({
    asked,
    got,
    frames: logs * frames,
    logs,
    leftOut: { buffer: { test: 0 }, gap: {} },
  })
  const log = (logId: string, rigId: string, partName: 'train' | 'test') => {
    const whole = { sourceHash: `hash of ${logId}`, leftOut: null, exceptions: [] }
    return { logId, siteId: 'main-street', rigId, part: partName, frames, ...whole }
  }
  const group = (logId: string, partName: 'train' | 'test') => {
    return { name: logId, values: [logId], part: partName, logs: [logId], frames, joins: [] }
  }
  return {
    rule: 'log',
    official: null,
    seed: 1,
    bufferM: 10,
    mergeNear: false,
    neighbourS: 10,
    holdOut: [],
    ...{ tileM: 100, regionM: 200, gapS: 10, fold: null, cutLogs: 0 },
    policies: { search: 'least cost', buffer: 'frames of val and train give way to test', gap: 'none' },
    parts: { train: part(0.6, 0.5, 1), val: part(0.15, 0, 0), test: part(0.25, 0.5, 1) },
    groups: [group(logIds[0], 'train'), group(logIds[1], 'test')],
    logs: [log(logIds[0], 'north', 'train'), log(logIds[1], 'south', 'test')],
    compromises: [
      { constraint: 'nonEmpty', what: 'val is empty: there are only 2 groups to give', asked: 0.15, got: 0 },
    ],
    leaks: [{ kind: 'near', sides: [side(logIds[0], 'train'), side(logIds[1], 'test')], distanceM: 7.5, gapS: 3 }],
  }
}
